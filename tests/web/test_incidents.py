"""The page of failed automatic steps."""

from __future__ import annotations

import pytest

from tests.cases.test_incidents import SECRET, Broken, stuck
from tests.cases.test_incidents import broken as broken
from tests.web.conftest import Visitor, main_text, tree
from tests.world import World

__all__ = ["broken"]


def test_the_coordinator_finds_the_case_and_tries_again(world: World, visitor: Visitor, broken: Broken) -> None:
    case, client = stuck(world), visitor("coordinator")
    page = client.get("/incidents")
    assert "Ein automatischer Schritt konnte nicht ausgeführt werden. Art des Fehlers: LookupError" in main_text(page)
    assert SECRET not in page.text
    assert tree(page).xpath(f"//a[@href='/cases/{case.id}']")
    assert tree(client.get(f"/cases/{case.id}")).xpath("//main//a[@href='/incidents']")
    (address,) = tree(page).xpath("//form[contains(@action, '/retry')]/@action")
    again = client.post(address)
    assert again.status_code == 303
    assert "Der Schritt ist wieder gescheitert" in main_text(client.get(again.location))
    broken.mended = True
    (address,) = tree(client.get("/incidents")).xpath("//form[contains(@action, '/retry')]/@action")
    helped = client.post(address)
    assert "Der Schritt ist ausgeführt; der Fall geht weiter." in main_text(client.get(helped.location))
    assert "Kein automatischer Schritt ist gescheitert." in main_text(client.get("/incidents"))
    assert case.case.number in main_text(client.get("/incidents?state=resolved"))


@pytest.mark.usefixtures("broken")
def test_the_administrator_sees_number_and_step_only(world: World, visitor: Visitor) -> None:
    case, client = stuck(world), visitor("admin")
    page = client.get("/incidents")
    assert f"{case.case.number} · look_up" in main_text(page)
    assert "Probe" not in main_text(page)
    assert case.id not in page.text
    assert tree(page).xpath("//nav//a[@href='/incidents'][@aria-current='page']")


def test_others_are_not_offered_the_page(visitor: Visitor) -> None:
    client = visitor("hr")
    assert tree(client.get("/tasks")).xpath("//a[@href='/incidents']") == []
    assert client.get("/incidents").status_code == 403
