"""The pages of the registers: what each role finds there, and what happens when a form is sent."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.platform import jobs
from app.platform.clock import utcnow
from app.registers.models import Employee
from tests.web.conftest import Visitor, main_text, tree
from tests.world import World

PERSON = {
    "staff_number": "7001",
    "first_name": "Änne",
    "last_name": "Weißbach",
    "birth_date": "1985-05-05",
    "weekly_hours": "38,5",
    "monthly_gross": "3.100,50",
    "has_qualification": "yes",
    "qualification_date": "2005-07-31",
    "last_sgb3_82_end": "",
    "disability_degree": "0",
    "equal_status": "no",
    "left_on": "",
}


def employee_id(world: World, last_name: str = "Möhring") -> str:
    world.session.rollback()
    company = world.organisation("hr")
    found = sa.select(Employee.id).where(Employee.company_id == company, Employee.last_name == last_name)
    return world.session.scalars(found).one()


def form_of(response: TestResponse) -> dict[str, str]:
    """What a browser would send for the page's form as it stands."""
    (form,) = tree(response).xpath("//main//form[@method='post']")
    return {key: value or "" for key, value in form.fields.items()}


def sent(client: FlaskClient, path: str, **changes: str) -> TestResponse:
    """Open the form and send it with some entries changed."""
    return client.post(path, data={**form_of(client.get(path)), **changes})


@pytest.mark.parametrize(
    ("login", "entries"),
    [
        ("hr", {"Aufgaben", "Fälle", "Betriebe", "Beschäftigte", "Bildungsträger", "Benutzer"}),
        ("employee", {"Aufgaben", "Fälle", "Beschäftigte", "Wer meine Daten gesehen hat"}),
        ("provider", {"Aufgaben", "Fälle", "Bildungsträger"}),
        ("admin", {"Aufgaben", "Betriebe", "Bildungsträger", "Benutzer", "Störungen", "Änderungen an Benutzern"}),
        ("cluster-partner", {"Aufgaben"}),
    ],
)
def test_the_navigation_shows_what_a_role_may_open(visitor: Visitor, login: str, entries: set[str]) -> None:
    links = tree(visitor(login).get("/tasks")).xpath("//nav[contains(@class, 'site-nav')]//a")
    assert {link.text_content() for link in links} == entries


def test_hr_finds_people_and_the_works_council_names_only(world: World, visitor: Visitor) -> None:
    path = f"/employees/{employee_id(world)}"
    hr, council = main_text(visitor("hr").get(path)), main_text(visitor("works-council").get(path))
    assert "02.12.1974" in hr
    assert "Grad der Behinderung" in hr
    assert "Sabine Möhring" in council
    assert "1974" not in council
    assert "Bearbeiten" not in council
    listed = main_text(visitor("works-council").get("/employees"))
    assert "Möhring, Sabine" in listed
    assert "Wochenstunden" not in listed
    assert visitor("coordinator").get(path).status_code == 404


def test_an_employee_sees_the_own_entry_in_english(world: World, visitor: Visitor) -> None:
    page = main_text(visitor("employee", "en").get(f"/employees/{employee_id(world, 'Sommerfeld')}"))
    assert "12 Apr 1978" in page
    assert "Degree of disability" in page


def test_a_person_is_added_and_changed_from_a_day_on(world: World, visitor: Visitor) -> None:
    client = visitor("hr")
    added = client.post("/employees/new", data=PERSON)
    assert added.status_code == 303, main_text(added)
    path = added.headers["Location"].partition("?")[0]
    assert "3.100,50" in main_text(client.get(path))
    changed = sent(client, f"{path}/edit", valid_from="2026-03-01", weekly_hours="20")
    assert changed.status_code == 303, main_text(changed)
    page = main_text(client.get(changed.headers["Location"]))
    for words in ("Der Eintrag ist gespeichert.", "seit jeher", "01.03.2026", "38,5", "Wann und wer"):
        assert words in page
    assert "Wann und wer" not in main_text(visitor("works-council").get(path))


