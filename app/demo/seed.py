"""Filling an empty database: the alliance, then cases in every phase, made by really walking the process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.demo import alliance
from app.demo.direct import DirectDriver
from app.demo.walker import Walker
from app.engine.service import Engine
from app.identity.models import Organisation
from app.platform.db import unit_of_work

Changes = Mapping[str, Mapping[str, Any]]
"""Answers that differ from the forms' examples, by task, or by ``task@login``."""

FEW_QUOTES = "Ein Träger hat abgesagt; zwei Angebote liegen vor."
WITHDRAWN = "Die Beschäftigte hat den Betrieb gewechselt."
PEOPLE = "$like:Sommerfeld,Winterstein"
QUOTES: Changes = {
    "give_quote@provider": {"quote_price": 4640, "minimum_group": 6},
    "give_quote@provider2": {"quote_price": 4980},
    "give_quote@provider3": {"offer": "no"},
}
COMMON: Changes = {
    "capture_demand": {"participants_selected": PEOPLE},
    **QUOTES,
    "compare_quotes": {"comparison_note": FEW_QUOTES},
}
NO_SHORT_TIME: Changes = {**COMMON, "capture_demand": {"participants_selected": PEOPLE, "short_time_work": "none"}}


@dataclass(frozen=True)
class Story:
    """A case of the demo: who starts it, how long ago, at which task it stands (None: walked to its end)."""

    login: str
    title: str
    days_ago: int
    until: str | None
    changes: Changes = field(default_factory=lambda: COMMON)
    withdraw: str | None = None


STORIES = (
    Story("hr", "CNC-Fräsen zu 3D-Druck: Umschulung Werkzeugbau", 90, None),
    Story("hr2", "Python für Bestandsprogrammierer", 75, None, NO_SHORT_TIME),
    Story("hr", "Hochvolttechnik für die Instandhaltung", 60, "record_attendance"),
    Story("hr3", "Prozessautomatisierung im Feinguss", 55, "settle_course"),
    Story("hr4", "Qualitätssicherung mit Bildverarbeitung", 45, "record_decision", NO_SHORT_TIME),
    Story("hr", "SPS-Programmierung für Anlagenführer", 40, "apply_for_funding"),
    Story("hr3", "Datenanalyse in der Fertigung", 30, "confirm_alignment"),
    Story("hr", "Schweißroboter einrichten und warten", 25, "plan_short_time"),
    Story("hr2", "Cloud-Betrieb und Sicherheit", 20, "give_quote", NO_SHORT_TIME),
    Story("hr4", "Spritzguss-Simulation", 15, "compare_quotes", NO_SHORT_TIME),
    Story("hr3", "Energiemanagement ISO 50001", 12, "review_assessment"),
    Story("hr", "Additive Fertigung im Formenbau", 9, "give_evidence"),
    Story("hr2", "Barrierefreie Webentwicklung", 7, "pool_or_alone", NO_SHORT_TIME),
    Story("hr", "KI-gestützte Wartungsplanung", 5, "works_council_word"),
    Story("hr4", "Lean Production für Teamleitungen", 3, "check_completeness", NO_SHORT_TIME),
    Story("hr", "Robotik-Grundlagen für die Montage", 1, "capture_demand"),
    Story("hr2", "Agiles Testen", 28, "review_assessment", NO_SHORT_TIME, WITHDRAWN),
)


def is_empty(session: Session) -> bool:
    """Whether no organisation exists yet."""
    return session.scalar(sa.select(Organisation.id).limit(1)) is None


def fill(session: Session, engine: Engine, now: datetime, told: Callable[[str], None] = lambda _line: None) -> int:
    """Create the alliance and walk every story; returns the number of cases. The process must be deployed."""
    with unit_of_work(session):
        alliance.create(session, now - timedelta(days=120))
    for story in STORIES:
        _tell(session, engine, story, now)
        told(f"{story.title} ({story.login})")
    return len(STORIES)


def _tell(session: Session, engine: Engine, story: Story, now: datetime) -> None:
    driver = _Ageing(session, engine, now - timedelta(days=story.days_ago), now)
    walker = Walker(driver)
    case_id = driver.start(story.login, story.title, {})
    walker.to_end(case_id, story.until, story.changes)
    if story.withdraw:
        driver.withdraw(story.login, case_id, story.withdraw)
        walker.to_end(case_id)


class _Ageing(DirectDriver):
    """A driver whose clock moves a little with every step, but never beyond the present."""

    def __init__(self, session: Session, engine: Engine, now: datetime, present: datetime) -> None:
        super().__init__(session, engine, now)
        self.present = present

    def complete(self, login: str, task_id: str, answers: Mapping[str, Any]) -> None:
        """Do the task some hours later than the one before."""
        self.now = min(self.now + timedelta(hours=9), self.present - timedelta(minutes=5))
        super().complete(login, task_id, answers)
