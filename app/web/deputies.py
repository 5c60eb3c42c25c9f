"""Deputies: who stands in for me, for whom I stand in; the administration also for others."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.identity import deputies as use_cases
from app.identity import people
from app.identity.guard import current_actor
from app.platform.clock import BERLIN, local_date, utcnow
from app.platform.db import db
from app.platform.i18n import _
from app.platform.problems import Unprocessable
from app.web.blueprint import blueprint
from app.web.users import entry

FIELDS = {"/deputy": "deputy", "/valid_until": "until", "/valid_from": "first"}


@blueprint.get("/deputies")
def deputies() -> ResponseReturnValue:
    """Present and future deputies, and the form for a new one."""
    today = f"{local_date(utcnow()):%d.%m.%Y}"
    return _page({"deputy": "", "first": today, "until": today}, {}, request.args.get("member", ""))


@blueprint.post("/deputies")
def set_deputy() -> ResponseReturnValue:
    """Let a colleague stand in from the first to the last day, both included."""
    values = {name: entry(name, 40) for name in ("deputy", "first", "until")}
    first, last = _day(values["first"]), _day(values["until"])
    errors = {name: _("Please enter a valid date.") for name, day in (("first", first), ("until", last)) if day is None}
    if first is not None and last is not None:
        wanted = (values["deputy"], _midnight(first), _midnight(last + timedelta(days=1)))
        try:
            use_cases.set_deputy(db.session(), current_actor(), *wanted, utcnow(), entry("member", 36) or None)
            return redirect(url_for("pages.deputies", notice="deputy_set"), 303)
        except Unprocessable as problem:
            errors = {FIELDS.get(error.pointer, "deputy"): error.message for error in problem.errors}
    return _page(values, errors, entry("member", 36))


@blueprint.post("/deputies/<string:deputy_id>/end")
def end_deputy(deputy_id: str) -> ResponseReturnValue:
    """End it at once."""
    use_cases.end_deputy(db.session(), current_actor(), deputy_id, utcnow())
    return redirect(url_for("pages.deputies", notice="deputy_ended"), 303)


def _page(values: dict[str, str], errors: dict[str, str], member: str) -> ResponseReturnValue:
    session, actor, now = db.session(), current_actor(), utcnow()
    other: Any = None
    if member and member != actor.user_id and people.administers(actor):
        other = people.load(session, actor, member)
    found = use_cases.list_deputies(session, actor, now, request.args.get("cursor") or None)
    page = render_template(
        "deputies.html",
        deputies=found["items"],
        next_cursor=found["next"],
        candidates=use_cases.candidates(session, other.id if other else actor.user_id),
        values=values,
        errors=errors,
        member=other,
        last_moment=timedelta(microseconds=1),
    )
    return page, 422 if errors else 200


def _day(text: str) -> date | None:
    """A day as Germans write it. The browser's own date field would follow the language of the browser."""
    match = re.fullmatch(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(20\d\d|21\d\d)", text)
    if match is None:
        return None
    try:
        return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BERLIN)
