"""The fields of the registers: how sensitive each is, what it is called, and which hold from a day on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal

from app.platform.i18n import _l

Kind = Literal["text", "date", "decimal", "integer", "yes_no", "choice"]
Sensitivity = Literal["public", "case", "personal", "special"]
AGREEMENTS = ("none", "works", "collective")
BRANCHES = ("automotive", "it", "other")


@dataclass(frozen=True)
class Field:
    """One field. ``title`` names it on pages; ``headers`` head its column: in German, in English, and other names.

    ``highest`` is the largest number, ``length`` the longest text; ``dated``: holds from a day on; ``default`` stands
    in for an empty entry of a field that is not ``required``.
    """

    key: str
    title: Any
    kind: Kind
    sensitivity: Sensitivity
    headers: tuple[str, ...]
    required: bool = False
    dated: bool = False
    length: int = 80
    highest: Decimal = Decimal(0)
    places: int = 0
    choices: tuple[str, ...] = ()
    default: Any = None


EMPLOYEE_FIELDS = (
    Field("staff_number", _l("Staff number"), "text", "personal", ("Personalnummer", "Staff number"), True, length=20),
    Field("last_name", _l("Last name"), "text", "personal", ("Nachname", "Last name", "Name"), True),
    Field("first_name", _l("First name"), "text", "personal", ("Vorname", "First name"), True),
    Field("birth_date", _l("Date of birth"), "date", "special", ("Geburtsdatum", "Date of birth"), True),
    Field("weekly_hours", _l("Hours a week"), "decimal", "personal", ("Wochenstunden", "Hours a week"), True, True,
          highest=Decimal(60), places=1),
    Field("monthly_gross", _l("Gross pay a month in euro"), "decimal", "special",
          ("Bruttoentgelt im Monat", "Gross pay a month in euro", "Monatsbrutto", "Gross pay"), True, True,
          highest=Decimal("99999999.99"), places=2),
    Field("has_qualification", _l("Vocational qualification"), "yes_no", "personal",
          ("Berufsabschluss", "Vocational qualification"), True, True),
    Field("qualification_date", _l("Date of the qualification"), "date", "personal",
          ("Datum des Berufsabschlusses", "Date of the qualification"), dated=True),
    Field("last_sgb3_82_end", _l("End of the last training funded under § 82"), "date", "personal",
          ("Ende der letzten Förderung nach § 82", "End of the last training funded under § 82"), dated=True),
    Field("disability_degree", _l("Degree of disability"), "integer", "special",
          ("Grad der Behinderung", "Degree of disability", "GdB"), dated=True, highest=Decimal(100), default=0),
    Field("equal_status", _l("Equal status with severely disabled people"), "yes_no", "special",
          ("Gleichstellung", "Equal status with severely disabled people", "Equal status"), dated=True, default=False),
    Field("left_on", _l("Last day of employment"), "date", "personal",
          ("Letzter Arbeitstag", "Last day of employment")),
)  # fmt: skip

COMPANY_FIELDS = (
    Field("short_name", _l("Short name"), "text", "public", ("Kurzname", "Short name"), True, length=40),
    Field("name", _l("Name"), "text", "public", ("Name", "Name", "Betrieb", "Company"), True, length=200),
    Field("valid_from", _l("Holds from"), "date", "case", ("Gültig ab", "Holds from"), True, True),
    Field("headcount_full", _l("Staff with more than 30 hours a week"), "integer", "case",
          ("Beschäftigte über 30 Stunden", "Staff with more than 30 hours a week"), True, True,
          highest=Decimal(1_000_000)),
    Field("headcount_30", _l("Staff with more than 20 and up to 30 hours"), "integer", "case",
          ("Beschäftigte bis 30 Stunden", "Staff with more than 20 and up to 30 hours"), dated=True,
          highest=Decimal(1_000_000), default=0),
    Field("headcount_20", _l("Staff with more than 10 and up to 20 hours"), "integer", "case",
          ("Beschäftigte bis 20 Stunden", "Staff with more than 10 and up to 20 hours"), dated=True,
          highest=Decimal(1_000_000), default=0),
    Field("headcount_10", _l("Staff with up to 10 hours a week"), "integer", "case",
          ("Beschäftigte bis 10 Stunden", "Staff with up to 10 hours a week"), dated=True,
          highest=Decimal(1_000_000), default=0),
    Field("group_headcount", _l("Staff of the whole group"), "integer", "case",
          ("Beschäftigte im Konzern", "Staff of the whole group"), dated=True, highest=Decimal(10_000_000)),
    Field("agreement", _l("Agreement on training"), "choice", "case",
          ("Vereinbarung zur Weiterbildung", "Agreement on training"), dated=True, choices=AGREEMENTS, default="none"),
    Field("has_works_council", _l("Works council"), "yes_no", "case", ("Betriebsrat", "Works council"), dated=True,
          default=False),
    Field("structural_change", _l("Affected by structural change"), "yes_no", "case",
          ("Vom Strukturwandel betroffen", "Affected by structural change"), dated=True, default=True),
    Field("branch", _l("Branch"), "choice", "case", ("Branche", "Branch"), dated=True, choices=BRANCHES,
          default="automotive"),
)  # fmt: skip

CHOICE_WORDS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "agreement": {"none": _l("none"), "works": _l("works agreement"), "collective": _l("collective agreement")},
        "branch": {"automotive": _l("automotive"), "it": _l("IT"), "other": _l("other branch")},
    }
)

DATED = tuple(item.key for item in EMPLOYEE_FIELDS if item.dated)
"""Facts of a person that hold from a day on; the others (names, birth date, last day) belong to the person."""
LASTING = tuple(item.key for item in EMPLOYEE_FIELDS if not item.dated)
COMPANY_DATED = tuple(item.key for item in COMPANY_FIELDS if item.dated and item.key != "valid_from")
CLASS_OF: Mapping[str, str] = MappingProxyType(
    {item.key: item.sensitivity for item in (*EMPLOYEE_FIELDS, *COMPANY_FIELDS)}
)


def shown(values: Mapping[str, Any], classes: Iterable[str]) -> dict[str, Any]:
    """``values`` without the fields that a reader of ``classes`` may not see; fields unknown here are public."""
    seen = frozenset(classes)
    return {key: value for key, value in values.items() if CLASS_OF.get(key, "public") in seen}
