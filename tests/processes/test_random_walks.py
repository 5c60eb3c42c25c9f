"""A thousand random walks: nobody gets stuck, every case ends as declared, and nothing differs from SpiffWorkflow.

The walker draws everything from diagrams and forms: a new path or a new answer is walked without a word here.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from app.demo.people import USERS
from app.engine import catalogue, frontier
from app.engine.catalogue import LoadedDefinition
from app.engine.step import Step
from app.engine.workflow import CaseWorkflow
from app.factory import create_app
from app.identity.actor import Actor
from app.identity.directory import actor_for_login
from app.platform.db import db
from tests.processes.test_scenarios import nothing_is_left_open
from tests.processes.walks.in_memory import InMemoryWalk
from tests.processes.walks.stored import StoredWalk
from tests.processes.walks.walk import walked
from tests.world import World, world_settings

BLOCKS, WALKS = 4, 250
MOST = 1_500
"""Further walks at most until every branch has been taken; usually some dozens are enough."""
STORED = 15
LARGEST = 40_000
"""Bytes of a snapshot before it is compressed."""


@dataclass
class Alliance:
    """What the walks read of the demo alliance."""

    app: Flask
    definition: LoadedDefinition
    actors: dict[str, Actor]

    def walk(self, seed: int, wanted: Iterable[str] = ()) -> InMemoryWalk:
        """The walk of ``seed``; the companies take turns. It takes the ways ``wanted`` where it can."""
        companies = sorted({company for actor in self.actors.values() for company in actor.organisations("hr")})
        settings = self.app.config["VORLAUF_SETTINGS"]
        company = companies[seed % len(companies)]
        flows = [self.definition.model.flows[way] for way in sorted(wanted) if way in self.definition.model.flows]
        return InMemoryWalk(
            self.definition,
            self.actors,
            seed,
            session=db.session(),
            settings=settings,
            company=company,
            wanted=[flow.condition for flow in flows if flow.condition],
        )


@pytest.fixture(scope="module")
def alliance(sqlite_world_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alliance]:
    path = tmp_path_factory.mktemp("walks") / "world.db"
    shutil.copy(sqlite_world_template, path)
    app = create_app(world_settings(f"sqlite:///{path}"))
    with app.app_context():
        session = db.session()
        found = {login: actor_for_login(session, login) for login, *_ in USERS}
        actors = {login: actor for login, actor in found.items() if actor is not None}
        yield Alliance(app, catalogue.latest(session, "training_case"), actors)
        db.session.remove()
        db.engine.dispose()


def branches(definition: LoadedDefinition) -> set[str]:
    """Every way out of a gateway that decides, and every event at the border of something."""
    model = definition.model
    deciding = {element.id for element in model.elements.values() if element.type == "exclusiveGateway"}
    ways = {flow.id for flow in model.flows.values() if flow.source in deciding}
    return ways | {element.id for element in model.elements.values() if element.type == "boundaryEvent"}


@pytest.mark.sweep
@pytest.mark.parametrize("block", range(BLOCKS))
def test_whatever_happens_a_case_comes_to_a_declared_end(alliance: Alliance, block: int) -> None:
    results: Counter[str] = Counter()
    for seed in range(block * WALKS, (block + 1) * WALKS):
        walk = alliance.walk(seed)
        results[walked(walk, seed)] += 1
        assert walk.largest < LARGEST
        db.session.rollback()
    assert results["completed"] > WALKS // 4
    assert len(results) > 3


@pytest.mark.sweep
def test_the_walks_take_every_branch(alliance: Alliance) -> None:
    left, ends = branches(alliance.definition), set(alliance.definition.manifest.results.values())
    for seed in range(BLOCKS * WALKS, BLOCKS * WALKS + MOST):
        walk = alliance.walk(seed, left)
        ends.discard(walked(walk, seed))
        left -= walk.seen
        db.session.rollback()
        if not left and not ends:
            break
    assert (left, ends) == (set(), set())


def test_a_wrong_step_would_be_noticed(alliance: Alliance, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every check can fail: an answer lost, a wait forgotten, somebody asked who has left, a task for nobody."""
    original = frontier._rows
    monkeypatch.setattr(frontier, "_rows", lambda flow: [row for row in original(flow) if row[2] != "withdrawal"])
    assert "withdrawal" in failed(alliance, 3)
    monkeypatch.setattr(frontier, "_rows", original)

    complete = Step.complete
    monkeypatch.setattr(Step, "complete", lambda step, task_id, answers: complete(step, task_id, {**answers, "x": 1}))
    assert "differ: {'variables'" in failed(alliance, 3)
    monkeypatch.setattr(Step, "complete", complete)

    follow = CaseWorkflow.follow_lists
    monkeypatch.setattr(CaseWorkflow, "follow_lists", lambda _workflow: None)
    assert "differ: {'open'" in failed(alliance, 31)
    monkeypatch.setattr(CaseWorkflow, "follow_lists", follow)

    alliance = Alliance(alliance.app, alliance.definition, {**alliance.actors})
    del alliance.actors["coordinator"]
    assert "tasks that nobody may do" in failed(alliance, 3)


def failed(alliance: Alliance, seed: int) -> str:
    """What a walk that must fail says: the seed and the way it went."""
    with pytest.raises(AssertionError) as told:
        walked(alliance.walk(seed), seed)
    db.session.rollback()
    assert str(told.value).startswith(f"seed {seed}, step ")
    return str(told.value)


@pytest.mark.sweep
@pytest.mark.parametrize("block", range(2))
def test_random_walks_through_the_database(world: World, block: int) -> None:
    """Services, transactions, timers and journal as in production."""
    for seed in range(block * STORED, (block + 1) * STORED):
        walk = StoredWalk(world, seed)
        walked(walk, seed)
        nothing_is_left_open(world, walk.case_id)
