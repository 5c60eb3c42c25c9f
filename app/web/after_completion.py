"""Where to go after a task, and what to say there."""

from __future__ import annotations

from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from app.cases import service as cases
from app.identity.actor import Actor
from app.inbox import service
from app.inbox.service import TaskQuery
from app.platform.i18n import _, current_language
from app.platform.problems import Problem
from app.web.layout import role_name
from app.web.notices import Notice


def next_address(session: Session, actor: Actor, task_id: str, now: datetime) -> str:
    """The next task of the same case that ``actor`` may do at once, else the inbox."""
    try:
        case = service.find_task(session, actor, task_id, now)["case"]
    except Problem:
        return url_for("pages.inbox")
    mine = service.list_tasks(session, actor, TaskQuery(case=case["id"], sort="created_at"), now)["items"]
    for task in mine:
        if task["assignee"] is None or task["assignee"]["id"] == actor.user_id:
            return url_for("pages.task", task_id=task["id"], done=task_id)
    return url_for("pages.inbox", done=task_id)


def confirmation(session: Session, actor: Actor, task_id: str | None, now: datetime) -> Notice | None:
    """What to say after the completed task ``task_id``: done, and with whom it goes on; None if there is none such."""
    if not task_id or len(task_id) > 36:
        return None
    try:
        task = service.find_task(session, actor, task_id, now)
        if task["state"] != "completed":
            return None
        case = cases.case_frame(session, actor, task["case"]["id"], current_language(), now)
    except Problem:
        return None
    done = _("Done: %(task)s.", task=task["name"])
    if case["status"] != "open":
        return Notice("success", f"{done} {case['where']}")
    waiting = ", ".join(dict.fromkeys(f"{role_name(item['role'])} ({item['name']})" for item in case["tasks"]))
    onwards = _("It goes on with: %(who)s.", who=waiting) if waiting else _("The case goes on by itself.")
    return Notice("success", f"{done} {onwards}")
