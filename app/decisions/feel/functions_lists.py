"""FEEL functions on lists. Those that sum up take a list or its values: `max([1, 2])`, `max(1, 2)`."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from app.decisions.feel.errors import RefusedError
from app.decisions.feel.functions import feel_function
from app.decisions.feel.functions_text import count_of, start_index
from app.decisions.feel.operators import equal, same
from app.decisions.feel.values import ORDERED_KINDS, german_kind, kind


def _items(values: tuple[Any, ...]) -> list[Any]:
    return values[0] if len(values) == 1 and isinstance(values[0], list) else list(values)


def _all_of_kind(items: list[Any], wanted: str, function: str) -> None:
    for item in items:
        if kind(item) != wanted:
            raise RefusedError(
                f"{function}(): the list holds {kind(item)}, expected {wanted}",
                f"{function}(): die Liste enthält {german_kind(kind(item))} statt {german_kind(wanted)}",
            )


@feel_function("count", "list")
def _count(items: list[Any]) -> Decimal:
    return Decimal(len(items))


@feel_function("list contains", "list", "any")
def _list_contains(items: list[Any], element: object) -> bool:
    return any(same(item, element) for item in items)


@feel_function("sum", "any", variadic=True)
def _sum(*values: object) -> Decimal | None:
    items = _items(values)
    _all_of_kind(items, "number", "sum")
    return sum(items, Decimal(0)) if items else None


@feel_function("mean", "any", variadic=True)
def _mean(*values: object) -> Decimal | None:
    items = _items(values)
    _all_of_kind(items, "number", "mean")
    return sum(items, Decimal(0)) / len(items) if items else None


def _extreme(name: str, choose: Callable[[list[Any]], Any]) -> None:
    @feel_function(name, "any", variadic=True)
    def _choose(*values: object) -> object:
        items = _items(values)
        if not items:
            return None
        first = kind(items[0])
        if first not in ORDERED_KINDS:
            raise RefusedError(f"{name}() does not order {first}", f"{name}() kann {german_kind(first)} nicht ordnen")
        _all_of_kind(items, first, name)
        return choose(items)


_extreme("min", min)
_extreme("max", max)


@feel_function("all", "any", variadic=True)
def _all(*values: object) -> bool | None:
    items = _items(values)
    if any(item is False for item in items):
        return False
    return True if all(item is True for item in items) else None


@feel_function("any", "any", variadic=True)
def _any(*values: object) -> bool | None:
    items = _items(values)
    if any(item is True for item in items):
        return True
    return False if all(item is False for item in items) else None


@feel_function("append", "list", "any", required=1, variadic=True)
def _append(items: list[Any], *more: object) -> list[Any]:
    return [*items, *more]


@feel_function("concatenate", "list", variadic=True)
def _concatenate(*lists: list[Any]) -> list[Any]:
    return [item for items in lists for item in items]


@feel_function("reverse", "list")
def _reverse(items: list[Any]) -> list[Any]:
    return items[::-1]


@feel_function("index of", "list", "any")
def _index_of(items: list[Any], match: object) -> list[Any]:
    return [Decimal(index) for index, item in enumerate(items, 1) if same(item, match)]


@feel_function("distinct values", "list")
def _distinct_values(items: list[Any]) -> list[Any]:
    distinct: list[Any] = []
    for item in items:
        if not any(type(item) is type(other) and equal(item, other) for other in distinct):
            distinct.append(item)
    return distinct


@feel_function("sublist", "list", "number", "number", required=2)
def _sublist(items: list[Any], start: Decimal, length: Decimal | None = None) -> list[Any]:
    first = start_index(start, len(items))
    return items[first:] if length is None else items[first : first + count_of(length)]


@feel_function("string join", "list", "string", required=1)
def _string_join(items: list[Any], delimiter: str = "") -> str:
    texts = [item for item in items if item is not None]
    _all_of_kind(texts, "string", "string join")
    return delimiter.join(texts)
