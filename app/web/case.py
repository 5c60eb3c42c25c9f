"""The pages of one case: where it stands in words, its history, its diagram, its decisions."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.cases import service
from app.identity.guard import current_actor
from app.inbox import corrections
from app.inbox import service as tasks
from app.inbox.service import TaskQuery
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.i18n import _, current_language
from app.web.blueprint import blueprint
from app.web.case_list import STATUSES
from app.web.headers import allow_style_attributes
from app.web.island_texts import diagram_texts
from app.web.values import pretty, readable

HISTORY_PAGE = 50


def _frame(case_id: str) -> dict[str, Any]:
    return service.case_frame(db.session(), current_actor(), case_id, current_language(), utcnow())


@blueprint.get("/cases/<case_id>")
def case(case_id: str) -> ResponseReturnValue:
    """Where the case stands: in words first, then phases, open tasks and what has been entered."""
    found = service.get_case(db.session(), current_actor(), case_id, current_language(), utcnow())
    query = TaskQuery(case=found["id"], scope="visible", sort="created_at", limit=100)
    visible = tasks.list_tasks(db.session(), current_actor(), query, utcnow())["items"]
    return render_template(
        "case.html",
        case=found,
        visible={task["id"]: task for task in visible},
        corrections=corrections.corrections_of_case(db.session(), current_actor(), found["id"]),
        statuses=STATUSES,
    )


@blueprint.get("/cases/<case_id>/history")
def history(case_id: str) -> ResponseReturnValue:
    """Who did what and when, page by page, and whether the chain of entries is unaltered."""
    found = _frame(case_id)
    page = service.history(db.session(), current_actor(), case_id, request.args.get("cursor"), HISTORY_PAGE, utcnow())
    proof = service.verification(db.session(), current_actor(), case_id)
    return render_template(
        "history.html",
        case=found,
        entries=page["items"],
        next_cursor=page["next"],
        proof=proof,
        statuses=STATUSES,
        pretty=pretty,
    )


@blueprint.get("/cases/<case_id>/diagram")
def diagram(case_id: str) -> ResponseReturnValue:
    """The process as a picture with the path so far, and the same in words."""
    found = _frame(case_id)
    allow_style_attributes()
    island = {
        "address": f"/api/v1/cases/{found['id']}/diagram",
        "texts": diagram_texts(),
        "titles": {found["process"]: _("Overview"), **{phase["key"]: phase["title"] for phase in found["phases"]}},
        "phase": found["phase"] if found["status"] == "open" else None,
    }
    return render_template("diagram.html", case=found, island=island, statuses=STATUSES)


@blueprint.get("/cases/<case_id>/decisions")
def decisions(case_id: str) -> ResponseReturnValue:
    """Every decision table that was evaluated: what went in, which rules matched, what came out."""
    found = _frame(case_id)
    made = service.decisions(db.session(), current_actor(), case_id, utcnow())["items"]
    return render_template("decisions.html", case=found, decisions=made, statuses=STATUSES, readable=readable)
