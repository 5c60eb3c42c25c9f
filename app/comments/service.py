"""Use cases of comments: write, read, withdraw, be mentioned."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit import journal
from app.cases.access import load_visible
from app.cases.shown import record_view
from app.comments import rules
from app.comments.mails import tell
from app.comments.models import Comment, Mention
from app.comments.present import comment_view, with_mentions
from app.comments.sight import people, readable_comments, speaking_grant
from app.engine.models import Case
from app.engine.store import ChangedMeanwhile
from app.identity.actor import Actor, Grant
from app.identity.models import Organisation, User
from app.platform import paging
from app.platform.i18n import _
from app.platform.ids import new_id
from app.platform.preconditions import require_match
from app.platform.problems import Conflict, FieldError, Forbidden, NotFound, Unprocessable


class CommentRefused(Unprocessable):
    """This comment cannot be written like this."""

    code = "comment_refused"


class NotYourComment(Forbidden):
    """Only its author can withdraw a comment."""

    code = "not_your_comment"


class AlreadyWithdrawn(Conflict):
    """This comment has been withdrawn already."""

    code = "already_withdrawn"


@dataclass(frozen=True)
class Draft:
    """A comment as somebody wants to write it; ``mentions``: logins besides those after ``@`` in the text."""

    text: str
    audience: str = rules.OWN
    mentions: tuple[str, ...] = ()


def list_comments(
    session: Session, actor: Actor, case_id: str, cursor: str | None, limit: int | None, now: datetime
) -> dict[str, Any]:
    """``{"items": [comment…], "next": cursor or None}`` of those that ``actor`` may read, the newest first; logged."""
    case = load_visible(session, actor, case_id, "comments_api.list_comments").Case
    statement = _readable(actor).where(Comment.case_id == case_id)
    rows, following = paging.fetch(
        session, statement, Comment.at, Comment.id, descending=True, cursor=cursor, limit=limit
    )
    if any(row.Comment.withdrawn_at is None for row in rows):
        record_view(session, now, actor, case, ["personal"])
    return {"items": with_mentions(session, [comment_view(row, actor) for row in rows]), "next": following}


def audience_of(session: Session, actor: Actor, case_id: str) -> dict[str, Any]:
    """To whom ``actor`` may speak in a case: ``{"audiences": [key…], "people": [person…]}``, each person
    with login, name, roles and the audiences that reach it.
    """
    case = load_visible(session, actor, case_id, "comments_api.list_comments").Case
    grant = speaking_grant(actor, case.company_id)
    if grant is None:
        return {"audiences": [], "people": []}
    keys = ("login", "name", "roles", "audiences")
    found = [{key: person[key] for key in keys} for person in people(session, case, grant, actor.user_id)]
    return {"audiences": [*rules.AUDIENCES_OF[grant.role]], "people": found}


def add_comment(
    session: Session,
    actor: Actor,
    case_id: str,
    draft: Draft,
    now: datetime,
    public_url: str,
    if_match: str | None = None,
) -> dict[str, Any]:
    """Write a comment: row, journal entry with its digest, mentions with their mails. Raises CommentRefused."""
    case = load_visible(session, actor, case_id, "comments_api.add_comment", if_match).Case
    grant = speaking_grant(actor, case.company_id)
    if grant is None:
        raise Forbidden
    text = rules.tidy(draft.text)
    mentioned = _checked(session, actor, case, grant, text, draft)
    comment_id, salt = new_id(), secrets.token_hex(16)
    session.execute(
        sa.insert(Comment).values(
            id=comment_id,
            case_id=case.id,
            at=now,
            author_id=actor.user_id,
            on_behalf_of=grant.on_behalf_of,
            role=grant.role,
            organisation_id=grant.organisation_id,
            audience=draft.audience,
            text=text,
            salt=salt,
        )
    )
    noted = {"comment": comment_id, "audience": draft.audience, "digest": rules.digest_of(salt, text)}
    chain = journal.Chain(case.id, case.journal_seq, case.journal_head)
    entry = chain.append(now, actor.user_id, grant.on_behalf_of, "comment.added", noted)
    _write(session, case, chain, entry)
    _mention(session, case, comment_id, mentioned, now, public_url)
    return _one(session, actor, comment_id)


def withdraw_comment(
    session: Session, actor: Actor, comment_id: str, now: datetime, if_match: str | None = None
) -> dict[str, Any]:
    """Blank one's own comment; that there was one stays. Raises NotFound, NotYourComment, AlreadyWithdrawn."""
    found = _one(session, actor, comment_id)
    if found["author"]["id"] != actor.user_id:
        raise NotYourComment
    if found["withdrawn_at"] is not None:
        raise AlreadyWithdrawn
    require_match(if_match, found["etag"])
    case = session.get_one(Case, found["case_id"], populate_existing=True)
    session.execute(sa.update(Comment).where(Comment.id == comment_id).values(text="", salt="", withdrawn_at=now))
    chain = journal.Chain(case.id, case.journal_seq, case.journal_head)
    _write(session, case, chain, chain.append(now, actor.user_id, None, "comment.withdrawn", {"comment": comment_id}))
    return _one(session, actor, comment_id)


