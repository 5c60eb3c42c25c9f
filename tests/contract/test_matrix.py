"""Role × organisation × route: every route of the app, called by everybody, on objects near and far.

What must come out is computed here a second time, from the policy table and from who takes part in which case.
Changing calls carry a stale ``If-Match`` or meet a completed task, so that whoever may act is stopped by that alone:
the matrix changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule as Route

from app.engine.models import Incident, Task
from app.factory import create_app
from app.identity.models import Deputy, Membership, User
from app.identity.policy import POLICY, routes_without_row
from app.identity.policy_rule import Access
from app.identity.roles import ROLES
from app.links.models import ParticipantLink
from app.platform.db import unit_of_work
from app.platform.ids import new_id
from app.platform.settings import Settings
from app.registers import importing
from app.registers.models import Certificate, Employee
from tests.contract.stage import LOGINS, Stage
from tests.world import NOW, World

NOBODY = None
COLLEAGUE, STAND_IN, FORMER = "colleague", "stand-in", "former-stand-in"
"""An employee of the company whom no case concerns; who acts for the works council now; who did so last year."""

ROLE_OF = {
    "coordinator": "coordinator",
    "hr": "hr",
    "works-council": "works_council",
    "employee": "employee",
    "hr2": "hr",
    "funding-adviser": "funding_adviser",
    "funding-adviser2": "funding_adviser",
    "provider": "provider",
    "provider2": "provider",
    "cluster-partner": "cluster_partner",
    "auditor": "auditor",
    "admin": "admin",
    COLLEAGUE: "employee",
    STAND_IN: "works_council",
    FORMER: None,
}
ALL_CASES = {"coordinator", "funding-adviser", "funding-adviser2", "auditor"}
OF_THE_COMPANY = {"hr", "works-council", STAND_IN}
UNKNOWN = "01a20a1c-0000-7000-8000-000000000000"
STALE = {"If-Match": '"stale"'}
BODIES: dict[str, Any] = {
    "cases_api.send_message": {"name": "agency_decision", "payload": {}},
    "cases_api.withdraw": {"reason": "Kein Bedarf mehr"},
    "leaving_api.cancel_provider": {"reason": "Mindestgruppe nicht erreicht"},
    "leaving_api.withdraw_participant": {"cause": "other", "reason": "Kein Bedarf mehr"},
    "inbox_api.assign_task": {"user": "nobody-known"},
    "comments_api.add_comment": {"text": "Wird nicht geschrieben"},
    "inbox_api.save_draft": {"data": {}},
    "inbox_api.complete_task": {"data": {}},
    "users_api.add_membership": {"role": "hr", "organisation": "unknown"},
    "links_api.issue_link": {"purpose": "consent", "employee": "nobody", "channel": "paper"},
    "documents_api.remove_document": {"reason": "Gehört nicht hierher"},
    "inbox_api.reopen_task": {"reason": "Versehen"},
    "inbox_api.bulk_tasks": {"ids": ["nothing-known"], "action": "claim"},
    "inbox_api.hand_over": {"from_user": "nobody-known", "to_user": None, "reason": "geht"},
    "cases_api.start_case": {"process": "training_case", "company": "unknown", "title": "Titel"},
    "employees_api.add_employee": {
        "company": "unknown",
        "staff_number": "1",
        "first_name": "A",
        "last_name": "B",
        "birth_date": "1990-01-01",
        "weekly_hours": 38,
        "monthly_gross": 3000,
        "has_qualification": False,
    },
    "companies_api.create_company": {"name": "Ruhlaer Presswerk GmbH", "short_name": "ruhla"},
    "providers_api.create_provider": {"name": "Ruhlaer Presswerk GmbH", "short_name": "ruhla"},
    "companies_api.change_company": {"clusters": []},
    "companies_api.record_facts": {"valid_from": "2026-01-01", "headcount_full": 1},
    "providers_api.change_provider": {"town": "Suhl"},
    "providers_api.add_certificate": {
        "kind": "provider",
        "title": "T",
        "number": "1",
        "issuer": "I",
        "valid_from": "2026-01-01",
        "valid_until": "2027-01-01",
    },
}
SOLVED = "an-incident-that-is-solved"
ALWAYS = {"pages.task_done": 303}
"""Routes that answer everybody who is signed in alike: this one only leads on."""
REGISTER = {"company_id", "employee_id", "provider_id", "import_id"}
ALLIANCE_WIDE = {"coordinator", "funding-adviser", "funding-adviser2", "auditor", "admin"}
IN_SIGHT = {
    "company_id": ALLIANCE_WIDE | {"hr", "works-council", STAND_IN},
    "employee_id": {"hr", "works-council", STAND_IN, "employee"},
    "provider_id": ALLIANCE_WIDE | {"hr", "hr2", "works-council", STAND_IN, "provider"},
}
SEES_IMPORT = {"employee": {"hr"}, "company": {"coordinator", "admin"}}
"""Who sees the company of ``hr``, the entry of ``employee`` and the provider of ``provider``."""
NOTHING = ("mail_id", "user_id", "membership_id", "deputy_id")
"""Objects named here do not exist: who sees which of them is tried in tests/identity."""
ALWAYS = {
    "pages.task_done": 303,
    "comments_api.withdraw_comment": 404,
    "comments_api.read_mention": 404,
    "pages.withdraw_comment": 404,
    "pages.read_mention": 404,
}
"""Routes that answer everybody who is signed in alike: the first only leads on, the others meet nobody's comment."""
ONLY_IN_THE_DEMO = {"pages.mailbox", "pages.mailbox_mail"}
MAY_FIND_NOTHING = {"static", "pages.participation", "links_api.confirm", "documents_api.preview", *ONLY_IN_THE_DEMO}
"""For files, links and previews that exist; a text has no preview."""
USES_UP_ITS_TOKEN = {"identity_api.revoke_token", "pages.sign_out"}


