"""What automatic steps have found out, for the people who decide on it: assessment, ranking of quotes, alignment.

Works on variables that are already redacted for the reader: what is missing there is not shown here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.cases.formats import day
from app.cases.formats import euro as _euro
from app.cases.formats import number as _number
from app.platform.i18n import _

Section = dict[str, Any]
"""``{key, title, decides, entries: [{headline, facts: [{label, value}], reasons: [{text, paragraph}]}]}``."""

DECIDES: Mapping[str, frozenset[str]] = {
    "assessments": frozenset({"review_assessment", "second_review", "decide_self_pay", "apply_for_funding"}),
    "ranking": frozenset({"compare_quotes", "choose_provider"}),
    "alignment": frozenset({"confirm_alignment", "confirm_alignment_council", "apply_for_funding"}),
}
"""The tasks that decide on a result: there it stands before the form."""


def sections(variables: Mapping[str, Any], language: str, element: str = "") -> list[Section]:
    """All results that ``variables`` hold, in the order in which a case gets them; ``element`` is the task at hand."""
    found = [
        ("assessments", _("Funding assessment (provisional)"), _assessments(variables, language)),
        ("ranking", _("Ranking of the quotes"), _ranking(variables, language)),
        ("alignment", _("Alignment with short-time work"), _alignment(variables, language)),
    ]
    return [
        {"key": key, "title": title, "decides": element in DECIDES[key], "entries": entries}
        for key, title, entries in found
        if entries
    ]


def _assessments(variables: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
    outcomes = {
        "fundable": _("likely fundable"),
        "review": _("needs review"),
        "not_fundable": _("not fundable"),
        "not_applicable": _("not applicable"),
    }
    entries = []
    for row in _rows(variables, "assessments"):
        outcome = outcomes.get(str(row.get("outcome")), str(row.get("outcome", "")))
        entries.append(
            {
                "headline": ": ".join(part for part in (str(row.get("name") or ""), outcome) if part),
                "facts": _facts(
                    (_("Instrument"), INSTRUMENTS.get(str(row.get("instrument")), row.get("instrument"))),
                    (_("Share of the course costs"), _percent(row.get("course_cost_percent"), language)),
                    (_("Wage subsidy"), _percent(row.get("wage_subsidy_percent"), language)),
                    (_("Course costs borne by the agency"), _euro(row.get("course_cost"), language)),
                ),
                "reasons": list(_reasons(row.get("reasons"))),
            }
        )
    return entries


INSTRUMENTS = {"sgb3_82": "§ 82 SGB III", "sgb3_81_2": "§ 81 Abs. 2 SGB III"}


def _ranking(variables: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
    entries = []
    for row in _rows(variables, "ranking"):
        period = " – ".join(day(str(row[key]), language) for key in ("start", "end") if row.get(key))
        entries.append(
            {
                "headline": f"{row.get('rank', '')}. {row.get('name', '')}",
                "facts": _facts(
                    (_("Points"), _number(row.get("score"), language)),
                    (_("Price per person"), _euro(row.get("price"), language)),
                    (_("Hours"), _number(row.get("hours"), language)),
                    (_("Course"), period),
                ),
                "reasons": list(_reasons(row.get("reasons"))),
            }
        )
    return entries


def _alignment(variables: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
    found = variables.get("alignment")
    if not isinstance(found, Mapping):
        return []
    facts = _facts(
        (_("Course hours during short-time work"), _number(found.get("overlap_hours"), language)),
        (_("Course hours outside"), _number(found.get("hours_outside"), language)),
        (_("Hours that must not be claimed twice"), _number(found.get("double_claim_hours"), language)),
        (_("Latest safe application date"), day(str(found.get("latest_application") or ""), language)),
    )
    return [{"headline": "", "facts": facts, "reasons": list(_reasons(found.get("warnings")))}]


def _rows(variables: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    rows = variables.get(key)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _facts(*pairs: tuple[str, Any]) -> list[dict[str, str]]:
    return [{"label": label, "value": str(value)} for label, value in pairs if value not in (None, "")]


def _reasons(found: Any) -> Iterator[dict[str, str]]:
    for reason in found if isinstance(found, list) else []:
        if isinstance(reason, str):
            yield {"text": reason, "paragraph": ""}
        elif isinstance(reason, Mapping) and reason.get("text"):
            yield {"text": str(reason["text"]), "paragraph": str(reason.get("paragraph") or "")}


def _percent(value: Any, language: str) -> str:
    number = _number(value, language)
    return f"{number} %" if number else ""
