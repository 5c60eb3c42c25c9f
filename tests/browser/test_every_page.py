"""Every page, on a desk and on a phone: no barrier for axe, no sideways scrolling, no complaint."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from app.engine.models import Incident, Task
from app.identity.deputies import set_deputy
from app.identity.models import User
from app.inbox.service import claim_task
from app.platform import jobs
from app.platform.clock import utcnow
from app.platform.db import unit_of_work
from app.platform.ids import new_id
from app.registers import importing
from app.registers.models import Employee
from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.documents import samples
from tests.identity.office import invited, joined, secret_for
from tests.links.conftest import Desk
from tests.world import NOW, World

pytestmark = pytest.mark.browser


def answered_late(world: World) -> str:
    """A task that is done and can no longer be corrected."""
    case_id = world.case_at("works_council_word")
    done = sa.select(Task.id).where(Task.case_id == case_id, Task.element == "capture_demand")
    return str(world.session.scalar(done))


def import_of(world: World, content: bytes, login: str = "hr") -> str:
    """An import that has been checked: of employees by HR, of companies by anybody else."""
    kind, company = ("employees", world.organisation(login)) if login == "hr" else ("companies", None)
    actor = world.driver().actor(login)
    with unit_of_work(world.session):
        made = importing.upload(world.session, actor, kind, company, "liste.csv", content, utcnow())
    jobs.drain(world.session, utcnow() + timedelta(seconds=1))
    return str(made["id"])


Places = dict[str, tuple[str | None, str]]
"""Name → (login, path)."""


def places(world: World) -> Places:
    """Each kind of page, with cases to show."""
    return {
        **places_by_link(world),
        **places_of_documents(world),
        **places_of_registers(world),
        **places_of_work(world),
    }


def places_by_link(world: World) -> Places:
    """What participants without an account open, and where links are handed out."""
    desk, asked = Desk(world), world.case_at("give_evidence")
    paper, mailed = desk.hand_out(asked, "consent"), desk.hand_out(asked, "withdraw", "mail")
    return {
        "links of a case": ("hr", f"/cases/{asked}/links"),
        "link on paper": (None, paper.page),
        "link to withdraw": (None, mailed.page),
        "link to give evidence": (None, desk.hand_out(asked, "evidence", "mail").page),
        "link that opens nothing": (None, "/l/unknown"),
        "thanks": (None, "/participation/done?purpose=consent"),
    }


def places_of_documents(world: World) -> Places:
    """Documents of a case."""
    asked_for = world.open_task(world.case_at("give_evidence"), "give_evidence")
    filed, quoted = world.case_at("check_completeness"), world.case_at("give_quote")
    letter = world.driver().upload("hr", filed, None, "letter")
    picture = world.driver().upload("hr", filed, None, "letter", samples.picture(), "image/png")
    return {
        "documents": ("hr", f"/cases/{filed}/documents"),
        "documents of a provider": ("provider", f"/cases/{quoted}/documents"),
        "document": ("hr", f"/documents/{letter['id']}"),
        "document with preview": ("hr", f"/documents/{picture['id']}"),
        "task with documents": ("hr", f"/tasks/{asked_for['id']}"),
    }


def places_of_registers(world: World) -> Places:
    """Companies, employees, providers, imports."""
    employee = world.session.scalar(sa.select(Employee.id).where(Employee.company_id == world.organisation("hr")))
    company, provider = world.organisation("hr"), world.organisation("provider")
    refused = import_of(world, b"Personalnummer;Nachname\n1;=1+1")
    ready = import_of(world, b"Kurzname;Name;G\xc3\xbcltig ab;headcount_full\nneu;Neu GmbH;01.01.2026;5", "coordinator")
    return {
        "companies": ("coordinator", "/companies"),
        "company": ("hr", f"/companies/{company}"),
        "company to edit": ("hr", f"/companies/{company}/edit"),
        "new company": ("admin", "/companies/new"),
        "company facts": ("hr", f"/companies/{company}/facts/new"),
        "employees": ("hr", "/employees"),
        "names of employees": ("works-council", "/employees"),
        "employee": ("hr", f"/employees/{employee}"),
        "name of an employee": ("works-council", f"/employees/{employee}"),
        "employee to edit": ("hr", f"/employees/{employee}/edit"),
        "new employee": ("hr", "/employees/new"),
        "providers": ("hr", "/providers"),
        "provider": ("provider", f"/providers/{provider}"),
        "provider to edit": ("provider", f"/providers/{provider}/edit"),
        "new certificate": ("provider", f"/providers/{provider}/certificates/new"),
        "import": ("hr", "/employees/import"),
        "import of companies": ("coordinator", "/companies/import"),
        "import with findings": ("hr", f"/employees/imports/{refused}"),
        "import to confirm": ("coordinator", f"/companies/imports/{ready}"),
    }


def people(world: World) -> dict[str, Any]:
    """Users in every state, a deputy, a link that counts."""
    active, waiting = joined(world, "coordinator"), invited(world)
    ids = {user.login: user.id for user in world.session.scalars(sa.select(User))}
    now = utcnow()
    with unit_of_work(world.session):
        member = world.driver().actor("coordinator")
        set_deputy(world.session, member, active["id"], now, now + timedelta(days=3), now)
    secret = secret_for(world, waiting["email"])
    return {"active": active, "invited": waiting, "secret": secret, "employee": ids["employee"], "admin": ids["admin"]}


def places_of_users(world: World) -> Places:
    """Users, passwords, deputies."""
    made = people(world)
    return {
        "users": ("admin", "/users"),
        "invitation": ("admin", "/users/new"),
        "invitation by HR": ("hr", "/users/new"),
        "user": ("admin", f"/users/{made['active']['id']}"),
        "user who waits": ("admin", f"/users/{made['invited']['id']}"),
        "user of the own company": ("hr", f"/users/{made['employee']}"),
        "own user": ("admin", f"/users/{made['admin']}"),
        "changes of users": ("auditor", "/identity-changes"),
        "mails that wait": ("admin", "/mails"),
        "profile": ("hr", "/profile"),
        "deputies": ("coordinator", "/deputies"),
        "nobody to stand in": ("employee", "/deputies"),
        "deputy for somebody": ("admin", f"/deputies?member={made['active']['id']}"),
        "password forgotten": (None, "/password/forgotten"),
        "welcome": (None, f"/welcome?token={made['secret']}"),
        "link of no worth": (None, "/welcome?token=nothing"),
    }


def places_of_work(world: World) -> Places:
    """Signing in, tasks, cases, and those who watch over them."""
    started, reviewed = world.case_at("capture_demand"), world.case_at("review_assessment")
    quoted, chosen = world.case_at("give_quote"), world.case_at("confirm_seat_contract")
    quote = next(task for task in world.driver().open_tasks("provider", quoted))
    checked = world.case_at("check_completeness")
    answer = world.session.scalar(sa.select(Task.id).where(Task.case_id == checked, Task.state == "completed"))
    claimed = world.driver().actor("coordinator")
    with unit_of_work(world.session):
        claim_task(world.session, claimed, world.open_task(checked, "check_completeness")["id"], NOW)
    values = {"element": "register_demand", "message": "Error: x", "state": "resolved", "created_at": NOW}
    with unit_of_work(world.session):
        world.session.add(Incident(id=new_id(), case_id=checked, attempts=3, resolved_at=NOW, **values))
        world.session.add(Incident(id=new_id(), case_id=checked, attempts=3, **{**values, "state": "open"}))
    task, review = world.open_task(started, "capture_demand"), world.open_task(reviewed, "review_assessment")
    text = {"text": "Bitte ansehen, @works-council", "audience": "company"}
    assert world.call("hr", "POST", f"/cases/{reviewed}/comments", text).status_code == 201
    return {
        "sign-in": (None, "/sign-in"),
        "sign-in needed": (None, "/cases"),
        "inbox": ("coordinator", "/tasks?view=visible"),
        "empty inbox": ("cluster-partner", "/tasks"),
        "task": ("hr", f"/tasks/{task['id']}"),
        "task with facts": ("funding-adviser", f"/tasks/{review['id']}"),
        "quote": ("provider", f"/tasks/{quote['id']}"),
        "task to look at": ("auditor", f"/tasks/{task['id']}"),
        "task done": ("hr", f"/tasks/{answer}"),
        "correction": ("hr", f"/tasks/{answer}/correction"),
        "correction too late": ("hr", f"/tasks/{answered_late(world)}/correction"),
        "case with a correction": ("hr", f"/cases/{checked}"),
        "incidents": ("coordinator", "/incidents"),
        "solved incidents": ("admin", "/incidents?state=resolved"),
        "hand over": ("coordinator", "/tasks/hand-over"),
        "cases": ("coordinator", "/cases"),
        "new case": ("coordinator", "/cases/new"),
        "case": ("hr", f"/cases/{reviewed}"),
        "history": ("hr", f"/cases/{reviewed}/history"),
        "diagram": ("hr", f"/cases/{reviewed}/diagram"),
        "decisions": ("hr", f"/cases/{reviewed}/decisions"),
        "withdrawal": ("hr", f"/cases/{reviewed}/withdrawal"),
        "comments": ("hr", f"/cases/{reviewed}/comments"),
        "comments to look at": ("auditor", f"/cases/{reviewed}/comments"),
        "mentions": ("works-council", "/mentions"),
        "no mentions": ("provider", "/mentions"),
        "access log": ("auditor", "/audit/access"),
        "access log, filtered": ("auditor", "/audit/access?actor=nobody&class=special"),
        "my access": ("employee", "/me/access"),
        "person withdraws": ("hr", f"/cases/{reviewed}/participant-withdrawal"),
        "provider cancels": ("hr", f"/cases/{chosen}/provider-cancellation"),
        "not found": ("hr", "/nowhere"),
        "not allowed": ("auditor", "/cases/new"),
    }


def faults_of_pages(
    prepare: Callable[..., Any], visit: Callable[..., Visit], theme: str, widths: tuple[int, ...]
) -> dict[str, list[str]]:
    """What is wrong with each page at each width."""
    found: dict[str, list[str]] = {}
    people: dict[str | None, Visit] = {}
    for name, (login, path) in prepare(places).items():
        somebody = people.get(login) or visit(login, color_scheme=theme)
        people[login] = somebody
        for width in widths:
            somebody.go(path, width)
            faults = somebody.faults() + somebody.complaints
            if somebody.overhang() > 0:
                faults.append(f"{somebody.overhang()} px too wide")
            somebody.complaints.clear()
            if faults:
                found[f"{name} at {width} px"] = faults
    return found


def test_every_page_is_free_of_barriers_and_fits(prepare: Callable[..., Any], visit: Callable[..., Visit]) -> None:
    assert faults_of_pages(prepare, visit, "light", (DESKTOP, PHONE)) == {}


def test_opened_details_and_error_lists_are_free_of_barriers_too(
    prepare: Callable[..., Any], visit: Callable[..., Visit]
) -> None:
    case_id = prepare(lambda world: world.case_at("review_assessment"))
    somebody = visit("hr")
    for path in (
        f"/cases/{case_id}",
        f"/cases/{case_id}/history",
        f"/cases/{case_id}/decisions",
        f"/cases/{case_id}/comments",
    ):
        page = somebody.go(path, PHONE)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        assert somebody.faults() == [], path
        assert somebody.overhang() <= 0, path
    for path in (f"/cases/{case_id}/withdrawal", f"/cases/{case_id}/comments"):
        page = somebody.go(path, PHONE)
        page.locator("main form.stack").evaluate("form => form.submit()")
        page.locator(".error-summary").wait_for()
        assert somebody.faults() == [], path


def test_the_diagram_shows_path_counts_and_its_makers_mark(
    prepare: Callable[..., Any], visit: Callable[..., Visit]
) -> None:
    case_id = prepare(lambda world: world.case_at("review_assessment"))
    page = visit("hr").go(f"/cases/{case_id}/diagram")
    canvas = page.locator("#diagram-canvas")
    assert canvas.locator("[data-element-id=demand_capture].is-done").count() == 1
    assert canvas.locator("[data-element-id=funding_check].is-active").count() == 1
    assert canvas.locator("[data-container-id=funding_check] .mark--active").inner_text() == "1"
    box, drawing = canvas.bounding_box(), canvas.locator("svg").first.bounding_box()
    mark = canvas.locator(".bjs-powered-by svg").bounding_box()
    assert box is not None
    assert drawing is not None
    assert mark is not None
    assert drawing["height"] >= box["height"] - 4
    assert mark["height"] > 10
    page.select_option("#diagram-file", label="Förderprüfung")
    canvas.locator("[data-element-id=review_assessment].is-active").wait_for()


def test_the_diagram_moves_by_keyboard(prepare: Callable[..., Any], visit: Callable[..., Visit]) -> None:
    case_id = prepare(lambda world: world.case_at("works_council_word"))
    page = visit("hr").go(f"/cases/{case_id}/diagram")
    picture = page.locator("#diagram-canvas .viewport").first
    before = picture.get_attribute("transform") or ""
    page.focus("#diagram-canvas svg")
    page.keyboard.press("ArrowRight")
    expect(picture).not_to_have_attribute("transform", before)
    moved = picture.get_attribute("transform") or ""
    page.get_by_role("button", name="Größer").press("Enter")
    expect(picture).not_to_have_attribute("transform", moved)
