"""Tasks over HTTP; the pages call the same use cases."""

from __future__ import annotations

from typing import Any

from flask import current_app, request

from app.forms.problems import answers_at
from app.identity.guard import current_actor
from app.inbox import bulk, corrections, handover, schemas, service
from app.inbox.queries import TaskQuery
from app.platform.api import ApiBlueprint
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.i18n import current_language

blueprint = ApiBlueprint("inbox_api", __name__, "Tasks: list, claim, draft, complete")
Tagged = tuple[dict[str, Any], int, dict[str, str]]


def _tagged(task: dict[str, Any]) -> Tagged:
    return task, 200, {"ETag": f'"{task["etag"]}"'}


def _if_match() -> str | None:
    return request.headers.get("If-Match")


@blueprint.route("/tasks")
@blueprint.arguments(schemas.TaskQueryArguments, location="query")
@blueprint.response(200, schemas.TaskPage)
def list_tasks(arguments: dict[str, Any]) -> dict[str, Any]:
    """Tasks you may do; with scope=visible all tasks in your sight."""
    return service.list_tasks(db.session(), current_actor(), TaskQuery(**arguments), utcnow())


@blueprint.route("/tasks/<string:task_id>")
@blueprint.response(200, schemas.TaskDetail)
def get_task(task_id: str) -> Tagged:
    """One task with form, data and context."""
    return _tagged(service.get_task(db.session(), current_actor(), task_id, current_language(), utcnow()))


@blueprint.route("/tasks/<string:task_id>/claim", methods=["POST"])
@blueprint.response(200, schemas.TaskFields)
def claim_task(task_id: str) -> Tagged:
    """Take a free task."""
    return _tagged(service.claim_task(db.session(), current_actor(), task_id, utcnow(), _if_match()))


@blueprint.route("/tasks/<string:task_id>/release", methods=["POST"])
@blueprint.response(200, schemas.TaskFields)
def release_task(task_id: str) -> Tagged:
    """Give a task back to its group."""
    return _tagged(service.release_task(db.session(), current_actor(), task_id, utcnow(), _if_match()))


@blueprint.route("/tasks/<string:task_id>/assign", methods=["POST"])
@blueprint.arguments(schemas.Assignment)
@blueprint.response(200, schemas.TaskFields)
def assign_task(body: dict[str, Any], task_id: str) -> Tagged:
    """Give a task to a user who may do it."""
    actor = current_actor()
    return _tagged(service.assign_task(db.session(), actor, task_id, body["user"], utcnow(), _if_match()))


@blueprint.route("/tasks/<string:task_id>/draft", methods=["POST"])
@blueprint.arguments(schemas.Answers)
@blueprint.response(200, schemas.TaskFields)
def save_draft(body: dict[str, Any], task_id: str) -> Tagged:
    """Keep what has been typed so far."""
    actor = current_actor()
    with answers_at("/data"):
        return _tagged(service.save_draft(db.session(), actor, task_id, body["data"], utcnow(), _if_match()))


@blueprint.route("/tasks/<string:task_id>/complete", methods=["POST"])
@blueprint.arguments(schemas.Answers)
@blueprint.response(200, schemas.Completed)
def complete_task(body: dict[str, Any], task_id: str) -> dict[str, Any]:
    """Do a task: the answers are checked, the case moves on, all in one transaction."""
    engine, actor = current_app.extensions["vorlauf_engine"], current_actor()
    with answers_at("/data"):
        return service.complete_task(db.session(), actor, engine, task_id, body["data"], utcnow(), _if_match())


@blueprint.route("/tasks/<string:task_id>/correction")
@blueprint.response(200, schemas.Correction)
def get_correction(task_id: str) -> dict[str, Any]:
    """Whether the answer of a task that is done can be corrected, and why not."""
    found = corrections.correction_of(db.session(), current_actor(), task_id)
    return found or {"allowed": False, "why": None}


@blueprint.route("/tasks/<string:task_id>/reopen", methods=["POST"])
@blueprint.arguments(schemas.Reopening)
@blueprint.response(200, schemas.TaskFields)
def reopen_task(body: dict[str, Any], task_id: str) -> Tagged:
    """Correct an answer: open a task that is done again, while no later step builds on it (else 409)."""
    engine, actor = current_app.extensions["vorlauf_engine"], current_actor()
    reopened = corrections.reopen_task(db.session(), actor, engine, task_id, body["reason"], utcnow(), _if_match())
    return _tagged(reopened)


@blueprint.route("/tasks/bulk", methods=["POST"])
@blueprint.arguments(schemas.Bulk)
@blueprint.response(200, schemas.BulkResults)
def bulk_tasks(body: dict[str, Any]) -> dict[str, Any]:
    """Claim, release or assign many tasks; each has its own result."""
    return bulk.bulk(db.session(), current_actor(), body["ids"], body["action"], body.get("user"), utcnow())


@blueprint.route("/tasks/hand-over", methods=["POST"])
@blueprint.arguments(schemas.HandOver)
@blueprint.response(200, schemas.HandedOver)
def hand_over(body: dict[str, Any]) -> dict[str, Any]:
    """Hand over all tasks of somebody who leaves: to a successor, or back to the groups."""
    actor = current_actor()
    return handover.hand_over(db.session(), actor, body["from_user"], body["to_user"], body["reason"], utcnow())