@dataclass(frozen=True)
class Target:
    """A case, a task and a letter of it, with who sees them and who may do the task."""

    name: str
    case_id: str
    task_id: str
    done_task_id: str
    link_id: str
    document_id: str
    sees_case: frozenset[str]
    sees_task: frozenset[str]
    does_task: frozenset[str]
    register: dict[str, str]


def target(stage: Stage, name: str, case_id: str, element: str, does: set[str], also: set[str] | None = None) -> Target:
    """``does`` may do the task; ``also`` take part in the case besides the company and the alliance."""
    task_id = stage.world.open_task(case_id, element)["id"]
    done = stage.world.session.scalar(
        sa.select(Task.id).where(Task.case_id == case_id, Task.role == "hr", Task.state == "completed").limit(1)
    )
    letter = stage.world.driver().upload("hr", case_id, None, "letter")["id"]
    sees = ALL_CASES | OF_THE_COMPANY | (also or set())
    of_task = ALL_CASES | OF_THE_COMPANY | (does & {"employee", "provider"})
    register = _REGISTERS.setdefault(stage.world.url, {}) or register_ids(stage.world)
    _REGISTERS[stage.world.url] = register
    ids = (case_id, task_id, done or task_id, used_link(stage, case_id), letter)
    return Target(name, *ids, frozenset(sees), frozenset(of_task), frozenset(does), register)


def register_ids(world: World) -> dict[str, str]:
    """Entries of the registers: the company of ``hr``, the entry of ``employee``, the provider of ``provider``."""
    provider = world.organisation("provider")
    certificate = world.session.scalar(sa.select(Certificate.id).where(Certificate.provider_id == provider).limit(1))
    return {
        "company_id": world.organisation("hr"),
        "employee_id": employees(world)["Sommerfeld"],
        "provider_id": provider,
        "certificate_id": certificate or "",
        "employee_import": waiting_import(world, "employees", "hr"),
        "company_import": waiting_import(world, "companies", "coordinator"),
    }


