"""What signed-in users were refused, kept for the auditor: in an own transaction after the rollback."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
import structlog
from flask import Flask, Response, g, request
from sqlalchemy.orm import Session

from app.audit.models import Refusal
from app.platform.clock import utcnow
from app.platform.db import db, unit_of_work
from app.platform.http import PROBLEM_TYPE
from app.platform.ids import new_id

RECORDED = {403: "forbidden", 404: "not_found", 409: "conflict", 412: "stale_version"}
SECRET_ARGUMENTS = frozenset({"token"})
"""Parts of an address that open a door by themselves: they are stored nowhere."""
log = structlog.get_logger("vorlauf.audit")


def record_refusal(
    session: Session,
    now: datetime,
    user_id: str,
    method: str,
    path: str,
    object_id: str | None,
    status: int,
    code: str,
) -> None:
    """Store one refused attempt in one statement and its own transaction.

    ``path`` is the route's template, without ids; ``object_id`` what the caller asked for.
    """
    with unit_of_work(session):
        session.execute(
            sa.insert(Refusal).values(
                id=new_id(),
                at=now,
                user_id=user_id,
                method=method[:10],
                path=path[:200],
                object_id=_storable(object_id),
                status=status,
                code=code[:60],
            )
        )


def _storable(object_id: str | None) -> str | None:
    """Callers choose this text: no control characters (no database takes a NUL), and not endless."""
    if object_id is None:
        return None
    return "".join(character for character in object_id if character.isprintable())[:64]


def init_app(app: Flask) -> None:
    """Record every refusal that ``app`` answers a signed-in user with; the answer never suffers from it."""

    @app.after_request
    def _record(response: Response) -> Response:
        user_id = g.get("user_id")
        if response.status_code in RECORDED and user_id is not None and request.url_rule is not None:
            try:
                record_refusal(
                    db.session(),
                    utcnow(),
                    user_id,
                    request.method,
                    request.url_rule.rule,
                    _object_id(),
                    response.status_code,
                    _code(response),
                )
            except Exception as error:
                # The answer matters more than its record.
                log.error("refusal not recorded", error=type(error).__name__, path=request.url_rule.rule)
        return response


def _object_id() -> str | None:
    arguments = request.view_args or {}
    return next((str(value) for name, value in arguments.items() if name not in SECRET_ARGUMENTS), None)


def _code(response: Response) -> str:
    if response.mimetype == PROBLEM_TYPE:
        return str((response.get_json(silent=True) or {}).get("code", "")) or RECORDED[response.status_code]
    return RECORDED[response.status_code]
