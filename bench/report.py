"""Measurements as a table for people and as JSON for machines."""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Measurement:
    """One figure; ``limit`` is the largest allowed value, None where there is no limit."""

    name: str
    value: float
    unit: str
    limit: float | None
    database: str
    clients: int

    @property
    def missed(self) -> bool:
        """Whether the limit is missed."""
        return self.limit is not None and self.value > self.limit


def p50(values: Sequence[float]) -> float:
    """Median."""
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    """95th percentile."""
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


def as_json(measurements: Sequence[Measurement]) -> str:
    """``{"measurements": [{name, value, unit, limit, database, clients}]}``."""
    return json.dumps({"measurements": [asdict(item) for item in measurements]}, indent=1)


def as_table(measurements: Sequence[Measurement]) -> str:
    """One line a figure; limits beside it."""
    lines = [f"{'measurement':58} {'database':12} {'clients':>7} {'value':>10} unit"]
    for item in measurements:
        limit = "" if item.limit is None else f"  limit {item.limit:g}{'  MISSED' if item.missed else ''}"
        lines.append(f"{item.name:58} {item.database:12} {item.clients:>7} {item.value:>10.2f} {item.unit}{limit}")
    return "\n".join(lines)
