"""The one table of who may do what: a row per endpoint; an endpoint without a row is refused.

A row says who may call (``roles``) and how far the sight reaches (``scope``, applied in the query by the use
case). On an *object route* the scoped load comes first, so that somebody else's object is 404 for every
method and role; only then does the use case ask :func:`require_role`, which answers 403.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from app.identity.actor import Actor
from app.identity.roles import ADMIN, AUDITOR, COORDINATOR, EMPLOYEE, FUNDING_ADVISER, HR, PROVIDER, WORKS_COUNCIL
from app.platform.problems import Forbidden


class Access(enum.Enum):
    """Who may call without holding a certain role."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"


PUBLIC = Access.PUBLIC
SIGNED_IN = Access.SIGNED_IN

Scope = Literal["none", "self", "own_organisation", "party_of_the_case", "alliance"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: who may call an endpoint, over which objects, and why.

    ``secret_address``: the address itself is the permission, no cookie counts; so nothing can be forged by a page that
    does not know it.
    """

    roles: frozenset[str] | Access
    scope: Scope
    note: str
    object_route: bool = False
    secret_address: bool = False

    @property
    def public(self) -> bool:
        """Whether no sign-in is needed."""
        return self.roles is PUBLIC

    def allows(self, actor: Actor) -> bool:
        """Whether ``actor`` holds a role of this row."""
        return isinstance(self.roles, Access) or actor.has_role(*self.roles)


CASE_STARTERS = frozenset({HR, COORDINATOR})
HISTORY_READERS = frozenset({HR, WORKS_COUNCIL, COORDINATOR, FUNDING_ADVISER, AUDITOR, EMPLOYEE})
CASE_READERS = HISTORY_READERS | {PROVIDER}
MESSENGERS = frozenset({HR, FUNDING_ADVISER})
WITHDRAWERS = frozenset({HR, EMPLOYEE, COORDINATOR})
COMMENTERS = CASE_READERS - {AUDITOR}
ACCESS_LOG_READERS = frozenset({AUDITOR})
ASSIGNERS = frozenset({COORDINATOR, HR})
ADMINS = frozenset({ADMIN})
USER_READERS = frozenset({ADMIN, HR})
IDENTITY_CHANGE_READERS = frozenset({ADMIN, AUDITOR})
DOCUMENT_CHANGERS = frozenset({HR, WORKS_COUNCIL, COORDINATOR, FUNDING_ADVISER, EMPLOYEE, PROVIDER})
PAPER_MAKERS = frozenset({HR, COORDINATOR, FUNDING_ADVISER})
HANDERS_OVER = ASSIGNERS | {ADMIN}
MENDERS = frozenset({COORDINATOR, ADMIN})


def _public(note: str) -> Rule:
    return Rule(PUBLIC, "none", note)


def _case(roles: frozenset[str], note: str) -> Rule:
    return Rule(roles, "party_of_the_case", note, object_route=True)


def _task(roles: frozenset[str] | Access, note: str) -> Rule:
    return Rule(roles, "party_of_the_case", note, object_route=True)


def _user(roles: frozenset[str], note: str) -> Rule:
    return Rule(roles, "own_organisation", note, object_route=True)


_IDENTITY = {
    "identity_api.create_token": _public("signing in"),
    "identity_api.revoke_token": Rule(SIGNED_IN, "self", "signing out"),
    "identity_api.me": Rule(SIGNED_IN, "self", "one's own roles"),
}

_CASES = {
    "cases_api.start_case": Rule(CASE_STARTERS, "own_organisation", "others propose to HR"),
    "cases_api.list_cases": Rule(CASE_READERS, "party_of_the_case", "an administrator sees no case content"),
    "cases_api.get_case": _case(CASE_READERS, "fields hidden by sensitivity"),
    "cases_api.history": _case(HISTORY_READERS, "payloads redacted by sensitivity"),
    "cases_api.verification": _case(HISTORY_READERS, "whoever reads a history may prove it"),
    "cases_api.diagram": _case(CASE_READERS, "where the case stands"),
    "cases_api.decisions": _case(HISTORY_READERS, "inputs redacted by sensitivity"),
    "cases_api.send_message": _case(MESSENGERS, "messages of the employment agency are recorded by these"),
    "cases_api.withdraw": _case(WITHDRAWERS, "the coordinator on request of either side"),
}

_INBOX = {
    "inbox_api.list_tasks": Rule(SIGNED_IN, "party_of_the_case", "mine, or with scope=visible all in sight"),
    "inbox_api.get_task": _task(SIGNED_IN, "whoever may complete it or read its case"),
    "inbox_api.claim_task": _task(SIGNED_IN, "the task's own role decides"),
    "inbox_api.release_task": _task(SIGNED_IN, "the task's own role decides"),
    "inbox_api.assign_task": _task(ASSIGNERS, "steering the work of others"),
    "inbox_api.save_draft": _task(SIGNED_IN, "the task's own role decides"),
    "inbox_api.complete_task": _task(SIGNED_IN, "the task's own role decides"),
}


def _document(roles: frozenset[str], note: str) -> Rule:
    return Rule(roles, "party_of_the_case", note, object_route=True)


_DOCUMENTS = {
    "documents_api.list_documents": _case(CASE_READERS, "those of classes the reader may see"),
    "documents_api.add_document": _case(DOCUMENT_CHANGERS, "employees and providers about themselves only"),
    "documents_api.get_document": _document(CASE_READERS, "those of classes the reader may see"),
    "documents_api.content": _document(CASE_READERS, "as get_document"),
    "documents_api.preview": _document(CASE_READERS, "as get_document"),
    "documents_api.add_version": _document(DOCUMENT_CHANGERS, "who added it, or who is in charge of the case"),
    "documents_api.remove_document": _document(DOCUMENT_CHANGERS, "who added it, or who is in charge of the case"),
    "documents_api.list_papers": _case(CASE_READERS, "those whose class the reader may see"),
    "documents_api.make_paper": _case(PAPER_MAKERS, "made from what the paper's readers may know"),
    "pages.documents": _case(CASE_READERS, "as documents_api.list_documents"),
    "pages.add_document": _case(DOCUMENT_CHANGERS, "as documents_api.add_document"),
    "pages.make_paper": _case(PAPER_MAKERS, "as documents_api.make_paper"),
    "pages.document": _document(CASE_READERS, "as documents_api.get_document"),
    "pages.add_version": _document(DOCUMENT_CHANGERS, "as documents_api.add_version"),
    "pages.remove_document": _document(DOCUMENT_CHANGERS, "as documents_api.remove_document"),
}

_CORRECTIONS = {
    "inbox_api.get_correction": _task(SIGNED_IN, "as inbox_api.get_task"),
    "inbox_api.reopen_task": _task(SIGNED_IN, "the task's own role decides"),
    "pages.correct": _task(SIGNED_IN, "as inbox_api.reopen_task"),
}

_HANDING_OVER = {
    "inbox_api.bulk_tasks": Rule(SIGNED_IN, "party_of_the_case", "each task as in the single calls"),
    "inbox_api.hand_over": Rule(HANDERS_OVER, "own_organisation", "an administrator sees numbers and steps only"),
    "pages.hand_over": Rule(HANDERS_OVER, "own_organisation", "as inbox_api.hand_over"),
}

_INCIDENTS = {
    "incidents_api.list_incidents": Rule(MENDERS, "alliance", "an administrator sees number and step only"),
    "incidents_api.retry_incident": Rule(MENDERS, "alliance", "trying again shows nothing"),
    "pages.incidents": Rule(MENDERS, "alliance", "as incidents_api.list_incidents"),
    "pages.retry_incident": Rule(MENDERS, "alliance", "as incidents_api.retry_incident"),
}

_DEFINITIONS = {
    "definitions_api.list_definitions": Rule(SIGNED_IN, "alliance", "how we work is no secret among members"),
    "definitions_api.get_definition": Rule(SIGNED_IN, "alliance", "how we work is no secret among members"),
}

_FUNDING = {
    "funding_api.assess_funding": Rule(SIGNED_IN, "alliance", "a calculator: nothing is read or kept of any case"),
}

_PAGES = {
    "pages.home": Rule(SIGNED_IN, "self", "goes to the inbox"),
    "pages.sign_in_form": _public("signing in"),
    "pages.sign_in": _public("signing in"),
    "pages.sign_out": Rule(SIGNED_IN, "self", "signing out"),
    "pages.set_language": _public("German or English before signing in, too"),
    "pages.inbox": Rule(SIGNED_IN, "party_of_the_case", "as inbox_api.list_tasks"),
    "pages.task": _task(SIGNED_IN, "as inbox_api.get_task and complete_task"),
    "pages.claim": _task(SIGNED_IN, "as inbox_api.claim_task"),
    "pages.release": _task(SIGNED_IN, "as inbox_api.release_task"),
    "pages.task_done": _task(SIGNED_IN, "leads on to the next task or the inbox"),
    "pages.case_list": Rule(CASE_READERS, "party_of_the_case", "as cases_api.list_cases"),
    "pages.case": _case(CASE_READERS, "as cases_api.get_case"),
    "pages.history": _case(HISTORY_READERS, "as cases_api.history and verification"),
    "pages.diagram": _case(CASE_READERS, "as cases_api.diagram"),
    "pages.decisions": _case(HISTORY_READERS, "as cases_api.decisions"),
    "pages.withdraw": _case(WITHDRAWERS, "as cases_api.withdraw"),
    "pages.start_case": Rule(CASE_STARTERS, "own_organisation", "as cases_api.start_case"),
}

COMPANY_READERS = frozenset({HR, WORKS_COUNCIL, COORDINATOR, FUNDING_ADVISER, AUDITOR, ADMIN})
PROVIDER_READERS = COMPANY_READERS | {PROVIDER}
CHANGE_READERS = frozenset({HR, PROVIDER, COORDINATOR, AUDITOR, ADMIN})
STAFF_READERS = frozenset({HR, WORKS_COUNCIL, EMPLOYEE})
COMPANY_KEEPERS = frozenset({HR, COORDINATOR, ADMIN})
PROVIDER_KEEPERS = frozenset({PROVIDER, ADMIN})
COMPANY_IMPORTERS = frozenset({COORDINATOR, ADMIN})
OF_HR, OF_ADMIN = frozenset({HR}), frozenset({ADMIN})


def _entry(roles: frozenset[str], scope: Scope, note: str) -> Rule:
    return Rule(roles, scope, note, object_route=True)


_REGISTERS = {
    "companies_api.list_companies": Rule(COMPANY_READERS, "alliance", "HR and works council their own company"),
    "companies_api.create_company": Rule(OF_ADMIN, "alliance", "organisations are the administration's"),
    "companies_api.get_company": _entry(COMPANY_READERS, "alliance", "facts by sensitivity, people only as counts"),
    "companies_api.change_company": _entry(COMPANY_KEEPERS, "alliance", "each part by its own roles"),
    "companies_api.list_facts": _entry(COMPANY_READERS, "alliance", "fields hidden by sensitivity"),
    "companies_api.record_facts": _entry(OF_HR, "own_organisation", "HR answers for the company's facts"),
    "companies_api.list_register_changes": Rule(CHANGE_READERS, "own_organisation", "values hidden by sensitivity"),
    "employees_api.list_employees": Rule(STAFF_READERS, "own_organisation", "the works council sees names only"),
    "employees_api.add_employee": Rule(OF_HR, "own_organisation", "HR keeps the register"),
    "employees_api.get_employee": _entry(STAFF_READERS, "own_organisation", "an employee sees the own entry"),
    "employees_api.change_employee": _entry(OF_HR, "own_organisation", "HR keeps the register"),
    "imports_api.upload_employees": Rule(OF_HR, "own_organisation", "HR keeps the register"),
    "imports_api.get_employee_import": _entry(OF_HR, "own_organisation", "whoever may upload"),
    "imports_api.confirm_employee_import": _entry(OF_HR, "own_organisation", "whoever may upload"),
    "imports_api.discard_employee_import": _entry(OF_HR, "own_organisation", "whoever may upload"),
    "imports_api.export_employees": Rule(OF_HR, "own_organisation", "all columns are HR's to see"),
    "imports_api.upload_companies": Rule(COMPANY_IMPORTERS, "alliance", "first facts of many companies at once"),
    "imports_api.get_company_import": _entry(COMPANY_IMPORTERS, "alliance", "whoever may upload"),
    "imports_api.confirm_company_import": _entry(COMPANY_IMPORTERS, "alliance", "whoever may upload"),
    "imports_api.discard_company_import": _entry(COMPANY_IMPORTERS, "alliance", "whoever may upload"),
    "imports_api.export_companies": Rule(COMPANY_READERS, "alliance", "columns by sensitivity"),
    "providers_api.list_providers": Rule(PROVIDER_READERS, "alliance", "a provider sees itself only"),
    "providers_api.create_provider": Rule(OF_ADMIN, "alliance", "organisations are the administration's"),
    "providers_api.get_provider": _entry(PROVIDER_READERS, "alliance", "profile and certificates are public"),
    "providers_api.change_provider": _entry(PROVIDER_KEEPERS, "own_organisation", "its name: the administration"),
    "providers_api.list_certificates": _entry(PROVIDER_READERS, "alliance", "certificates are public"),
    "providers_api.add_certificate": _entry(PROVIDER_KEEPERS, "own_organisation", "a provider answers for its own"),
    "providers_api.remove_certificate": _entry(PROVIDER_KEEPERS, "own_organisation", "the change log keeps it"),
}

_USERS = {
    "users_api.list_users": Rule(USER_READERS, "own_organisation", "the administration all, HR those of the company"),
    "users_api.invite_user": Rule(USER_READERS, "own_organisation", "HR invites employees of the own company"),
    "users_api.get_user": _user(USER_READERS, "as users_api.list_users"),
    "users_api.change_user": _user(ADMINS, "an address decides who gets the links"),
    "users_api.send_invitation": _user(USER_READERS, "HR for accounts that are an employee's and nothing else"),
    "users_api.revoke_invitation": _user(USER_READERS, "as users_api.send_invitation"),
    "users_api.add_membership": _user(ADMINS, "who gives roles gives sight"),
    "users_api.remove_membership": _user(ADMINS, "who gives roles takes them"),
    "users_api.deactivate_user": _user(ADMINS, "closes the door for a person"),
    "users_api.activate_user": _user(ADMINS, "as users_api.deactivate_user"),
    "users_api.list_changes": Rule(IDENTITY_CHANGE_READERS, "alliance", "who changed what about users"),
    "account_api.get_account": Rule(SIGNED_IN, "self", "one's own data"),
    "account_api.change_account": Rule(SIGNED_IN, "self", "one's own language"),
    "account_api.change_password": Rule(SIGNED_IN, "self", "needs the current password"),
    "account_api.list_sign_ins": Rule(SIGNED_IN, "self", "one's own sign-ins"),
    "account_api.end_sign_ins": Rule(SIGNED_IN, "self", "one's own sign-ins"),
    "account_api.request_reset": _public("who has forgotten the password cannot sign in"),
    "account_api.redeem_link": _public("the link is the proof"),
    "deputies_api.list_deputies": Rule(SIGNED_IN, "self", "one's own, the administration all"),
    "deputies_api.list_candidates": Rule(SIGNED_IN, "own_organisation", "colleagues only"),
    "deputies_api.set_deputy": Rule(SIGNED_IN, "self", "for oneself, the administration for others"),
    "deputies_api.end_deputy": Rule(SIGNED_IN, "self", "one's own, the administration all", object_route=True),
}

_ACCESS_LOG = {
    "access_log_api.list_access": Rule(ACCESS_LOG_READERS, "alliance", "who looked at whose data"),
    "access_log_api.my_access": Rule(frozenset({EMPLOYEE}), "self", "when one's own data was shown (Art. 15 GDPR)"),
    "pages.access_log": Rule(ACCESS_LOG_READERS, "alliance", "as access_log_api.list_access"),
    "pages.access_log_csv": Rule(ACCESS_LOG_READERS, "alliance", "the same as a file; logged itself"),
    "pages.my_access": Rule(frozenset({EMPLOYEE}), "self", "as access_log_api.my_access"),
}

_USER_PAGES = {
    "pages.users": Rule(USER_READERS, "own_organisation", "as users_api.list_users"),
    "pages.invite_user": Rule(USER_READERS, "own_organisation", "as users_api.invite_user"),
    "pages.user": _user(USER_READERS, "as users_api.get_user"),
    "pages.change_user": _user(ADMINS, "as users_api.change_user"),
    "pages.send_invitation": _user(USER_READERS, "as users_api.send_invitation"),
    "pages.revoke_invitation": _user(USER_READERS, "as users_api.revoke_invitation"),
    "pages.add_membership": _user(ADMINS, "as users_api.add_membership"),
    "pages.remove_membership": _user(ADMINS, "as users_api.remove_membership"),
    "pages.deactivate_user": _user(ADMINS, "as users_api.deactivate_user"),
    "pages.activate_user": _user(ADMINS, "as users_api.activate_user"),
    "pages.identity_changes": Rule(IDENTITY_CHANGE_READERS, "alliance", "as users_api.list_changes"),
    "pages.undelivered_mails": Rule(ADMINS, "alliance", "subjects and recipients, never texts"),
    "pages.send_mail_again": Rule(ADMINS, "alliance", "another chance for a mail", object_route=True),
    "pages.profile": Rule(SIGNED_IN, "self", "as account_api.get_account"),
    "pages.change_password": Rule(SIGNED_IN, "self", "as account_api.change_password"),
    "pages.end_sign_ins": Rule(SIGNED_IN, "self", "as account_api.end_sign_ins"),
    "pages.choose_language": Rule(SIGNED_IN, "self", "as account_api.change_account"),
    "pages.deputies": Rule(SIGNED_IN, "self", "as deputies_api.list_deputies"),
    "pages.set_deputy": Rule(SIGNED_IN, "self", "as deputies_api.set_deputy"),
    "pages.end_deputy": Rule(SIGNED_IN, "self", "as deputies_api.end_deputy", object_route=True),
    "pages.forgotten": _public("as account_api.request_reset"),
    "pages.request_reset": _public("as account_api.request_reset"),
    "pages.welcome": _public("as account_api.redeem_link"),
    "pages.redeem": _public("as account_api.redeem_link"),
}

_MAILBOX = {
    "pages.mailbox": _public("mails of the demo; outside the demo there is no such page"),
    "pages.mailbox_mail": _public("mails of the demo; outside the demo there is no such page"),
}

LINK_ISSUERS = frozenset({HR, COORDINATOR})


def _by_link(note: str) -> Rule:
    return Rule(PUBLIC, "none", note, secret_address=True)


_LINKS = {
    "links_api.issue_link": _case(LINK_ISSUERS, "whoever asks participants for something"),
    "links_api.list_links": _case(LINK_ISSUERS, "what became of them"),
    "links_api.revoke_link": _case(LINK_ISSUERS, "also those that a colleague has handed out"),
    "links_api.confirm": _by_link("the link itself is the permission, for one thing once"),
    "pages.case_links": _case(LINK_ISSUERS, "as links_api.list_links and issue_link"),
    "pages.revoke_link": _case(LINK_ISSUERS, "as links_api.revoke_link"),
    "pages.participation": _by_link("as links_api.confirm"),
    "pages.participation_done": _public("thanks, without any data"),
}

_COMMENTS = {
    "comments_api.list_comments": _case(CASE_READERS, "those whose audience fits"),
    "comments_api.add_comment": _case(COMMENTERS, "the role decides to whom"),
    "comments_api.withdraw_comment": Rule(SIGNED_IN, "self", "one's own", object_route=True),
    "comments_api.list_mentions": Rule(SIGNED_IN, "self", "where one was mentioned"),
    "comments_api.read_mention": Rule(SIGNED_IN, "self", "one's own", object_route=True),
    "pages.comments": _case(CASE_READERS, "as comments_api.list_comments"),
    "pages.add_comment": _case(COMMENTERS, "as comments_api.add_comment"),
    "pages.withdraw_comment": Rule(SIGNED_IN, "self", "as comments_api.withdraw_comment", object_route=True),
    "pages.mentions": Rule(SIGNED_IN, "self", "as comments_api.list_mentions"),
    "pages.read_mention": Rule(SIGNED_IN, "self", "as comments_api.read_mention", object_route=True),
}

_REGISTER_PAGES = {
    "pages.company_list": Rule(COMPANY_READERS, "alliance", "as companies_api.list_companies"),
    "pages.company": _entry(COMPANY_READERS, "alliance", "as companies_api.get_company"),
    "pages.company_new": Rule(OF_ADMIN, "alliance", "as companies_api.create_company"),
    "pages.company_edit": _entry(COMPANY_KEEPERS, "alliance", "as companies_api.change_company"),
    "pages.company_facts": _entry(OF_HR, "own_organisation", "as companies_api.record_facts"),
    "pages.employee_list": Rule(STAFF_READERS, "own_organisation", "as employees_api.list_employees"),
    "pages.employee": _entry(STAFF_READERS, "own_organisation", "as employees_api.get_employee"),
    "pages.employee_new": Rule(OF_HR, "own_organisation", "as employees_api.add_employee"),
    "pages.employee_edit": _entry(OF_HR, "own_organisation", "as employees_api.change_employee"),
    "pages.provider_list": Rule(PROVIDER_READERS, "alliance", "as providers_api.list_providers"),
    "pages.provider": _entry(PROVIDER_READERS, "alliance", "as providers_api.get_provider"),
    "pages.provider_new": Rule(OF_ADMIN, "alliance", "as providers_api.create_provider"),
    "pages.provider_edit": _entry(PROVIDER_KEEPERS, "own_organisation", "as providers_api.change_provider"),
    "pages.certificate_new": _entry(PROVIDER_KEEPERS, "own_organisation", "as providers_api.add_certificate"),
    "pages.certificate_remove": _entry(PROVIDER_KEEPERS, "own_organisation", "as providers_api.remove_certificate"),
    "pages.employee_upload": Rule(OF_HR, "own_organisation", "as imports_api.upload_employees"),
    "pages.employee_import": _entry(OF_HR, "own_organisation", "as imports_api.get_employee_import"),
    "pages.employee_export": Rule(OF_HR, "own_organisation", "as imports_api.export_employees"),
    "pages.company_upload": Rule(COMPANY_IMPORTERS, "alliance", "as imports_api.upload_companies"),
    "pages.company_import": _entry(COMPANY_IMPORTERS, "alliance", "as imports_api.get_company_import"),
    "pages.company_export": Rule(COMPANY_READERS, "alliance", "as imports_api.export_companies"),
}

_MACHINERY = {
    "static": _public("scripts, styles and fonts"),
    "health.healthz": _public("liveness"),
    "health.readyz": _public("readiness"),
    "api_docs.openapi_json": _public("the description of the API holds no data"),
    "api_docs.docs": _public("the same, to be read by people"),
    "api_docs.docs_script": _public("starts that page"),
}

POLICY: Mapping[str, Rule] = MappingProxyType(
    {
        **_IDENTITY,
        **_CASES,
        **_INBOX,
        **_DEFINITIONS,
        **_FUNDING,
        **_REGISTERS,
        **_PAGES,
        **_USERS,
        **_MAILBOX,
        **_LINKS,
        **_ACCESS_LOG,
        **_COMMENTS,
        **_DOCUMENTS,
        **_CORRECTIONS,
        **_HANDING_OVER,
        **_INCIDENTS,
        **_REGISTER_PAGES,
        **_USER_PAGES,
        **_MACHINERY,
    }
)


def routes_without_row(routes: Iterable[Any]) -> list[str]:
    """Endpoints of an app's url map that nobody has decided about; the build fails if there is one."""
    return sorted({str(route.endpoint) for route in routes} - set(POLICY))


def require_role(actor: Actor, rule: Rule) -> None:
    """Raise :class:`Forbidden` unless ``actor`` holds a role of ``rule``; call it after the scoped load."""
    if not rule.allows(actor):
        raise Forbidden


def permit_roles(roles: frozenset[str], endpoint: str) -> None:
    """Raise :class:`Forbidden` unless the row of ``endpoint`` allows one of ``roles``: those that somebody holds in
    the very case, where a role in another organisation must not count.
    """
    rule = POLICY.get(endpoint)
    if rule is None or not (isinstance(rule.roles, Access) or rule.roles & roles):
        raise Forbidden


def permit(actor: Actor, endpoint: str) -> None:
    """Raise :class:`Forbidden` unless the row of ``endpoint`` allows ``actor``; an endpoint without a row is
    refused.
    """
    rule = POLICY.get(endpoint)
    if rule is None:
        raise Forbidden
    require_role(actor, rule)
