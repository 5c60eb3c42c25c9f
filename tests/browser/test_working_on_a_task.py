"""Working on a task: drafts, errors, dates, lost connections; nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from app.inbox import service as inbox
from app.platform.db import unit_of_work
from tests.browser.conftest import Visit
from tests.world import World

pytestmark = pytest.mark.browser

TITLE = "Arbeitstitel der Weiterbildung"
REASON = "Warum ist die Weiterbildung nötig?"
SEND = "Aufgabe erledigen"
NAME_OF_THE_FOCUSED = """() => {
  const one = document.activeElement;
  return one.getAttribute("aria-label") || one.labels?.[0]?.textContent || one.textContent;
}"""


def capture_demand(world: World) -> str:
    return f"/tasks/{world.open_task(world.case_at('capture_demand'), 'capture_demand')['id']}"


def check_completeness(world: World) -> str:
    return f"/tasks/{world.open_task(world.case_at('check_completeness'), 'check_completeness')['id']}"


def claim(world: World, login: str, task_id: str) -> None:
    driver = world.driver()
    with unit_of_work(driver.session):
        inbox.claim_task(driver.session, driver.actor(login), task_id, driver.now)


@pytest.fixture
def demand(prepare: Callable[..., Any], visit: Callable[..., Visit]) -> Visit:
    """HR in front of the first form of a new case."""
    somebody = visit("hr")
    somebody.go(prepare(capture_demand))
    return somebody


@pytest.fixture
def check(prepare: Callable[..., Any], visit: Callable[..., Visit]) -> Visit:
    """The coordinator in front of the completeness check of a new case."""
    somebody = visit("coordinator")
    somebody.go(prepare(check_completeness))
    return somebody


def test_what_was_typed_is_saved_as_a_draft_and_there_after_a_reload(demand: Visit) -> None:
    page = demand.page
    page.get_by_label(TITLE).fill("Roboterzellen einrichten")
    page.get_by_label("Online").check()
    expect(page.locator("#draft-status")).to_have_text(re.compile(r"^Entwurf gespeichert um \d\d:\d\d Uhr$"))
    page.reload()
    demand.settled()
    expect(page.get_by_label(TITLE)).to_have_value("Roboterzellen einrichten")
    expect(page.get_by_label("Online")).to_be_checked()


def test_what_was_typed_a_moment_ago_survives_leaving_the_page(demand: Visit) -> None:
    page, address = demand.page, demand.page.url
    page.get_by_label(TITLE).fill("Gerade eben getippt")
    page.goto(f"{demand.base}/cases")
    page.goto(address)
    demand.settled()
    expect(page.get_by_label(TITLE)).to_have_value("Gerade eben getippt")


def test_without_connection_the_entries_stay_in_the_tab(demand: Visit) -> None:
    page = demand.page
    page.route("**/draft", lambda route: route.abort())
    page.get_by_label(TITLE).fill("Im Funkloch")
    expect(page.locator("#draft-status")).to_contain_text("bleiben in diesem Tab erhalten")
    page.reload()
    demand.settled()
    expect(page.get_by_label(TITLE)).to_have_value("Im Funkloch")
    expect(page.locator("#draft-status")).to_contain_text(re.compile("wiederhergestellt|bleiben in diesem Tab"))


def test_errors_are_listed_at_the_top_and_lead_to_the_fields(demand: Visit) -> None:
    page = demand.page
    page.get_by_label(TITLE).fill("Bleibt stehen")
    page.get_by_role("button", name=SEND).click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text(re.compile(r"Bitte sehen Sie sich \d+ Angaben noch einmal an"))
    entries = summary.get_by_role("link")
    assert entries.count() >= 9
    assert demand.faults() == []
    summary.get_by_role("link", name=REASON).click()
    expect(page.get_by_label(REASON)).to_be_focused()
    summary.get_by_role("link", name="Frühester Beginn").click()
    expect(page.get_by_label("Frühester Beginn")).to_be_focused()
    expect(page.get_by_label(TITLE)).to_have_value("Bleibt stehen")


def test_every_entry_of_the_error_list_reaches_its_field(demand: Visit) -> None:
    page = demand.page
    page.get_by_role("button", name=SEND).click()
    entries = page.get_by_role("alert").get_by_role("link")
    for index in range(entries.count()):
        entries.nth(index).click()
        target = entries.nth(index).get_attribute("href") or ""
        assert page.evaluate("document.activeElement.id") == target.removeprefix("#")
        page.keyboard.press("Escape")


def test_what_the_server_finds_is_shown_at_the_field_as_well(check: Visit) -> None:
    page = check.page
    problem = (
        '{"status": 422, "detail": "Bitte prüfen.", '
        '"errors": [{"pointer": "/completeness_note", "code": "x", "message": "Das reicht noch nicht."}]}'
    )
    page.get_by_label("unvollständig: Rückfrage an den Betrieb").check()
    page.get_by_label("Rückfrage oder Begründung").fill("Wie viele Stunden?")
    page.route(
        "**/complete", lambda route: route.fulfill(status=422, content_type="application/problem+json", body=problem)
    )
    page.get_by_role("button", name=SEND).click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_text("Rückfrage oder Begründung: Das reicht noch nicht.")
    expect(page.locator(".fjs-form-field-error")).to_contain_text("Das reicht noch nicht.")
    expect(page.get_by_label("Rückfrage oder Begründung")).to_have_value("Wie viele Stunden?")


def test_the_calendar_fits_a_phone(demand: Visit) -> None:
    page = demand.page
    page.set_viewport_size({"width": 360, "height": 800})
    for label in ("Frühester Beginn", "Spätestes Ende"):
        page.get_by_label(label).click()
        expect(page.locator(".flatpickr-calendar.open")).to_be_visible()
        assert demand.overhang() <= 0
        assert demand.faults() == []
        page.keyboard.press("Escape")


def test_a_choice_is_the_browsers_own_select(demand: Visit) -> None:
    page = demand.page
    with page.expect_request("**/draft") as sent:
        page.get_by_label("Tätigkeit, für die qualifiziert wird").select_option("Mechatronik – Fachkraft (26112)")
    assert sent.value.post_data_json["data"]["occupation"] == "26112"
    page.reload()
    demand.settled()
    expect(page.get_by_label("Tätigkeit, für die qualifiziert wird").locator("option:checked")).to_have_text(
        "Mechatronik – Fachkraft (26112)"
    )


def test_dates_are_german_even_in_an_english_browser(demand: Visit) -> None:
    page = demand.page
    start = page.get_by_label("Frühester Beginn")
    expect(start).to_have_attribute("placeholder", "TT.MM.JJJJ")
    start.fill("3.4.27")
    start.press("Tab")
    expect(start).to_have_value("03.04.2027")
    with page.expect_request("**/draft") as sent:
        start.fill("05.04.2027")
        start.press("Tab")
    assert sent.value.post_data_json["data"]["window_from"] == "2027-04-05"


@pytest.mark.parametrize("typed", ["31.02.2027", "bald", "2027"])
def test_what_is_no_date_is_explained_with_what_was_typed(demand: Visit, typed: str) -> None:
    page = demand.page
    start = page.get_by_label("Frühester Beginn")
    start.fill(typed)
    start.press("Tab")
    expect(
        page.get_by_text(f"„{typed}“ ist kein Datum. Bitte geben Sie es in der Form 30.11.2026 ein.")
    ).to_be_visible()


def test_when_the_task_has_changed_meanwhile_the_entries_stay(
    prepare: Callable[..., Any], check: Visit, visit: Callable[..., Visit]
) -> None:
    page, task_id = check.page, check.page.url.rsplit("/", 1)[1]
    page.get_by_label("unvollständig: Rückfrage an den Betrieb").check()
    page.get_by_label("Rückfrage oder Begründung").fill("Diese Frage darf nicht verloren gehen.")
    prepare(lambda world: claim(world, "coordinator", task_id))
    page.get_by_role("button", name=SEND).click()
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_contain_text("Ihre Eingaben sind noch da")
    alert.get_by_role("link", name="Seite neu laden").click()
    check.settled()
    expect(page.get_by_label("Rückfrage oder Begründung")).to_have_value("Diese Frage darf nicht verloren gehen.")
    page.get_by_role("button", name=SEND).click()
    page.wait_for_url("**/tasks")


def test_when_the_session_has_ended_the_entries_stay_and_signing_in_beside_helps(check: Visit) -> None:
    page = check.page
    page.get_by_label("vollständig", exact=True).check()
    check.context.clear_cookies(name="vorlauf_session")
    page.get_by_role("button", name=SEND).click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Ihre Sitzung ist abgelaufen")
    with check.context.expect_page() as opened:
        alert.get_by_role("link", name="In einem neuen Tab anmelden").click()
    beside = opened.value
    beside.fill("#login", "coordinator")
    beside.fill("#password", "demo")
    beside.press("#password", "Enter")
    beside.wait_for_url(re.compile("/tasks/"))
    page.get_by_role("button", name=SEND).click()
    page.wait_for_url("**/tasks")
    expect(page.locator("#notices")).to_contain_text("Erledigt: Vollständigkeit prüfen.")


def test_without_connection_sending_says_so_and_works_later(check: Visit) -> None:
    page = check.page
    page.get_by_label("vollständig", exact=True).check()
    page.route("**/complete", lambda route: route.abort())
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_role("alert")).to_contain_text("Der Server ist nicht erreichbar.")
    page.unroute("**/complete")
    page.get_by_role("button", name=SEND).click()
    page.wait_for_url("**/tasks")


def test_signing_out_leaves_nothing_typed_in_the_browser(demand: Visit) -> None:
    page = demand.page
    page.route("**/draft", lambda route: route.abort())
    page.get_by_label(TITLE).fill("Vertraulich")
    expect(page.locator("#draft-status")).to_contain_text("bleiben in diesem Tab erhalten")
    page.get_by_role("button", name="Abmelden").click()
    page.wait_for_url("**/sign-in**")
    assert page.evaluate("JSON.stringify(sessionStorage)") == "{}"


def test_sign_in_claim_and_complete_by_keyboard_alone(prepare: Callable[..., Any], visit: Callable[..., Visit]) -> None:
    address = prepare(check_completeness)
    somebody = visit()
    page = somebody.go(address)

    def tab_to(name: str) -> None:
        for _press in range(60):
            page.keyboard.press("Tab")
            focused = page.evaluate(NAME_OF_THE_FOCUSED)
            if focused.strip().startswith(name):
                return
        raise AssertionError(f"no way to {name!r} by keyboard")

    tab_to("Anmeldename")
    page.keyboard.type("coordinator")
    page.keyboard.press("Tab")
    page.keyboard.type("demo")
    page.keyboard.press("Enter")
    page.wait_for_url("**" + address)
    somebody.settled()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Zum Inhalt springen")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to("Übernehmen")
    page.keyboard.press("Enter")
    expect(page.locator("#notices")).to_contain_text("Sie haben die Aufgabe übernommen.")
    somebody.settled()
    tab_to("vollständig")
    page.keyboard.press("Space")
    tab_to(SEND)
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks")
    expect(page.locator("#notices")).to_contain_text("Erledigt: Vollständigkeit prüfen.")
    assert somebody.complaints == []
