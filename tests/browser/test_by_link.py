"""Participants without an account open their link on a phone; HR prints a sheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visit
from tests.browser.filling import fill_with_examples
from tests.links.conftest import Desk, Handed
from tests.world import World

pytestmark = pytest.mark.browser


def handed_out(purpose: str, channel: str) -> Callable[[World], tuple[str, Handed]]:
    """A new case with a link to it."""

    def make(world: World) -> tuple[str, Handed]:
        case_id = world.case_at("give_evidence")
        return case_id, Desk(world).hand_out(case_id, purpose, channel)

    return make


def test_evidence_is_given_on_a_phone_with_the_answers_kept_while_it_is_corrected(
    prepare: Callable[..., Any], visit: Callable[..., Visit]
) -> None:
    case_id, handed = prepare(handed_out("evidence", "mail"))
    somebody = visit(has_touch=True, is_mobile=True)
    page = somebody.go(handed.page, PHONE)
    send = page.get_by_role("button", name="Bestätigen und absenden")
    send.click()
    expect(page.locator("#form-messages")).to_contain_text("Angaben")
    assert somebody.faults() == []
    entered = fill_with_examples(page)
    assert {"contract_type", "disability_degree", "sgb2_benefits"} <= entered.keys()
    send.click()
    page.wait_for_url("**/participation/done?purpose=evidence")
    expect(page.get_by_text("Ihre Angaben sind angekommen.")).to_be_visible()
    assert {cookie["name"] for cookie in page.context.cookies()} == {"vorlauf_language"}
    assert "give_evidence" not in prepare(
        lambda world: [task["element"] for task in world.driver().visible_tasks(case_id)]
    )
    page = somebody.go(handed.page, PHONE)
    expect(page.get_by_role("heading", name="Dieser Link öffnet nichts")).to_be_visible()


def test_a_sheet_of_paper_leads_to_consent_by_keyboard_alone(
    prepare: Callable[..., Any], visit: Callable[..., Visit]
) -> None:
    case_id, handed = prepare(handed_out("consent", "paper"))
    somebody = visit()
    page = somebody.go(handed.page.lower().replace("-", ""), PHONE)
    page.focus("#code")
    page.keyboard.type(handed.code.lower().replace("-", ""))
    page.keyboard.press("Tab")
    page.keyboard.type(handed.number)
    page.keyboard.press("Enter")
    page.locator("#confirmed").wait_for()
    page.focus("#confirmed")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/participation/done?purpose=consent")
    assert len(prepare(lambda world: Desk(world).journal(case_id, "participant.consented"))) == 1
    assert somebody.complaints == []


def test_consent_and_withdrawal_need_no_script(prepare: Callable[..., Any], visit: Callable[..., Visit]) -> None:
    for purpose in ("consent", "withdraw"):
        _case_id, handed = prepare(handed_out(purpose, "mail"))
        page = visit(java_script_enabled=False).go(handed.page, PHONE)
        page.check("#confirmed")
        page.get_by_role("button", name="Bestätigen und absenden").click()
        page.wait_for_url(f"**/participation/done?purpose={purpose}")


def test_the_language_changes_on_the_page_of_the_link(prepare: Callable[..., Any], visit: Callable[..., Visit]) -> None:
    _case_id, handed = prepare(handed_out("consent", "mail"))
    page = visit().go(handed.page, PHONE)
    page.get_by_role("button", name="English").click()
    expect(page.get_by_text("This consent is voluntary.")).to_be_visible()
    assert page.url.endswith(handed.page)


def test_hr_prints_a_sheet_without_what_only_works_on_a_screen(
    prepare: Callable[..., Any], visit: Callable[..., Visit]
) -> None:
    case_id = prepare(lambda world: world.case_at("give_evidence"))
    somebody = visit("hr")
    page = somebody.go(f"/cases/{case_id}/links")
    page.select_option("#employee", index=1)
    page.select_option("#purpose", "consent")
    page.select_option("#channel", "paper")
    page.get_by_role("button", name="Link jetzt ausgeben").click()
    sheet = page.locator(".sheet")
    expect(sheet).to_contain_text("bittet Sie um Ihre Einwilligung zu Ihrer Weiterbildung")
    for width in (1280, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        assert somebody.faults() == []
        assert somebody.overhang() <= 0
    page.emulate_media(media="print")
    expect(page.get_by_text("Drucken Sie diese Seite jetzt")).to_be_hidden()
    expect(sheet).to_be_visible()
    assert somebody.complaints == []
