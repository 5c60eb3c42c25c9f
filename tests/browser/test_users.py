"""People get in: invitation and reset by keyboard, and all of it without script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import PHONE, Visit
from tests.identity.office import GOOD, OTHER, invited, joined, secret_for
from tests.world import World

pytestmark = pytest.mark.browser


def test_somebody_invited_gets_in_by_keyboard_alone(prepare: Callable[..., Any], visit: Callable[..., Visit]) -> None:
    def invite(world: World) -> tuple[str, str]:
        user = invited(world, "coordinator")
        return user["login"], secret_for(world, user["email"])

    login, secret = prepare(invite)
    somebody = visit()
    page = somebody.go(f"/welcome?token={secret}", PHONE)
    page.focus("#password")
    page.keyboard.type("kurz")
    page.keyboard.press("Tab")
    page.keyboard.type("kurz")
    page.keyboard.press("Enter")
    page.locator(".error-summary").wait_for()
    assert somebody.faults() == []
    assert page.locator("#password").get_attribute("aria-invalid") == "true"
    page.focus("#password")
    page.keyboard.type(GOOD)
    page.keyboard.press("Tab")
    page.keyboard.type(GOOD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in**")
    assert page.get_by_text("Ihr Passwort ist gesetzt").is_visible()
    page.fill("#login", login)
    page.fill("#password", GOOD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks")
    page.get_by_role("link", name="Profil").press("Enter")
    page.wait_for_url("**/profile")
    assert somebody.complaints == []


def test_administration_and_own_password_work_without_script(
    prepare: Callable[..., Any], visit: Callable[..., Visit]
) -> None:
    user = prepare(lambda world: joined(world, name="Ohne Skript"))
    admin = visit("admin", java_script_enabled=False)
    page = admin.go(f"/users/{user['id']}")
    page.get_by_text("Konto schließen", exact=True).click()
    page.get_by_role("button", name="Ja, Konto schließen").click()
    assert page.get_by_text("Das Konto ist geschlossen; alle").is_visible()
    page.get_by_role("button", name="Konto wieder öffnen").click()
    assert page.get_by_text("Das Konto ist wieder offen").is_visible()
    person = visit(java_script_enabled=False)
    page = person.go("/sign-in")
    page.fill("#login", user["login"])
    page.fill("#password", GOOD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks")
    page = person.go("/profile")
    for field, text in (("current", GOOD), ("new", OTHER), ("repeated", OTHER)):
        page.fill(f"#{field}", text)
    page.get_by_role("button", name="Passwort ändern").click()
    assert page.get_by_text("Ihr Passwort ist geändert").is_visible()


def test_opened_forms_and_what_is_wrong_are_free_of_barriers(
    prepare: Callable[..., Any], visit: Callable[..., Visit]
) -> None:
    user = prepare(lambda world: joined(world))
    admin = visit("admin")
    for width in (1280, PHONE):
        page = admin.go(f"/users/{user['id']}", width)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        assert admin.faults() == []
        assert admin.overhang() <= 0
        for path in ("/users/new", "/deputies", "/profile"):
            page = admin.go(path, width)
            form = page.locator("main form").first
            form.evaluate("form => { form.noValidate = true; form.submit() }")
            page.locator(".error-summary").first.wait_for()
            assert admin.faults() == [], path
            assert admin.overhang() <= 0, path
