"""The inbox in a browser: claiming in place, showing more, and all of it without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.world import World

pytestmark = pytest.mark.browser


def start_many(world: World) -> None:
    driver = world.driver()
    for number in range(27):
        driver.start("hr6", f"Viele Fälle {number:02}", {})


def test_claiming_changes_the_list_in_place_and_tells_it(
    prepare: Callable[..., Any], visit: Callable[..., Visit]
) -> None:
    prepare(lambda world: world.driver().start("hr2", "Im Vorbeigehen", {}))
    somebody = visit("hr2")
    page = somebody.go("/tasks?q=Vorbeigehen")
    page.evaluate("window.stayed = true")
    page.get_by_role("button", name="Übernehmen").click()
    expect(page.locator("#notices")).to_contain_text("Sie haben die Aufgabe übernommen.")
    expect(page.locator("#notices .notice")).to_be_focused()
    expect(page.locator("#main")).to_have_count(1)
    expect(page.get_by_role("button", name="Freigeben")).to_be_visible()
    assert page.evaluate("window.stayed") is True
    assert somebody.faults() == []
    page.get_by_role("button", name="Freigeben").click()
    expect(page.locator("#notices")).to_contain_text("wieder bei der Gruppe")
    assert "notice=" not in page.url
    assert somebody.complaints == []


def test_a_colleague_was_faster_is_said(prepare: Callable[..., Any], visit: Callable[..., Visit]) -> None:
    prepare(lambda world: world.case_at("review_assessment"))
    first, second = visit("funding-adviser"), visit("funding-adviser2")
    for somebody in (first, second):
        somebody.go("/tasks")
    first.page.get_by_role("button", name="Übernehmen").first.click()
    expect(first.page.locator("#notices")).to_contain_text("übernommen")
    second.page.get_by_role("button", name="Übernehmen").first.click()
    expect(second.page.locator("#notices")).to_contain_text("war schneller")
    expect(second.page.get_by_role("button", name="Übernehmen")).to_have_count(0)


def test_showing_more_adds_to_the_list_until_all_is_there(
    prepare: Callable[..., Any], visit: Callable[..., Visit]
) -> None:
    prepare(start_many)
    somebody = visit("hr6")
    page = somebody.go("/tasks?q=Viele+F%C3%A4lle")
    items = page.locator("#items > li")
    expect(items).to_have_count(25)
    page.get_by_role("link", name="Weitere anzeigen").press("Enter")
    expect(items).to_have_count(27)
    expect(page.get_by_role("link", name="Weitere anzeigen")).to_have_count(0)
    assert somebody.complaints == []


def test_everything_but_the_form_works_without_javascript(
    prepare: Callable[..., Any], visit: Callable[..., Visit]
) -> None:
    case_id = prepare(lambda world: world.driver().start("hr4", "Ohne Skript", {}))
    somebody = visit("hr4", java_script_enabled=False)
    page = somebody.page
    page.goto(f"{somebody.base}/tasks?q=Ohne+Skript")
    page.get_by_role("button", name="Übernehmen").click()
    expect(page.locator("#notices")).to_contain_text("Sie haben die Aufgabe übernommen.")
    page.get_by_role("button", name=re.compile("English")).click()
    expect(page.locator("h1")).to_have_text("Tasks")
    page.goto(f"{somebody.base}/cases/{case_id}/withdrawal")
    page.get_by_label("Reason").fill("Order lost")
    page.get_by_label("Yes, this case is to be withdrawn.").check()
    page.get_by_role("button", name="Withdraw the case").click()
    expect(page.locator("#notices")).to_contain_text("The case has been withdrawn.")