# -- parts -----------------------------------------------------------------------------------------------------------


def _readable(actor: Actor) -> sa.Select[*tuple[Any, ...]]:
    statement = sa.select(Comment, User.name, User.login, Organisation.name.label("organisation_name"))
    return (
        statement.join(Case, Case.id == Comment.case_id)
        .join(User, User.id == Comment.author_id)
        .join(Organisation, Organisation.id == Comment.organisation_id)
        .where(readable_comments(actor))
        .execution_options(populate_existing=True)
    )


def _one(session: Session, actor: Actor, comment_id: str) -> dict[str, Any]:
    row = session.execute(_readable(actor).where(Comment.id == comment_id)).first()
    if row is None:
        raise NotFound
    return with_mentions(session, [comment_view(row, actor)])[0]


def _checked(session: Session, actor: Actor, case: Case, grant: Grant, text: str, draft: Draft) -> list[dict[str, Any]]:
    """The people to mention. Raises CommentRefused with everything that is wrong."""
    errors = [FieldError("/text", code, message) for code, message in _faults(text)]
    if draft.audience not in rules.AUDIENCES_OF[grant.role]:
        errors.append(FieldError("/audience", "audience", _("Your role cannot write to these readers.")))
        raise CommentRefused(errors)
    known = {person["login"].casefold(): person for person in people(session, case, grant, actor.user_id)}
    mentioned: dict[str, dict[str, Any]] = {}
    chosen = [("/mentions", login) for login in draft.mentions]
    for pointer, login in [*chosen, *(("/text", login) for login in rules.logins_in(text))]:
        person = known.get(login.casefold())
        if login.casefold() == actor.login.casefold():
            continue
        if person is None or draft.audience not in person["audiences"]:
            refused = _("%(login)s cannot be mentioned: there is no such person, or this comment is not for them.")
            errors.append(FieldError(pointer, "mention", refused % {"login": login[:80]}))
        else:
            mentioned[person["id"]] = person
    if len(mentioned) > rules.MAX_MENTIONS:
        most = _("At most %(max)s people can be mentioned.") % {"max": rules.MAX_MENTIONS}
        errors.append(FieldError("/mentions", "too_many", most))
    if errors:
        raise CommentRefused(errors)
    return list(mentioned.values())


def _faults(text: str) -> Iterable[tuple[str, str]]:
    if not text:
        yield "required", _("Please write something.")
    if len(text) > rules.MAX_TEXT:
        yield "length", _("At most %(max)s characters fit here.") % {"max": rules.MAX_TEXT}
    if rules.is_harmful(text):
        yield "characters", _("Please leave out control characters and signs that turn the direction of reading.")


def _write(session: Session, case: Case, chain: journal.Chain, entry: dict[str, Any]) -> None:
    """One journal entry, guarded as every step is. Raises ChangedMeanwhile if somebody was faster."""
    guard = sa.update(Case).where(Case.id == case.id, Case.journal_seq == chain.seq - 1)
    change = guard.values(journal_seq=chain.seq, journal_head=chain.head).returning(Case.id)
    if session.scalar(change.execution_options(synchronize_session=False)) is None:
        raise ChangedMeanwhile
    journal.write(session, [entry])


def _mention(
    session: Session, case: Case, comment_id: str, mentioned: list[dict[str, Any]], now: datetime, public_url: str
) -> None:
    for person in mentioned:
        mention_id = new_id()
        session.execute(sa.insert(Mention).values(id=mention_id, comment_id=comment_id, user_id=person["id"], at=now))
        tell(session, now, person["email"], mention_id, case.number, f"{public_url}/mentions")
