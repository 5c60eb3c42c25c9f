"""Pages of the employee register: list, one person with facts from day to day, add, change."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.identity.guard import current_actor
from app.identity.policy import permit
from app.identity.roles import HR
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.i18n import _, _l
from app.platform.problems import NotFound, Unprocessable
from app.registers import changes, employees, importing
from app.registers.employees import EmployeeQuery
from app.registers.fields import DATED, EMPLOYEE_FIELDS
from app.registers.schemas import EmployeeChange, NewEmployee
from app.web.blueprint import blueprint
from app.web.layout import may
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

FIELDS = tuple(entry_of(field) for field in EMPLOYEE_FIELDS)
VALID_FROM = Entry(
    "valid_from",
    _l("Changed facts hold from"),
    "date",
    hint=_l("Hours, pay, qualification, funding and disability. Without a day, the facts of today are corrected."),
)


@blueprint.get("/employees")
def employee_list() -> ResponseReturnValue:
    """People in my sight."""
    session, actor = db.session(), current_actor()
    state = request.args.get("state", "active")
    wanted = {
        "q": typed_text(request.args, "q", 100),
        "state": state if state in ("active", "left", "all") else "active",
        "company": request.args.get("company", "").replace("\x00", "")[:36],
    }
    query = EmployeeQuery(
        company=wanted["company"] or None,
        q=wanted["q"] or None,
        active={"active": True, "left": False}.get(wanted["state"]),
        cursor=request.args.get("cursor") or None,
    )
    found = employees.list_employees(session, actor, query, utcnow())
    return render_template(
        "employee_list.html",
        employees=found["items"],
        next_cursor=found["next"],
        wanted=wanted,
        states={"active": _("at work"), "left": _("left"), "all": _("all")},
        companies=importing.own_companies(session, actor),
        shown=shown,
    )


@blueprint.get("/employees/<employee_id>")
def employee(employee_id: str) -> ResponseReturnValue:
    """One person: facts of today, earlier and later ones, changes."""
    session, actor, now = db.session(), current_actor(), utcnow()
    view = employees.get_employee(session, actor, employee_id, now)
    logged = may(actor, "companies_api.list_register_changes")
    return render_template(
        "employee.html",
        employee=view,
        fields=[field for field in EMPLOYEE_FIELDS if field.key in view],
        dated=[field for field in EMPLOYEE_FIELDS if field.key in DATED],
        may_edit=actor.acts_for(HR, view["company"]["id"]) is not None,
        changes=changes.list_changes(session, actor, employee_id, None, 20)["items"] if logged else [],
        changed_fields=changed_fields,
        shown=shown,
    )


@blueprint.route("/employees/new", methods=["GET", "POST"])
def employee_new() -> ResponseReturnValue:
    """Add a person."""
    session, actor = db.session(), current_actor()
    own = importing.own_companies(session, actor)
    choice = Entry("company", _l("Company"), "choice", True, choices=tuple((row["id"], row["name"]) for row in own))
    entries = [*([choice] if len(own) > 1 else []), *FIELDS]
    given, errors = {**as_typed(entries, {"disability_degree": 0, "equal_status": False})}, {}
    if request.method == "POST":
        given = typed(entries)
        company = {} if len(own) > 1 else {"company": own[0]["id"]}
        try:
            made = employees.add_employee(session, actor, load(NewEmployee(), entries, given, **company), utcnow())
            return redirect(url_for("pages.employee", employee_id=made["id"], notice="saved"), 303)
        except Unprocessable as problem:
            errors = errors_by_entry(problem)
    back = url_for("pages.employee_list")
    return form_page(_("New employee"), entries, given, errors, crumbs=[(_("Employees"), back)], back=back)


@blueprint.route("/employees/<employee_id>/edit", methods=["GET", "POST"])
def employee_edit(employee_id: str) -> ResponseReturnValue:
    """Change a person from a day on, or correct what holds today."""
    session, actor, now = db.session(), current_actor(), utcnow()
    view = employees.get_employee(session, actor, employee_id, now)
    permit(actor, "pages.employee_edit")
    if actor.acts_for(HR, view["company"]["id"]) is None:
        raise NotFound
    entries = [VALID_FROM, *FIELDS]
    given, errors = as_typed(entries, view), {}
    if request.method == "POST":
        require_shown(view["etag"])
        given = typed(entries)
        try:
            employees.change_employee(session, actor, employee_id, _changes(entries, given), now, None)
            return redirect(url_for("pages.employee", employee_id=employee_id, notice="saved"), 303)
        except Unprocessable as problem:
            errors = errors_by_entry(problem)
    back = url_for("pages.employee", employee_id=employee_id)
    name = f"{view['first_name']} {view['last_name']}"
    crumbs = [(_("Employees"), url_for("pages.employee_list")), (name, back)]
    tag = request.form.get(ETAG, view["etag"])
    return form_page(_("Edit employee"), entries, given, errors, crumbs=crumbs, back=back, etag=tag)


def _changes(entries: list[Entry], given: dict[str, str]) -> dict[str, Any]:
    """All entries, checked as those of a new person; an empty day means a correction."""
    values = load(NewEmployee(), entries[1:], given, company="unchanged")
    dated = {} if not given["valid_from"] else load(EmployeeChange(), entries[:1], given)
    return {**{key: value for key, value in values.items() if key != "company"}, **dated}
