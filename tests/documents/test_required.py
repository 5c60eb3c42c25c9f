"""Documents that a step cannot do without: asked for by the answers, named when missing, seen on the task's page."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from app.demo.over_http import HttpDriver
from app.demo.walker import examples
from app.engine import gate
from app.engine.bundle import read_folder, read_manifest
from app.engine.catalogue import surroundings
from app.forms.definition import load_form
from app.platform import codec
from app.platform.settings import ROOT
from app.registers.models import Employee
from tests.documents.conftest import Desk
from tests.documents.serving import served
from tests.world import NOW

REFUSED = {"decision": "refused", "granted_course_costs": None, "granted_wage_subsidy": None}
BUNDLE = read_folder(ROOT / "processes" / "training_case", ROOT / "forms" / "training_case")


def answers_of(desk: Desk, login: str, task_id: str, **changes: Any) -> dict[str, Any]:
    """The examples of a task's form, with changes."""
    detail = desk.world.call(login, "GET", f"/tasks/{task_id}").json
    form = load_form(codec.dumps(detail["form"]), detail["element"])
    return {**examples(form, detail["context"]["options"], NOW.date()), **changes}


def evidence_tasks(desk: Desk) -> tuple[str, dict[str, str]]:
    """A case that asks two people for evidence: its id, and last name → task."""
    company = desk.world.organisation("hr")
    rows = desk.world.session.scalars(sa.select(Employee).where(Employee.company_id == company))
    people = {row.last_name: row.id for row in rows if row.last_name in ("Sommerfeld", "Winterstein")}
    case_id = desk.world.case_at(
        "give_evidence", "hr", {"capture_demand": {"participants_selected": list(people.values())}}
    )
    tasks = desk.world.driver().open_tasks("hr", case_id)
    return case_id, {name: task["id"] for task in tasks for name in people if name in task["name"]}


def complete(desk: Desk, login: str, task_id: str, data: dict[str, Any]) -> Any:
    return desk.world.call(login, "POST", f"/tasks/{task_id}/complete", {"data": data})


def test_a_stated_disability_needs_its_evidence_about_that_very_person(desk: Desk) -> None:
    case_id, tasks = evidence_tasks(desk)
    task = tasks["Sommerfeld"]
    data = answers_of(desk, "hr", task, disability_degree=50)
    missing = complete(desk, "hr", task, data)
    assert (missing.status_code, missing.json["code"]) == (422, "documents_missing")
    error = missing.json["errors"][0]
    assert (error["pointer"], error["code"]) == ("/documents/disability_evidence", "document_missing")
    assert "Nachweis der Behinderung oder Gleichstellung" in error["message"]
    desk.added("hr", case_id, kind="disability_evidence", task=tasks["Winterstein"])
    assert complete(desk, "hr", task, data).status_code == 422, "that one is about somebody else"
    made = desk.added("hr", case_id, kind="disability_evidence", task=task)
    removed = desk.world.call("hr", "DELETE", f"/documents/{made['id']}", {"reason": "unleserlich"})
    assert removed.status_code == 200
    assert complete(desk, "hr", task, data).status_code == 422, "a removed one does not count"
    desk.added("hr", case_id, kind="disability_evidence", task=task)
    assert complete(desk, "hr", task, data).status_code == 200


def test_without_disability_nothing_is_asked_for(desk: Desk) -> None:
    _case_id, tasks = evidence_tasks(desk)
    task = tasks["Winterstein"]
    assert complete(desk, "hr", task, answers_of(desk, "hr", task, disability_degree=0)).status_code == 200


def test_wrong_entries_are_named_before_missing_documents(desk: Desk) -> None:
    _case_id, tasks = evidence_tasks(desk)
    task = tasks["Sommerfeld"]
    refused = complete(desk, "hr", task, answers_of(desk, "hr", task, disability_degree=5000))
    assert refused.json["code"] == "invalid_answers"


def test_a_refusal_needs_the_notice_a_grant_does_not(desk: Desk) -> None:
    case_id = desk.world.case_at("record_decision")
    task = desk.world.open_task(case_id, "record_decision")["id"]
    refused = answers_of(desk, "funding-adviser", task, **REFUSED)
    assert complete(desk, "funding-adviser", task, refused).json["code"] == "documents_missing"
    desk.added("hr", case_id, kind="decision_notice")
    assert complete(desk, "funding-adviser", task, refused).status_code == 200
    granted = desk.world.case_at("record_decision")
    other = desk.world.open_task(granted, "record_decision")["id"]
    answers = answers_of(desk, "funding-adviser", other)
    assert complete(desk, "funding-adviser", other, answers).status_code == 200


