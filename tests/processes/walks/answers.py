"""Answers that a form would take, drawn from the form alone: its choices, its examples and values around them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from app.demo.walker import examples
from app.forms.definition import FormDefinition, InvalidAnswers
from app.forms.fields import FieldDefinition, Offered

DECIDING = ("radio", "select", "checkbox")
"""Types of the fields that gateways ask about most; with them go those of which many are chosen, people above all."""
VARIED = ((0.6, 0.15), (0.6, 0.0), (0.3, 0.3), (0.7, 0.7))
"""How many deciding fields, and how many others, are answered otherwise than in the example: by those who only decide,
by the careful, by the bold.
"""
FACTORS = (Decimal("0.25"), Decimal("0.5"), Decimal(2), *[Decimal(10)] * 3)
DAYS = (-1000, -30, -30, -7, -7, -1, 1, 7, 7, 30, 30, 180)
ATTEMPTS = 8


def answers(
    form: FormDefinition, scope: Mapping[str, Any], options: Offered, today: date, chance: random.Random | None
) -> dict[str, Any]:
    """Checked answers to ``form``: drawn by ``chance``, the examples without it or where no drawn ones fit together.

    Raises InvalidAnswers where the examples themselves are refused.
    """
    for _ in range(0 if chance is None else ATTEMPTS):
        try:
            return form.validate(drawn(form, options, today, chance), scope, options)
        except InvalidAnswers:
            continue
    return form.validate(examples(form, options, today), scope, options)


def drawn(form: FormDefinition, options: Offered, today: date, chance: random.Random | None) -> dict[str, Any]:
    """The examples, some of them exchanged; they need not fit together."""
    found = examples(form, options, today)
    if chance is None:
        return found
    deciding, others = chance.choice(VARIED)
    for field in form.level.fields:
        if chance.random() < (deciding if field.type in DECIDING or field.many else others):
            found[field.key] = other(field, found.get(field.key), options, chance)
    for rows in form.level.rows:
        found[rows.key] = list(found.get(rows.key) or []) * chance.choice((0, 1, 1, 1, 2))
    return found


def other(field: FieldDefinition, example: Any, options: Offered, chance: random.Random) -> Any:
    """Another answer to one field, its type and limits kept."""
    if not field.required and chance.random() < 0.2:
        return field.empty
    values = [option["value"] for option in field.options(offered=options)]
    if field.many:
        return chance.sample(values, chance.randint(1, min(3, len(values)))) if values else example
    if values:
        return chance.choice(values)
    if field.type == "checkbox":
        return chance.random() < 0.5
    if field.type == "number" and example is not None:
        return number(field, Decimal(str(example)), chance)
    if field.type == "datetime" and isinstance(example, str) and len(example) == 10:
        return (date.fromisoformat(example) + timedelta(days=chance.choice(DAYS))).isoformat()
    return example


def number(field: FieldDefinition, example: Decimal, chance: random.Random) -> int | Decimal:
    """A multiple of the example inside the limits."""
    value = example * chance.choice(FACTORS)
    for limit, outer in (("min", max), ("max", min)):
        if field.rules.get(limit) is not None:
            value = outer(value, Decimal(str(field.rules[limit])))
    digits = int(field.component.get("decimalDigits") or 0)
    return round(value, digits) if digits else int(value)
