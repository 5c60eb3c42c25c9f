"""The comments of a case as a tab of their own, and the list of one's mentions."""

from __future__ import annotations

from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cases import service as cases
from app.comments import mentions as mentioning
from app.comments import service
from app.comments.rules import ALLIANCE, COMPANY, MAX_TEXT, OWN, PARTIES
from app.comments.service import CommentRefused, Draft
from app.identity.guard import current_actor
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.i18n import _l, current_language
from app.web.blueprint import blueprint

AUDIENCE_NAMES = {
    OWN: _l("my side and the coordination"),
    ALLIANCE: _l("coordination and funding advice"),
    COMPANY: _l("company (human resources, works council) and alliance"),
    PARTIES: _l("all parties, training providers and participants included"),
}
READER_NAMES = {
    **AUDIENCE_NAMES,
    OWN: _l("the author's side and the coordination"),
}
FIELDS = {"/text": "text", "/audience": "audience", "/mentions": "mentions"}


@blueprint.get("/cases/<case_id>/comments")
def comments(case_id: str) -> ResponseReturnValue:
    """What was said, the newest first, and a form to say something."""
    return _page(case_id, Draft(""), {})


@blueprint.post("/cases/<case_id>/comments")
def add_comment(case_id: str) -> ResponseReturnValue:
    """Write the comment; a refused form comes back with what was typed."""
    form = request.form
    draft = Draft(form.get("text", ""), form.get("audience", OWN), tuple(form.getlist("mentions")))
    address = current_app.config["VORLAUF_SETTINGS"].public_url
    try:
        made = service.add_comment(db.session(), current_actor(), case_id, draft, utcnow(), address)
    except CommentRefused as refused:
        return _page(case_id, draft, {FIELDS[error.pointer]: error.message for error in reversed(refused.errors)})
    return redirect(_place(case_id, made["id"], notice="commented"), 303)


def _page(case_id: str, draft: Draft, errors: dict[str, str]) -> ResponseReturnValue:
    session, actor, now = db.session(), current_actor(), utcnow()
    case = cases.case_frame(session, actor, case_id, current_language(), now)
    found = service.list_comments(session, actor, case_id, request.args.get("cursor") or None, None, now)
    choice = service.audience_of(session, actor, case_id)
    page = render_template(
        "comments.html",
        case=case,
        comments=found["items"],
        next_cursor=found["next"],
        audiences={key: AUDIENCE_NAMES[key] for key in choice["audiences"]},
        readers=READER_NAMES,
        people=choice["people"],
        draft=draft,
        errors=errors,
        max_text=MAX_TEXT,
    )
    return page, 422 if errors else 200


@blueprint.post("/comments/<comment_id>/withdrawal")
def withdraw_comment(comment_id: str) -> ResponseReturnValue:
    """Withdraw one's own comment; back to where it stands."""
    comment = service.withdraw_comment(db.session(), current_actor(), comment_id, utcnow())
    return redirect(_place(comment["case_id"], comment["id"], notice="comment_withdrawn"), 303)


@blueprint.get("/mentions")
def mentions() -> ResponseReturnValue:
    """Where I was mentioned, unread ones marked."""
    found = mentioning.list_mentions(db.session(), current_actor(), request.args.get("cursor") or None, None)
    return render_template("mentions.html", mentions=found["items"], next_cursor=found["next"], unread=found["unread"])


@blueprint.post("/mentions/<mention_id>/read")
def read_mention(mention_id: str) -> ResponseReturnValue:
    """Mark a mention as read and go to its comment."""
    mention = mentioning.read_mention(db.session(), current_actor(), mention_id, utcnow())
    return redirect(_place(mention["case"]["id"], mention["comment"]), 303)


def _place(case_id: str, comment_id: str, **query: Any) -> str:
    return url_for("pages.comments", case_id=case_id, _anchor=f"comment-{comment_id}", **query)
