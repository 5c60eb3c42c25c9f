"""Imports: a preview first, all or nothing, repeatable; exports that an import takes back without a change."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from app.platform import jobs
from app.platform.clock import utcnow
from app.platform.db import unit_of_work
from app.platform.ids import new_id
from app.registers import importing
from app.registers.import_models import RegisterImport, RegisterImportPart
from app.registers.models import Employee, EmployeeFacts, RegisterChange
from tests.world import World

HEADER = "Personalnummer;Nachname;Vorname;Geburtsdatum;Wochenstunden;Bruttoentgelt im Monat;Berufsabschluss;GdB"


def people(first: int, count: int, hours: str = "38,5") -> bytes:
    lines = [
        f"{number};Nach{number};Vor{number};01.02.1980;{hours};3000;ja;0" for number in range(first, first + count)
    ]
    return "\n".join([HEADER, *lines]).encode()


def work(world: World) -> None:
    """Let the jobs run, as the worker would."""
    world.session.rollback()
    jobs.drain(world.session, utcnow() + timedelta(seconds=1))
    world.session.rollback()


def uploaded(world: World, content: bytes, login: str = "hr", kind: str = "employees", **query: str) -> dict[str, Any]:
    if kind == "employees":
        query.setdefault("company", world.organisation(login))
    response = world.client(login).post(
        f"/api/v1/{kind}/imports", query_string=query, data={"file": (io.BytesIO(content), "liste.csv")}
    )
    assert response.status_code == 202, response.text
    work(world)
    found: dict[str, Any] = world.client(login).get(response.headers["Location"]).json or {}
    return found


def confirmed(world: World, found: dict[str, Any], login: str = "hr") -> dict[str, Any]:
    path = f"/{found['kind']}/imports/{found['id']}"
    response = world.call(login, "POST", f"{path}/confirm")
    assert response.status_code == 200, response.text
    work(world)
    done: dict[str, Any] = world.call(login, "GET", path).json or {}
    return done


def counts(found: dict[str, Any]) -> tuple[str, int, int, int]:
    return found["state"], found["added"], found["changed"], found["unchanged"]


def numbers(world: World, company: str) -> int:
    world.session.rollback()
    return world.session.scalar(sa.select(sa.func.count()).where(Employee.company_id == company)) or 0


def test_nothing_changes_before_it_is_confirmed(world: World) -> None:
    company = world.organisation("hr")
    before = numbers(world, company)
    found = uploaded(world, people(20_000, 3))
    assert counts(found) == ("ready", 3, 0, 0)
    assert (found["checked"], found["total"], found["findings"]) == (3, 3, [])
    assert numbers(world, company) == before
    assert counts(confirmed(world, found)) == ("done", 3, 0, 0)
    assert numbers(world, company) == before + 3


def test_a_second_import_of_the_same_file_changes_nothing(world: World) -> None:
    content = people(21_000, 1200)
    assert counts(confirmed(world, uploaded(world, content))) == ("done", 1200, 0, 0)
    again = uploaded(world, content)
    assert counts(again) == ("ready", 0, 0, 1200)
    entries = world.session.scalar(sa.select(sa.func.count()).select_from(RegisterChange))
    assert counts(confirmed(world, again)) == ("done", 0, 0, 1200)
    assert world.session.scalar(sa.select(sa.func.count()).select_from(RegisterChange)) == entries


def test_changed_facts_hold_from_the_day_of_the_import_and_are_logged(world: World) -> None:
    confirmed(world, uploaded(world, people(23_000, 2)))
    changed = people(23_000, 2).replace(b"38,5", b"20", 1)
    found = uploaded(world, changed, valid_from="2026-03-01")
    assert counts(confirmed(world, found)) == ("done", 0, 1, 1)
    person = world.session.scalars(sa.select(Employee).where(Employee.staff_number == "23000")).one()
    periods = world.session.scalars(sa.select(EmployeeFacts).where(EmployeeFacts.employee_id == person.id)).all()
    assert sorted((str(row.valid_from), float(row.weekly_hours)) for row in periods) == [
        ("1900-01-01", 38.5),
        ("2026-03-01", 20.0),
    ]
    assert person.weekly_hours == 20
    log = world.call("hr", "GET", f"/registers/changes?object={person.id}").json or {}
    assert [(item["before"], item["imported"]) for item in log["items"]] == [({"weekly_hours": 38.5}, True), ({}, True)]
    assert log["items"][0]["after"] == {"weekly_hours": 20, "valid_from": "2026-03-01"}


def test_one_broken_line_stops_the_whole_file(world: World) -> None:
    company = world.organisation("hr")
    before = numbers(world, company)
    content = people(24_000, 700).replace(b"Nach24650;Vor24650;01.02.1980", b";Vor24650;31.02.1980")
    found = uploaded(world, content)
    assert found["state"] == "refused"
    assert [(item["line"], item["column"], item["code"]) for item in found["findings"]] == [
        (652, "Nachname", "required_empty"),
        (652, "Geburtsdatum", "date_impossible"),
    ]
    assert found["findings"][1]["value"] == "31.02.1980"
    english = world.call("hr", "GET", f"/employees/imports/{found['id']}", Accept_Language="en").json or {}
    assert english["findings"][1]["message"] == "This day does not exist in the calendar."
    assert "Kalender" in found["findings"][1]["message"]
    refused = world.call("hr", "POST", f"/employees/imports/{found['id']}/confirm")
    assert (refused.status_code, (refused.json or {})["code"]) == (409, "import_not_ready")
    assert numbers(world, company) == before
    assert world.session.scalar(sa.select(sa.func.count()).select_from(RegisterImportPart)) == 0


def test_a_file_that_is_no_table_is_refused_and_forgotten(world: World) -> None:
    found = uploaded(world, b"%PDF-1.7")
    assert (found["state"], [item["code"] for item in found["findings"]]) == ("refused", ["wrong_type"])
    world.session.rollback()
    assert world.session.get_one(RegisterImport, found["id"]).content is None


def test_progress_is_seen_part_by_part(world: World) -> None:
    response = world.client("hr").post(
        "/api/v1/employees/imports",
        query_string={"company": world.organisation("hr")},
        data={"file": (io.BytesIO(people(25_000, 1100)), "liste.csv")},
    )
    seen = []
    for _ in range(5):
        world.session.rollback()
        jobs.drain(world.session, utcnow() + timedelta(seconds=1), limit=1)
        found = world.client("hr").get(response.headers["Location"]).json or {}
        seen.append((found["state"], found["checked"], found["total"]))
    assert seen == [
        ("checking", 0, 1100),
        ("checking", 500, 1100),
        ("checking", 1000, 1100),
        ("ready", 1100, 1100),
        ("ready", 1100, 1100),
    ]


def test_a_discarded_file_is_never_taken_over(world: World) -> None:
    found = uploaded(world, people(26_000, 2))
    path = f"/employees/imports/{found['id']}"
    assert (world.call("hr", "DELETE", path).json or {})["state"] == "discarded"
    assert world.call("hr", "POST", f"{path}/confirm").status_code == 409
    assert world.call("hr", "DELETE", path).status_code == 409


def test_a_new_upload_replaces_the_one_that_waits(world: World) -> None:
    first = uploaded(world, people(26_100, 2))
    uploaded(world, people(26_200, 2))
    assert (world.call("hr", "GET", f"/employees/imports/{first['id']}").json or {})["state"] == "discarded"


def test_a_stale_preview_cannot_be_confirmed(world: World) -> None:
    found = uploaded(world, people(26_300, 2))
    path = f"/employees/imports/{found['id']}/confirm"
    assert world.call("hr", "POST", path, If_Match='"stale"').status_code == 412
    etag = world.call("hr", "GET", f"/employees/imports/{found['id']}").headers["ETag"]
    assert world.call("hr", "POST", path, If_Match=etag).status_code == 200
    work(world)


def test_the_same_key_uploads_once(world: World) -> None:
    key = new_id()
    answers = [
        world.client("hr").post(
            "/api/v1/employees/imports",
            query_string={"company": world.organisation("hr")},
            content_type="multipart/form-data; boundary=x",
            data=b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nabc\r\n--x--\r\n',
            headers={"Idempotency-Key": key},
        )
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json == answers[1].json
    work(world)


@pytest.mark.parametrize("login", ["works-council", "employee", "coordinator", "admin", "auditor", "provider"])
def test_only_hr_imports_people(world: World, login: str) -> None:
    found = uploaded(world, people(27_000, 1))
    company = world.organisation("hr")
    sent = world.client(login).post(f"/api/v1/employees/imports?company={company}", data={})
    assert sent.status_code == 403
    assert world.call(login, "GET", f"/employees/imports/{found['id']}").status_code == 404
    assert world.call(login, "GET", f"/employees/export?company={company}").status_code == 403


def test_another_companys_hr_reaches_nothing(world: World) -> None:
    found = uploaded(world, people(27_100, 1))
    company = world.organisation("hr")
    assert world.call("hr2", "GET", f"/employees/imports/{found['id']}").status_code == 404
    assert world.call("hr2", "POST", f"/employees/imports/{found['id']}/confirm").status_code == 404
    sent = world.client("hr2").post(
        f"/api/v1/employees/imports?company={company}", data={"file": (io.BytesIO(b"x"), "x.csv")}
    )
    assert (sent.status_code, (sent.json or {})["code"]) == (422, "company_unknown")
    assert world.call("hr2", "GET", f"/employees/export?company={company}").status_code == 422


def test_a_missing_or_oversized_file_is_named(world: World) -> None:
    path = f"/api/v1/employees/imports?company={world.organisation('hr')}"
    missing = world.client("hr").post(path, data={})
    assert (missing.status_code, (missing.json or {})["errors"][0]["pointer"]) == (422, "/file")
    huge = world.client("hr").post(path, data={"file": (io.BytesIO(b"x" * 1_950_000), "x.csv")})
    assert (huge.status_code, (huge.json or {})["code"]) == (413, "file_too_large")


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["de", "en"])
def test_what_is_exported_comes_back_without_a_change(world: World, file_format: str, language: str) -> None:
    path = f"/employees/export?company={world.organisation('hr3')}&format={file_format}"
    exported = world.call("hr3", "GET", path, Accept_Language=language)
    assert exported.status_code == 200
    assert "attachment" in exported.headers["Content-Disposition"]
    found = uploaded(world, exported.data, "hr3")
    assert found["findings"] == []
    assert counts(found) == ("ready", 0, 0, found["total"])
    assert found["total"] >= 8


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_companies_come_back_without_a_change_too(world: World, file_format: str) -> None:
    exported = world.call("coordinator", "GET", f"/companies/export?format={file_format}").data
    found = uploaded(world, exported, "coordinator", "companies")
    assert found["findings"] == []
    assert counts(found) == ("ready", 0, 0, 7)


def test_an_export_holds_only_columns_the_reader_may_see(world: World) -> None:
    header = world.call("admin", "GET", "/companies/export").data.decode("utf-8-sig").splitlines()[0]
    assert header == "Kurzname;Name"
    full = world.call("coordinator", "GET", "/companies/export").data.decode("utf-8-sig").splitlines()[0]
    assert "Beschäftigte im Konzern" in full


def test_no_cell_of_an_export_is_a_formula(world: World) -> None:
    company = world.organisation("hr6")
    with unit_of_work(world.session):
        evil = sa.update(Employee).where(Employee.company_id == company).values(last_name="=1+cmd|' /C calc'!A0")
        world.session.execute(evil)
    rows = world.call("hr6", "GET", f"/employees/export?company={company}").data.decode("utf-8-sig")
    assert ";'=1+cmd" in rows
    book = world.call("hr6", "GET", f"/employees/export?company={company}&format=xlsx").data
    cell = load_workbook(io.BytesIO(book)).worksheets[0]["B2"]
    assert (cell.data_type, cell.value) == ("s", "=1+cmd|' /C calc'!A0")


def test_companies_are_added_renamed_and_their_facts_recorded(world: World) -> None:
    header = "Kurzname;Name;Gültig ab;Beschäftigte über 30 Stunden;Betriebsrat;Branche"
    lines = [
        "werra;Werra-Kabelsysteme AG;01.01.2024;2480;ja;Automobilzulieferer",
        "zella;Zella Mechanik GmbH;01.06.2026;55;nein;it",
        "bildungswerk;Falsch GmbH;01.06.2026;5;nein;it",
    ]
    refused = uploaded(world, "\n".join([header, *lines]).encode(), "coordinator", "companies")
    assert [(item["line"], item["code"]) for item in refused["findings"]] == [(4, "short_name_of_other")]
    found = uploaded(world, "\n".join([header, *lines[:2]]).encode(), "coordinator", "companies")
    assert counts(confirmed(world, found, "coordinator"))[:3] == ("done", 1, 1)
    listed = (world.call("coordinator", "GET", "/companies?limit=100").json or {})["items"]
    by_name = {item["short_name"]: item for item in listed}
    assert by_name["werra"]["name"] == "Werra-Kabelsysteme AG"
    assert (by_name["zella"]["facts"]["heads"], by_name["zella"]["facts"]["branch"]) == (55, "it")
    assert by_name["werra"]["facts"]["headcount_20"] == 75, "a column that is missing changes nothing"


def test_what_nobody_confirms_is_forgotten_and_findings_are_not_kept_for_good(world: World) -> None:
    waits, refused = uploaded(world, people(28_000, 2)), uploaded(world, b"%PDF-1.7", "hr3")
    for later, state, findings in ((timedelta(days=1), "ready", 1), (timedelta(days=31), "discarded", 0)):
        world.session.rollback()
        with unit_of_work(world.session):
            importing.forget_old(world.session, utcnow() + later)
        assert (world.call("hr", "GET", f"/employees/imports/{waits['id']}").json or {})["state"] == state
        shown = world.call("hr3", "GET", f"/employees/imports/{refused['id']}").json or {}
        assert (len(shown["findings"]), shown["finding_count"]) == (findings, 1)
    assert world.session.scalar(sa.select(sa.func.count()).select_from(RegisterImportPart)) == 0
