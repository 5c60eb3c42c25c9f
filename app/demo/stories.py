"""The cases of the demo: thirty stories over all phases and endings, told by what their people answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Changes = Mapping[str, Mapping[str, Any]]
"""Answers that differ from the forms' examples, by task, or by ``task@login``."""

FEW_QUOTES = "Ein Träger hat abgesagt; zwei Angebote liegen vor."
LEFT = "Die Beschäftigte hat den Betrieb gewechselt."
NO_ORDER = "Der Auftrag, für den geschult werden sollte, ist entfallen."
PEOPLE = "$like:Sommerfeld,Winterstein"
MANDATORY = "Zu dieser Schulung ist der Betrieb gesetzlich verpflichtet."
COMMON: Changes = {
    "capture_demand": {"participants_selected": PEOPLE},
    "give_quote@provider": {"quote_price": 4640, "minimum_group": 6},
    "give_quote@provider2": {"quote_price": 4980},
    "give_quote@provider3": {"offer": "no"},
    "compare_quotes": {"comparison_note": FEW_QUOTES},
}


def changed(people: str = PEOPLE, short_time: bool = True, **tasks: Mapping[str, Any]) -> Changes:
    """The common answers, overlaid with those of ``tasks``; ``people`` are found by parts of their names."""
    capture: dict[str, Any] = {"participants_selected": people}
    if not short_time:
        capture["short_time_work"] = "none"
    return {**COMMON, "capture_demand": capture, **tasks}


NO_SHORT_TIME = changed(short_time=False)
REFUSED = {"decision": "refused", "refusal_reason": "Die Kenntnisse gelten als arbeitsplatzbezogene Anpassung."}
NOT_FUNDABLE: Changes = {
    "company_evidence": {"mandatory": True},
    "review_assessment": {"review": "correct", "review_reason": MANDATORY, "corrected_path": "none"},
}


@dataclass(frozen=True)
class Story:
    """A case of the demo: who starts it, how long ago, at which task it stands (None: walked to its end)."""

    login: str
    title: str
    days_ago: int
    until: str | None
    changes: Changes = field(default_factory=lambda: COMMON)
    withdraw: str | None = None


ENDED = (
    Story("hr", "CNC-Fräsen zu 3D-Druck: Umschulung Werkzeugbau", 90, None),
    Story("hr2", "Python für Bestandsprogrammierer", 75, None, NO_SHORT_TIME),
    Story("hr5", "Leitungssatz-Prüftechnik", 85, None, changed("$like:Aydemir,Pham,Karaca")),
    Story(
        "hr6",
        "Gabelstaplerschein",
        50,
        None,
        changed(
            short_time=False,
            check_completeness={
                "completeness": "decline",
                "completeness_note": "Der Kurs vermittelt nur betriebliche Abläufe.",
            },
        ),
    ),
    Story(
        "hr3",
        "Arbeitsschutz für Führungskräfte",
        48,
        None,
        {**COMMON, **NOT_FUNDABLE, "decide_self_pay": {"self_pay": "end"}},
    ),
    Story(
        "hr7",
        "Einarbeitung ins neue Warenwirtschaftssystem",
        70,
        None,
        changed("$like:Möhring", record_decision=REFUSED, after_refusal={"after_refusal": "end"}),
    ),
    Story("hr2", "Agiles Testen", 28, "review_assessment", NO_SHORT_TIME, LEFT),
    Story("hr5", "Hochvolt-Sicherheit Stufe 2", 33, "give_quote", COMMON, NO_ORDER),
    Story("hr3", "Instandhaltung von Druckgießzellen", 58, "record_attendance", COMMON, LEFT),
)
RUNNING = (
    Story("hr", "Hochvolttechnik für die Instandhaltung", 60, "record_attendance"),
    Story("hr3", "Prozessautomatisierung im Feinguss", 55, "settle_course"),
    Story("hr7", "Datenbankbetrieb mit PostgreSQL", 62, "issue_certificate", changed("$like:Winterstein,Karaca")),
    Story("hr5", "Teamleitung in der Kabelkonfektion", 66, "close_case"),
    Story("hr2", "Testautomatisierung mit Playwright", 44, "enrol_participants", NO_SHORT_TIME),
    Story("hr4", "Qualitätssicherung mit Bildverarbeitung", 45, "record_decision", NO_SHORT_TIME),
    Story("hr5", "Umformsimulation für Steckverbinder", 52, "after_refusal", changed(record_decision=REFUSED)),
    Story("hr", "SPS-Programmierung für Anlagenführer", 40, "apply_for_funding"),
    Story("hr3", "Datenanalyse in der Fertigung", 30, "confirm_alignment"),
    Story("hr", "Schweißroboter einrichten und warten", 25, "plan_short_time"),
    Story("hr5", "Fertigungssteuerung mit MES", 27, "confirm_alignment_council", changed("$like:Köllner,Novotny")),
    Story("hr2", "Cloud-Betrieb und Sicherheit", 20, "give_quote", NO_SHORT_TIME),
    Story("hr4", "Spritzguss-Simulation", 15, "compare_quotes", NO_SHORT_TIME),
    Story("hr7", "Künstliche Intelligenz im Kundendienst", 22, "choose_provider", changed("$like:Aydemir,Pham")),
    Story("hr3", "Energiemanagement ISO 50001", 12, "review_assessment"),
    Story("hr", "Additive Fertigung im Formenbau", 9, "give_evidence"),
    Story(
        "hr6",
        "Sensorkalibrierung nach DIN EN ISO/IEC 17025",
        14,
        "decide_self_pay",
        {**changed("$like:Novotny", short_time=False), **NOT_FUNDABLE},
    ),
    Story("hr2", "Barrierefreie Webentwicklung", 7, "pool_or_alone", NO_SHORT_TIME),
    Story("hr", "KI-gestützte Wartungsplanung", 5, "works_council_word"),
    Story("hr4", "Lean Production für Teamleitungen", 3, "check_completeness", NO_SHORT_TIME),
    Story("hr", "Robotik-Grundlagen für die Montage", 1, "capture_demand"),
)
STORIES = (*ENDED, *RUNNING)
