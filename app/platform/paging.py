"""Keyset pagination: a page costs the same at the end of a long list as at its beginning."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.platform import codec
from app.platform.clock import iso, parse_iso
from app.platform.db import UtcDateTime
from app.platform.i18n import _
from app.platform.problems import FieldError, Unprocessable

MAX_LIMIT = 100
DEFAULT_LIMIT = 25
MAX_INTEGER: Final = 2**31
"""No sort value is larger: what the databases' INTEGER takes."""
_NUMBER: Final = re.compile(r"[0-9]{1,9}")


class BadCursor(Unprocessable):
    """This page address is not valid; start again at the first page."""

    code = "bad_cursor"

    @classmethod
    def message(cls) -> str:
        """The same in the language of the request, for the entry itself."""
        return _(cls.message_id())


def encode_cursor(value: Any, key: str) -> str:
    """Opaque text for the position behind the row with sort value ``value`` and id ``key``."""
    plain = iso(value) if isinstance(value, datetime) else value
    return base64.urlsafe_b64encode(codec.dumps([plain, key])).decode().rstrip("=")


def decode_cursor(cursor: str, kind: type = str) -> tuple[Any, str]:
    """Inverse of :func:`encode_cursor` for a list sorted by values of ``kind``. Raises :class:`BadCursor`."""
    try:
        value, key = codec.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if kind is datetime:
            value = parse_iso(value)
        if type(value) is not kind or type(key) is not str or not key.isprintable():
            raise ValueError(cursor)
        if isinstance(value, int) and abs(value) >= MAX_INTEGER:
            raise ValueError(cursor)
    except (ValueError, binascii.Error, TypeError, OverflowError) as error:
        raise BadCursor([FieldError("/cursor", "bad_cursor", BadCursor.message())]) from error
    return value, key


def position_in_list(cursor: str | None) -> int:
    """The number behind which a numbered list goes on; 0 without a cursor. Raises :class:`BadCursor`."""
    if cursor is None:
        return 0
    if not _NUMBER.fullmatch(cursor):
        raise BadCursor([FieldError("/cursor", "bad_cursor", BadCursor.message())])
    return int(cursor)


def kind_of(order: Any) -> type:
    """The Python type of a sort column's values."""
    kind: type = datetime if isinstance(order.type, UtcDateTime) else order.type.python_type
    return kind


def size_of(limit: int | None) -> int:
    """How many rows a page has."""
    return min(limit or DEFAULT_LIMIT, MAX_LIMIT)


def beyond(order: Any, key: Any, after: tuple[Any, str], *, descending: bool) -> sa.ColumnElement[bool]:
    """Rows behind the position ``after``. The first half alone lets an index start there."""
    value, last = after
    if descending:
        return sa.and_(order <= value, sa.or_(order < value, key < last))
    return sa.and_(order >= value, sa.or_(order > value, key > last))


def cut(rows: Sequence[Any], size: int) -> tuple[list[Any], str | None]:
    """A page of ``size`` rows (with ``_order`` and ``_key``) and the next cursor, if there was one row more."""
    shown = list(rows[:size])
    return shown, encode_cursor(shown[-1]._order, shown[-1]._key) if len(rows) > size else None


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
    size = size_of(limit)
    statement = statement.add_columns(order.label("_order"), key.label("_key"))
    if cursor is not None:
        after = decode_cursor(cursor, kind_of(order))
        statement = statement.where(beyond(order, key, after, descending=descending))
    direction = (order.desc(), key.desc()) if descending else (order.asc(), key.asc())
    rows = session.execute(statement.order_by(*direction).limit(size + 1)).all()
    return cut(rows, size)
