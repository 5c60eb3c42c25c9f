"""One input of a form: what form-js shows and what an answer must be."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, TypeAlias

from app.decisions.feel import Expression, compile_expression
from app.forms.patterns import MAX_VALUE_LENGTH, compile_pattern

SENSITIVITIES: Final = ("public", "case", "personal", "special")
"""From the least to the most protected."""
VALUES_KEYS: Final = ("employees", "providers", "ranking_options")
"""Lists that come with the task instead of standing in the form."""
MAX_TEXT: Final = {"textfield": 4_000, "textarea": 10_000}
"""Longest texts where the form sets no limit of its own."""

Option: TypeAlias = Mapping[str, Any]
"""``{"value": text, whole number or boolean, "label": text}``."""
Offered: TypeAlias = Mapping[str, Sequence[Option]]
"""Options of the lists that come with the task, by ``valuesKey``."""


@dataclass(frozen=True)
class FieldDefinition:
    """One input; ``path`` is the JSON pointer of its answer (``/quote_price``, ``/absences/*/hours``)."""

    key: str
    path: str
    type: str
    component: Mapping[str, Any] = field(repr=False)

    @property
    def properties(self) -> Mapping[str, str]:
        """The custom properties."""
        found: Mapping[str, str] = self.component.get("properties", {})
        return found

    @property
    def rules(self) -> Mapping[str, Any]:
        """form-js' ``validate`` object."""
        found: Mapping[str, Any] = self.component.get("validate", {})
        return found

    @property
    def label(self) -> str:
        """The German label."""
        return str(self.component.get("dateLabel" if self.type == "datetime" else "label", ""))

    def label_in(self, language: str) -> str:
        """The label in ``language`` ("de" or "en")."""
        return self.properties.get("label_en", self.label) if language == "en" else self.label

    @property
    def required(self) -> bool:
        """Whether it must be answered while it is shown."""
        return self.rules.get("required") is True

    @property
    def sensitivity(self) -> str:
        """``public``, ``case``, ``personal`` or ``special``."""
        return self.properties.get("sensitivity", "special")

    @property
    def example(self) -> str:
        """The example as written, see the docstring of the room."""
        return self.properties.get("example", "")

    @property
    def values_key(self) -> str | None:
        """The list that comes with the task, if the options are not in the form."""
        return self.component.get("valuesKey")

    @property
    def many(self) -> bool:
        """Whether the answer is a list of options."""
        return self.type in ("checklist", "taglist")

    @property
    def empty(self) -> Any:
        """What stands for "not answered": no tick is false, no selection an empty list, else null."""
        if self.many:
            return []
        return False if self.type == "checkbox" else None

    @property
    def blank(self) -> Any:
        """What form-js holds for an empty field; conditions see this."""
        return "" if self.type in MAX_TEXT else self.empty

    @property
    def max_length(self) -> int:
        """Longest text in UTF-16 units, as JavaScript counts."""
        limit = self.rules.get("maxLength")
        return limit if isinstance(limit, int) else MAX_TEXT[self.type]

    @property
    def not_before(self) -> str | None:
        """Key of the date this one may not precede."""
        return self.properties.get("not_before")

    @property
    def ask_again(self) -> bool:
        """Whether an earlier answer is not filled in."""
        return self.properties.get("ask_again") == "true"

    def pattern(self) -> re.Pattern[str] | None:
        """The compiled pattern, for ``fullmatch``."""
        text = self.rules.get("pattern")
        return compile_pattern(text) if text else None

    def prefill(self) -> Expression | None:
        """Where the starting value comes from while the case has none."""
        text = self.properties.get("prefill")
        return compile_expression(text) if text else None

    def options(self, offered: Offered) -> Sequence[Option]:
        """The entries to choose from; ``offered`` holds the lists that come with the task."""
        if self.values_key is not None:
            return offered.get(self.values_key, ())
        values: Sequence[Option] = self.component.get("values", ())
        return values

    def example_answer(self, offered: Offered) -> Any:
        """The example as an answer. Raises ValueError if it is not JSON where it must be."""
        if self.type in ("textfield", "textarea", "datetime"):
            return self.example
        values = [option["value"] for option in self.options(offered)]
        if self.values_key is not None and self.example.startswith("$"):
            chosen = values[:1] if self.example == "$first" else values
            return chosen if self.many else next(iter(chosen), None)
        if self.type in ("select", "radio") and self.example in values:
            return self.example
        return json.loads(self.example, parse_float=Decimal)


def pattern_limit(component: Mapping[str, Any]) -> bool:
    """Whether a component with a pattern limits its length enough for the pattern's work to stay small."""
    limit = component.get("validate", {}).get("maxLength")
    return isinstance(limit, int) and limit <= MAX_VALUE_LENGTH
