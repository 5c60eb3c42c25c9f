"""An import in front of the screen: the page follows the work in the background without being loaded again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from app.platform import jobs
from app.platform.clock import utcnow
from tests.browser.conftest import Visit
from tests.world import World

pytestmark = pytest.mark.browser
PEOPLE = """Personalnummer;Nachname;Vorname;Geburtsdatum;Wochenstunden;Bruttoentgelt im Monat;Berufsabschluss
9001;Neumann;Eva;01.02.1980;38,5;3250,50;ja
9002;Neumann;Udo;01.02.1981;20;1800;nein
"""


def work(world: World) -> None:
    """What the worker would do by now."""
    jobs.drain(world.session, utcnow() + timedelta(seconds=1))


def test_a_file_is_followed_from_the_upload_to_the_last_line(
    prepare: Callable[..., Any], visit: Callable[..., Visit]
) -> None:
    somebody = visit("hr")
    page = somebody.go("/employees/import")
    page.set_input_files("#file", {"name": "liste.csv", "mimeType": "text/csv", "buffer": PEOPLE.encode()})
    page.get_by_role("button", name="Datei prüfen").press("Enter")
    expect(page.locator("#progress")).to_contain_text("Die Datei wird gelesen.")
    assert somebody.faults() == []
    prepare(work)
    expect(page.locator("#progress")).to_contain_text("Alles ist in Ordnung.")
    page.get_by_role("button", name="Alle Zeilen übernehmen").press("Enter")
    expect(page.locator("#progress")).to_contain_text("Die Zeilen werden übernommen.")
    prepare(work)
    expect(page.locator("#progress")).to_contain_text("Die Zeilen sind übernommen.")
    somebody.go("/employees?q=Neumann")
    expect(page.get_by_role("link", name="Neumann, Udo")).to_be_visible()
    assert somebody.complaints == []


def test_without_script_the_page_looks_again_by_itself(visit: Callable[..., Visit]) -> None:
    somebody = visit("hr", java_script_enabled=False)
    page = somebody.go("/employees/import")
    page.set_input_files("#file", {"name": "liste.csv", "mimeType": "text/csv", "buffer": PEOPLE.encode()})
    page.get_by_role("button", name="Datei prüfen").press("Enter")
    expect(page.locator("#progress")).to_contain_text("Die Datei wird gelesen.")
    assert page.locator("meta[http-equiv=refresh]").count() == 1
