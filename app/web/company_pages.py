"""Pages of the company register: list, one company, its parts, its facts from a day on."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.identity.guard import current_actor
from app.identity.policy import permit
from app.identity.roles import ADMIN, HR
from app.platform.clock import local_date, utcnow
from app.platform.db import db
from app.platform.i18n import _, _l
from app.platform.problems import FieldError, Unprocessable
from app.registers import changes, companies
from app.registers.companies import CompanyQuery, roles_at
from app.registers.fields import BRANCHES, CHOICE_WORDS, COMPANY_FIELDS
from app.registers.schemas import CompanyChange, NewCompanyFacts, NewOrganisation
from app.web.blueprint import blueprint
from app.web.register_forms import (
    ETAG,
    Entry,
    as_typed,
    changed_fields,
    entry_of,
    errors_by_entry,
    form_page,
    load,
    require_shown,
    shown,
    typed,
)
from app.web.typed import typed_text

NAMES = tuple(entry_of(field) for field in COMPANY_FIELDS if field.key in ("name", "short_name"))[::-1]
FACTS = tuple(
    entry_of(field, _l("The facts hold from this day on; the same day again is a correction.") if not index else "")
    for index, field in enumerate(COMPANY_FIELDS[2:])
)
SITES = Entry(
    "sites",
    _l("Sites"),
    "area",
    hint=_l("One a line: name; postcode; town. For example: Werk 2; 99842; Ruhla"),
    length=5000,
)
CLUSTERS = Entry("clusters", _l("Clusters"), "area", hint=_l("One a line."), length=2000)


@blueprint.get("/companies")
def company_list() -> ResponseReturnValue:
    """Companies in my sight."""
    session, actor = db.session(), current_actor()
    known = companies.clusters(session, actor)
    wanted = {
        "q": typed_text(request.args, "q", 100),
        "branch": request.args.get("branch", "") if request.args.get("branch") in BRANCHES else "",
        "cluster": request.args.get("cluster", "") if request.args.get("cluster") in known else "",
    }
    query = CompanyQuery(
        q=wanted["q"] or None,
        cluster=wanted["cluster"] or None,
        branch=wanted["branch"] or None,
        cursor=request.args.get("cursor") or None,
    )
    found = companies.list_companies(session, actor, query, utcnow())
    return render_template(
        "company_list.html",
        companies=found["items"],
        next_cursor=found["next"],
        wanted=wanted,
        branches=CHOICE_WORDS["branch"],
        clusters=known,
        shown=shown,
    )


@blueprint.get("/companies/<company_id>")
def company(company_id: str) -> ResponseReturnValue:
    """One company: facts of every day, sites, clusters, pooled counts, changes."""
    session, actor, now = db.session(), current_actor(), utcnow()
    view = companies.get_company(session, actor, company_id, now)
    roles = roles_at(actor, company_id)
    return render_template(
        "company.html",
        company=view,
        weighted=None if view["facts"] is None else Decimal(view["facts"]["weighted_quarters"]) / 4,
        facts=[row for row in companies.list_facts(session, actor, company_id)["items"] if row],
        fields=COMPANY_FIELDS[2:],
        shown=shown,
        today=local_date(now),
        may_record=HR in roles,
        changes=changes.list_changes(session, actor, company_id, None, 20)["items"],
        changed_fields=changed_fields,
    )


@blueprint.route("/companies/new", methods=["GET", "POST"])
def company_new() -> ResponseReturnValue:
    """Add a company."""
    crumb = (_("Companies"), url_for("pages.company_list"))
    return new_organisation(_("New company"), crumb, companies.create_company, company_page)


def company_page(company_id: str) -> str:
    """The address of a company's page, once something has been saved."""
    return url_for("pages.company", company_id=company_id, notice="saved")


def new_organisation(
    title: str, crumb: tuple[str, str], create: Callable[..., dict[str, Any]], page_of: Callable[[str], str]
) -> ResponseReturnValue:
    """Ask for the names of an organisation and ``create`` it; ``crumb``: name and address of the list it stands in."""
    given, errors = typed(NAMES), {}
    if request.method == "POST":
        try:
            values = load(NewOrganisation(), NAMES, given)
            made = create(db.session(), current_actor(), values, utcnow())
            return redirect(page_of(made["id"]), 303)
        except Unprocessable as problem:
            errors = errors_by_entry(problem)
    return form_page(title, NAMES, given, errors, crumbs=[crumb], back=crumb[1])