def test_wrong_entries_are_named_and_what_was_typed_stays(visitor: Visitor) -> None:
    response = visitor("hr").post("/employees/new", data={**PERSON, "weekly_hours": "viel", "disability_degree": "55"})
    assert response.status_code == 422
    page = tree(response)
    assert page.get_element_by_id("weekly_hours").get("value") == "viel"
    assert page.get_element_by_id("weekly_hours").get("aria-invalid") == "true"
    assert "Bitte geben Sie eine Zahl ein." in main_text(response)
    implausible = main_text(visitor("hr").post("/employees/new", data={**PERSON, "disability_degree": "55"}))
    assert "Der Grad der Behinderung ist ein Vielfaches von zehn." in implausible


def test_a_form_that_is_out_of_date_is_refused(world: World, visitor: Visitor) -> None:
    client, path = visitor("hr"), f"/employees/{employee_id(world, 'Pham')}/edit"
    shown = form_of(client.get(path))
    assert client.post(path, data={**shown, "weekly_hours": "30"}).status_code == 303
    assert client.post(path, data={**shown, "weekly_hours": "31"}).status_code == 412


def test_facts_sites_and_clusters_of_a_company_are_kept(world: World, visitor: Visitor) -> None:
    client, path = visitor("hr"), f"/companies/{world.organisation('hr')}"
    facts = sent(client, f"{path}/facts/new", valid_from="2026-05-01", headcount_full="150", agreement="collective")
    assert facts.status_code == 303, main_text(facts)
    edited = sent(client, f"{path}/edit", sites="Werk 2; 99817; Eisenach", clusters="Presswerke\nAutomotive")
    assert edited.status_code == 303, main_text(edited)
    page = main_text(client.get(path))
    for words in ("01.05.2026", "Tarifvertrag", "Werk 2: 99817 Eisenach", "Automotive, Presswerke", "Petra Lindenlaub"):
        assert words in page
    wrong = sent(client, f"{path}/edit", sites="Werk 2, Eisenach")
    assert wrong.status_code == 422
    assert "Bitte jeden Standort als Name; Postleitzahl; Ort schreiben: Werk 2, Eisenach" in main_text(wrong)


def test_the_coordination_sees_companies_without_people(world: World, visitor: Visitor) -> None:
    client = visitor("coordinator")
    assert "Suhler Feinguss AG" in main_text(client.get("/companies"))
    page = main_text(client.get(f"/companies/{world.organisation('hr3')}"))
    assert "Gruppen mit weniger als fünf Personen werden nicht gezeigt." in page
    assert "Sommerfeld" not in page
    filtered = main_text(client.get("/companies?branch=it"))
    assert "Ilmpixel" in filtered
    assert "Feinguss" not in filtered


def test_the_administration_adds_organisations(visitor: Visitor) -> None:
    client = visitor("admin")
    for kind in ("companies", "providers"):
        made = client.post(f"/{kind}/new", data={"name": "Neu GmbH", "short_name": f"neu-{kind}"})
        assert made.status_code == 303
        assert "Neu GmbH" in main_text(client.get(made.headers["Location"]))
        taken = client.post(f"/{kind}/new", data={"name": "Neu GmbH", "short_name": f"neu-{kind}"})
        assert "Eine Organisation mit diesem Kurznamen gibt es schon." in main_text(taken)


