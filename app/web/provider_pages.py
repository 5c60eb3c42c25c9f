"""Pages of the provider register: list, one provider, its profile and certificates."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.identity.guard import current_actor
from app.identity.policy import permit_roles
from app.identity.policy_rule import PROVIDER_KEEPERS
from app.identity.roles import ADMIN
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.i18n import _, _l
from app.platform.problems import Unprocessable
from app.registers import changes, providers
from app.registers.companies import roles_at
from app.registers.provider_schemas import NewCertificate, ProviderChange
from app.registers.providers import ProviderQuery
from app.web.blueprint import blueprint
from app.web.company_pages import NAMES, new_organisation
from app.web.register_forms import (
    ETAG,
    Entry,
    as_typed,
    changed_fields,
    errors_by_entry,
    form_page,
    load,
    require_shown,
    shown,
    typed,
)
from app.web.typed import typed_text

PROFILE = (
    Entry("description", _l("Description"), "area", length=2000),
    Entry("email", _l("E-mail"), length=254),
    Entry("phone", _l("Telephone"), length=40),
    Entry("town", _l("Town"), length=80),
)
KINDS = {"provider": _l("Certificate of the provider"), "measure": _l("Certificate of a measure")}
CERTIFICATE = (
    Entry("kind", _l("Kind"), "choice", True, choices=tuple(KINDS.items())),
    Entry("title", _l("Title"), required=True, hint=_l("As the certificate states it.")),
    Entry("number", _l("Number"), required=True, length=60),
    Entry("issuer", _l("Issued by"), required=True, length=120),
    Entry("valid_from", _l("Valid from"), "date", True),
    Entry("valid_until", _l("Valid until"), "date", True, hint=_l("Five years at most, for a measure three.")),
)
STATES = {
    "valid": (_l("valid"), "success"),
    "expires_soon": (_l("expires within 90 days"), "warning"),
    "expired": (_l("expired"), "danger"),
    "future": (_l("not valid yet"), "info"),
}


@blueprint.get("/providers")
def provider_list() -> ResponseReturnValue:
    """Training providers in my sight."""
    wanted = typed_text(request.args, "q", 100)
    query = ProviderQuery(q=wanted or None, cursor=request.args.get("cursor") or None)
    found = providers.list_providers(db.session(), current_actor(), query, utcnow())
    return render_template(
        "provider_list.html",
        providers=found["items"],
        next_cursor=found["next"],
        wanted=wanted,
        states=STATES,
        shown=shown,
    )


@blueprint.get("/providers/<provider_id>")
def provider(provider_id: str) -> ResponseReturnValue:
    """One provider: profile, certificates, changes."""
    session, actor = db.session(), current_actor()
    view = providers.get_provider(session, actor, provider_id, utcnow())
    keeps = bool(roles_at(actor, provider_id) & PROVIDER_KEEPERS)
    return render_template(
        "provider.html",
        provider=view,
        may_edit=keeps,
        kinds=KINDS,
        states=STATES,
        shown=shown,
        etag=providers.list_certificates(session, actor, provider_id, utcnow())["etag"],
        changes=changes.list_changes(session, actor, provider_id, None, 20)["items"] if keeps else [],
        changed_fields=changed_fields,
    )


@blueprint.route("/providers/new", methods=["GET", "POST"])
def provider_new() -> ResponseReturnValue:
    """Add a training provider."""
    crumb = (_("Providers"), url_for("pages.provider_list"))
    return new_organisation(_("New provider"), crumb, providers.create_provider, provider_page)


def provider_page(provider_id: str) -> str:
    """The address of a provider's page, once something has been saved."""
    return url_for("pages.provider", provider_id=provider_id, notice="saved")


@blueprint.route("/providers/<provider_id>/edit", methods=["GET", "POST"])
def provider_edit(provider_id: str) -> ResponseReturnValue:
    """Change the profile; its name, for the administration."""
    session, actor, now = db.session(), current_actor(), utcnow()
    view = _kept(provider_id)
    entries = [*(NAMES if actor.has_role(ADMIN) else ()), *PROFILE]
    given, errors = as_typed(entries, view), {}
    if request.method == "POST":
        require_shown(view["etag"])
        given = typed(entries)
        try:
            providers.change_provider(session, actor, provider_id, load(ProviderChange(), entries, given), now, None)
            return redirect(provider_page(provider_id), 303)
        except Unprocessable as problem:
            errors = errors_by_entry(problem)
    return _form(_("Edit provider"), entries, given, errors, view, request.form.get(ETAG, view["etag"]))


@blueprint.route("/providers/<provider_id>/certificates/new", methods=["GET", "POST"])
def certificate_new(provider_id: str) -> ResponseReturnValue:
    """Record a certificate."""
    session, actor, now = db.session(), current_actor(), utcnow()
    view = _kept(provider_id)
    given, errors = typed(CERTIFICATE), {}
    if request.method == "POST":
        try:
            values = load(NewCertificate(), CERTIFICATE, given)
            providers.add_certificate(session, actor, provider_id, values, now, None)
            return redirect(provider_page(provider_id), 303)
        except Unprocessable as problem:
            errors = errors_by_entry(problem)
    return _form(_("New certificate"), CERTIFICATE, given, errors, view, "")


@blueprint.post("/providers/<provider_id>/certificates/<certificate_id>/removal")
def certificate_remove(provider_id: str, certificate_id: str) -> ResponseReturnValue:
    """Take a certificate out of the register."""
    session, actor, now = db.session(), current_actor(), utcnow()
    _kept(provider_id)
    require_shown(providers.list_certificates(session, actor, provider_id, now)["etag"])
    providers.remove_certificate(session, actor, provider_id, certificate_id, now, None)
    return redirect(provider_page(provider_id), 303)


def _kept(provider_id: str) -> dict[str, Any]:
    """A provider whose entry I keep. Raises NotFound, Forbidden."""
    actor = current_actor()
    view = providers.get_provider(db.session(), actor, provider_id, utcnow())
    permit_roles(roles_at(actor, provider_id), "pages.provider_edit")
    return view


def _form(
    heading: str, entries: Any, given: dict[str, str], errors: dict[str, str], view: dict[str, Any], etag: str
) -> ResponseReturnValue:
    back = url_for("pages.provider", provider_id=view["id"])
    crumbs = [(_("Providers"), url_for("pages.provider_list")), (view["name"], back)]
    return form_page(heading, entries, given, errors, crumbs=crumbs, back=back, etag=etag)
