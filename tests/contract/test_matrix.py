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

from app.cases.models import Employee
from app.engine.models import Task
from app.factory import create_app
from app.identity.models import Deputy, Membership, User
from app.identity.policy import POLICY, Access, routes_without_row
from app.identity.roles import ROLES
from app.platform.db import unit_of_work
from app.platform.ids import new_id
from app.platform.settings import Settings
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
STALE = {"If-Match": '"stale"'}
BODIES: dict[str, Any] = {
    "cases_api.send_message": {"name": "agency_decision", "payload": {}},
    "cases_api.withdraw": {"reason": "Kein Bedarf mehr"},
    "leaving_api.cancel_provider": {"reason": "Mindestgruppe nicht erreicht"},
    "leaving_api.withdraw_participant": {"cause": "other", "reason": "Kein Bedarf mehr"},
    "inbox_api.assign_task": {"user": "nobody-known"},
    "inbox_api.save_draft": {"data": {}},
    "inbox_api.complete_task": {"data": {}},
    "cases_api.start_case": {"process": "training_case", "company": "unknown", "title": "Titel"},
}
ALWAYS = {"pages.task_done": 303}
"""Routes that answer everybody who is signed in alike: this one only leads on."""
USES_UP_ITS_TOKEN = {"identity_api.revoke_token", "pages.sign_out"}


@dataclass(frozen=True)
class Target:
    """A case and a task of it, with who sees them and who may do the task."""

    name: str
    case_id: str
    task_id: str
    done_task_id: str
    sees_case: frozenset[str]
    sees_task: frozenset[str]
    does_task: frozenset[str]


def target(stage: Stage, name: str, case_id: str, element: str, does: set[str], also: set[str] | None = None) -> Target:
    """``does`` may do the task; ``also`` take part in the case besides the company and the alliance."""
    task_id = stage.world.open_task(case_id, element)["id"]
    done = stage.world.session.scalar(
        sa.select(Task.id).where(Task.case_id == case_id, Task.role == "hr", Task.state == "completed").limit(1)
    )
    sees = ALL_CASES | OF_THE_COMPANY | (also or set())
    of_task = ALL_CASES | OF_THE_COMPANY | (does & {"employee", "provider"})
    return Target(name, case_id, task_id, done or task_id, frozenset(sees), frozenset(of_task), frozenset(does))


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


_TARGETS: dict[str, list[Target]] = {}


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
    return _TARGETS[world.url]


def routes(app: Flask) -> Iterator[tuple[Route, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def arguments(rule: Route, method: str, at: Target) -> dict[str, Any]:
    """Values for the address; a page's POST has no If-Match and therefore meets a task that is done."""
    page_post = method == "POST" and rule.endpoint.startswith("pages.")
    known = {
        "case_id": at.case_id,
        "task_id": at.done_task_id if page_post else at.task_id,
        "employee_id": "nobody",
        "key": "training_case",
        "version": 1,
        "filename": "nothing.css",
        "language": "de",
    }
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
    if "case_id" in rule.arguments:
        return 404 if login not in at.sees_case else None if holds else 403
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
    if rule.rule.startswith("/api/") and method == "POST":
        options["json"] = BODIES.get(rule.endpoint, {})
    return int(client.open(path[1], method=method, **options).status_code)


@pytest.mark.parametrize("login", [NOBODY, *LOGINS, COLLEAGUE, STAND_IN, FORMER], ids=str)
def test_everybody_gets_exactly_what_policy_and_scope_say(
    stage: Stage, targets: list[Target], login: str | None
) -> None:
    wrong = []
    with stage.nothing_changes("sign_in_attempt"):
        for rule, method in routes(stage.world.app):
            near_and_far = targets if {"case_id", "task_id"} & rule.arguments else targets[:1]
            for at in near_and_far:
                wanted, got = expected(rule, method, login, at), call(stage.world, rule, method, login, at)
                passed = got not in (401, 403) and got < 500 and (got != 404 or rule.endpoint == "static")
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
