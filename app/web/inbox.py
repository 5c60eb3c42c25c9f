"""The inbox: what waits for me, my groups, the whole of what I may see, and what I have done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as clock_time
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.comments.mentions import unread
from app.identity.actor import Actor
from app.identity.guard import current_actor
from app.identity.roles import AUDITOR, COORDINATOR, EMPLOYEE, FUNDING_ADVISER, HR, PROVIDER, ROLES, WORKS_COUNCIL
from app.inbox import service
from app.inbox.service import TaskQuery
from app.platform.clock import BERLIN, utcnow
from app.platform.db import db
from app.platform.i18n import _l
from app.web.addresses import own_path, with_notice
from app.web.after_completion import confirmation
from app.web.blueprint import blueprint
from app.web.companies import companies_to_choose
from app.web.layout import role_name
from app.web.typed import typed_text

WITH_TASKS = (COORDINATOR, HR, WORKS_COUNCIL, EMPLOYEE, FUNDING_ADVISER, PROVIDER)
SEES_MORE = (COORDINATOR, FUNDING_ADVISER, AUDITOR, HR, WORKS_COUNCIL)
VIEWS = {
    "group": _l("Open in my groups"),
    "mine": _l("Assigned to me"),
    "visible": _l("All visible"),
    "done": _l("Done"),
}
SORTS = {
    "due_at": _l("Due first"),
    "created_at": _l("Oldest first"),
    "-created_at": _l("Newest first"),
    "-priority": _l("By priority"),
}
DUE = {"overdue": _l("overdue"), "today": _l("by today"), "week": _l("within a week")}
FILTERS = ("q", "role", "company", "due")


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What the address asks for; anything unknown counts as not asked."""

    view: str
    q: str
    role: str
    company: str
    due: str
    sort: str
    cursor: str | None

    @classmethod
    def read(cls, args: MultiDict[str, str], actor: Actor) -> InboxFilter:
        """From the query of the address."""

        def one_of(name: str, known: Any, default: str = "") -> str:
            value = args.get(name, "")
            return value if value in known else default

        return cls(
            view=one_of("view", views_of(actor), next(iter(views_of(actor)))),
            q=typed_text(args, "q", 200),
            role=one_of("role", ROLES),
            company=args.get("company", "").replace("\x00", "")[:36],
            due=one_of("due", DUE),
            sort=one_of("sort", SORTS, "due_at"),
            cursor=args.get("cursor") or None,
        )

    @property
    def active(self) -> bool:
        """Whether anything narrows the list down."""
        return any(getattr(self, name) for name in FILTERS)

    def as_query(self, now: datetime) -> TaskQuery:
        """The same, as the inbox service asks."""
        done = self.view == "done"
        return TaskQuery(
            role=self.role or None,
            assignee={"mine": "me", "group": "free"}.get(self.view, "any"),
            state="completed" if done else "open",
            company=self.company or None,
            due_before=due_before(self.due, now),
            q=self.q or None,
            scope="visible" if self.view == "visible" else "mine",
            sort="-created_at" if done else self.sort,
            cursor=self.cursor,
        )


def views_of(actor: Actor) -> dict[str, Any]:
    """The lists that make sense for ``actor``; the first one is shown unasked."""
    if not actor.has_role(*SEES_MORE):
        return {key: text for key, text in VIEWS.items() if key != "visible"}
    if actor.roles == {AUDITOR}:
        return {"visible": VIEWS["visible"]}
    return VIEWS


def due_before(choice: str, now: datetime) -> datetime | None:
    """The end of the asked period; days end at midnight in Thuringia."""
    if choice == "overdue":
        return now
    days = {"today": 1, "week": 8}.get(choice)
    if days is None:
        return None
    last = now.astimezone(BERLIN).date() + timedelta(days=days)
    return datetime.combine(last, clock_time.min, BERLIN)


@blueprint.get("/tasks")
def inbox() -> ResponseReturnValue:
    """The task list, filtered by the address."""
    session, actor, now = db.session(), current_actor(), utcnow()
    wanted = InboxFilter.read(request.args, actor)
    found = service.list_tasks(session, actor, wanted.as_query(now), now)
    return render_template(
        "inbox.html",
        tasks=found["items"],
        next_cursor=found["next"],
        wanted=wanted,
        views=views_of(actor),
        sorts=SORTS,
        due_choices=DUE,
        roles=_roles_to_choose(actor, wanted.view),
        companies=companies_to_choose(session, actor),
        mentions=unread(session, actor),
        done=confirmation(session, actor, request.args.get("done"), now),
    )


def _roles_to_choose(actor: Actor, view: str) -> list[tuple[str, str]]:
    """Roles worth filtering by: all that get tasks where one sees more, else the own ones if there are several."""
    keys = [role for role in ROLES if role in (WITH_TASKS if view == "visible" else actor.roles)]
    return [(key, role_name(key)) for key in keys] if len(keys) > 1 else []


@blueprint.post("/tasks/<task_id>/claim")
def claim(task_id: str) -> ResponseReturnValue:
    """Take a task; back to where the button was."""
    service.claim_task(db.session(), current_actor(), task_id, utcnow())
    return redirect(with_notice(own_path(request.form.get("next")), "claimed"), 303)


@blueprint.post("/tasks/<task_id>/release")
def release(task_id: str) -> ResponseReturnValue:
    """Give a task back to its group; back to where the button was."""
    service.release_task(db.session(), current_actor(), task_id, utcnow())
    return redirect(with_notice(own_path(request.form.get("next")), "released"), 303)
