"""Why a value was refused, in the words of the person who has to correct it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from app.forms.answers import Objection
from app.forms.fields import FieldDefinition
from app.forms.problems import Complaint
from app.platform.i18n import _l, current_language
from app.platform.problems import FieldError

_TEXTS: Final = {
    "unknown_field": _l("This form has no field with this name."),
    "wrong_type": _l("This entry has the wrong form."),
    "wrong_type.textfield": _l("Please enter a text."),
    "wrong_type.textarea": _l("Please enter a text."),
    "wrong_type.number": _l("Please enter a number."),
    "wrong_type.datetime": _l("Please enter a date."),
    "wrong_type.checkbox": _l("Please answer with yes or no (true or false)."),
    "wrong_type.select": _l("Please choose one of the offered entries."),
    "wrong_type.radio": _l("Please choose one of the offered entries."),
    "wrong_type.checklist": _l("Please choose from the offered entries."),
    "wrong_type.taglist": _l("Please choose from the offered entries."),
    "required": _l("Please fill in “%(label)s”."),
    "required.checkbox": _l("Please confirm “%(label)s”; otherwise the task cannot be completed."),
    "required.select": _l("Please choose an entry for “%(label)s”."),
    "required.radio": _l("Please choose an entry for “%(label)s”."),
    "required.checklist": _l("Please choose at least one entry for “%(label)s”."),
    "required.taglist": _l("Please choose at least one entry for “%(label)s”."),
    "between": _l("Please enter a number between %(min)s and %(max)s."),
    "min": _l("Please enter a number that is not below %(min)s."),
    "max": _l("Please enter a number that is not above %(max)s."),
    "whole_number": _l("Please enter a whole number."),
    "decimal_digits": _l("Please enter at most %(digits)s decimal places."),
    "increment": _l("Please enter a multiple of %(step)s."),
    "too_large": _l("This number is too large: at most 15 digits before the decimal point."),
    "min_length": _l("Please enter at least %(limit)s characters."),
    "max_length": _l("Please enter at most %(limit)s characters."),
    "invalid_characters": _l("The text contains characters that cannot be used, for example control characters."),
    "pattern": _l("Please check the spelling of “%(label)s”."),
    "invalid_date": _l("This date does not exist. Please enter day, month and year."),
    "date_out_of_range": _l("Please enter a date between the years %(first)s and %(last)s."),
    "not_before": _l("This date must not be earlier than “%(other)s”."),
    "not_an_option": _l("Please choose one of the offered entries."),
    "duplicate_option": _l("An entry was chosen twice."),
    "too_many_rows": _l("Please enter at most %(limit)s rows."),
}


def field_error(objection: Objection, labels: Mapping[str, FieldDefinition]) -> FieldError:
    """The error as the API reports it, in the language of the request; ``labels``: fields by key."""
    return FieldError(objection.pointer, objection.complaint.code, _text(objection, labels))


def _text(objection: Objection, labels: Mapping[str, FieldDefinition]) -> str:
    complaint, definition, language = objection.complaint, objection.field, current_language()
    values: dict[str, Any] = {name: _shown(value, language) for name, value in complaint.values.items()}
    if definition is not None:
        values["label"] = definition.label_in(language)
        if complaint.code == "pattern" and (own := _own_pattern_text(definition, language)):
            return own
    if complaint.code == "not_before":
        values["other"] = labels[str(complaint.values["other"])].label_in(language)
    text = _TEXTS.get(f"{complaint.code}.{definition.type}" if definition else "") or _TEXTS[_variant(complaint)]
    return str(text) % values


def _variant(complaint: Complaint) -> str:
    """The text to use where one code has several."""
    values = complaint.values
    if complaint.code in ("min", "max") and None not in (values["min"], values["max"]):
        return "between"
    if complaint.code == "decimal_digits" and values["digits"] == 0:
        return "whole_number"
    return complaint.code


def _own_pattern_text(definition: FieldDefinition, language: str) -> str:
    german = str(definition.rules.get("patternErrorMessage", ""))
    return definition.properties.get("pattern_error_en", german) if language == "en" else german


def _shown(value: Any, language: str) -> str:
    """A number as people write it: ``1.000,5`` in German, ``1,000.5`` in English."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return str(value)
    english = f"{value:,}" if abs(Decimal(value)) >= 10_000 else f"{value}"
    return english.translate(str.maketrans(",.", ".,")) if language == "de" else english
