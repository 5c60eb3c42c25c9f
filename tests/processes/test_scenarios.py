"""Every scenario beside the diagrams, played on the real system with real rooms and a real database."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from app.audit.verification import verify
from app.cases import history
from app.demo.scenarios import Scenario, play, read_scenarios
from app.engine import catalogue
from app.engine.models import Case, Incident, Snapshot, Task, Wait
from app.platform.settings import ROOT
from tests.world import World

SCENARIOS = read_scenarios(ROOT / "processes" / "training_case")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_scenario_ends_as_it_says(world: World, scenario: Scenario) -> None:
    driver = world.driver()
    case_id = play(scenario, driver)
    case = driver.case("coordinator", case_id)
    assert (case["status"], case["result"]) == (scenario.expect["status"], scenario.expect["result"])
    assert case["tasks"] == []
    taken = path(world, case_id)
    assert [item for item in scenario.expect["path"] if item not in taken] == []
    assert [item for item in scenario.expect["not"] if item in taken] == []
    nothing_is_left_open(world, case_id)
    row = world.session.get_one(Case, case_id, populate_existing=True)
    proof = verify(world.session, case_id, row.journal_seq, row.journal_head)
    assert (proof.valid, proof.entries, proof.head) == (True, row.journal_seq, row.journal_head)


def path(world: World, case_id: str) -> set[str]:
    """Elements completed and flows taken, as the journal tells them."""
    row = world.session.get_one(Case, case_id)
    definition = catalogue.load(world.session, row.definition_id)
    elements, flows = history.path_counts(history.moves(world.session, case_id), definition)
    return {*elements, *flows}


def nothing_is_left_open(world: World, case_id: str) -> None:
    """An ended case waits for nothing and nobody; every step of it has its snapshot."""
    tasks = rows(world, Task, case_id)
    assert {task.state for task in tasks} <= {"completed", "cancelled"}
    assert all(task.ended_at is not None and task.draft is None for task in tasks)
    assert all((task.completed_by is not None) == (task.state == "completed") for task in tasks)
    assert {wait.state for wait in rows(world, Wait, case_id)} <= {"closed"}
    assert rows(world, Incident, case_id) == []
    case = world.session.get_one(Case, case_id)
    assert case.ended_at is not None
    assert sorted(snapshot.version for snapshot in rows(world, Snapshot, case_id)) == list(range(1, case.version + 1))


def rows(world: World, model: Any, case_id: str) -> list[Any]:
    """Rows of a case, read afresh."""
    statement = sa.select(model).where(model.case_id == case_id).execution_options(populate_existing=True)
    return list(world.session.scalars(statement))


def test_every_ended_case_has_an_end_of_its_retention(world: World) -> None:
    by_name = {scenario.name: scenario for scenario in SCENARIOS}
    for name, years in (("declined", 6), ("withdrawal_demand_capture", 6)):
        driver = world.driver()
        case_id = play(by_name[name], driver)
        kept = world.session.get_one(Case, case_id, populate_existing=True).retention_until
        assert kept == date(driver.now.year + years, 12, 31), name
