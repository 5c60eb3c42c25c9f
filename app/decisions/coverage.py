"""Static check of a table: which rules overlap, which inputs no rule covers, each with a witness point.

Every cell becomes the set of representative values it accepts (a bit mask), so a rule is a box and two rules
overlap exactly if their boxes do. Cells that read other names cannot be decided here: their rules count as
covering nothing and overlapping nothing, and are named in `unchecked`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import localcontext
from itertools import combinations, islice
from typing import Final

from app.decisions.feel.api import UnaryTests
from app.decisions.feel.errors import FeelError
from app.decisions.feel.operators import FEEL_CONTEXT
from app.decisions.hit_policies import HitPolicy
from app.decisions.table import DecisionTable, InputColumn, Rule
from app.decisions.witness import ANY_VALUE, representatives, shown

MAX_GAPS: Final = 10
MAX_OVERLAPS: Final = 10
MAX_STEPS: Final = 200_000
MAX_PROBES: Final = 400_000

Witness = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rules that both match the witness (column label -> value)."""

    first: Rule
    second: Rule
    witness: Witness


@dataclass(slots=True)
class Coverage:
    """Result of the check. `complete` is False if the table has more combinations than can be searched."""

    overlaps: list[Overlap] = field(default_factory=list)
    gaps: list[Witness] = field(default_factory=list)
    dead: list[Rule] = field(default_factory=list)
    unchecked: list[Rule] = field(default_factory=list)
    complete: bool = True


def check_coverage(table: DecisionTable) -> Coverage:
    """Overlaps, gaps (where the policy wants an answer), rules that never match or cannot be checked."""
    if _probes(table) > MAX_PROBES:
        return Coverage(complete=False)
    with localcontext(FEEL_CONTEXT):
        return _Check(table).run()


def _probes(table: DecisionTable) -> int:
    """How many representatives would have to be tried: a hostile table must not keep the checker busy."""
    total = 0
    for index in range(len(table.columns)):
        constants = sum(len(rule.cells[index].constants) for rule in table.rules)
        total += (2 * constants + 4) * len({rule.cells[index].text for rule in table.rules})
    return total


class _Check:
    def __init__(self, table: DecisionTable) -> None:
        self.table = table
        self._masks: dict[tuple[int, str], int] = {}
        self.points = [self._points(index, column) for index, column in enumerate(table.columns)]
        self.boxes = [(rule, self._box(rule)) for rule in table.rules]
        self.labels = _distinct_labels(table)
        self.steps = 0

    def run(self) -> Coverage:
        result = Coverage()
        result.unchecked = [rule for rule, box in self.boxes if box is None]
        boxes = [(rule, box) for rule, box in self.boxes if box is not None]
        result.dead = [rule for rule, box in boxes if 0 in box]
        result.overlaps = list(islice(self._overlaps(boxes), MAX_OVERLAPS))
        if self.table.policy.is_single:
            self._covered: set[tuple[int, int]] = set()
            self._accepting = self._transposed([box for _, box in boxes])
            gaps = self._gaps(0, (1 << len(boxes)) - 1, [])
            result.gaps = list(islice(gaps, MAX_GAPS))
        result.complete = self.steps <= MAX_STEPS
        return result

    def _overlaps(self, boxes: list[tuple[Rule, list[int]]]) -> Iterator[Overlap]:
        for (first, one), (second, other) in combinations(boxes, 2):
            common = [a & b for a, b in zip(one, other, strict=True)]
            if all(common) and not (self.table.policy is HitPolicy.ANY and _agree(first, second)):
                yield Overlap(first, second, self._witness(common))

    def _points(self, index: int, column: InputColumn) -> list[object]:
        constants = [constant for rule in self.table.rules for constant in rule.cells[index].constants]
        allowed = column.allowed or column.type.allowed
        if allowed is not None:
            constants += allowed.constants
        points = representatives(constants, column.type.kind, column.allows_null)
        if allowed is None:
            return points
        return [point for point in points if point is None or allowed.run(point, {}) is True]

    def _box(self, rule: Rule) -> list[int] | None:
        """A bit mask per column, bit n set if the cell accepts representative n; None if it depends."""
        box: list[int] = []
        for cell, points in zip(rule.cells, self.points, strict=True):
            if cell.anything:
                box.append((1 << len(points)) - 1)
                continue
            if not cell.simple:
                return None
            box.append(self._mask(cell, points))
        return box

    def _mask(self, cell: UnaryTests, points: list[object]) -> int:
        key = (id(points), cell.text)
        if key not in self._masks:
            self._masks[key] = sum(1 << n for n, point in enumerate(points) if _accepts(cell.run, point))
        return self._masks[key]

    def _witness(self, masks: list[int]) -> Witness:
        witness: dict[str, str] = {}
        for label, mask, points in zip(self.labels, masks, self.points, strict=True):
            lowest_bit = (mask & -mask).bit_length() - 1
            witness[label] = shown(points[lowest_bit])
        return witness

    def _gaps(self, index: int, live: int, chosen: list[str]) -> Iterator[Witness]:
        """Walk the columns; `live` are the rules in play. A state once found covered is not walked again."""
        if not live:
            rest = [ANY_VALUE] * (len(self.points) - len(chosen))
            yield dict(zip(self.labels, chosen + rest, strict=True))
            return
        if index == len(self.points) or (index, live) in self._covered:
            return
        found = False
        for state, point in self._branches(index, live).items():
            self.steps += 1
            if self.steps > MAX_STEPS:
                return
            for gap in self._gaps(index + 1, state, [*chosen, shown(point)]):
                found = True
                yield gap
        if not found:
            self._covered.add((index, live))

    def _branches(self, index: int, live: int) -> dict[int, object]:
        """Rules in play after each representative of this column, one representative for each such set."""
        branches: dict[int, object] = {}
        for point, accepting in zip(self.points[index], self._accepting[index], strict=True):
            branches.setdefault(live & accepting, point)
        return branches

    def _transposed(self, boxes: list[list[int]]) -> list[list[int]]:
        """For each column and representative the rules that accept it, as a bit mask over the rules."""
        return [
            [sum(1 << number for number, box in enumerate(boxes) if box[index] >> n & 1) for n in range(len(points))]
            for index, points in enumerate(self.points)
        ]


def _accepts(run: object, point: object) -> bool:
    assert callable(run)
    try:
        return run(point, {}) is True
    except FeelError:  # a representative of another kind than this cell (a column of mixed kinds)
        return False


def _agree(first: Rule, second: Rule) -> bool:
    """Whether two rules of an ANY table may both match: their outputs are equal, or show only when used."""
    pairs = zip(first.outputs, second.outputs, strict=True)
    return all(
        not (one.is_constant and other.is_constant) or one.evaluate({}) == other.evaluate({}) for one, other in pairs
    )


def _distinct_labels(table: DecisionTable) -> list[str]:
    labels = [column.label for column in table.columns]
    return [label if labels.count(label) == 1 else f"{label} ({n})" for n, label in enumerate(labels, 1)]
