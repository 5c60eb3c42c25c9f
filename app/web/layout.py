"""What every page shows around its content: who I am, where I can go, confirmations, language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, g, request

from app.identity.actor import Actor
from app.identity.policy import POLICY
from app.identity.roles import ROLES
from app.platform import mail
from app.platform.clock import utcnow
from app.platform.i18n import LANGUAGES, _, current_language
from app.web import words
from app.web.addresses import here, with_changes
from app.web.assets import asset
from app.web.headers import csp_nonce
from app.web.notices import current_notice

TASK_PAGES = frozenset({"pages.inbox", "pages.task", "pages.mentions", "pages.correct", "pages.hand_over"})
CASE_PAGES = frozenset(
    {
        "pages.case_list",
        "pages.case",
        "pages.history",
        "pages.diagram",
        "pages.decisions",
        "pages.comments",
        "pages.add_comment",
        "pages.documents",
        "pages.add_document",
        "pages.document",
        "pages.start_case",
        "pages.withdraw",
        "pages.case_links",
        "pages.cancel_provider",
        "pages.withdraw_participant",
    }
)

USER_PAGES = frozenset({"pages.users", "pages.user", "pages.invite_user", "pages.undelivered_mails"})


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """One link of the main navigation."""

    endpoint: str
    text: str
    current: bool


def role_name(role: str) -> str:
    """A role's name in the reader's language; an unknown key stays what it is."""
    return ROLES[role].name(current_language()) if role in ROLES else role


def may(actor: Actor | None, endpoint: str) -> bool:
    """Whether ``actor`` holds a role of the policy row of ``endpoint``: hides links that would end in 403."""
    rule = POLICY.get(endpoint)
    return actor is not None and rule is not None and rule.allows(actor)


def capacities(actor: Actor) -> list[str]:
    """In which capacities somebody acts: "Personalabteilung, Muster GmbH", deputised ones marked."""
    found: dict[str, None] = {}
    for grant in actor.grants:
        text = f"{role_name(grant.role)}, {grant.organisation_name}"
        found[_("%(capacity)s (as deputy)", capacity=text) if grant.on_behalf_of else text] = None
    return list(found)


def navigation(actor: Actor | None) -> list[NavigationEntry]:
    """The main navigation for ``actor``; empty before signing in."""
    if actor is None:
        return []
    wanted = (
        ("pages.inbox", _("Tasks"), TASK_PAGES),
        ("pages.case_list", _("Cases"), CASE_PAGES),
        ("pages.company_list", _("Companies"), pages_named("compan")),
        ("pages.employee_list", _("Employees"), pages_named("employee")),
        ("pages.provider_list", _("Providers"), pages_named("provider", "certificate")),
        ("pages.users", _("Users"), USER_PAGES),
        ("pages.incidents", _("Incidents"), frozenset({"pages.incidents"})),
        ("pages.access_log", _("Access log"), frozenset({"pages.access_log"})),
        ("pages.identity_changes", _("Changes of users"), frozenset({"pages.identity_changes"})),
        ("pages.my_access", _("Who has seen my data"), frozenset({"pages.my_access"})),
    )
    return [
        NavigationEntry(endpoint, text, request.endpoint in pages)
        for endpoint, text, pages in wanted
        if may(actor, endpoint)
    ]


def pages_named(*parts: str) -> frozenset[str]:
    """Pages of the registers by a part of their names."""
    return frozenset(name for name in POLICY if name.startswith("pages.") and any(part in name for part in parts))


def context() -> dict[str, Any]:
    """Names that every template may use."""
    actor: Actor | None = g.get("actor")
    return {
        "actor": actor,
        "capacities": capacities(actor) if actor else [],
        "navigation": navigation(actor),
        "may": may,
        "language": current_language(),
        "languages": LANGUAGES,
        "here": here(),
        "with_changes": with_changes,
        "notice": current_notice(),
        "asset": asset,
        "csp_nonce": csp_nonce,
        "role_name": role_name,
        "now": utcnow(),
        "has_mailbox": mail.into_mailbox(current_app.config["VORLAUF_SETTINGS"]),
        "max_document": current_app.config["VORLAUF_SETTINGS"].max_document_bytes,
    }


def init_blueprint(blueprint: Blueprint) -> None:
    """Give all templates the layout's names and the filters for times."""
    blueprint.app_context_processor(context)
    for name in ("day", "time", "machine", "since", "due", "file_size"):
        blueprint.add_app_template_filter(getattr(words, name), name)
