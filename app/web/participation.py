"""The page behind a participant's link: no sign-in, no session, one purpose. Looking at it uses nothing up."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.inbox.rules import TakenByOther
from app.links import participation as links
from app.links.participation import Opened, Proof
from app.links.problems import AlreadyConfirmed, LinkClosed, LinkGone, StatementChanged, TooManyMisses, WrongCode
from app.links.rules import PURPOSES
from app.links.visits import Visit
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.http import detail_of, writes_late
from app.platform.i18n import _, current_language
from app.platform.problems import Conflict, Problem
from app.platform.settings import Settings
from app.web.blueprint import blueprint
from app.web.island_texts import task_texts

PRIVATE = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
"""The address is a secret: no other site hears of it, no cache and no search engine keeps the page."""


@blueprint.route("/l/<token>", methods=["GET", "POST"])
@writes_late
def participation(token: str) -> ResponseReturnValue:
    """What the link asks for; a sent form first proves the code, or confirms."""
    g.actor = None  # whoever is signed in on this device is not who acts here
    visit = Visit(db.session(), token, request.remote_addr or "", utcnow(), current_language())
    try:
        response = _sent(visit) if request.method == "POST" else make_response(_page(visit, visit.look()))
    except (LinkGone, TooManyMisses, Conflict) as problem:
        response = _message(problem)
    response.headers.update(PRIVATE)
    return response


@blueprint.get("/participation/done")
def participation_done() -> ResponseReturnValue:
    """Thanks, after something was confirmed; shows no data and needs no link."""
    g.actor = None
    purpose = request.args.get("purpose", "")
    return render_template("participation_done.html", purpose=purpose if purpose in PURPOSES else "")


def _sent(visit: Visit) -> Response:
    proof = Proof(request.form.get("code", ""), request.form.get("case_number", ""))
    if request.form.get("step") != "confirm":
        try:
            visit.prove(proof)
        except WrongCode as problem:
            return make_response(_page(visit, visit.look(), {"code": detail_of(problem)}), 422)
        return make_response(_page(visit, visit.look(proof), proof=proof))
    if request.form.get("confirmed") != "yes":
        missing = {"confirmed": _("Please tick the box if you agree.")}
        return make_response(_page(visit, visit.look(proof), missing, proof), 422)
    return _confirm(visit, proof)


def _confirm(visit: Visit, proof: Proof) -> Response:
    settings: Settings = current_app.config["VORLAUF_SETTINGS"]
    engine, seen = current_app.extensions["vorlauf_engine"], request.form.get("statement", "")
    try:
        purpose = visit.confirm(engine, seen, settings.public_url, proof=proof)
    except (StatementChanged, WrongCode) as problem:
        field = "code" if isinstance(problem, WrongCode) else "confirmed"
        page = _page(visit, visit.look(proof), {field: detail_of(problem)}, proof)
        return make_response(page, problem.status)
    return make_response(redirect(url_for("pages.participation_done", purpose=purpose), 303))


def _page(visit: Visit, opened: Opened, errors: dict[str, str] | None = None, proof: Proof | None = None) -> str:
    if not opened.proved:
        return render_template("participation_code.html", errors=errors or {}, token=visit.token)
    task = None
    if opened.link.purpose == "evidence":
        task = links.form_of(visit.session, opened, visit.language, visit.now)
    return render_template(
        "participation.html",
        opened=opened,
        purpose=opened.link.purpose,
        statement=opened.statement,
        errors=errors or {},
        proof=proof or Proof(),
        token=visit.token,
        task=task,
        island=None if task is None else _island(task, opened, visit.token, proof or Proof()),
    )


def _island(task: dict[str, Any], opened: Opened, token: str, proof: Proof) -> dict[str, Any]:
    """What ``frontend/src/form.js`` needs: as on the page of a task, but without drafts on the server."""
    texts = {**task_texts(), "submit": _("Confirm and send")}
    return {
        "task": task["id"],
        "user": opened.link.id,
        "schema": task["form"],
        "data": task["data"],
        "options": {**task["context"]["values"], **task["context"]["options"]},
        "texts": texts,
        "language": current_language(),
        "also": {"statement": opened.statement.hash, "code": proof.code, "case_number": proof.number},
        "addresses": {
            "complete": url_for("links_api.confirm", token=token),
            "done": url_for("pages.participation_done", purpose="evidence"),
        },
    }


def _message(problem: Problem) -> Response:
    """One page for everything that ends here; links that open nothing all get the same one."""
    done = isinstance(problem, (AlreadyConfirmed, LinkClosed))
    title = _("There is nothing left to do") if done else _("This link does not open anything")
    if isinstance(problem, TakenByOther):
        title = _("Somebody is working on it")
    elif isinstance(problem, TooManyMisses):
        title = _("Please wait a moment")
    elif not done and not isinstance(problem, LinkGone):
        title = _("Please open the link once more")
    page = render_template("participation_message.html", title=title, detail=detail_of(problem))
    response = make_response(page, problem.status)
    if isinstance(problem, TooManyMisses):
        response.headers["Retry-After"] = str(problem.retry_after)
    return response
