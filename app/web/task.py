"""The page of one task: what is to be done, the form, what the case says so far."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.identity.actor import Actor
from app.identity.guard import current_actor
from app.inbox import corrections, service
from app.links import service as links
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.i18n import current_language
from app.web.after_completion import confirmation, next_address
from app.web.blueprint import blueprint
from app.web.island_texts import task_texts
from app.web.layout import may


@blueprint.get("/tasks/<task_id>")
def task(task_id: str) -> ResponseReturnValue:
    """One task; with the form if I may do it and nobody else has it."""
    session, actor, now = db.session(), current_actor(), utcnow()
    found = service.get_task(session, actor, task_id, current_language(), now)
    taken = found["assignee"] is not None and found["assignee"]["id"] != actor.user_id
    workable = found["form"] is not None and found["state"] == "open" and not taken
    return render_template(
        "task.html",
        task=found,
        taken=taken,
        workable=workable,
        correction=None if found["state"] == "open" else corrections.correction_of(session, actor, task_id),
        island=_island(found, actor) if workable else None,
        subject=links.subject_of(session, actor, task_id) if may(actor, "pages.case_links") else None,
        done=confirmation(session, actor, request.args.get("done"), now),
    )


@blueprint.get("/tasks/<task_id>/done")
def task_done(task_id: str) -> ResponseReturnValue:
    """Where a completed task leads: on in the same case if I have more to do there, else to the inbox."""
    return redirect(next_address(db.session(), current_actor(), task_id, utcnow()), 303)


def _island(found: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """What ``frontend/src/form.js`` needs."""
    api = f"/api/v1/tasks/{found['id']}"
    return {
        "task": found["id"],
        "user": actor.user_id,
        "etag": found.get("etag"),
        "schema": found["form"],
        "data": found["data"],
        "options": {**found["context"]["values"], **found["context"]["options"]},
        "texts": task_texts(),
        "language": current_language(),
        "addresses": {
            "complete": f"{api}/complete",
            "draft": f"{api}/draft",
            "done": url_for("pages.task_done", task_id=found["id"]),
            "sign_in": url_for("pages.sign_in_form", next=url_for("pages.task", task_id=found["id"])),
        },
    }