def test_a_step_that_needs_documents_stays_within_its_statements(desk: Desk) -> None:
    from app.platform.db import counting

    case_id = desk.world.case_at("record_decision")
    task = desk.world.open_task(case_id, "record_decision")["id"]
    data = answers_of(desk, "funding-adviser", task, **REFUSED)
    desk.added("hr", case_id, kind="decision_notice")
    with counting() as counter:
        assert complete(desk, "funding-adviser", task, data).status_code == 200
    assert counter.commits == 1
    assert counter.statements <= 8


def test_the_task_says_what_it_needs_and_what_is_there(desk: Desk) -> None:
    case_id, tasks = evidence_tasks(desk)
    before = desk.world.call("hr", "GET", f"/tasks/{tasks['Sommerfeld']}").json["context"]["documents"]
    assert before == [
        {
            "kind": "disability_evidence",
            "name": "Nachweis der Behinderung oder Gleichstellung",
            "class": "special",
            "condition": "wenn ein Grad der Behinderung oder eine Gleichstellung angegeben ist",
            "needed": False,
            "present": False,
        }
    ]
    desk.added("hr", case_id, kind="disability_evidence", task=tasks["Sommerfeld"])
    after = desk.world.call("hr", "GET", f"/tasks/{tasks['Sommerfeld']}").json["context"]["documents"]
    assert after[0]["present"]


def test_the_walker_brings_what_a_step_needs(desk: Desk) -> None:
    walker = desk.world.walker()
    case_id = walker.driver.start("hr", "Abgelehnt", {})
    changes = {"give_evidence": {"disability_degree": 60}, "record_decision": REFUSED, "after_refusal": None}
    walker.to_end(case_id, "after_refusal", changes)
    kinds = {item["kind"] for item in desk.world.call("hr", "GET", f"/cases/{case_id}/documents").json["items"]}
    assert kinds >= {"disability_evidence", "decision_notice"}


def test_so_does_a_walk_over_http(desk: Desk) -> None:
    case_id = desk.world.case_at("record_decision")
    task = desk.world.open_task(case_id, "record_decision")["id"]
    refused = answers_of(desk, "funding-adviser", task, **REFUSED)
    with served(desk.world.app) as address:
        HttpDriver(address).complete("funding-adviser", task, refused)
    listed = desk.world.call("hr", "GET", f"/cases/{case_id}/documents").json["items"]
    assert [(item["kind"], item["element"]) for item in listed] == [("decision_notice", "record_decision")]


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ('[[documents.capture_demand.required]]\nkind = "horoscope"', "document_kind_exists"),
        ('[[documents.nowhere.required]]\nkind = "quote"', "document_step"),
        ('[[documents.register_demand.required]]\nkind = "quote"', "document_step"),
        (
            '[[documents.capture_demand.required]]\nkind = "quote"\nwhen = "=1 +"\nde = "x"\nen = "x"',
            "feel",
        ),
        (
            '[[documents.capture_demand.required]]\nkind = "quote"\nwhen = "=true"',
            "document_condition_in_words",
        ),
        ('[document_kinds.new]\nde = "Neu"\nen = "New"\nclass = "secret"', "document_kind"),
        ('[document_kinds."N E W"]\nde = "Neu"\nen = "New"\nclass = "case"', "document_kind"),
        ('[documents.capture_demand]\nrequired = ["quote"]', "manifest"),
        ('[document_kinds.new]\nde = "Neu"', "manifest"),
    ],
)
def test_the_gate_names_what_is_wrong_with_required_documents(more: str, rule: str) -> None:
    files = {**BUNDLE, "process.toml": BUNDLE["process.toml"] + f"\n{more}\n".encode()}
    assert [finding.rule for finding in gate.check(files, surroundings())] == [rule]


def test_every_kind_of_the_shipped_process_has_two_names() -> None:
    kinds = read_manifest(BUNDLE).document_kinds
    assert len({kind.de for kind in kinds.values()}) == len({kind.en for kind in kinds.values()}) == len(kinds)
    assert kinds["disability_evidence"].sensitivity == "special"
