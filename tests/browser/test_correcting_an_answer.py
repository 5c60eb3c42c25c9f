"""A wrong number, noticed after sending: found again, corrected and sent once more, by mouse and keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from app.engine.models import Task
from tests.browser.conftest import Visit
from tests.world import World

pytestmark = pytest.mark.browser


def captured(world: World) -> tuple[str, str]:
    """A case whose demand has just been captured: its id and that task's."""
    case_id = world.case_at("check_completeness")
    done = sa.select(Task.id).where(Task.case_id == case_id, Task.element == "capture_demand")
    return case_id, str(world.session.scalar(done))


def test_hr_corrects_the_hours_and_the_case_goes_on(prepare: Callable[..., Any], visit: Callable[..., Visit]) -> None:
    case_id, task_id = prepare(captured)
    somebody = visit("hr")
    page = somebody.go(f"/tasks/{task_id}")
    page.get_by_role("link", name="Diese Angabe berichtigen …").click()
    page.get_by_label("Grund *").fill("Stundenzahl vertauscht")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tasks/{task_id}?notice=reopened")
    somebody.settled()
    assert somebody.faults() == []
    hours = page.locator("#form-fields input").and_(page.get_by_label("Umfang je Person"))
    assert hours.input_value() == "160"
    hours.fill("170")
    page.get_by_role("button", name="Aufgabe erledigen").click()
    page.wait_for_url(lambda url: "done=" in url)
    assert "Vollständigkeit prüfen" in page.locator("#notices").inner_text()
    page = somebody.go(f"/cases/{case_id}/history")
    expect(page.get_by_text("später berichtigt, siehe Eintrag").first).to_be_visible()
    expect(page.get_by_text("Stundenzahl vertauscht").first).to_be_visible()
    assert somebody.faults() == []
    assert somebody.complaints == []
