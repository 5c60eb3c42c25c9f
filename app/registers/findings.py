"""What can be wrong with an entry of the registers: a code, a message and what to do about it, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from app.platform.i18n import _l
from app.platform.problems import FieldError


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: where (None: the whole file or line), what was read, and the values of the message."""

    code: str
    line: int | None = None
    column: str | None = None
    value: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    def stored(self) -> dict[str, Any]:
        """As JSON, without words: the reader's language is chosen when it is shown."""
        return {
            "code": self.code,
            "line": self.line,
            "column": self.column,
            "value": self.value,
            "values": dict(self.values),
        }


VALUE_FAULTS: Mapping[str, tuple[Any, Any]] = MappingProxyType(
    {
        "birth_in_future": (
            _l("The date of birth lies in the future."),
            _l("Enter the right year with four digits."),
        ),
        "too_young": (
            _l("The person would be younger than 14 years."),
            _l("Check day and year of birth; children cannot be employed."),
        ),
        "too_old": (
            _l("The person would be 100 years old or older."),
            _l("Check the century of the year of birth."),
        ),
        "date_without_qualification": (
            _l("There is a date of a qualification, but no qualification."),
            _l("Say yes to the qualification, or leave its date empty."),
        ),
        "qualification_in_future": (
            _l("The qualification lies in the future."),
            _l("Enter it when it has been acquired, or correct the date."),
        ),
        "qualification_before_birth": (
            _l("The qualification lies before the date of birth."),
            _l("Check both dates; they may be swapped."),
        ),
        "qualified_as_child": (
            _l("The qualification lies before the 14th birthday."),
            _l("Check the dates of birth and of the qualification."),
        ),
        "funding_before_birth": (
            _l("The last funded training lies before the date of birth."),
            _l("Check both dates; they may be swapped."),
        ),
        "left_as_child": (
            _l("The last day of employment lies before the 14th birthday."),
            _l("Check the last day of employment and the date of birth."),
        ),
        "degree_not_in_tens": (
            _l("A degree of disability is a multiple of ten."),
            _l("Enter the degree that the notice states, from 20 to 100, or 0."),
        ),
        "degree_too_small": (
            _l("A degree of disability below 20 is not established."),
            _l("Enter the degree that the notice states, from 20 to 100, or 0."),
        ),
        "equal_status_without_degree": (
            _l("Equal status needs a degree of disability of 30 or 40."),
            _l("Enter the degree, or say no to equal status."),
        ),
        "no_hours": (
            _l("The hours a week are 0."),
            _l("Enter the agreed hours, or the last day of employment."),
        ),
        "nobody_employed": (
            _l("The company would employ nobody."),
            _l("Enter the number of staff by weekly hours."),
        ),
        "group_smaller_than_company": (
            _l("The group has fewer people than the company."),
            _l("Count the whole group, the company included, or leave the entry empty."),
        ),
        "ends_before_start": (
            _l("The last day lies before the first day."),
            _l("Check both dates; they may be swapped."),
        ),
        "too_long_provider": (
            _l("The certificate of a provider is valid for five years at most."),
            _l("Enter the last day as the certificate states it."),
        ),
        "too_long_measure": (
            _l("The certificate of a measure is valid for three years at most."),
            _l("Enter the last day as the certificate states it."),
        ),
    }
)
"""Faults of values, wherever they are entered."""


def field_errors(faults: Iterable[tuple[str, str]], pointer: str = "") -> list[FieldError]:
    """Faults ``(field, code)`` as errors of an API call or a page, with message and remedy."""
    found = []
    for key, code in faults:
        message, remedy = VALUE_FAULTS[code]
        found.append(FieldError(f"{pointer}/{key}", code, f"{message} {remedy}"))
    return found
