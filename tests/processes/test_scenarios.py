"""Every scenario beside the diagrams, played on the real system with real rooms and a real database."""

from __future__ import annotations

import pytest

from app.demo.scenarios import Scenario, play, read_scenarios
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
