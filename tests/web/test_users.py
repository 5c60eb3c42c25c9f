"""The pages of users: inviting, roles, closing accounts; profile, forgotten password, deputies, waiting mails."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.identity.models import Organisation, User
from app.platform.clock import local_date, utcnow
from app.platform.db import counting, unit_of_work
from app.platform.mail import Mail
from app.web.devices import device_name
from tests.identity.office import GOOD, OTHER, bearer, invited, joined, newest_mail, redeem, secret_for, sign_in, stored
from tests.identity.test_users import free_employee
from tests.web.conftest import FreshClient, Visitor, main_text, tree
from tests.world import World


def place(world: World, short: str) -> str:
    found = world.session.scalar(sa.select(Organisation.id).where(Organisation.short_name == short))
    assert found is not None
    return found


def id_of(world: World, login: str) -> str:
    found = world.session.scalar(sa.select(User.id).where(User.login == login))
    assert found is not None
    return found


def entered(world: World, login: str, **changes: str) -> dict[str, str]:
    role = f"{place(world, 'alliance')}:auditor"
    given = {"login": login, "name": "Nora Neumann", "email": f"{login}@example.org", "language": "de", "role": role}
    return {**given, **changes}


def signed_in(world: World, visitor: Visitor, login: str, password: str = GOOD) -> FlaskClient:
    """A browser in which somebody has just signed in."""
    client = visitor()
    answer = client.post("/sign-in", data={"login": login, "password": password})
    assert answer.status_code == 303, main_text(answer)
    return client


# --- administration ------------------------------------------------------------------------------


def test_the_administration_invites_somebody_who_then_works(world: World, visitor: Visitor) -> None:
    admin = visitor("admin")
    assert "Jemanden einladen" in main_text(admin.get("/users"))
    answer = admin.post("/users/new", data=entered(world, "nora.neumann"))
    assert answer.status_code == 303, main_text(answer)
    page = main_text(admin.get(answer.location))
    assert "Die Einladung ist unterwegs." in page
    assert "eingeladen" in page
    guest = visitor()
    secret = secret_for(world, "nora.neumann@example.org")
    welcome = guest.get(f"/welcome?token={secret}")
    assert "nora.neumann" in main_text(welcome)
    chosen = {"token": secret, "password": GOOD, "repeated": GOOD}
    done = guest.post("/welcome", data=chosen)
    assert (done.status_code, done.location) == (303, "/sign-in?notice=password_set")
    assert guest.post("/welcome", data=chosen).status_code == 410, "a second click finds the link used up"
    assert signed_in(world, visitor, "nora.neumann").get("/cases").status_code == 200


def test_looking_at_a_link_does_not_use_it_up(world: World, visitor: Visitor) -> None:
    """Mail programs open links beforehand."""
    secret = secret_for(world, invited(world)["email"])
    for _ in range(3):
        assert visitor().get(f"/welcome?token={secret}").status_code == 200
    assert redeem(world, secret).status_code == 200


def test_a_link_that_counts_no_more_says_so_and_leads_on(world: World, visitor: Visitor) -> None:
    page = visitor().get("/welcome?token=guessed")
    assert page.status_code == 410
    assert "Dieser Link gilt nicht" in main_text(page)
    assert "/password/forgotten" in tree(page).xpath("//main//a/@href")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"login": "hr"}, "vergeben"),
        ({"login": "mit leer"}, "Kleinbuchstaben"),
        ({"name": ""}, "Vor- und Nachnamen"),
        ({"email": "keine"}, "E-Mail-Adresse ein"),
        ({"email": "a@example.org\r\nBcc: b@example.org"}, "E-Mail-Adresse ein"),
        ({"role": ""}, "mindestens eine Rolle"),
        ({"role": "nowhere:hr"}, "Organisation"),
    ],
)
def test_what_is_wrong_with_an_invitation_stands_beside_the_entry(
    world: World, visitor: Visitor, changes: dict[str, str], said: str
) -> None:
    answer = visitor("admin").post("/users/new", data={**entered(world, "wrong-one", name="Wrong One"), **changes})
    assert answer.status_code == 422
    assert said in main_text(answer)
    assert tree(answer).xpath("//*[@aria-invalid='true']")
    assert world.session.scalar(sa.select(User.id).where(User.name == "Wrong One")) is None


def test_hr_invites_an_employee_from_the_own_register(world: World, visitor: Visitor) -> None:
    hr, person = visitor("hr"), free_employee(world)
    form = hr.get("/users/new")
    assert not tree(form).xpath("//select[@name='role']"), "there is nothing to choose"
    assert person in tree(form).xpath("//select[@name='employee']//option/@value")
    answer = hr.post("/users/new", data=entered(world, "emil.employee", role="", employee=person))
    assert answer.status_code == 303, main_text(answer)
    page = hr.get(answer.location)
    assert "Beschäftigte, Ruhlaer Presswerk GmbH" in main_text(page)
    texts = tree(page).xpath("//main//button//text()")
    assert "Erneut senden" in texts
    assert not {"Entziehen", "Ja, Konto schließen"} & set(texts)


def test_a_person_of_another_company_is_not_found(world: World, visitor: Visitor) -> None:
    assert visitor("hr").get(f"/users/{id_of(world, 'hr2')}").status_code == 404
    assert visitor("hr").post(f"/users/{id_of(world, 'hr2')}/deactivation").status_code == 404
    assert visitor("hr").post(f"/users/{id_of(world, 'works-council')}/deactivation").status_code == 403
    assert stored(world, id_of(world, "works-council")).active


def test_an_account_is_closed_and_reopened(world: World, visitor: Visitor) -> None:
    user = joined(world)
    person, admin = signed_in(world, visitor, user["login"]), visitor("admin")
    answer = admin.post(f"/users/{user['id']}/deactivation")
    assert "geschlossen" in main_text(admin.get(answer.location))
    assert person.get("/profile").status_code == 303, "sent to the sign-in"
    refused = visitor().post("/sign-in", data={"login": user["login"], "password": GOOD})
    assert refused.status_code == 401
    admin.post(f"/users/{user['id']}/activation")
    signed_in(world, visitor, user["login"])


def test_closing_shows_how_many_tasks_the_person_has_claimed(world: World, visitor: Visitor) -> None:
    user = joined(world, "coordinator")
    task = world.open_task(world.case_at("check_completeness"), "check_completeness")
    headers = bearer(world, user["login"])
    assert world.call(None, "POST", f"/tasks/{task['id']}/claim", **headers).status_code == 200
    page = main_text(visitor("admin").get(f"/users/{user['id']}"))
    assert "1 offene Aufgabe ist von dieser Person übernommen" in page
    (there,) = tree(visitor("admin").get(f"/users/{user['id']}")).xpath("//a[text()='Aufgaben übergeben']/@href")
    chosen = tree(visitor("admin").get(there)).xpath("//select[@name='from_user']/option[@selected]/@value")
    assert chosen == [user["login"]]


def test_roles_are_given_and_taken(world: World, visitor: Visitor) -> None:
    user, admin = joined(world), visitor("admin")
    role = {"role": f"{place(world, 'alliance')}:coordinator"}
    page = admin.get(admin.post(f"/users/{user['id']}/roles", data=role).location)
    assert "Verbundkoordination, Weiterbildungsverbund FastForward" in main_text(page)
    again = admin.post(f"/users/{user['id']}/roles", data=role)
    assert (again.status_code, "schon" in main_text(again)) == (422, True)
    (action,) = tree(page).xpath("//button[starts-with(@aria-label, 'Entziehen: Verbundkoordination')]/../@action")
    assert admin.post(action).status_code == 303
    assert "Verbundkoordination" not in main_text(admin.get(f"/users/{user['id']}")).split("Eine Rolle vergeben")[0]


def test_the_own_account_and_the_last_administrator_stay(world: World, visitor: Visitor) -> None:
    admin, own = visitor("admin"), id_of(world, "admin")
    refused = admin.post(f"/users/{own}/deactivation")
    assert refused.status_code == 409
    assert "am eigenen Konto" in main_text(refused)
    (action,) = tree(admin.get(f"/users/{own}")).xpath("//button[starts-with(@aria-label, 'Entziehen')]/../@action")
    assert "letzte Person in der Administration" in main_text(admin.post(action))


def test_data_is_changed_and_the_change_is_written_down(world: World, visitor: Visitor) -> None:
    user, admin = joined(world), visitor("admin")
    sent = {"name": "Nora Neu", "email": user["email"], "language": "en"}
    page = main_text(admin.get(admin.post(f"/users/{user['id']}", data=sent).location))
    assert "Nora Neu" in page
    assert "Daten geändert · Lars Weidner" in page
    assert admin.post(f"/users/{user['id']}", data={**sent, "email": "x"}).status_code == 422
    assert "Daten geändert" in main_text(visitor("auditor").get("/identity-changes"))
    assert visitor("hr").get("/identity-changes").status_code == 403


def test_an_invitation_is_sent_again_and_revoked(world: World, visitor: Visitor) -> None:
    user, admin = invited(world), visitor("admin")
    first = secret_for(world, user["email"])
    admin.post(f"/users/{user['id']}/invitation")
    second = secret_for(world, user["email"])
    assert visitor().get(f"/welcome?token={first}").status_code == 410
    assert visitor().get(f"/welcome?token={second}").status_code == 200
    page = admin.get(admin.post(f"/users/{user['id']}/invitation/revocation").location)
    assert "Der Link gilt nicht mehr" in main_text(page)
    assert visitor().get(f"/welcome?token={second}").status_code == 410


def test_a_list_is_searched(world: World, visitor: Visitor) -> None:
    invited(world, name="Zita Zwölfer")
    page = main_text(visitor("admin").get("/users?q=zwölfer&state=invited"))
    assert "Zita Zwölfer" in page
    assert "Niemand passt" in main_text(visitor("admin").get("/users?q=gibtesnicht"))


def test_the_administration_sees_mails_that_do_not_get_through(world: World, visitor: Visitor) -> None:
    user, admin = invited(world), visitor("admin")
    assert "steht kein Mailserver" in main_text(admin.get("/users"))
    secret = secret_for(world, user["email"])
    letter = newest_mail(world, user["email"])
    with unit_of_work(world.session):
        world.session.execute(sa.update(Mail).where(Mail.id == letter.id).values(state="failed", error="X 550"))
    page = admin.get("/mails")
    assert user["email"] in main_text(page)
    assert secret not in page.text
    assert "aufgegeben" in main_text(page)
    assert admin.post(f"/mails/{letter.id}/again").location == "/mails?notice=mail_again"
    assert newest_mail(world, user["email"]).state == "open"
    assert visitor("hr").get("/mails").status_code == 403
    assert visitor("hr").post(f"/mails/{letter.id}/again").status_code == 403


# --- one's own -----------------------------------------------------------------------------------


def test_somebody_changes_the_own_password(world: World, visitor: Visitor) -> None:
    user = joined(world)
    here, elsewhere = signed_in(world, visitor, user["login"]), signed_in(world, visitor, user["login"])
    sent = {"current": GOOD, "new": OTHER, "repeated": OTHER}
    assert here.post("/profile/password", data=sent).location == "/profile?notice=password_changed"
    assert here.get("/profile").status_code == 200
    assert elsewhere.get("/profile").status_code == 303
    assert sign_in(world, user["login"], OTHER).status_code == 201


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"current": "falsch"}, "bisherige Passwort ist falsch"),
        ({"current": ""}, "bisheriges Passwort"),
        ({"repeated": "anders"}, "unterscheiden sich"),
        ({"new": "kurz", "repeated": "kurz"}, "12 Zeichen"),
    ],
)
def test_what_is_wrong_with_a_password_stands_beside_the_entry(
    world: World, visitor: Visitor, changes: dict[str, str], said: str
) -> None:
    user = joined(world)
    sent = {"current": GOOD, "new": OTHER, "repeated": OTHER, **changes}
    answer = signed_in(world, visitor, user["login"]).post("/profile/password", data=sent)
    assert answer.status_code == 422
    assert said in main_text(answer)
    assert GOOD not in answer.text
    assert OTHER not in answer.text
    assert sign_in(world, user["login"]).status_code == 201


def test_somebody_signs_out_elsewhere(world: World, visitor: Visitor) -> None:
    user = joined(world)
    here, elsewhere = signed_in(world, visitor, user["login"]), signed_in(world, visitor, user["login"])
    assert "Überall sonst abmelden" in main_text(here.get("/profile"))
    here.post("/profile/sign-ins/end")
    assert elsewhere.get("/profile").status_code == 303
    assert "Überall sonst abmelden" not in main_text(here.get("/profile"))


def test_a_forgotten_password_is_chosen_anew(world: World, visitor: Visitor) -> None:
    user, guest = joined(world), visitor()
    assert "/password/forgotten" in tree(guest.get("/sign-in")).xpath("//main//a/@href")
    known = guest.post("/password/forgotten", data={"login": user["login"]})
    unknown = guest.post("/password/forgotten", data={"login": "nobody-here"})
    assert known.status_code == unknown.status_code == 200
    assert main_text(known) == main_text(unknown)
    secret = secret_for(world, user["email"])
    weak = guest.post("/welcome", data={"token": secret, "password": "kurz", "repeated": "kurz"})
    assert (weak.status_code, "12 Zeichen" in main_text(weak)) == (422, True)
    assert guest.post("/welcome", data={"token": secret, "password": OTHER, "repeated": OTHER}).status_code == 303
    assert sign_in(world, user["login"], OTHER).status_code == 201


def test_the_language_of_mails_is_chosen(world: World, visitor: Visitor) -> None:
    user = joined(world)
    client = signed_in(world, visitor, user["login"])
    assert client.post("/profile/language", data={"language": "en"}).status_code == 303
    assert client.post("/profile/language", data={"language": "fr"}).status_code == 400
    assert stored(world, user["id"]).language == "en"


def test_other_websites_change_nothing(world: World, visitor: Visitor) -> None:
    user = joined(world)
    client = signed_in(world, visitor, user["login"])
    assert isinstance(client, FreshClient)
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "cross-site"
    sent = {"current": GOOD, "new": OTHER, "repeated": OTHER}
    for path in ("/profile/password", "/profile/sign-ins/end", "/deputies", f"/users/{user['id']}/deactivation"):
        assert client.post(path, data=sent).status_code == 403
    assert sign_in(world, user["login"]).status_code == 201


# --- deputies ------------------------------------------------------------------------------------


def days(first: int = 0, last: int = 3) -> dict[str, str]:
    today = local_date(utcnow())
    return {
        "first": f"{today + timedelta(days=first):%d.%m.%Y}",
        "until": f"{today + timedelta(days=last):%d.%m.%Y}",
    }


def test_a_deputy_is_set_and_ended(world: World, visitor: Visitor) -> None:
    member, deputy = joined(world, "coordinator", name="Mara Mitglied"), joined(world, name="Doro Deputy")
    client = signed_in(world, visitor, member["login"])
    answer = client.post("/deputies", data={"deputy": deputy["id"], **days()})
    assert answer.status_code == 303, main_text(answer)
    page = client.get("/deputies")
    assert "Doro Deputy für Mara Mitglied" in main_text(page)
    assert f"{local_date(utcnow()) + timedelta(days=3):%d.%m.%Y}" in main_text(page), "the last day is included"
    of_deputy = signed_in(world, visitor, deputy["login"])
    assert "Verbundkoordination" in of_deputy.get("/profile").text
    (action,) = tree(page).xpath("//button[contains(@aria-label, 'Doro Deputy')]/../@action")
    assert of_deputy.post(action).status_code == 403
    assert client.post(action).location == "/deputies?notice=deputy_ended"
    assert "Verbundkoordination" not in of_deputy.get("/profile").text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"deputy": ""}, "Kollegin"),
        ({"first": "heute"}, "gültiges Datum"),
        ({"first": "31.02.2027"}, "gültiges Datum"),
        ({"until": "31.12.9999"}, "gültiges Datum"),
        (days(3, 1), "nach dem Beginn"),
        (days(-5, -3), "schon vorbei"),
        (days(0, 500), "höchstens ein Jahr"),
    ],
)
def test_what_is_wrong_with_a_deputy_stands_beside_the_entry(
    world: World, visitor: Visitor, changes: dict[str, str], said: str
) -> None:
    sent: dict[str, Any] = {"deputy": id_of(world, "funding-adviser2"), **days(), **changes}
    answer = visitor("coordinator").post("/deputies", data=sent)
    assert answer.status_code == 422
    assert said in main_text(answer)


def test_the_administration_sets_a_deputy_for_somebody_who_is_ill(world: World, visitor: Visitor) -> None:
    member, deputy = joined(world, "coordinator", name="Ilse Ill"), joined(world, name="Sven Stand")
    admin = visitor("admin")
    assert "Eine Vertretung für Ilse Ill einrichten" in main_text(admin.get(f"/deputies?member={member['id']}"))
    sent = {"member": member["id"], "deputy": deputy["id"], **days()}
    assert admin.post("/deputies", data=sent).status_code == 303
    assert "Sven Stand für Ilse Ill" in main_text(admin.get("/deputies"))
    assert visitor("hr").post("/deputies", data=sent).status_code == 403


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Windows"),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0 Safari/537.36",
            "Chrome, Linux",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/147.0 Safari/537.36 Edg/147.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "Safari, iPhone"),
        ("curl/8.5.0", "curl"),
    ],
)
def test_sign_ins_are_told_apart_by_browser_and_system(user_agent: str, name: str) -> None:
    assert device_name(user_agent) == name


# --- English, and what it costs ------------------------------------------------------------------

GERMAN = ("Benutzer", "Passwort", "Einladung", "Vertretung", "Rolle", "Konto", "angemeldet", "Sprache", "E-Mail-")


def test_every_page_is_there_in_english(world: World, visitor: Visitor) -> None:
    user = invited(world)
    secret = secret_for(world, user["email"])
    active = joined(world)
    places = [(None, "/password/forgotten"), (None, f"/welcome?token={secret}"), (None, "/welcome?token=x")]
    places += [("admin", path) for path in ("/users", "/users/new", f"/users/{user['id']}", f"/users/{active['id']}")]
    places += [("admin", path) for path in ("/mails", "/profile", "/deputies", "/identity-changes")]
    places += [("employee", "/deputies"), ("hr", "/users/new")]
    subjects = world.session.scalars(sa.select(Mail.subject).distinct()).all()
    for login, path in places:
        page = main_text(visitor(login, "en").get(path))
        for subject in subjects:  # mails are German first
            page = page.replace(subject, "")
        assert [word for word in GERMAN if word in page] == [], path


def test_a_list_costs_the_same_for_one_user_and_for_many(world: World) -> None:
    for number in range(6):
        invited(world, name=f"Kosten {number}")
    counts = []
    for limit in (1, 6):
        client = world.client("admin")
        world.session.rollback()
        with counting() as counter:
            answer = client.get(f"/api/v1/users?q=Kosten&limit={limit}")
        assert len(answer.get_json()["items"]) == limit
        counts.append(counter.statements)
    assert counts[0] == counts[1] <= 4


def test_the_administration_links_an_account_by_number_and_learns_no_names(visitor: Visitor) -> None:
    assert "Winterstein" not in visitor("admin").get("/users/new").text
    assert "Winterstein" in visitor("hr").get("/users/new").text
