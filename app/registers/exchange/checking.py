"""A file against its register, without a database: findings, and what each row would change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from app.registers.exchange.reading import read_table
from app.registers.exchange.rows import RawRow, Sheet, sheet_of, values_of
from app.registers.fields import COMPANY_FIELDS, EMPLOYEE_FIELDS, Field
from app.registers.findings import Finding
from app.registers.rules import implausible, implausible_company

Known = Mapping[str, Mapping[str, Any]]
"""What the register holds already, by the key column."""


@dataclass(frozen=True)
class Register:
    """What an import needs to know of one register: its fields, the key that makes imports repeatable, its rules."""

    fields: tuple[Field, ...]
    key: str
    faults: Callable[[Mapping[str, Any], date], Iterable[tuple[str, str]]]

    @property
    def by_key(self) -> dict[str, Field]:
        """The fields by key."""
        return {item.key: item for item in self.fields}


REGISTERS: Mapping[str, Register] = MappingProxyType(
    {
        "employees": Register(EMPLOYEE_FIELDS, "staff_number", implausible),
        "companies": Register(COMPANY_FIELDS, "short_name", lambda facts, _today: implausible_company(facts)),
    }
)


@dataclass
class Checked:
    """What checking some rows has found. ``entries``: values by row, as they would stand in the register."""

    findings: list[Finding] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)
    added: int = 0
    changed: int = 0
    unchanged: int = 0


def open_file(content: bytes, register: Register) -> Sheet:
    """The rows of a file by field. Raises FileRefused."""
    return sheet_of(read_table(content), register.fields, register.key)


def check_rows(
    rows: Iterable[RawRow], headings: Mapping[str, str], register: Register, known: Known, today: date
) -> Checked:
    """Check rows one by one; a column that the file does not have leaves what the register holds."""
    fields, checked = register.by_key, Checked()
    for raw in rows:
        values, findings = values_of(raw, fields, headings)
        before = known.get(str(values.get(register.key)))
        defaults = {name: item.default for name, item in fields.items() if not item.required}
        after = {**defaults, **(before or {}), **values}
        if not findings:
            findings += _implausible(raw, after, headings, register, today)
        checked.findings += findings
        if findings:
            continue
        checked.entries.append(after)
        if before is None:
            checked.added += 1
        elif all(before.get(name) == after[name] for name in fields):
            checked.unchanged += 1
        else:
            checked.changed += 1
    return checked


def _implausible(
    raw: RawRow, after: Mapping[str, Any], headings: Mapping[str, str], register: Register, today: date
) -> Iterator[Finding]:
    for name, code in register.faults(after, today):
        cell = raw.cells.get(name)
        heading = headings.get(name, register.by_key[name].headers[0])
        yield Finding(code, raw.line, heading, "" if cell is None else str(cell))