@blueprint.route("/companies/<company_id>/edit", methods=["GET", "POST"])
def company_edit(company_id: str) -> ResponseReturnValue:
    """Change what my role may change of a company."""
    session, actor, now = db.session(), current_actor(), utcnow()
    view = companies.get_company(session, actor, company_id, now)
    permit(actor, "pages.company_edit")
    entries = _entries(roles_at(actor, company_id))
    given, errors = as_typed(entries, _as_lines(view)), {}
    if request.method == "POST":
        require_shown(view["etag"])
        given = typed(entries)
        try:
            values = load(CompanyChange(), [item for item in entries if item.kind != "area"], given, **_parts(given))
            companies.change_company(session, actor, company_id, values, now, None)
            return redirect(company_page(company_id), 303)
        except Unprocessable as problem:
            errors = errors_by_entry(problem)
    return form_page(
        _("Edit company"),
        entries,
        given,
        errors,
        crumbs=_crumbs(view),
        back=url_for("pages.company", company_id=company_id),
        etag=request.form.get(ETAG, view["etag"]),
    )


@blueprint.route("/companies/<company_id>/facts/new", methods=["GET", "POST"])
def company_facts(company_id: str) -> ResponseReturnValue:
    """Record what holds from a day on; the form starts with what holds today."""
    session, actor, now = db.session(), current_actor(), utcnow()
    view = companies.get_company(session, actor, company_id, now)
    permit(actor, "pages.company_facts")
    etag = companies.list_facts(session, actor, company_id)["etag"]
    start = {**(view["facts"] or {"structural_change": True}), "valid_from": local_date(now)}
    given, errors = as_typed(FACTS, start), {}
    if request.method == "POST":
        require_shown(etag)
        given = typed(FACTS)
        try:
            values = load(NewCompanyFacts(), FACTS, given)
            companies.record_facts(session, actor, company_id, values, now, None)
            return redirect(company_page(company_id), 303)
        except Unprocessable as problem:
            errors = errors_by_entry(problem)
    back = url_for("pages.company", company_id=company_id)
    tag = request.form.get(ETAG, etag)
    return form_page(_("Record facts"), FACTS, given, errors, crumbs=_crumbs(view), back=back, etag=tag)


def _crumbs(view: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (_("Companies"), url_for("pages.company_list")),
        (view["name"], url_for("pages.company", company_id=view["id"])),
    ]


def _entries(roles: frozenset[str]) -> list[Entry]:
    return [
        *(NAMES if ADMIN in roles else ()),
        *((SITES,) if roles & companies.WHO_CHANGES["sites"] else ()),
        *((CLUSTERS,) if roles & companies.WHO_CHANGES["clusters"] else ()),
    ]


def _as_lines(view: dict[str, Any]) -> dict[str, Any]:
    sites = "\n".join(f"{site['name']}; {site['postcode']}; {site['town']}" for site in view["sites"])
    return {**view, "sites": sites, "clusters": "\n".join(view["clusters"])}


def _parts(given: dict[str, str]) -> dict[str, Any]:
    """Sites and clusters as the API takes them. Raises Unprocessable for a line that is no site."""
    parts: dict[str, Any] = {}
    if "clusters" in given:
        parts["clusters"] = [line.strip() for line in given["clusters"].splitlines() if line.strip()]
    if "sites" in given:
        lines = [[part.strip() for part in line.split(";")] for line in given["sites"].splitlines() if line.strip()]
        wrong = next((line for line in lines if len(line) != 3), None)
        if wrong is not None:
            message = _("Please write each site as name; postcode; town: %(line)s", line="; ".join(wrong))
            raise Unprocessable([FieldError("/sites", "invalid", message)])
        parts["sites"] = [dict(zip(("name", "postcode", "town"), line, strict=True)) for line in lines]
    return parts
