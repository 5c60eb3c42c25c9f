"""Providers: profile, certificates with their last days, and what a quote starts with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.platform.clock import local_date, utcnow
from tests.world import World

CERTIFICATE = {
    "kind": "measure",
    "title": "Robotik für Einrichter",
    "number": "M-4712",
    "issuer": "Zertifizierungsstelle Mitte GmbH",
    "valid_from": "2026-01-01",
    "valid_until": "2028-12-31",
}


def listed(world: World, login: str, path: str = "/providers") -> list[dict[str, Any]]:
    response = world.call(login, "GET", path)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = (response.json or {})["items"]
    return found


def test_companies_see_all_providers_and_a_provider_only_itself(world: World) -> None:
    counts = {login: len(listed(world, login)) for login in ("hr", "works-council", "coordinator", "provider")}
    assert counts == {"hr": 3, "works-council": 3, "coordinator": 3, "provider": 1}
    assert world.call("employee", "GET", "/providers").status_code == 403
    other = world.organisation("provider2")
    assert world.call("provider", "GET", f"/providers/{other}").status_code == 404
    assert world.call("provider", "POST", f"/providers/{other}/certificates", CERTIFICATE).status_code == 404


def test_a_provider_keeps_its_own_profile(world: World) -> None:
    path = f"/providers/{world.organisation('provider')}"
    changed = world.call("provider", "PATCH", path, {"town": "Zella-Mehlis", "phone": "+49 3682 5550"})
    assert (changed.json or {})["town"] == "Zella-Mehlis"
    assert world.call("provider", "PATCH", path, {"name": "Anders"}).status_code == 403
    assert world.call("hr", "PATCH", path, {"town": "x"}).status_code == 403
    assert world.call("admin", "PATCH", path, {"name": "Bildungswerk Süd"}).status_code == 200
    log = listed(world, "provider", f"/registers/changes?object={world.organisation('provider')}")
    assert log[1]["after"] == {"phone": "+49 3682 5550", "town": "Zella-Mehlis"}
    wrong = world.call("provider", "PATCH", path, {"email": "kein Zeichen", "phone": "ruf an"})
    assert {error["pointer"] for error in (wrong.json or {})["errors"]} == {"/email", "/phone"}


def test_certificates_come_and_go_and_say_how_they_stand(world: World) -> None:
    path = f"/providers/{world.organisation('provider2')}/certificates"
    today = local_date(utcnow())
    soon = {**CERTIFICATE, "number": "soon", "valid_until": (today + timedelta(days=30)).isoformat()}
    old = {**CERTIFICATE, "number": "old", "valid_from": "2020-01-01", "valid_until": "2022-12-31"}
    for certificate in (CERTIFICATE, soon, old):
        assert world.call("provider2", "POST", path, certificate).status_code == 200
    states = {row["number"]: row["state"] for row in listed(world, "hr", path)}
    assert {number: states[number] for number in ("M-4712", "soon", "old")} == {
        "M-4712": "valid",
        "soon": "expires_soon",
        "old": "expired",
    }
    gone = next(row["id"] for row in listed(world, "provider2", path) if row["number"] == "old")
    assert world.call("hr", "DELETE", f"{path}/{gone}").status_code == 403
    assert world.call("provider2", "DELETE", f"{path}/{gone}", If_Match='"stale"').status_code == 412
    assert world.call("provider2", "DELETE", f"{path}/{gone}").status_code == 200
    assert world.call("provider2", "DELETE", f"{path}/{gone}").status_code == 404
    log = listed(world, "auditor", f"/registers/changes?object={world.organisation('provider2')}")
    assert log[0]["before"]["number"] == "old"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"valid_until": "2029-01-02"}, "too_long_measure"),
        ({"kind": "provider", "valid_until": "2031-01-02"}, "too_long_provider"),
        ({"valid_until": "2025-12-31"}, "ends_before_start"),
    ],
)
def test_certificates_do_not_last_longer_than_they_may(world: World, changes: dict[str, Any], code: str) -> None:
    path = f"/providers/{world.organisation('provider3')}/certificates"
    response = world.call("provider3", "POST", path, {**CERTIFICATE, **changes})
    assert response.status_code == 422
    error = (response.json or {})["errors"][0]
    assert (error["pointer"], error["code"]) == ("/valid_until", code)


def test_a_quote_starts_with_the_registered_certificate(world: World) -> None:
    case_id = world.case_at("give_quote")
    task = next(item for item in world.driver().open_tasks("provider", case_id))
    data = (world.call("provider", "GET", f"/tasks/{task['id']}").json or {})["data"]
    assert data["provider_certificate_until"] == "2029-06-30"
