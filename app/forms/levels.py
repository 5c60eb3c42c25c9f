"""The inputs of one object of answers: a form, or one row of a dynamic list in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from marshmallow import EXCLUDE, Schema

from app.forms.answer_fields import FIELD_TYPES
from app.forms.conditions import HideCondition, compile_hide
from app.forms.fields import SENSITIVITIES, FieldDefinition, Offered

MAX_ROWS: Final = 100
"""Rows of a dynamic list."""


@dataclass(frozen=True)
class Rows:
    """A ``dynamiclist``: a list of objects that all have the inputs of ``level``."""

    key: str
    path: str
    level: Level

    @property
    def sensitivity(self) -> str:
        """The strictest class of what a row holds."""
        return max(self.level.sensitivity.values(), key=SENSITIVITIES.index, default="public")


@dataclass(frozen=True)
class Member:
    """An input or a dynamic list, with the conditions of itself and of the groups around it."""

    content: FieldDefinition | Rows
    conditions: tuple[HideCondition, ...]

    @property
    def key(self) -> str:
        """Its key in the object of answers."""
        return self.content.key

    def hidden(self, names: Mapping[str, object]) -> bool:
        """Whether it is not shown for these names."""
        return any(condition.hides(names) for condition in self.conditions)


@dataclass(frozen=True)
class Level:
    """All members of one object of answers, in the order of the form."""

    members: tuple[Member, ...]

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys an object of answers may have."""
        return frozenset(member.key for member in self.members)

    @cached_property
    def fields(self) -> tuple[FieldDefinition, ...]:
        """The inputs, without those in rows."""
        return tuple(m.content for m in self.members if isinstance(m.content, FieldDefinition))

    @cached_property
    def rows(self) -> tuple[Rows, ...]:
        """The dynamic lists."""
        return tuple(m.content for m in self.members if isinstance(m.content, Rows))

    @cached_property
    def sensitivity(self) -> Mapping[str, str]:
        """Key → sensitivity."""
        return {member.key: member.content.sensitivity for member in self.members}

    @cached_property
    def schema(self) -> Schema:
        """The marshmallow schema of the inputs. Required depends on conditions: the caller checks it."""
        fields = {field.key: FIELD_TYPES[field.type](field) for field in self.fields}
        return Schema.from_dict(dict(fields))(unknown=EXCLUDE)

    def all_fields(self) -> Iterator[FieldDefinition]:
        """The inputs in the order of the form, those in rows included."""
        for member in self.members:
            if isinstance(member.content, Rows):
                yield from member.content.level.all_fields()
            else:
                yield member.content

    def examples(self, offered: Offered) -> dict[str, Any]:
        """Every member's example; a dynamic list gets one row."""
        return {
            member.key: [member.content.level.examples(offered)]
            if isinstance(member.content, Rows)
            else member.content.example_answer(offered)
            for member in self.members
        }


def build_level(components: Iterable[Mapping[str, Any]], pointer: str = "") -> Level:
    """The level of checked form-js components; ``pointer`` is where its objects stand (``/absences/*``)."""
    return Level(tuple(_members(components, pointer, ())))


def _members(
    components: Iterable[Mapping[str, Any]], pointer: str, around: tuple[HideCondition, ...]
) -> Iterator[Member]:
    for component in components:
        hide = component.get("conditional", {}).get("hide")
        conditions = (*around, compile_hide(hide)) if hide else around
        kind = component["type"]
        if kind == "group":
            yield from _members(component["components"], pointer, conditions)
        elif kind == "dynamiclist":
            path = f"{pointer}/{component['path']}"
            rows = Rows(component["path"], path, build_level(component["components"], f"{path}/*"))
            yield Member(rows, conditions)
        elif kind in FIELD_TYPES:
            key = component["key"]
            yield Member(FieldDefinition(key, f"{pointer}/{key}", kind, component), conditions)
