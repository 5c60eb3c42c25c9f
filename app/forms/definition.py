"""What the other rooms use of a form: load and check it, prefill it, validate answers, keep drafts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.decisions.feel import from_feel
from app.forms import drafts, localisation
from app.forms.answers import check_answers
from app.forms.checks import check_form, check_source
from app.forms.fields import FieldDefinition, Offered
from app.forms.levels import Level, build_level
from app.forms.messages import field_error
from app.forms.problems import InvalidAnswers, InvalidForm
from app.forms.source import read_source
from app.platform.i18n import _
from app.platform.problems import FieldError

__all__ = [
    "FieldDefinition",
    "FormDefinition",
    "InvalidAnswers",
    "InvalidForm",
    "check_form",
    "clean_draft",
    "load_form",
]


@dataclass(frozen=True)
class FormDefinition:
    """A form; immutable, shared between threads. ``schema`` is the form-js JSON: read it, never change it."""

    id: str
    schema: Mapping[str, Any]
    level: Level

    @cached_property
    def fields(self) -> tuple[FieldDefinition, ...]:
        """All inputs in the order of the form, those in the rows of dynamic lists included."""
        return tuple(self.level.all_fields())

    @cached_property
    def sensitivity(self) -> Mapping[str, str]:
        """Key of an answer → ``public``, ``case``, ``personal`` or ``special``."""
        return self.level.sensitivity

    @cached_property
    def values_keys(self) -> tuple[str, ...]:
        """The lists that have to come with the task: ``employees``, ``providers``, ``ranking_options``."""
        return tuple(dict.fromkeys(field.values_key for field in self.fields if field.values_key))

    @cached_property
    def context_names(self) -> frozenset[str]:
        """Case variables that conditions read besides the answers; the browser needs them as form data."""
        conditions = [condition for member in self.level.members for condition in member.conditions]
        named = {name for condition in conditions for name in condition.expression.names}
        return frozenset(named - self.level.keys - set(self.values_keys))

    @cached_property
    def reads(self) -> frozenset[str]:
        """Case variables that may influence what is entered or accepted: own keys, lists, prefills, conditions."""
        prefills = (field.prefill() for field in self.fields)
        named = {name for expression in prefills if expression is not None for name in expression.names}
        return self.level.keys | self.context_names | set(self.values_keys) | named

    def localised(self, language: str) -> Mapping[str, Any]:
        """The form-js schema with the texts in ``language`` ("de" or "en"); shared, never change it."""
        return self._english if language == "en" else self.schema

    @cached_property
    def _english(self) -> Mapping[str, Any]:
        return localisation.english(self.schema)

    def example_answers(self, options: Offered) -> dict[str, Any]:
        """The answers that all ``properties.example`` give; ``$first`` and the like come from ``options``."""
        return self.level.examples(options)

    def validate(self, answers: object, scope: Mapping[str, object], options: Offered) -> dict[str, Any]:
        """The checked answers: every key of the form, null where hidden or not answered.

        ``scope`` holds the case variables for conditions, ``options`` the lists of ``values_keys`` as
        ``{"value", "label"}``. An empty checkbox is false, an empty list of choices ``[]``. Raises
        InvalidAnswers with all errors at once.
        """
        checked = check_answers(self.level, answers, {**scope, **options}, options)
        if checked.objections:
            by_key = {field.key: field for field in self.fields}
            raise InvalidAnswers([field_error(objection, by_key) for objection in checked.objections])
        return checked.answers

    def validate_given(self, answers: Mapping[str, Any], options: Offered) -> dict[str, Any]:
        """As :meth:`validate`, for the given keys only: nothing is required, null where hidden or empty."""
        checked = check_answers(self.level, answers, options, options)
        wrong = [o for o in checked.objections if o.complaint.code != "required" and o.pointer.split("/")[1] in answers]
        if wrong:
            by_key = {field.key: field for field in self.fields}
            raise InvalidAnswers([field_error(objection, by_key) for objection in wrong])
        return {key: checked.answers[key] for key in answers}

    def prefill(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Starting values out of case data: own keys, else what ``properties.prefill`` gives.

        Fields with ``ask_again`` stay empty, so that a decision in a loop is made anew.
        """
        found = {key: data[key] for key in (rows.key for rows in self.level.rows) if data.get(key) is not None}
        for field in self.level.fields:
            value = None if field.ask_again else data.get(field.key)
            expression = field.prefill()
            if value is None and expression is not None:
                value = from_feel(expression.evaluate(data, lenient=True))
            if value is not None:
                found[field.key] = value
        return found

    def context(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The case variables that conditions read, for the browser; ``data`` are all case variables."""
        return {name: data[name] for name in sorted(self.context_names) if name in data}


def load_form(data: bytes, filename: str) -> FormDefinition:
    """The form in ``data``; the caller caches it. Raises InvalidForm with all findings."""
    source = read_source(data, filename)
    findings = check_source(source)
    if findings:
        raise InvalidForm(findings)
    return FormDefinition(source.raw["id"], source.raw, build_level(source.raw["components"]))


def clean_draft(form: FormDefinition, answers: object) -> dict[str, Any]:
    """What to keep of answers that may be unfinished or wrong: own keys only, within size limits.

    Raises InvalidAnswers only if ``answers`` is no object at all.
    """
    if not isinstance(answers, Mapping):
        raise InvalidAnswers([FieldError("", "wrong_type", _("This entry has the wrong form."))])
    return drafts.clean(form.level, answers)
