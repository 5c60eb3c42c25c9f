"""The first tasks of one way, in an order that an index has: as many are read as are shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from app.cases.scope import Way
from app.engine.models import Task
from app.platform import paging

FAR = datetime(9999, 12, 31, tzinfo=UTC)
"""Where tasks without a due date stand."""
After = tuple[Any, str] | None
"""The position behind which a page begins."""
Part = sa.Select[Any, str]


def first_of(
    way: Way, order: Any, conditions: Sequence[sa.ColumnElement[bool]], after: After, *, descending: bool
) -> Iterator[Part]:
    """Statements with the columns ``position`` and ``id`` for the tasks of ``way`` behind ``after``, sorted by
    ``order``. Tasks without a due date are a statement of their own: databases do not agree where nulls stand.
    """
    if way.few:
        yield _sorted(way, order, conditions, after, descending)
        return
    tasks = sa.select(order.label("position"), Task.id).where(way.condition, *conditions)
    columns = (*way.fixed, order, Task.id)
    if order is not Task.due_at:
        yield _behind(tasks, order, after, descending).order_by(*_directed(columns, descending))
        return
    in_the_far = after is not None and after[0] == FAR
    if descending or not in_the_far:
        start = None if in_the_far else after
        dated = _behind(tasks.where(order.is_not(None)), order, start, descending)
        yield dated.order_by(*_directed(columns, descending))
    if not descending or after is None or in_the_far:
        undated = tasks.with_only_columns(sa.literal(FAR, order.type).label("position"), Task.id)
        if after is not None and in_the_far:
            undated = undated.where(Task.id < after[1] if descending else Task.id > after[1])
        yield undated.where(order.is_(None)).order_by(*_directed(columns, descending))


def _sorted(way: Way, order: Any, conditions: Sequence[sa.ColumnElement[bool]], after: After, descending: bool) -> Part:
    """Found by the way's own condition and then sorted: no index has this expression."""
    position = sa.func.coalesce(order, sa.literal(FAR, order.type) if order is Task.due_at else order)
    tasks = sa.select(position.label("position"), Task.id).where(way.condition, *conditions)
    return _behind(tasks, position, after, descending).order_by(*_directed((position, Task.id), descending))


def _behind(tasks: Part, order: Any, after: After, descending: bool) -> Part:
    return tasks if after is None else tasks.where(paging.beyond(order, Task.id, after, descending=descending))


def _directed(columns: Sequence[Any], descending: bool) -> list[sa.UnaryExpression[Any]]:
    return [sa.desc(column) if descending else sa.asc(column) for column in columns]
