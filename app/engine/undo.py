"""Taking one step back out of a snapshot, while what others have done beside it stays.

Plain data only: three snapshots of ``frontier.freeze`` go in, one comes out. Rows are known by their task id. What the
step has changed must be as the step has left it; then it is set back to what it was before. A list that several people
work on is the one place that others may have changed as well: of its results only the one in question is taken out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

ID, PARENT, STATE, INTERNAL = 0, 1, 3, 4
WAITING, COMPLETED = int(TaskState.WAITING), int(TaskState.COMPLETED)
ABSENT = object()
Row = list[Any]
Snapshot = Mapping[str, Any]


class Entangled(Exception):
    """Something that came later has changed what the step has changed."""


def written_variables(before: Snapshot, after: Snapshot) -> frozenset[str]:
    """Names of the variables that differ between two snapshots."""
    old, new = before["variables"], after["variables"]
    return frozenset(name for name in old.keys() | new.keys() if old.get(name, ABSENT) != new.get(name, ABSENT))


def without_step(before: Snapshot, after: Snapshot, current: Snapshot, output: str | None) -> dict[str, Any]:
    """``current`` as if the step from ``before`` to ``after`` had not been taken. ``output`` is the variable in which
    the list of the step's task gathers its answers. Raises :class:`Entangled`.
    """
    parts = [_parts(snapshot) for snapshot in (before, after, current)]
    if not parts[0].keys() == parts[1].keys() <= parts[2].keys():
        raise Entangled
    workflows, gathered = [], None
    answers = current["variables"].get(output or "") or []
    for key, part in parts[2].items():
        rows = part["tasks"]
        if key in parts[0]:
            rows, found = _rows(parts[0][key]["tasks"], parts[1][key]["tasks"], rows, answers)
            gathered = found if found is not None else gathered
        workflows.append({**part, "tasks": rows})
    variables = _variables(before, after, current, output if gathered is not None else None)
    if output is not None and gathered is not None:
        variables[output] = gathered
    return {**current, "variables": variables, "workflows": workflows}


def _parts(snapshot: Snapshot) -> dict[str | None, Mapping[str, Any]]:
    return {part["parent"]: part for part in snapshot["workflows"]}


def _variables(before: Snapshot, after: Snapshot, current: Snapshot, gathered_in: str | None) -> dict[str, Any]:
    old, new, now = before["variables"], after["variables"], dict(current["variables"])
    for name in written_variables(before, after) - {gathered_in}:
        if now.get(name, ABSENT) != new.get(name, ABSENT):
            raise Entangled
        if name in old:
            now[name] = old[name]
        else:
            now.pop(name, None)
    return now


def _rows(
    before: list[Row], after: list[Row], current: list[Row], answers: list[Any]
) -> tuple[list[Row], list[Any] | None]:
    """The rows of one workflow with the step taken out, and the answers that its list still holds."""
    old, new = {row[ID]: row for row in before}, {row[ID]: row for row in after}
    found = {row[ID]: row for row in current}
    gathered = None
    for key in new.keys() - old.keys():
        if found.pop(key, None) != new[key]:
            raise Entangled
    for key in old.keys() & new.keys():
        if old[key] != new[key]:
            found[key] = _set_back(old[key], new[key], found, answers)
            if "results" in found[key][INTERNAL]:
                gathered = _in_order(found[key][INTERNAL]["results"])
    rows = [found[row[ID]] for row in current if row[ID] in found]
    for position, row in enumerate(before):
        if row[ID] not in new:
            if row[ID] in found:
                raise Entangled
            _insert(rows, row, [earlier[ID] for earlier in before[:position]])
    return rows, gathered


def _set_back(old: Row, new: Row, found: dict[str, Row], answers: list[Any]) -> Row:
    current = found.get(new[ID])
    if current is None:
        raise Entangled
    if current == new:
        return old
    if "results" in new[INTERNAL] and current[STATE] == COMPLETED:
        current = _unfinished(new, found, answers)
    return _without_result(old, new, current)


def _unfinished(new: Row, found: dict[str, Row], answers: list[Any]) -> Row:
    """The row of a list that others have finished meanwhile, as it was just before: all that came of it may be a token
    that waits at a parallel gateway, which is taken away.
    """
    state = new[INTERNAL]
    tokens = [row[ID] for row in found.values() if row[PARENT] == new[ID]]
    waiting = all(found[key][STATE] == WAITING for key in tokens)
    if not waiting or len(answers) != len(state["items"]) or any(row[PARENT] in tokens for row in found.values()):
        raise Entangled
    for key in tokens:
        del found[key]
    results = {str(index): answer for index, answer in enumerate(answers)}
    return [*new[:INTERNAL], {**state, "results": results}, *new[INTERNAL + 1 :]]


def _without_result(old: Row, new: Row, current: Row) -> Row:
    """The row of a list without the result that the step has added to it."""
    states = [row[INTERNAL] for row in (old, new, current)]
    if not all("results" in state for state in states) or current[:INTERNAL] != new[:INTERNAL]:
        raise Entangled
    added = states[1]["results"].keys() - states[0]["results"].keys()
    unchanged = all(states[2]["results"].get(index) == states[1]["results"][index] for index in added)
    if states[0]["started"] != states[1]["started"] or not added or not unchanged:
        raise Entangled
    results = {index: answers for index, answers in states[2]["results"].items() if index not in added}
    return [*current[:INTERNAL], {**states[2], "results": results}, *current[INTERNAL + 1 :]]


def _in_order(results: Mapping[str, Any]) -> list[Any]:
    return [results[index] for index in sorted(results, key=int)]


def _insert(rows: list[Row], row: Row, earlier: list[str]) -> None:
    """Put ``row`` behind the nearest row that stood before it; its parent, which stood before it, must be there."""
    places = {existing[ID]: number for number, existing in enumerate(rows)}
    if row[PARENT] not in places:
        raise Entangled
    nearest = next(key for key in reversed(earlier) if key in places)
    rows.insert(places[nearest] + 1, row)
