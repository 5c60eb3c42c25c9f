"""Papers that are made of a case: for whom, from which data, and when the case holds enough for one.

A paper is made only from what its readers may know: the data is redacted to the paper's class before anything is
picked from it, so a field that a form calls ``special`` cannot get into a paper that the works council reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.cases import results, summary
from app.cases.formats import day, euro, number
from app.cases.redaction import Sight, redact
from app.documents.rules import CLASSES
from app.engine.catalogue import LoadedDefinition

Data = dict[str, Any]
LANGUAGE = "de"
"""Papers go to the agency, the works council and the file: they are German."""


@dataclass(frozen=True)
class Facts:
    """What a paper is made from: everything the case holds, and names that do not stand in it."""

    definition: LoadedDefinition
    variables: Mapping[str, Any]
    company: str
    number: str
    title: str


@dataclass(frozen=True)
class Paper:
    """A kind of paper. ``template``: ``templates/<key>.typ``; ``needs``: variables without which it is not made;
    ``days``: variables of which the first one that is there dates it, each with what it says.
    """

    key: str
    de: str
    en: str
    sensitivity: str
    needs: tuple[str, ...]
    days: tuple[tuple[str, str], ...]
    build: Callable[[Facts, Sight], Data]

    def name(self, language: str) -> str:
        """The name in ``language`` ("de" or "en")."""
        return self.en if language == "en" else self.de

    def ready(self, variables: Mapping[str, Any]) -> bool:
        """Whether the case holds what the paper needs."""
        return all(variables.get(name) not in (None, "", [], {}) for name in self.needs)

    @property
    def sight(self) -> Sight:
        """What its readers may know: its own class and everything less strict."""
        return Sight(frozenset(CLASSES[: CLASSES.index(self.sensitivity) + 1]))


def forms_of(facts: Facts, sight: Sight, *elements: str) -> list[Data]:
    """What the forms of these tasks said, with their labels and units, as far as ``sight`` shows it."""
    found = summary.sections(facts.definition, facts.variables, sight, LANGUAGE)
    made = []
    for element in elements:
        units = _units(facts.definition, element)
        for section in found:
            if section["element"] == element:
                rows = [[item["label"], f"{item['value']} {units.get(item['key'], '')}"] for item in section["items"]]
                made.append({"title": section["title"], "rows": [[label, value.strip()] for label, value in rows]})
    return made


def _units(definition: LoadedDefinition, element: str) -> dict[str, str]:
    """What stands behind a field on the form: €, Stunden, %."""
    components = summary.components(definition.forms[element].localised(LANGUAGE))
    return {
        component["key"]: str(component.get("appearance", {}).get("suffixAdorner") or "")
        for component in components
        if "key" in component
    }


def _rows(variables: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    rows = variables.get(key)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _names(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    return [str(row.get("name") or "") for row in rows]


def _demand_sheet(facts: Facts, sight: Sight) -> Data:
    """Only how many take part: their names stand in no paper of this class."""
    return {
        "count": len(_rows(facts.variables, "participants")),
        "sections": forms_of(facts, sight, "capture_demand", "works_council_word", "pool_or_alone"),
    }


def _agency_questionnaire(facts: Facts, sight: Sight) -> Data:
    return {
        "company": forms_of(facts, sight, "company_evidence"),
        "course": forms_of(facts, sight, "capture_demand"),
        "people": forms_of(facts, sight, "give_evidence"),
    }


def _collective_application(facts: Facts, sight: Sight) -> Data:
    known = redact(dict(facts.variables), sight, facts.definition)
    return {
        "people": _names(_rows(known, "participants")),
        "sections": forms_of(facts, sight, "apply_for_funding", "works_council_word"),
        **_course(facts, sight),
    }


def _quote_comparison(facts: Facts, sight: Sight) -> Data:
    """Providers are named, as the comparison is about them; of the variables only those about quotes are read."""
    about_quotes = ("ranking", "quotes_set_aside", "weight_price", "weight_dates", "weight_terms", "comparison_note")
    known = _shown(facts, sight, about_quotes)
    entries = results.sections(known, LANGUAGE)
    aside = [[str(row.get("name") or ""), str(row.get("reason") or "")] for row in _rows(known, "quotes_set_aside")]
    return {
        "weights": [str(known.get(name, "–")) for name in ("weight_price", "weight_dates", "weight_terms")],
        "ranking": [entry for section in entries if section["key"] == "ranking" for entry in section["entries"]],
        "aside": aside,
        "note": str(known.get("comparison_note") or ""),
    }


def _settlement(facts: Facts, sight: Sight) -> Data:
    known = _shown(facts, sight, ("invoice_amount", "other_costs", "granted_course_costs"))

    def amount(name: str) -> Any:
        value = known.get(name)
        return 0 if value is None or isinstance(value, bool | str) else value

    costs = amount("invoice_amount") + amount("other_costs")
    granted = amount("granted_course_costs")
    return {
        "sections": forms_of(facts, sight, "settle_course", "record_decision"),
        "sums": [euro(value, LANGUAGE) for value in (costs, granted, max(costs - granted, 0))],
        **_course(facts, sight),
    }


def _shown(facts: Facts, sight: Sight, names: Iterable[str]) -> Data:
    """Variables that ``sight`` shows."""
    return {
        name: facts.variables[name] for name in names if name in facts.variables and sight.shows(name, facts.definition)
    }


def _course(facts: Facts, sight: Sight) -> Data:
    """The chosen course."""
    names = ("course_title", "chosen_provider_name", "course_start", "course_end", "course_hours", "course_price")
    known = _shown(facts, sight, names)
    days = [day(str(known.get(name) or ""), LANGUAGE) for name in ("course_start", "course_end")]
    hours = number(known.get("course_hours"), LANGUAGE)
    named = (
        ("Weiterbildung", known.get("course_title")),
        ("Bildungsträger", known.get("chosen_provider_name")),
        ("Zeitraum", " – ".join(one for one in days if one)),
        ("Umfang je Person", f"{hours} Stunden" if hours else ""),
        ("Preis je Person", euro(known.get("course_price"), LANGUAGE)),
    )
    return {"course": [[label, str(value)] for label, value in named if value]}


_REGISTERED = ("demand_registered_on", "Bedarf erfasst am")
PAPERS: Mapping[str, Paper] = {
    paper.key: paper
    for paper in (
        Paper(
            "demand_sheet",
            "Bedarfsblatt",
            "Demand sheet",
            "case",
            ("demand_registered_on", "course_title"),
            (_REGISTERED,),
            _demand_sheet,
        ),
        Paper(
            "agency_questionnaire",
            "Fragebogen für die Agentur für Arbeit",
            "Questionnaire for the employment agency",
            "special",
            ("evidence", "headcount_full"),
            (_REGISTERED,),
            _agency_questionnaire,
        ),
        Paper(
            "quote_comparison",
            "Angebotsvergleich",
            "Comparison of the quotes",
            "case",
            ("ranking",),
            (("quote_deadline", "Angebotsfrist"), _REGISTERED),
            _quote_comparison,
        ),
        Paper(
            "collective_application",
            "Sammelantrag mit Einwilligungsliste",
            "Collective application with list of consents",
            "personal",
            ("participants", "course_start", "chosen_provider_name"),
            (("application_date", "Antrag vom"), _REGISTERED),
            _collective_application,
        ),
        Paper(
            "settlement",
            "Abrechnung",
            "Settlement",
            "case",
            ("invoice_number", "invoice_amount"),
            (("proof_forwarded_on", "Nachweis vom"), ("paid_on", "Bezahlt am"), _REGISTERED),
            _settlement,
        ),
    )
}
"""The papers by key, in the order in which a case comes to them."""
