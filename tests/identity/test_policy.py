"""Role × endpoint, written out a second time: a row changes here only on purpose."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.factory import create_app
from app.identity.actor import Actor, Grant
from app.identity.policy import POLICY, PUBLIC, SIGNED_IN, Access, permit
from app.identity.roles import ROLES
from app.platform.problems import Forbidden
from app.platform.settings import Settings

EVERYBODY = set(ROLES)
READS_CASES = {"hr", "works_council", "employee", "provider", "coordinator", "funding_adviser", "auditor"}
READS_HISTORY = READS_CASES - {"provider"}

WHO_MAY = {
    "identity_api.revoke_token": EVERYBODY,
    "identity_api.me": EVERYBODY,
    "cases_api.start_case": {"hr", "coordinator"},
    "cases_api.list_cases": READS_CASES,
    "cases_api.get_case": READS_CASES,
    "cases_api.history": READS_HISTORY,
    "cases_api.verification": READS_HISTORY,
    "cases_api.diagram": READS_CASES,
    "cases_api.decisions": READS_HISTORY,
    "cases_api.send_message": {"hr", "funding_adviser"},
    "cases_api.withdraw": {"hr", "employee", "coordinator"},
    "leaving_api.cancel_provider": {"hr", "coordinator", "provider"},
    "leaving_api.withdraw_participant": {"hr", "employee", "coordinator"},
    "inbox_api.list_tasks": EVERYBODY,
    "inbox_api.get_task": EVERYBODY,
    "inbox_api.claim_task": EVERYBODY,
    "inbox_api.release_task": EVERYBODY,
    "inbox_api.assign_task": {"coordinator", "hr"},
    "inbox_api.save_draft": EVERYBODY,
    "inbox_api.complete_task": EVERYBODY,
    "definitions_api.list_definitions": EVERYBODY,
    "definitions_api.get_definition": EVERYBODY,
    "pages.home": EVERYBODY,
    "pages.sign_out": EVERYBODY,
    "pages.inbox": EVERYBODY,
    "pages.task": EVERYBODY,
    "pages.claim": EVERYBODY,
    "pages.release": EVERYBODY,
    "pages.task_done": EVERYBODY,
    "pages.case_list": READS_CASES,
    "pages.case": READS_CASES,
    "pages.history": READS_HISTORY,
    "pages.diagram": READS_CASES,
    "pages.decisions": READS_HISTORY,
    "pages.withdraw": {"hr", "employee", "coordinator"},
    "pages.cancel_provider": {"hr", "coordinator", "provider"},
    "pages.withdraw_participant": {"hr", "employee", "coordinator"},
    "pages.start_case": {"hr", "coordinator"},
}
OPEN = {
    "identity_api.create_token",
    "pages.sign_in_form",
    "pages.sign_in",
    "pages.set_language",
    "static",
    "health.healthz",
    "health.readyz",
    "api_docs.openapi_json",
    "api_docs.docs",
    "api_docs.docs_script",
}


def actor_in(role: str) -> Actor:
    return Actor("user-1", role, role, (Grant(role, "org-1", "Org", "company"),))


def allowed(role: str, endpoint: str) -> bool:
    try:
        permit(actor_in(role), endpoint)
    except Forbidden:
        return False
    return True


@pytest.mark.parametrize("endpoint", sorted(WHO_MAY))
def test_each_role_may_call_what_it_should(endpoint: str) -> None:
    assert {role for role in ROLES if allowed(role, endpoint)} == WHO_MAY[endpoint]
    assert not POLICY[endpoint].public


def test_what_needs_no_sign_in() -> None:
    assert {endpoint for endpoint, rule in POLICY.items() if rule.public} == OPEN


def test_every_row_is_tested() -> None:
    assert set(POLICY) == OPEN | set(WHO_MAY)


def test_every_route_has_a_row_and_every_row_a_route(tmp_path: Path) -> None:
    app = create_app(Settings.from_environment({}, database_url=f"sqlite:///{tmp_path / 'unused.db'}"))
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(POLICY)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_an_endpoint_without_a_row_is_refused_to_everybody(role: str) -> None:
    assert not allowed(role, "cases_api.forgotten")


@pytest.mark.parametrize("endpoint", sorted(POLICY))
def test_rows_are_well_formed(endpoint: str) -> None:
    rule = POLICY[endpoint]
    assert rule.note
    if isinstance(rule.roles, Access):
        assert rule.roles in (PUBLIC, SIGNED_IN)
    else:
        assert rule.roles
        assert rule.roles <= set(ROLES)
    assert (rule.scope == "none") == rule.public
    assert not (rule.public and rule.object_route)


@pytest.mark.parametrize("role", ["admin", "cluster_partner"])
def test_administrators_and_networks_see_no_case(role: str) -> None:
    readable = [endpoint for endpoint in WHO_MAY if endpoint.startswith("cases_api") and allowed(role, endpoint)]
    assert readable == []


def test_auditors_change_nothing() -> None:
    changing = {"start_case", "send_message", "withdraw"}
    assert not any(allowed("auditor", f"cases_api.{name}") for name in changing)
    assert not any(allowed("auditor", f"leaving_api.{name}") for name in ("cancel_provider", "withdraw_participant"))
    assert not allowed("auditor", "inbox_api.assign_task")


def test_routes_to_one_object_check_the_scope_first() -> None:
    one_object = {"get_case", "history", "verification", "diagram", "decisions", "send_message", "withdraw"}
    assert all(POLICY[f"cases_api.{name}"].object_route for name in one_object)
    assert all(POLICY[f"leaving_api.{name}"].object_route for name in ("cancel_provider", "withdraw_participant"))
    tasks = {"get_task", "claim_task", "release_task", "assign_task", "save_draft", "complete_task"}
    assert all(POLICY[f"inbox_api.{name}"].object_route for name in tasks)
