"""Who sees which document: class by class and role by role, in lists, alone, as a file and in the history."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from app.registers.models import Employee
from tests.documents.conftest import Desk

EVERYBODY = {"coordinator", "hr", "works-council", "employee", "funding-adviser", "provider", "auditor"}
OUTSIDE = {"hr2", "provider2", "cluster-partner", "admin"}
WHOLE = EVERYBODY - {"employee", "provider"}
CONFIDANTS = {"hr", "funding-adviser"}
SEES = {
    "public": EVERYBODY,
    "case": WHOLE,
    "personal": WHOLE,
    "special": CONFIDANTS,
    "about the employee": {*CONFIDANTS, "employee"},
    "from the provider": {*WHOLE, "provider"},
}
"""Title of each document → who sees it."""
_CASES: dict[str, str] = {}


def employees(desk: Desk) -> dict[str, str]:
    company = desk.world.organisation("hr")
    rows = desk.world.session.scalars(sa.select(Employee).where(Employee.company_id == company))
    return {row.last_name: row.id for row in rows}


@pytest.fixture
def case_id(desk: Desk) -> str:
    """A case that asks one provider, about the employee of the demo and a colleague, with a document of each class."""
    if desk.world.url in _CASES:
        return _CASES[desk.world.url]
    people = employees(desk)
    changes = {
        "capture_demand": {"participants_selected": [people["Sommerfeld"], people["Winterstein"]]},
        "request_quotes": {"providers_selected": [desk.world.organisation("provider")]},
    }
    found = desk.world.case_at("give_quote", "hr", changes)
    plain = desk.world.client("hr")
    assert plain.get(f"/api/v1/cases/{found}").status_code == 200
    for sensitivity in ("case", "personal", "special"):
        desk.added("hr", found, title=sensitivity, kind="letter", **{"class": sensitivity})
    _publish(desk, found)
    desk.added("hr", found, title="about the employee", kind="disability_evidence", subject=people["Sommerfeld"])
    desk.added("provider", found, title="from the provider", kind="quote")
    _CASES[desk.world.url] = found
    return found


def _publish(desk: Desk, case_id: str) -> None:
    """No kind of the shipped process is public; one is made so in the database."""
    from app.documents.models import Document
    from app.platform.db import unit_of_work

    made = desk.added("hr", case_id, title="public", kind="letter")
    with unit_of_work(desk.world.session) as session:
        session.execute(sa.update(Document).where(Document.id == made["id"]).values(sensitivity="public"))


def documents(desk: Desk, case_id: str) -> dict[str, Any]:
    listed = desk.world.call("hr", "GET", f"/cases/{case_id}/documents").json["items"]
    return {item["title"]: item for item in listed}


@pytest.mark.parametrize("login", sorted(EVERYBODY | OUTSIDE))
def test_everybody_sees_exactly_the_documents_of_their_classes(desk: Desk, case_id: str, login: str) -> None:
    expected = {title for title, who in SEES.items() if login in who}
    assert desk.titles(login, case_id) == expected
    for title, document in documents(desk, case_id).items():
        for path in ("", "/content"):
            answer = desk.world.call(login, "GET", f"/documents/{document['id']}{path}")
            assert (answer.status_code == 200) == (title in expected), (title, path, answer.status_code)
            assert answer.status_code in (200, 403, 404)


@pytest.mark.parametrize("login", ["works-council", "employee", "coordinator", "auditor", "hr"])
def test_the_history_names_no_document_out_of_sight(desk: Desk, case_id: str, login: str) -> None:
    pages = desk.world.call(login, "GET", f"/cases/{case_id}/history?limit=100")
    told = [entry["payload"] for entry in pages.json["items"] if entry["kind"] == "document.added"]
    assert len(told) == len(SEES)
    for title in ("special", "about the employee"):
        assert (f"'title': '{title}'" in str(told)) == (login in SEES[title]), title
    hidden = employees(desk)["Sommerfeld"] in str(told)
    assert hidden == (login in SEES["about the employee"])


def test_an_employee_adds_documents_about_nobody_else(desk: Desk, case_id: str) -> None:
    people = employees(desk)
    own = desk.added("employee", case_id, title="mine", kind="employment_contract")
    assert own["subject"]["id"] == people["Sommerfeld"]
    refused = desk.send("employee", case_id, subject=people["Winterstein"])
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "subject_unknown")
    colleague = desk.world.call("employee", "GET", f"/documents/{documents(desk, case_id)['personal']['id']}")
    assert colleague.status_code == 404
    assert desk.world.call("employee", "DELETE", f"/documents/{own['id']}", {"reason": "doppelt"}).status_code == 200


def test_nobody_adds_what_would_be_out_of_their_sight(desk: Desk, case_id: str) -> None:
    for login in ("works-council", "coordinator"):
        refused = desk.send(login, case_id, kind="disability_evidence")
        assert (refused.status_code, refused.json["code"]) == (403, "class_out_of_sight")


def test_the_works_council_changes_only_what_it_has_added(desk: Desk, case_id: str) -> None:
    case = documents(desk, case_id)["case"]
    refused = desk.post("works-council", f"/documents/{case['id']}/versions", b"anders", "x.txt")
    assert (refused.status_code, refused.json["code"]) == (403, "not_your_document")
    own = desk.added("works-council", case_id, kind="works_council_statement", title="ours")
    assert desk.post("works-council", f"/documents/{own['id']}/versions", b"neu", "y.txt").status_code == 201


def test_a_document_added_at_a_task_is_about_whom_the_task_is_about(desk: Desk) -> None:
    person = employees(desk)["Sommerfeld"]
    changes = {"capture_demand": {"participants_selected": [person]}}
    evidence = desk.world.case_at("give_evidence", "hr", changes)
    task = desk.world.open_task(evidence, "give_evidence")["id"]
    made = desk.added("hr", evidence, kind="disability_evidence", task=task)
    assert (made["subject"]["id"], made["task"], made["element"]) == (person, task, "give_evidence")
    assert desk.titles("employee", evidence) == {made["title"]}