def waiting_import(world: World, kind: str, login: str) -> str:
    """An import that waits to be read."""
    actor = world.driver().actor(login)
    company = world.organisation(login) if kind == "employees" else None
    with unit_of_work(world.session):
        view = importing.upload(world.session, actor, kind, company, "liste.csv", b"Personalnummer", NOW)
    return str(view["id"])


def used_link(stage: Stage, case_id: str) -> str:
    """A participant's link that can no longer be changed: whoever may revoke it meets that (409)."""
    values = {"purpose": "consent", "channel": "mail", "employee_id": new_id(), "created_by": new_id()}
    moments = {"created_at": NOW, "expires_at": NOW, "used_at": NOW}
    link = ParticipantLink(id=new_id(), token_hash=new_id(), case_id=case_id, **values, **moments)
    with unit_of_work(stage.world.session) as session:
        session.add(link)
    return link.id


def employees(world: World) -> dict[str, str]:
    rows = world.session.scalars(sa.select(Employee).where(Employee.company_id == world.organisation("hr")))
    return {row.last_name: row.id for row in rows}


def add_people(world: World) -> None:
    """The logins beyond the demo's twelve."""
    session = world.session
    users = {user.login: user for user in session.scalars(sa.select(User))}
    if COLLEAGUE in users:
        return
    made = {}
    for login in (COLLEAGUE, STAND_IN, FORMER):
        values = {"email": f"{login}@example.org", "password_hash": users["hr"].password_hash, "created_at": NOW}
        made[login] = User(id=new_id(), login=login, name=login.title(), active=True, **values)
    unconcerned = employees(world)["Karaca"]
    with unit_of_work(session):
        session.add_all(made.values())
        session.flush()
        colleague = {"user_id": made[COLLEAGUE].id, "organisation_id": world.organisation("hr"), "role": "employee"}
        session.add(Membership(id=new_id(), employee_id=unconcerned, **colleague))
        for login, year in ((STAND_IN, 0), (FORMER, 365)):
            from_day, until = NOW - timedelta(days=year + 3650 * (year == 0)), NOW + timedelta(days=3650)
            session.add(
                Deputy(
                    id=new_id(),
                    member_user_id=users["works-council"].id,
                    deputy_user_id=made[login].id,
                    valid_from=from_day,
                    valid_until=until if year == 0 else NOW - timedelta(days=180),
                )
            )


def add_incident(world: World, case_id: str) -> None:
    """A failed step that has been mended: trying it again is refused, but found."""
    values = {"element": "register_demand", "message": "Error: x", "state": "resolved", "created_at": NOW}
    with unit_of_work(world.session):
        world.session.add(Incident(id=SOLVED, case_id=case_id, resolved_at=NOW, attempts=1, **values))


_TARGETS: dict[str, list[Target]] = {}
_REGISTERS: dict[str, dict[str, str]] = {}


@pytest.fixture
def targets(stage: Stage) -> list[Target]:
    """Objects near and far, made once a module."""
    world = stage.world
    if world.url not in _TARGETS:
        add_people(world)
        erika = employees(world)["Sommerfeld"]
        with_erika = {"capture_demand": {"participants_selected": [erika]}}
        one_provider = {**with_erika, "request_quotes": {"providers_selected": [world.organisation("provider")]}}
        mine = {"employee"}
        _TARGETS[world.url] = [
            target(stage, "just begun", world.case_at("capture_demand"), "capture_demand", {"hr"}),
            target(
                stage,
                "works council",
                world.case_at("works_council_word"),
                "works_council_word",
                {"works-council", STAND_IN},
            ),
            target(
                stage,
                "evidence",
                world.case_at("give_evidence", "hr", with_erika),
                "give_evidence",
                {"hr", *mine},
                mine,
            ),
            target(
                stage,
                "not asked yet",
                world.case_at("request_quotes", "hr", with_erika),
                "request_quotes",
                {"coordinator"},
                mine,
            ),
            target(
                stage,
                "one provider asked",
                world.case_at("give_quote", "hr", one_provider),
                "give_quote",
                {"provider"},
                {"provider", *mine},
            ),
        ]
        add_incident(world, _TARGETS[world.url][0].case_id)
    return _TARGETS[world.url]


