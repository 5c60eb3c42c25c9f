"""Documents on the pages, as people add, look at and replace them: with and without script, by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from app.demo.people import PASSWORD
from tests.browser.conftest import PHONE, Visit
from tests.documents import samples

pytestmark = pytest.mark.browser
PDF = {"name": "Nachweis.pdf", "mimeType": "application/pdf", "buffer": samples.pdf()}
PAGE = {"name": "seite.pdf", "mimeType": "application/pdf", "buffer": b"<html><script>alert(1)</script>"}


def test_a_document_is_added_looked_at_replaced_and_removed(
    prepare: Callable[..., Any], visit: Callable[..., Visit]
) -> None:
    case_id = prepare(lambda world: world.case_at("check_completeness"))
    somebody = visit("hr")
    page = somebody.go(f"/cases/{case_id}")
    page.get_by_role("link", name="Unterlagen").click()
    page.get_by_label("Datei").set_input_files(PDF)
    page.get_by_label("Was es ist").select_option(label="Angebot")
    page.get_by_role("button", name="Hinzufügen").press("Enter")
    expect(page.get_by_text("Die Unterlage wurde hinzugefügt.")).to_be_visible()
    page.get_by_role("link", name="Nachweis", exact=True).click()
    picture = page.get_by_role("img", name="Seite 1 von 1")
    expect(picture).to_be_visible()
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 900)
    page.get_by_label("Datei").set_input_files({**PDF, "buffer": samples.pdf("neu")})
    page.get_by_role("button", name="Fassung hinzufügen").click()
    expect(page.get_by_role("heading", name="Fassungen")).to_be_visible()
    page.get_by_role("button", name="Unterlage entfernen").click()
    assert somebody.faults() == []
    page.get_by_label("Grund").fill("Gehört zu einem anderen Fall")
    page.get_by_role("button", name="Unterlage entfernen").click()
    expect(page.get_by_text("Die Unterlage wurde entfernt")).to_be_visible()


def test_a_refused_file_is_explained_at_its_field(prepare: Callable[..., Any], visit: Callable[..., Visit]) -> None:
    case_id = prepare(lambda world: world.case_at("check_completeness"))
    somebody = visit("hr")
    page = somebody.go(f"/cases/{case_id}/documents", PHONE)
    page.get_by_label("Datei").set_input_files(PAGE)
    page.get_by_role("button", name="Hinzufügen").click()
    expect(page.locator(".error-summary")).to_contain_text("Dateien dieser Art werden nicht angenommen")
    expect(page.get_by_label("Datei")).to_have_attribute("aria-invalid", "true")
    assert somebody.faults() == []
    assert somebody.overhang() <= 0


def test_a_step_says_what_is_missing_and_takes_it(prepare: Callable[..., Any], visit: Callable[..., Visit]) -> None:
    def at_evidence(world: Any) -> str:
        return str(world.open_task(world.case_at("give_evidence"), "give_evidence")["id"])

    task = prepare(at_evidence)
    page = visit("hr").go(f"/tasks/{task}")
    needed = page.locator(".step-documents")
    expect(needed).to_contain_text("liegt noch nicht vor")
    needed.locator("summary").press("Enter")
    needed.get_by_label("Datei").set_input_files(PDF)
    expect(needed.get_by_label("Was es ist")).to_have_value("disability_evidence")
    needed.get_by_role("button", name="Hinzufügen").click()
    expect(page.locator(".step-documents")).to_contain_text("liegt vor")
    assert f"/tasks/{task}" in page.url


def test_papers_are_made_without_any_script(
    prepare: Callable[..., Any], visit: Callable[..., Visit], site: tuple[Any, str]
) -> None:
    case_id = prepare(lambda world: world.case_at("check_completeness"))
    visitor = visit(None, java_script_enabled=False)
    page = visitor.go("/sign-in")
    page.locator("[name=login]").fill("hr")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page = visitor.go(f"/cases/{case_id}/documents")
    page.get_by_role("button", name="Erstellen: Bedarfsblatt").click()
    expect(page.get_by_role("heading", name="Bedarfsblatt")).to_be_visible()
    page = visitor.go(f"/cases/{case_id}/documents")
    page.get_by_label("Datei").set_input_files(PDF)
    page.get_by_role("button", name="Hinzufügen").click()
    expect(page.get_by_role("link", name="Nachweis", exact=True)).to_be_visible()
