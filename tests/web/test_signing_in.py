"""Signing in and out on the pages, and choosing the language."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app.demo.alliance import PASSWORD
from app.identity.guard import SESSION_COOKIE
from tests.web.conftest import Visitor, main_text, tree

SOMEWHERE = "/cases?status=open&q=Werkzeug"


def sign_in(client: FlaskClient, login: str, password: str = PASSWORD, wanted: str = ""):
    return client.post("/sign-in", data={"login": login, "password": password, "next": wanted})


def test_a_page_without_sign_in_leads_to_the_sign_in_page_and_from_there_back(visitor: Visitor) -> None:
    client = visitor()
    sent_away = client.get(SOMEWHERE)
    assert sent_away.status_code == 303
    form = tree(client.get(sent_away.location))
    wanted = form.xpath("//main//input[@name='next']/@value")[0]
    assert wanted == SOMEWHERE
    back = sign_in(client, "hr", wanted=wanted)
    assert (back.status_code, back.location) == (303, SOMEWHERE)
    assert client.get(SOMEWHERE).status_code == 200


@pytest.mark.parametrize(
    "wanted",
    [
        "https://example.org/",
        "//example.org",
        "/\\example.org",
        "\\\\example.org",
        "javascript:alert(1)",
        "/tasks\r\nSet-Cookie: x=y",
        "/%0d\t/x",
        "tasks",
        "/sign-in",
        "/sign-out",
    ],
)
def test_sign_in_never_leads_to_another_site(visitor: Visitor, wanted: str) -> None:
    answer = sign_in(visitor(), "hr", wanted=wanted)
    assert (answer.status_code, answer.location) == (303, "/")


def test_a_wrong_password_and_an_unknown_login_look_the_same(visitor: Visitor) -> None:
    wrong, unknown = sign_in(visitor(), "hr", "wrong"), sign_in(visitor(), "nobody", "wrong")
    assert wrong.status_code == unknown.status_code == 401
    assert "Anmeldename oder Passwort ist falsch." in main_text(wrong)
    assert main_text(wrong) == main_text(unknown)
    assert tree(wrong).get_element_by_id("login").value == "hr"
    assert not tree(wrong).get_element_by_id("password").value


def test_an_empty_form_says_what_is_missing(visitor: Visitor) -> None:
    answer = sign_in(visitor(), "", "")
    assert answer.status_code == 422
    assert "Bitte geben Sie Anmeldename und Passwort ein." in main_text(answer)


@pytest.mark.parametrize("login", ["a\x00b", "x" * 5000])
def test_a_strange_login_is_simply_wrong(visitor: Visitor, login: str) -> None:
    assert sign_in(visitor(), login).status_code == 401


def test_the_session_cookie_is_out_of_reach_for_scripts_and_other_sites(visitor: Visitor) -> None:
    cookie = sign_in(visitor(), "hr").headers["Set-Cookie"]
    assert cookie.startswith(f"{SESSION_COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_who_is_signed_in_already_goes_on_at_once(visitor: Visitor) -> None:
    answer = visitor("hr").get("/sign-in", query_string={"next": SOMEWHERE})
    assert (answer.status_code, answer.location) == (303, SOMEWHERE)


def test_after_signing_out_the_cookie_is_worthless(visitor: Visitor) -> None:
    client = visitor()
    sign_in(client, "hr")
    token = client.get_cookie(SESSION_COOKIE)
    assert token is not None
    answer = client.post("/sign-out")
    assert answer.status_code == 303
    assert "Sie sind abgemeldet." in main_text(client.get(answer.location))
    client.set_cookie(SESSION_COOKIE, token.value)
    assert client.get("/tasks").status_code == 303


def test_another_website_cannot_sign_anybody_out(visitor: Visitor) -> None:
    client = visitor("hr")
    answer = client.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert client.get("/tasks").status_code == 200


def test_german_is_the_language_until_somebody_chooses_english(visitor: Visitor) -> None:
    client = visitor("hr")
    client.delete_cookie("vorlauf_language")
    page = tree(client.get("/tasks"))
    assert page.get("lang") == "de"
    assert page.xpath("//h1")[0].text_content() == "Aufgaben"
    answer = client.post("/language", data={"language": "en", "next": "/tasks?view=mine"})
    assert (answer.status_code, answer.location) == (303, "/tasks?view=mine")
    page = tree(client.get("/tasks"))
    assert page.get("lang") == "en"
    assert page.xpath("//h1")[0].text_content() == "Tasks"


def test_a_language_we_do_not_speak_is_refused(visitor: Visitor) -> None:
    assert visitor().post("/language", data={"language": "fr"}).status_code == 400
