"""Every page, on a desk and on a phone: no barrier for axe, no sideways scrolling, no complaint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.world import World

pytestmark = pytest.mark.browser


def places(world: World) -> dict[str, tuple[str | None, str]]:
    """Name → (login, path) of each kind of page, with cases to show."""
    started, reviewed = world.case_at("capture_demand"), world.case_at("review_assessment")
    quoted, chosen = world.case_at("give_quote"), world.case_at("confirm_seat_contract")
    quote = next(task for task in world.driver().open_tasks("provider", quoted))
    task, review = world.open_task(started, "capture_demand"), world.open_task(reviewed, "review_assessment")
    return {
        "sign-in": (None, "/sign-in"),
        "sign-in needed": (None, "/cases"),
        "inbox": ("coordinator", "/tasks?view=visible"),
        "empty inbox": ("cluster-partner", "/tasks"),
        "task": ("hr", f"/tasks/{task['id']}"),
        "task with facts": ("funding-adviser", f"/tasks/{review['id']}"),
        "quote": ("provider", f"/tasks/{quote['id']}"),
        "task to look at": ("auditor", f"/tasks/{task['id']}"),
        "cases": ("coordinator", "/cases"),
        "new case": ("coordinator", "/cases/new"),
        "case": ("hr", f"/cases/{reviewed}"),
        "history": ("hr", f"/cases/{reviewed}/history"),
        "diagram": ("hr", f"/cases/{reviewed}/diagram"),
        "decisions": ("hr", f"/cases/{reviewed}/decisions"),
        "withdrawal": ("hr", f"/cases/{reviewed}/withdrawal"),
        "person withdraws": ("hr", f"/cases/{reviewed}/participant-withdrawal"),
        "provider cancels": ("hr", f"/cases/{chosen}/provider-cancellation"),
        "not found": ("hr", "/nowhere"),
        "not allowed": ("auditor", "/cases/new"),
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_free_of_barriers_and_fits(
    prepare: Callable[..., Any], visit: Callable[..., Visit], theme: str
) -> None:
    found: dict[str, list[str]] = {}
    people: dict[str | None, Visit] = {}
    for name, (login, path) in prepare(places).items():
        somebody = people.get(login) or visit(login, color_scheme=theme)
        people[login] = somebody
        for width in (DESKTOP, PHONE):
            somebody.go(path, width)
            faults = somebody.faults() + somebody.complaints
            if somebody.overhang() > 0:
                faults.append(f"{somebody.overhang()} px too wide")
            somebody.complaints.clear()
            if faults:
                found[f"{name} at {width} px"] = faults
    assert found == {}


def test_opened_details_and_error_lists_are_free_of_barriers_too(
    prepare: Callable[..., Any], visit: Callable[..., Visit]
) -> None:
    case_id = prepare(lambda world: world.case_at("review_assessment"))
    somebody = visit("hr")
    for path in (f"/cases/{case_id}", f"/cases/{case_id}/history", f"/cases/{case_id}/decisions"):
        page = somebody.go(path, PHONE)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        assert somebody.faults() == [], path
        assert somebody.overhang() <= 0, path
    page = somebody.go(f"/cases/{case_id}/withdrawal", PHONE)
    page.locator("main form").evaluate("form => form.submit()")
    page.locator(".error-summary").wait_for()
    assert somebody.faults() == []


def test_the_diagram_shows_path_counts_and_its_makers_mark(
    prepare: Callable[..., Any], visit: Callable[..., Visit]
) -> None:
    case_id = prepare(lambda world: world.case_at("review_assessment"))
    page = visit("hr").go(f"/cases/{case_id}/diagram")
    canvas = page.locator("#diagram-canvas")
    assert canvas.locator("[data-element-id=demand_capture].is-done").count() == 1
    assert canvas.locator("[data-element-id=funding_check].is-active").count() == 1
    assert canvas.locator("[data-container-id=funding_check] .mark--active").inner_text() == "1"
    box, drawing = canvas.bounding_box(), canvas.locator("svg").first.bounding_box()
    mark = canvas.locator(".bjs-powered-by svg").bounding_box()
    assert box is not None
    assert drawing is not None
    assert mark is not None
    assert drawing["height"] >= box["height"] - 4
    assert mark["height"] > 10
    page.select_option("#diagram-file", label="Förderprüfung")
    canvas.locator("[data-element-id=review_assessment].is-active").wait_for()


def test_the_diagram_moves_by_keyboard(prepare: Callable[..., Any], visit: Callable[..., Visit]) -> None:
    case_id = prepare(lambda world: world.case_at("works_council_word"))
    page = visit("hr").go(f"/cases/{case_id}/diagram")
    picture = page.locator("#diagram-canvas .viewport").first
    before = picture.get_attribute("transform") or ""
    page.focus("#diagram-canvas svg")
    page.keyboard.press("ArrowRight")
    expect(picture).not_to_have_attribute("transform", before)
    moved = picture.get_attribute("transform") or ""
    page.get_by_role("button", name="Größer").press("Enter")
    expect(picture).not_to_have_attribute("transform", moved)
