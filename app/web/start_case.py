"""Starting a case: for which company, under which title."""

from __future__ import annotations

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cases import service
from app.cases.service import MAX_TITLE
from app.identity.guard import current_actor
from app.inbox import service as tasks
from app.inbox.service import TaskQuery
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.i18n import _, current_language
from app.web.blueprint import blueprint

PROCESS = "training_case"
"""The one process that people start by hand so far."""


@blueprint.route("/cases/new", methods=["GET", "POST"])
def start_case() -> ResponseReturnValue:
    """The form, and what it does: start the case and open its first task."""
    session, actor, now = db.session(), current_actor(), utcnow()
    companies = service.startable(session, actor)
    values = {"title": request.form.get("title", "").strip(), "company": request.form.get("company", "")}
    if len(companies) == 1:
        values["company"] = companies[0]["id"]
    errors = _errors(values, {company["id"] for company in companies}) if request.method == "POST" else {}
    if request.method == "GET" or errors:
        page = render_template(
            "start_case.html", companies=companies, values=values, errors=errors, max_title=MAX_TITLE
        )
        return page, 422 if errors else 200
    engine, language = current_app.extensions["vorlauf_engine"], current_language()
    case = service.start_case(session, actor, engine, PROCESS, values["company"], values["title"], {}, now, language)
    first = tasks.list_tasks(session, actor, TaskQuery(case=case["id"]), now)["items"]
    if first:
        return redirect(url_for("pages.task", task_id=first[0]["id"], notice="case_started"), 303)
    return redirect(url_for("pages.case", case_id=case["id"], notice="case_started"), 303)


def _errors(values: dict[str, str], companies: set[str]) -> dict[str, str]:
    """What is wrong, by field."""
    found = {}
    if not values["title"]:
        found["title"] = _("Please enter a title by which everybody recognises the case.")
    elif len(values["title"]) > MAX_TITLE:
        found["title"] = _("At most %(max)s characters fit here.", max=MAX_TITLE)
    elif any(ord(character) < 32 for character in values["title"]):
        found["title"] = _("Please enter the title on one line, without control characters.")
    if values["company"] not in companies:
        found["company"] = _("Please choose the company.")
    return found
