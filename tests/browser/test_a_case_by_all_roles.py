"""One training case from demand to completion, worked through the pages by everybody concerned."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from app.cases import service
from app.cases.service import CaseQuery
from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.browser.filling import fill_with_examples
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.sweep]

TITLE = "Bildverarbeitung in der Endkontrolle"
SEND = "Aufgabe erledigen"
PICTURES = os.environ.get("VORLAUF_TEST_PICTURES")
"""A folder for screenshots of every step, to be looked at."""

Prepare = Callable[[Callable[[World], Any]], Any]


def test_a_case_is_worked_to_its_end_in_the_browser_by_all_roles(prepare: Prepare, visit: Callable[..., Visit]) -> None:
    people: dict[str, Visit] = {}

    def person(login: str) -> Visit:
        if login not in people:
            people[login] = visit(login)
        return people[login]

    hr = person("hr")
    hr.go("/cases/new")
    hr.page.get_by_label("Titel", exact=False).first.fill(TITLE)
    hr.page.locator("main form button[type=submit]").click()
    hr.settled()
    case_id = prepare(newest_case)
    done: list[tuple[str, str]] = []
    while (found := prepare(lambda world: world.walker().find(case_id))) is not None:
        login, task = found
        work(person(login), task, len(done))
        done.append((login, task["element"]))
        assert len(done) < 60, f"the case does not come to an end: {done[-5:]}"
    assert {login for login, _element in done} >= {
        "hr",
        "coordinator",
        "works-council",
        "funding-adviser",
        "provider",
        "provider2",
    }
    hr.go(f"/cases/{case_id}")
    expect(hr.page.locator("main")).to_contain_text("abgeschlossen")
    auditor = person("auditor")
    auditor.go(f"/cases/{case_id}/history")
    expect(auditor.page.locator("main")).to_contain_text("unverändert")
    for one in people.values():
        assert one.complaints == []


def newest_case(world: World) -> str:
    """The id of the case with the test's title."""
    driver = world.driver()
    found = service.list_cases(world.session, driver.actor("coordinator"), CaseQuery(q=TITLE), "de", driver.now)
    return str(found["items"][0]["id"])


def work(somebody: Visit, task: dict[str, Any], number: int) -> None:
    """Find the task in the inbox, open it, look at it at both widths, fill it in and send it."""
    page = somebody.go("/tasks?sort=-created_at")
    page.locator(f'a[href$="{task["id"]}"]').first.click()
    somebody.settled()
    assert somebody.faults() == [], task["element"]
    fill_with_examples(page)
    _picture(somebody, f"{number:02}-{task['element']}")
    page.set_viewport_size({"width": PHONE, "height": 900})
    assert somebody.overhang() <= 0, task["element"]
    assert somebody.faults() == [], task["element"]
    _picture(somebody, f"{number:02}-{task['element']}-phone")
    page.set_viewport_size({"width": DESKTOP, "height": 900})
    page.get_by_role("button", name=SEND).click()
    expect(page.locator("#notices")).to_contain_text("Erledigt")


def _picture(somebody: Visit, name: str) -> None:
    if PICTURES:
        somebody.page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
