"""Conditions and references between the components of a form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from app.forms.checks_shape import Said
from app.forms.conditions import BadCondition, HideCondition, compile_hide

Component: TypeAlias = Mapping[str, Any]
Placed: TypeAlias = tuple[Component, tuple[Component, ...]]
"""A component and those around it, outermost first."""


def check(places: Sequence[Placed]) -> Iterator[tuple[Component, Said]]:
    """Findings about ``conditional``, ``layout`` of the tree and ``not_before``."""
    keyed = {_answer_key(placed): placed for placed in places if "key" in placed[0]}
    for component, around in places:
        conditional = component.get("conditional", {})
        for name in sorted(set(conditional) - {"hide"}):
            yield component, Said("unknown_condition", f"„{name}“ gibt es nicht.", f'There is no "{name}".')
        if component["type"] == "dynamiclist" and any(c["type"] == "dynamiclist" for c in around):
            yield component, Said("nested_lists", "Keine Liste in einer Liste.", "No list inside a list.")
        if "hide" in conditional:
            try:
                condition = compile_hide(conditional["hide"])
            except BadCondition as bad:
                message = bad.message
                yield (
                    component,
                    Said("bad_condition", f"Bedingung: {message.de}.", f"Condition: {message.en}."),
                )
            else:
                yield from ((component, said) for said in _asks_shown(component, around, condition, keyed))
        yield from ((component, said) for said in _not_before(component, around, keyed))


def _answer_key(placed: Placed) -> tuple[str, ...]:
    """The key with the dynamic lists around it."""
    component, around = placed
    return (*(c["path"] for c in around if c["type"] == "dynamiclist"), component["key"])


def _asks_shown(
    component: Component,
    around: tuple[Component, ...],
    condition: HideCondition,
    keyed: Mapping[tuple[str, ...], Placed],
) -> Iterator[Said]:
    """A condition may ask only for inputs that are shown whenever it is asked.

    What form-js takes for the value of a hidden input depends on what the form was opened with; browser and
    server would then decide differently.
    """
    lists = tuple(c["path"] for c in around if c["type"] == "dynamiclist")
    shared = [id(c) for c in around]
    for path in sorted(condition.expression.paths):
        key = (*lists, path[1]) if lists and path[0] in ("this", "_this_") and len(path) > 1 else (path[0],)
        if key not in keyed:
            continue
        asked, above = keyed[key]
        hideable = [c for c in (*above, asked) if c.get("conditional", {}).get("hide") and id(c) not in shared]
        if asked is component or hideable:
            yield Said(
                "condition_on_hidden",
                f"Die Bedingung fragt nach „{key[-1]}“, das selbst ausgeblendet sein kann.",
                f'The condition asks for "{key[-1]}", which may be hidden itself.',
            )


def _not_before(
    component: Component, around: tuple[Component, ...], keyed: Mapping[tuple[str, ...], Placed]
) -> Iterator[Said]:
    other = component.get("properties", {}).get("not_before")
    if other is None:
        return
    lists = tuple(c["path"] for c in around if c["type"] == "dynamiclist")
    found = keyed.get((*lists, other))
    if found is None or found[0]["type"] != "datetime" or component["type"] != "datetime":
        yield Said(
            "not_before",
            f"„not_before“: „{other}“ ist kein Datum hier.",
            f'"not_before": "{other}" is no date here.',
        )
