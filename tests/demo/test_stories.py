"""The demo shows every phase and every ending, and each role finds something to do or to look at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.chains import Chains, verify_all
from app.demo.prepare import fill_if_empty, migrate
from app.demo.stories import STORIES
from app.engine.catalogue import latest
from app.engine.models import Case, Task
from app.factory import create_app
from app.platform.db import db
from tests.world import world_settings


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A filled demo."""
    folder: Path = tmp_path_factory.mktemp("demo")
    app = create_app(world_settings(f"sqlite:///{folder / 'demo.db'}"))
    migrate(app)
    assert fill_if_empty(app) == len(STORIES)
    with app.app_context():
        yield db.session()
        db.session.remove()
        db.engine.dispose()


def test_the_demo_tells_thirty_stories(demo: Session) -> None:
    assert len({story.title for story in STORIES}) == 30
    assert demo.scalar(sa.select(sa.func.count()).select_from(Case)) == 30


def test_every_phase_has_open_cases_and_every_ending_has_been_reached(demo: Session) -> None:
    rows = demo.execute(sa.select(Case.status, Case.phase, Case.result)).all()
    process = latest(demo, "training_case").manifest
    assert {phase for status, phase, _ in rows if status == "open"} == set(process.phases)
    assert {result for _, _, result in rows if result} == set(process.results.values())


def test_cases_stand_where_their_story_says(demo: Session) -> None:
    told = {story.title: story.until for story in STORIES if story.until and not story.withdraw}
    open_tasks = sa.select(Case.title, Task.element).join(Task, Task.case_id == Case.id).where(Task.state == "open")
    stands = {(title, element) for title, element in demo.execute(open_tasks)}
    assert set(told.items()) - stands == set()


def test_every_acting_role_has_work_waiting(demo: Session) -> None:
    groups = sa.select(Task.role, Task.second_role).where(Task.state == "open")
    waiting = {role for row in demo.execute(groups) for role in row if role}
    assert waiting == {"coordinator", "hr", "employee", "works_council", "funding_adviser", "provider"}


def test_every_history_of_the_demo_verifies(demo: Session) -> None:
    assert verify_all(demo) == Chains(30, ())
