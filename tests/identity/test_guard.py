"""At the door: who is it, was it really them, may they call this at all?"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.identity.guard import SESSION_COOKIE
from app.identity.models import Organisation, User
from app.platform.db import counting
from app.platform.settings import Settings
from tests.conftest import People
from tests.identity.tiny_app import make_tiny_app


@dataclass
class World:
    """Two companies; HR of one of them, its works council, and a user without any role."""

    acme: Organisation
    bolt: Organisation
    hr: User
    council: User
    stranger: User


@pytest.fixture
def world(people: People) -> World:
    acme, bolt = people.organisation("Acme"), people.organisation("Bolt")
    return World(
        acme,
        bolt,
        people.user("hr", ("hr", acme)),
        people.user("council", ("works_council", acme)),
        people.user("stranger"),
    )


@pytest.fixture
def caller(tiny: Flask) -> FlaskClient:
    return tiny.test_client()


@pytest.mark.parametrize(
    ("path", "nobody", "stranger", "council", "hr"),
    [
        ("/api/open", 200, 200, 200, 200),
        ("/api/mine", 401, 200, 200, 200),
        ("/api/hr_only", 401, 403, 403, 200),
        ("/api/things/{acme}", 401, 404, 403, 200),
        ("/api/things/{bolt}", 401, 404, 404, 404),
        ("/api/things/nothing", 401, 404, 404, 404),
        ("/api/forgotten", 403, 403, 403, 403),
        ("/api/nowhere", 404, 404, 404, 404),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
def test_scope_comes_before_role_and_sign_in_before_both(
    caller: FlaskClient,
    people: People,
    world: World,
    path: str,
    method: str,
    nobody: int,
    stranger: int,
    council: int,
    hr: int,
) -> None:
    address = path.format(acme=world.acme.id, bolt=world.bolt.id)
    headers = [{}, *(people.bearer(user) for user in (world.stranger, world.council, world.hr))]
    found = [caller.open(address, method=method, headers=header).status_code for header in headers]
    assert found == [nobody, stranger, council, hr]


def test_another_method_stays_405_and_says_what_is_allowed(caller: FlaskClient) -> None:
    response = caller.delete("/api/mine")
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_a_missing_sign_in_says_how(caller: FlaskClient) -> None:
    response = caller.get("/api/mine")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert response.mimetype == "application/problem+json"
    assert response.json["code"] == "unauthenticated"


@pytest.mark.parametrize(
    "authorization",
    ["Bearer", "Bearer ", "Bearer x", "Basic aHI6ZGVtbw==", "bearer  ", "Token x", "Bearer \xfc", "x" * 5000],
)
def test_a_broken_header_is_no_sign_in_even_beside_a_good_cookie(
    caller: FlaskClient, people: People, world: World, authorization: str
) -> None:
    caller.set_cookie(SESSION_COOKIE, people.token(world.hr))
    assert caller.get("/api/mine").status_code == 200
    assert caller.get("/api/mine", headers={"Authorization": authorization}).status_code == 401


def test_a_guarded_call_costs_one_statement(caller: FlaskClient, people: People, world: World) -> None:
    headers = people.bearer(world.hr)
    with counting() as counter:
        assert caller.get("/api/hr_only", headers=headers).status_code == 200
    assert (counter.statements, counter.commits) == (1, 0)


def test_a_public_call_costs_none(caller: FlaskClient, people: People, world: World) -> None:
    headers = people.bearer(world.hr)
    with counting() as counter:
        assert caller.get("/api/open", headers=headers).status_code == 200
    assert counter.statements == 0


def test_pages_send_people_without_sign_in_where_the_pages_room_says(settings: Settings, tiny: Flask) -> None:
    app = make_tiny_app(settings, on_unauthenticated=lambda: ("please sign in", 303, {"Location": "/sign-in"}))
    client = app.test_client()
    assert client.get("/mine").headers["Location"] == "/sign-in"
    assert client.get("/api/mine").status_code == 401


@pytest.mark.parametrize("address", ["/api/mine?q=%00", "/api/things/%00", "/api/things/a%00b"])
def test_a_nul_in_the_address_names_nothing(caller: FlaskClient, people: People, world: World, address: str) -> None:
    assert caller.get(address, headers=people.bearer(world.hr)).status_code == 404


# --- requests that another website made the browser send ----------------------------------------

SAME = {"Sec-Fetch-Site": "same-origin"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (SAME, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Sec-Fetch-Site": ""}, 403),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "http://LOCALHOST"}, 200),
        ({"Origin": "http://localhost:8000"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Referer": "http://localhost/"}, 403),
        ({}, 403),
    ],
)
def test_a_changing_call_with_our_cookie_must_come_from_our_pages(
    caller: FlaskClient, people: People, world: World, headers: dict[str, str], status: int
) -> None:
    caller.set_cookie(SESSION_COOKIE, people.token(world.hr))
    response = caller.post("/api/mine", headers=headers)
    assert response.status_code == status
    if status == 403:
        assert response.json["code"] == "cross_site"


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}, {}])
def test_reading_is_not_affected(caller: FlaskClient, people: People, world: World, headers: dict[str, str]) -> None:
    caller.set_cookie(SESSION_COOKIE, people.token(world.hr))
    assert caller.get("/api/mine", headers=headers).status_code == 200


def test_a_bearer_token_cannot_be_sent_by_another_website(caller: FlaskClient, people: People, world: World) -> None:
    headers = {**people.bearer(world.hr), "Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert caller.post("/api/mine", headers=headers).status_code == 200


@pytest.mark.parametrize(("headers", "status"), [({}, 200), (SAME, 200), ({"Sec-Fetch-Site": "cross-site"}, 403)])
def test_nobody_is_signed_in_by_another_website(caller: FlaskClient, headers: dict[str, str], status: int) -> None:
    """Machines send neither header nor cookie; a browser always says where a form came from."""
    assert caller.post("/api/open", headers=headers).status_code == status