def routes(app: Flask) -> Iterator[tuple[Route, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def kind_of_import(rule: Route) -> str:
    return "company" if "company" in rule.endpoint or "companies" in rule.endpoint else "employee"


def arguments(rule: Route, method: str, at: Target) -> dict[str, Any]:
    """Values for the address; a page's POST has no If-Match and therefore meets a task that is done."""
    page_post = method == "POST" and rule.endpoint.startswith("pages.")
    known = {
        "case_id": at.case_id,
        "task_id": at.done_task_id if page_post else at.task_id,
        "link_id": at.link_id,
        "token": "unknown",
        "document_id": at.document_id,
        "page": 1,
        "paper": "settlement",  # no case here is so far
        "incident_id": SOLVED,
        "key": "training_case",
        "version": 1,
        "filename": "nothing.css",
        "language": "de",
        **at.register,
        "import_id": at.register[f"{kind_of_import(rule)}_import"],
        **dict.fromkeys(NOTHING, "nothing"),
        "comment_id": UNKNOWN,
        "mention_id": UNKNOWN,
        "mail_id": "nothing",
    }
    if "case_id" in rule.arguments:
        known["employee_id"] = "nobody"  # who takes part in the case
    return {name: known[name] for name in rule.arguments}


def expected(rule: Route, method: str, login: str | None, at: Target) -> int | None:
    """401, 403 or 404 where the guard or the scope has to stop the call; None where it gets through."""
    row = POLICY[rule.endpoint]
    if row.public:
        return None
    if login is None:
        return 401 if rule.rule.startswith("/api/") else 303
    role = ROLE_OF[login]
    holds = isinstance(row.roles, Access) or role in row.roles
    if not row.object_route:
        return None if holds else 403
    if rule.endpoint in ALWAYS:
        return ALWAYS[rule.endpoint]
    if rule.arguments & set(NOTHING):
        return 404
    if {"case_id", "link_id"} & rule.arguments:
        return 404 if login not in at.sees_case else None if holds else 403
    if name := next(iter(REGISTER & rule.arguments), None):
        sees = SEES_IMPORT[kind_of_import(rule)] if name == "import_id" else IN_SIGHT[name]
        return 404 if login not in sees else None if holds else 403
    if "document_id" in rule.arguments:
        return of_document(method, login, holds)
    return of_task(rule, method, login, at, holds)


def of_task(rule: Route, method: str, login: str, at: Target, holds: bool) -> int | None:
    """The same for routes to a task: whoever sees it may look, its own role acts."""
    changes = method == "POST"
    done = changes and rule.endpoint.startswith("pages.") and at.done_task_id != at.task_id
    sees = ALL_CASES | OF_THE_COMPANY if done else at.sees_task
    does = {"hr"} if done else at.does_task
    if login not in sees:
        return 404
    if not changes:
        return None
    if not holds:
        return 403
    steers = rule.endpoint == "inbox_api.assign_task" and login == "coordinator"
    return None if login in does or steers else 403


def of_document(method: str, login: str, holds: bool) -> int | None:
    """A letter that HR has added: case data, for the alliance and the company; in charge are HR and the alliance."""
    if login not in ALL_CASES | OF_THE_COMPANY:
        return 404
    in_charge = login in {"hr", "coordinator", "funding-adviser", "funding-adviser2"}
    return None if method == "GET" or (holds and in_charge) else 403


def call(world: World, rule: Route, method: str, login: str | None, at: Target) -> int:
    with world.app.test_request_context():
        path = rule.build(arguments(rule, method, at), append_unknown=False)
    assert path is not None, rule
    client = world.client(login)
    if rule.endpoint in USES_UP_ITS_TOKEN and login is not None:
        world._tokens.pop(login, None)
        client = world.client(login)
        world._tokens.pop(login)
    options: dict[str, Any] = {"headers": STALE}
    if rule.rule.startswith("/api/") and method in ("POST", "PATCH", "DELETE"):
        options["json"] = BODIES.get(rule.endpoint, {})
    return int(client.open(path[1], method=method, **options).status_code)


@pytest.mark.parametrize("login", [NOBODY, *LOGINS, COLLEAGUE, STAND_IN, FORMER], ids=str)
def test_everybody_gets_exactly_what_policy_and_scope_say(
    stage: Stage, targets: list[Target], login: str | None
) -> None:
    wrong = []
    # Earlier sign-ins of the test are ended by account_api.end_sign_ins, which is written down.
    with stage.nothing_changes("sign_in_attempt", "identity_change", "link_miss"):
        for rule, method in routes(stage.world.app):
            near_and_far = targets if {"case_id", "task_id", "link_id", "document_id"} & rule.arguments else targets[:1]
            for at in near_and_far:
                wanted, got = expected(rule, method, login, at), call(stage.world, rule, method, login, at)
                passed = got not in (401, 403) and got < 500 and (got != 404 or rule.endpoint in MAY_FIND_NOTHING)
                if (not passed) if wanted is None else got != wanted:
                    wrong.append((method, rule.rule, at.name, f"wanted {wanted}", f"got {got}"))
    assert not wrong


def test_whoever_may_act_is_stopped_by_the_stale_version_alone(stage: Stage, targets: list[Target]) -> None:
    """The matrix would not see a route that refuses everybody."""
    at = targets[0]
    for action, body in (("claim", None), ("release", None), ("complete", {"data": {}}), ("draft", {"data": {}})):
        assert stage.world.call("hr", "POST", f"/tasks/{at.task_id}/{action}", body, **STALE).status_code == 412
    assign = stage.world.call("coordinator", "POST", f"/tasks/{at.task_id}/assign", {"user": "hr"}, **STALE)
    withdraw = stage.world.call("hr", "POST", f"/cases/{at.case_id}/withdrawal", {"reason": "x"}, **STALE)
    assert (assign.status_code, withdraw.status_code) == (412, 412)


def test_the_matrix_knows_every_role() -> None:
    assert {role for role in ROLE_OF.values() if role} == set(ROLES)


def test_a_route_without_a_row_fails_the_build(tmp_path: Any) -> None:
    app = create_app(Settings.from_environment({}, database_url=f"sqlite:///{tmp_path / 'unused.db'}"))
    assert routes_without_row(app.url_map.iter_rules()) == []
    app.add_url_rule("/api/v1/secrets", "cases_api.secrets", lambda: "everything")
    assert routes_without_row(app.url_map.iter_rules()) == ["cases_api.secrets"]
    assert app.test_client().get("/api/v1/secrets").status_code == 403, "and it is closed to everybody"


def test_a_role_elsewhere_does_not_count_here(stage: Stage, targets: list[Target]) -> None:
    """HR of another company who also sits on this works council may read the case, but not withdraw it."""
    world, session = stage.world, stage.world.session
    both = User(
        id=new_id(),
        login=f"both-{new_id()}",
        name="Both",
        email="both@example.org",
        active=True,
        created_at=NOW,
        password_hash=session.scalar(sa.select(User.password_hash).limit(1)) or "",
    )
    with unit_of_work(session):
        session.add(both)
        session.flush()
        for role, login in (("works_council", "hr"), ("hr", "hr2")):
            organisation = world.organisation(login)
            session.add(Membership(id=new_id(), user_id=both.id, organisation_id=organisation, role=role))
    case_id = targets[0].case_id
    assert world.call(both.login, "GET", f"/cases/{case_id}").json["may"]["withdraw"] is False
    refused = world.call(both.login, "POST", f"/cases/{case_id}/withdrawal", {"reason": "darf nicht"})
    assert refused.status_code == 403
    assert world.call(both.login, "POST", f"/cases/{case_id}/messages", {"name": "agency_decision"}).status_code == 403
