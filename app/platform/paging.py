"""Keyset pagination: a page costs the same at the end of a long list as at its beginning."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.platform import codec
from app.platform.clock import iso, parse_iso
from app.platform.problems import FieldError, Unprocessable

MAX_LIMIT = 100
DEFAULT_LIMIT = 25


class BadCursor(Unprocessable):
    """This page address is not valid; start again at the first page."""

    code = "bad_cursor"


def encode_cursor(value: Any, key: str) -> str:
    """Opaque text for the position behind the row with sort value ``value`` and id ``key``."""
    plain = iso(value) if isinstance(value, datetime) else value
    return base64.urlsafe_b64encode(codec.dumps([plain, key])).decode().rstrip("=")


def decode_cursor(cursor: str) -> tuple[Any, str]:
    """Inverse of :func:`encode_cursor`. Raises :class:`BadCursor`."""
    try:
        value, key = codec.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(key, str) or not isinstance(value, str | int):
            raise ValueError(cursor)
        return (parse_iso(value) if isinstance(value, str) and "T" in value else value), key
    except (ValueError, binascii.Error, TypeError) as error:
        raise BadCursor([FieldError("/cursor", "bad_cursor", "cursor")]) from error


def fetch(
    session: Session,
    statement: sa.Select[*tuple[Any, ...]],
    order: sa.SQLColumnExpression[Any],
    key: sa.SQLColumnExpression[str],
    *,
    descending: bool = False,
    cursor: str | None = None,
    limit: int | None = None,
) -> tuple[list[Any], str | None]:
    """One page of ``statement`` ordered by ``order`` and ``key``, and the cursor of the next page (None at the end)."""
    size = min(limit or DEFAULT_LIMIT, MAX_LIMIT)
    statement = statement.add_columns(order.label("_order"), key.label("_key"))
    if cursor is not None:
        value, after = decode_cursor(cursor)
        beyond = order < value if descending else order > value
        tie = key < after if descending else key > after
        statement = statement.where(sa.or_(beyond, sa.and_(order == value, tie)))
    direction = (order.desc(), key.desc()) if descending else (order.asc(), key.asc())
    rows = session.execute(statement.order_by(*direction).limit(size + 1)).all()
    more = len(rows) > size
    shown = list(rows[:size])
    return shown, encode_cursor(shown[-1]._order, shown[-1]._key) if more else None
