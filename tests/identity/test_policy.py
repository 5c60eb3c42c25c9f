"""Role × endpoint, written out a second time: a row changes here only on purpose."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.factory import create_app
from app.identity.actor import Actor, Grant
from app.identity.policy import POLICY, permit
from app.identity.policy_rule import PUBLIC, SIGNED_IN, Access
from app.identity.roles import ROLES
from app.platform.problems import Forbidden
from app.platform.settings import ROOT, Settings

EVERYBODY = set(ROLES)
READS_CASES = {"hr", "works_council", "employee", "provider", "coordinator", "funding_adviser", "auditor"}
READS_HISTORY = READS_CASES - {"provider"}
ADDS_DOCUMENTS = READS_CASES - {"auditor"}
MAKES_PAPERS = {"hr", "coordinator", "funding_adviser"}

READS_COMPANIES = {"hr", "works_council", "coordinator", "funding_adviser", "auditor", "admin"}
READS_STAFF = {"hr", "works_council", "employee"}

WHO_MAY = {
    "companies_api.list_companies": READS_COMPANIES,
    "companies_api.create_company": {"admin"},
    "companies_api.get_company": READS_COMPANIES,
    "companies_api.change_company": {"hr", "coordinator", "admin"},
    "companies_api.list_facts": READS_COMPANIES,
    "companies_api.record_facts": {"hr"},
    "companies_api.list_register_changes": {"hr", "provider", "coordinator", "auditor", "admin"},
    "employees_api.list_employees": READS_STAFF,
    "employees_api.add_employee": {"hr"},
    "employees_api.get_employee": READS_STAFF,
    "employees_api.change_employee": {"hr"},
    "imports_api.upload_employees": {"hr"},
    "imports_api.get_employee_import": {"hr"},
    "imports_api.confirm_employee_import": {"hr"},
    "imports_api.discard_employee_import": {"hr"},
    "imports_api.export_employees": {"hr"},
    "imports_api.upload_companies": {"coordinator", "admin"},
    "imports_api.get_company_import": {"coordinator", "admin"},
    "imports_api.confirm_company_import": {"coordinator", "admin"},
    "imports_api.discard_company_import": {"coordinator", "admin"},
    "imports_api.export_companies": READS_COMPANIES,
    "providers_api.list_providers": READS_COMPANIES | {"provider"},
    "providers_api.create_provider": {"admin"},
    "providers_api.get_provider": READS_COMPANIES | {"provider"},
    "providers_api.change_provider": {"provider", "admin"},
    "providers_api.list_certificates": READS_COMPANIES | {"provider"},
    "providers_api.add_certificate": {"provider", "admin"},
    "providers_api.remove_certificate": {"provider", "admin"},
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
    "funding_api.assess_funding": EVERYBODY,
    "documents_api.list_documents": READS_CASES,
    "documents_api.add_document": ADDS_DOCUMENTS,
    "documents_api.get_document": READS_CASES,
    "documents_api.content": READS_CASES,
    "documents_api.preview": READS_CASES,
    "documents_api.add_version": ADDS_DOCUMENTS,
    "documents_api.remove_document": ADDS_DOCUMENTS,
    "documents_api.list_papers": READS_CASES,
    "documents_api.make_paper": MAKES_PAPERS,
    "pages.documents": READS_CASES,
    "pages.add_document": ADDS_DOCUMENTS,
    "pages.make_paper": MAKES_PAPERS,
    "pages.document": READS_CASES,
    "pages.add_version": ADDS_DOCUMENTS,
    "pages.remove_document": ADDS_DOCUMENTS,
    "inbox_api.get_correction": EVERYBODY,
    "inbox_api.reopen_task": EVERYBODY,
    "pages.correct": EVERYBODY,
    "inbox_api.bulk_tasks": EVERYBODY,
    "inbox_api.hand_over": {"coordinator", "hr", "admin"},
    "pages.hand_over": {"coordinator", "hr", "admin"},
    "incidents_api.list_incidents": {"coordinator", "admin"},
    "incidents_api.retry_incident": {"coordinator", "admin"},
    "pages.incidents": {"coordinator", "admin"},
    "pages.retry_incident": {"coordinator", "admin"},
    "definitions_api.list_definitions": EVERYBODY,
    "definitions_api.get_definition": EVERYBODY,
    "pages.company_list": READS_COMPANIES,
    "pages.company": READS_COMPANIES,
    "pages.company_new": {"admin"},
    "pages.company_edit": {"hr", "coordinator", "admin"},
    "pages.company_facts": {"hr"},
    "pages.employee_list": READS_STAFF,
    "pages.employee": READS_STAFF,
    "pages.employee_new": {"hr"},
    "pages.employee_edit": {"hr"},
    "pages.provider_list": READS_COMPANIES | {"provider"},
    "pages.provider": READS_COMPANIES | {"provider"},
    "pages.provider_new": {"admin"},
    "pages.provider_edit": {"provider", "admin"},
    "pages.certificate_new": {"provider", "admin"},
    "pages.certificate_remove": {"provider", "admin"},
    "pages.employee_upload": {"hr"},
    "pages.employee_import": {"hr"},
    "pages.employee_export": {"hr"},
    "pages.company_upload": {"coordinator", "admin"},
    "pages.company_import": {"coordinator", "admin"},
    "pages.company_export": READS_COMPANIES,
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
    "pages.users": {"admin", "hr"},
    "pages.invite_user": {"admin", "hr"},
    "pages.user": {"admin", "hr"},
    "pages.send_invitation": {"admin", "hr"},
    "pages.revoke_invitation": {"admin", "hr"},
    "pages.change_user": {"admin"},
    "pages.add_membership": {"admin"},
    "pages.remove_membership": {"admin"},
    "pages.deactivate_user": {"admin"},
    "pages.activate_user": {"admin"},
    "pages.identity_changes": {"admin", "auditor"},
    "pages.undelivered_mails": {"admin"},
    "pages.send_mail_again": {"admin"},
    "pages.profile": EVERYBODY,
    "pages.change_password": EVERYBODY,
    "pages.end_sign_ins": EVERYBODY,
    "pages.choose_language": EVERYBODY,
    "pages.deputies": EVERYBODY,
    "pages.set_deputy": EVERYBODY,
    "pages.end_deputy": EVERYBODY,
    "users_api.list_users": {"admin", "hr"},
    "users_api.invite_user": {"admin", "hr"},
    "users_api.get_user": {"admin", "hr"},
    "users_api.send_invitation": {"admin", "hr"},
    "users_api.revoke_invitation": {"admin", "hr"},
    "users_api.change_user": {"admin"},
    "users_api.add_membership": {"admin"},
    "users_api.remove_membership": {"admin"},
    "users_api.deactivate_user": {"admin"},
    "users_api.activate_user": {"admin"},
    "users_api.list_changes": {"admin", "auditor"},
    "account_api.get_account": EVERYBODY,
    "account_api.change_account": EVERYBODY,
    "account_api.change_password": EVERYBODY,
    "account_api.list_sign_ins": EVERYBODY,
    "account_api.end_sign_ins": EVERYBODY,
    "deputies_api.list_deputies": EVERYBODY,
    "deputies_api.list_candidates": EVERYBODY,
    "deputies_api.set_deputy": EVERYBODY,
    "deputies_api.end_deputy": EVERYBODY,
    "links_api.issue_link": {"hr", "coordinator"},
    "links_api.list_links": {"hr", "coordinator"},
    "links_api.revoke_link": {"hr", "coordinator"},
    "pages.case_links": {"hr", "coordinator"},
    "pages.revoke_link": {"hr", "coordinator"},
    "comments_api.list_comments": READS_CASES,
    "comments_api.add_comment": READS_CASES - {"auditor"},
    "comments_api.withdraw_comment": EVERYBODY,
    "comments_api.list_mentions": EVERYBODY,
    "comments_api.read_mention": EVERYBODY,
    "pages.comments": READS_CASES,
    "pages.add_comment": READS_CASES - {"auditor"},
    "pages.withdraw_comment": EVERYBODY,
    "pages.mentions": EVERYBODY,
    "pages.read_mention": EVERYBODY,
    "access_log_api.list_access": {"auditor"},
    "access_log_api.my_access": {"employee"},
    "pages.access_log": {"auditor"},
    "pages.access_log_csv": {"auditor"},
    "pages.my_access": {"employee"},
}
OPEN = {
    "identity_api.create_token",
    "account_api.request_reset",
    "account_api.redeem_link",
    "pages.sign_in_form",
    "pages.sign_in",
    "pages.set_language",
    "pages.forgotten",
    "pages.request_reset",
    "pages.welcome",
    "pages.redeem",
    "pages.mailbox",
    "pages.mailbox_mail",
    "links_api.confirm",
    "pages.participation",
    "pages.participation_done",
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
    changing = {"add_document", "add_version", "remove_document", "make_paper"}
    assert not any(allowed("auditor", f"documents_api.{name}") for name in changing)
    assert not any(allowed("auditor", f"leaving_api.{name}") for name in ("cancel_provider", "withdraw_participant"))
    assert not allowed("auditor", "inbox_api.assign_task")


def test_routes_to_one_object_check_the_scope_first() -> None:
    one_object = {"get_case", "history", "verification", "diagram", "decisions", "send_message", "withdraw"}
    assert all(POLICY[f"cases_api.{name}"].object_route for name in one_object)
    assert all(POLICY[f"leaving_api.{name}"].object_route for name in ("cancel_provider", "withdraw_participant"))
    tasks = {"get_task", "claim_task", "release_task", "assign_task", "save_draft", "complete_task"}
    assert all(POLICY[f"inbox_api.{name}"].object_route for name in tasks)


def test_every_row_that_the_code_asks_for_exists() -> None:
    """A misspelt endpoint would refuse everybody, silently where a page only asks whether to show something."""
    files = [*(ROOT / "app").rglob("*.py"), *(ROOT / "app" / "web" / "templates").glob("*.html")]
    quoted = re.compile(r"""["']((?:pages|[a-z_]+_api)\.[a-z_]+)["']""")
    asked = {name for path in files for name in quoted.findall(path.read_text("utf-8"))}
    assert len(asked) > 150
    assert asked - set(POLICY) == set()
