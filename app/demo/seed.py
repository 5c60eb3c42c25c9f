"""Filling an empty database: the alliance, then cases in every phase, made by really walking the process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.demo import alliance
from app.demo.direct import DirectDriver
from app.demo.stories import STORIES, Story
from app.demo.walker import Walker
from app.engine.service import Engine
from app.identity.models import Organisation
from app.platform.db import unit_of_work


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