def test_a_provider_keeps_profile_and_certificates(world: World, visitor: Visitor) -> None:
    client, path = visitor("provider"), f"/providers/{world.organisation('provider')}"
    assert sent(client, f"{path}/edit", town="Zella-Mehlis").status_code == 303
    certificate = {
        "kind": "measure",
        "title": "Robotik",
        "number": "M-1",
        "issuer": "Stelle Mitte",
        "valid_from": "2026-01-01",
        "valid_until": "2029-02-01",
    }
    refused = client.post(f"{path}/certificates/new", data=certificate)
    assert "Die Zulassung einer Maßnahme gilt höchstens drei Jahre." in main_text(refused)
    assert client.post(f"{path}/certificates/new", data={**certificate, "valid_until": "2028-12-31"}).status_code == 303
    page = client.get(path)
    assert "Robotik" in main_text(page)
    removal = next(form for form in tree(page).forms if form.action.endswith("/removal"))
    assert client.post(removal.action, data=dict(removal.fields)).status_code == 303
    assert client.post(removal.action, data=dict(removal.fields)).status_code == 412
    assert "Bearbeiten" not in main_text(visitor("hr").get(path))


def work(world: World) -> None:
    world.session.rollback()
    jobs.drain(world.session, utcnow() + timedelta(seconds=1))
    world.session.rollback()


def uploaded(world: World, client: FlaskClient, content: str) -> str:
    file: Any = (io.BytesIO(content.encode()), "belegschaft.csv")
    response = client.post("/employees/import", data={"file": file, "valid_from": "2026-11-01"})
    assert response.status_code == 303, main_text(response)
    assert "Die Datei wird gelesen." in main_text(client.get(response.headers["Location"]))
    work(world)
    return str(response.headers["Location"])


HEADER = "Personalnummer;Nachname;Vorname;Geburtsdatum;Wochenstunden;Bruttoentgelt im Monat;Berufsabschluss"


def test_a_file_is_checked_shown_and_taken_over(world: World, visitor: Visitor) -> None:
    client = visitor("hr")
    path = uploaded(world, client, f"{HEADER}\n8001;Neu;Eva;01.02.1980;38,5;3250;ja")
    assert "Alles ist in Ordnung. Noch ist nichts geändert." in main_text(client.get(path))
    assert "Neu, Eva" not in main_text(client.get("/employees?q=Neu"))
    assert client.post(path, data={"action": "confirm"}).status_code == 303
    work(world)
    assert "Die Zeilen sind übernommen." in main_text(client.get(path))
    assert "Neu, Eva" in main_text(client.get("/employees?q=Neu"))
    assert client.post(path, data={"action": "confirm"}).status_code == 409


def test_findings_are_listed_with_what_to_do(world: World, visitor: Visitor) -> None:
    client = visitor("hr")
    path = uploaded(world, client, f"{HEADER}\n8002;<b>Neu</b>;Eva;31.02.1980;165;3250;ja")
    page = main_text(client.get(path))
    first = "2 Geburtsdatum 31.02.1980 Diesen Tag gibt es im Kalender nicht."
    for words in (first, "Mehr als 60 Stunden in der Woche."):
        assert words in page
    assert "Alle Zeilen übernehmen" not in page
    assert "Enter the hours a week, not a month." in main_text(visitor("hr", "en").get(path))


def test_a_file_can_be_discarded_and_has_to_be_there(world: World, visitor: Visitor) -> None:
    client = visitor("hr")
    path = uploaded(world, client, f"{HEADER}\n8003;Neu;Eva;01.02.1980;38,5;3250;ja")
    discarded = client.post(path, data={"action": "discard"})
    assert "Diese Datei wurde verworfen." in main_text(client.get(discarded.headers["Location"]))
    missing = client.post("/employees/import", data={})
    assert missing.status_code == 422
    assert "Bitte eine Datei auswählen." in main_text(missing)


def test_exports_are_files_to_be_saved(visitor: Visitor) -> None:
    for login, path, name in (
        ("hr", "/employees/export?format=xlsx", "beschaeftigte.xlsx"),
        ("coordinator", "/companies/export", "betriebe.csv"),
    ):
        response = visitor(login).get(path)
        assert response.status_code == 200
        assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert visitor("works-council").get("/employees/export").status_code == 403
