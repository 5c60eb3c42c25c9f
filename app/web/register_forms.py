"""Forms of the registers: entries described once, read as an API call would be, shown again with what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import marshmallow as ma
from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.platform.api import field_errors
from app.platform.i18n import _l, current_language
from app.platform.preconditions import require_match
from app.platform.problems import StaleVersion, Unprocessable
from app.registers.fields import CHOICE_WORDS, COMPANY_FIELDS, EMPLOYEE_FIELDS, Field
from app.web import words
from app.web.typed import typed_text
from app.web.values import readable

ETAG = "etag"
YES_NO = (("yes", _l("yes")), ("no", _l("no")))


@dataclass(frozen=True)
class Entry:
    """One entry of a form. ``kind``: text, date, number, choice, area."""

    name: str
    label: Any
    kind: str = "text"
    required: bool = False
    hint: Any = ""
    length: int = 200
    choices: tuple[tuple[str, Any], ...] = ()


def entry_of(field: Field, hint: Any = "") -> Entry:
    """The entry of a register's field."""
    kind = {"decimal": "number", "integer": "number", "yes_no": "choice"}.get(field.kind, field.kind)
    choices = YES_NO if field.kind == "yes_no" else tuple(CHOICE_WORDS.get(field.key, {}).items())
    return Entry(field.key, field.title, kind, field.required, hint, field.length, choices)


def typed(entries: Iterable[Entry]) -> dict[str, str]:
    """What was typed, entry by entry."""
    return {entry.name: typed_text(request.form, entry.name) for entry in entries}


def as_typed(entries: Iterable[Entry], values: Mapping[str, Any]) -> dict[str, str]:
    """Stored values as somebody would type them."""
    return {entry.name: _written(entry, values.get(entry.name)) for entry in entries}


def load(schema: ma.Schema, entries: Sequence[Entry], given: Mapping[str, str], **more: Any) -> dict[str, Any]:
    """The entries as values of ``schema``. Raises Unprocessable with one error per entry."""
    plain = {entry.name: _value(entry, given[entry.name]) for entry in entries}
    sent = {key: value for key, value in plain.items() if value != "" or _is_text(schema, key)}
    try:
        loaded: dict[str, Any] = schema.load({**sent, **more})
    except ma.ValidationError as error:
        raise Unprocessable(list(field_errors(error.messages))) from error
    return loaded


def errors_by_entry(problem: Unprocessable) -> dict[str, str]:
    """The first error of each entry; those of no entry stand under an empty name."""
    found: dict[str, str] = {}
    for error in problem.errors:
        found.setdefault(error.pointer.split("/")[1] if "/" in error.pointer else "", error.message)
    return found


def require_shown(etag: str) -> None:
    """Raise StaleVersion unless the form was made for this version."""
    sent = request.form.get(ETAG)
    if sent is None:
        raise StaleVersion
    require_match(sent, etag)


def form_page(
    heading: str,
    entries: Sequence[Entry],
    values: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    crumbs: Sequence[tuple[str, str]],
    back: str,
    etag: str = "",
    intro: str = "",
) -> ResponseReturnValue:
    """The page of a form; with errors its status is 422."""
    page = render_template(
        "register_form.html",
        heading=heading,
        entries=entries,
        values=values,
        errors={key or entries[0].name: text for key, text in errors.items()},
        crumbs=crumbs,
        back=back,
        etag=etag,
        intro=intro,
    )
    return page, 422 if errors else 200


def shown(key: str, value: Any) -> str:
    """A value of a register in the reader's words."""
    if key == "sites" and isinstance(value, list):
        return "; ".join(f"{site['name']}, {site['postcode']} {site['town']}" for site in value) or readable(value)
    if isinstance(value, date):
        return words.calendar_day(value)
    if isinstance(value, str) and value in CHOICE_WORDS.get(key, {}):
        return str(CHOICE_WORDS[key][value])
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":
        return words.calendar_day(date.fromisoformat(value))
    return readable(value)


def _is_text(schema: ma.Schema, key: str) -> bool:
    field = schema.fields.get(key)
    return isinstance(field, ma.fields.String) and not field.required


def _value(entry: Entry, text: str) -> Any:
    if entry.kind == "choice" and entry.choices == YES_NO:
        return {"yes": True, "no": False}.get(text, text)
    if entry.kind == "number":
        return _number(text)
    if entry.kind == "date" and not text and not entry.required:
        return None
    return text


def _number(text: str) -> Any:
    """A number with comma or point as a JSON number; anything else stays for the schema to refuse."""
    plain = text.replace(".", "").replace(",", ".") if "," in text else text
    if plain.isascii() and plain.replace(".", "", 1).isdigit():
        return Decimal(plain) if "." in plain else int(plain)
    return text


def _written(entry: Entry, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}" if current_language() == "en" else f"{value:f}".replace(".", ",")
    return str(value)


def changed_fields(change: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(field, before, after) of a change, for people."""
    keys = dict.fromkeys([*change["before"], *change["after"]])
    return [(title_of(key), _side(change["before"], key), _side(change["after"], key)) for key in keys if key != "id"]


def _side(values: Mapping[str, Any], key: str) -> str:
    return shown(key, values[key]) if key in values else ""


def title_of(key: str) -> str:
    """What a field is called."""
    return str(TITLES.get(key, key))


TITLES: dict[str, Any] = {
    "sites": _l("Sites"),
    "clusters": _l("Clusters"),
    "valid_until": _l("Valid until"),
    "kind": _l("Kind"),
    "title": _l("Title"),
    "number": _l("Number"),
    "issuer": _l("Issued by"),
    "description": _l("Description"),
    "email": _l("E-mail"),
    "phone": _l("Telephone"),
    "town": _l("Town"),
    **{field.key: field.title for field in (*COMPANY_FIELDS, *EMPLOYEE_FIELDS)},
}
