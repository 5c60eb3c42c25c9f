"""Marshmallow fields for the inputs of a form: from a JSON value to an answer, or to a Complaint.

Numbers come as ``int`` or ``Decimal`` (the transport reads JSON so). Blank values never get here: the caller
takes them out, so that every field sees something that was answered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from marshmallow import ValidationError, fields
from marshmallow.experimental.context import Context

from app.forms.fields import FieldDefinition, Offered
from app.forms.problems import Complaint

MAX_NUMBER: Final = 10**15
MAX_DECIMALS: Final = 10
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)

_ISO_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NEVER_IN_LINES: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NEVER_IN_AREAS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class AnswerContext(Context[Offered]):
    """The lists that come with the task, for the time of one validation."""


def refuse(code: str, **values: object) -> ValidationError:
    """The error of one value, for marshmallow to collect."""
    return ValidationError([Complaint(code, values)])


class AnswerField(fields.Field[Any]):
    """Base: one input of a form."""

    def __init__(self, definition: FieldDefinition) -> None:
        super().__init__()
        self.definition = definition

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return self.convert(value)

    def convert(self, value: Any) -> Any:
        """The answer for a JSON value. Raises ValidationError with one Complaint."""
        raise NotImplementedError


class TextAnswer(AnswerField):
    """textfield, textarea: length of the trimmed text in UTF-16 units (as form-js), pattern, characters."""

    def __init__(self, definition: FieldDefinition) -> None:
        super().__init__(definition)
        self.pattern = definition.pattern()
        self.never = _NEVER_IN_AREAS if definition.type == "textarea" else _NEVER_IN_LINES

    def convert(self, value: Any) -> str:
        if not isinstance(value, str):
            raise refuse("wrong_type")
        text = value.strip()
        # Length first: the checks after it then have little to read.
        if len(text) > self.definition.max_length:
            raise refuse("max_length", limit=self.definition.max_length)
        if self.never.search(text):
            raise refuse("invalid_characters")
        length = len(text.encode("utf-16-le")) // 2
        if length > self.definition.max_length:
            raise refuse("max_length", limit=self.definition.max_length)
        shortest = self.definition.rules.get("minLength", 0)
        if length < shortest:
            raise refuse("min_length", limit=shortest)
        if self.pattern and not self.pattern.fullmatch(text):
            raise refuse("pattern")
        return text


class NumberAnswer(AnswerField):
    """number: int or Decimal in bounds; booleans and floats are none."""

    def convert(self, value: Any) -> int | Decimal:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise refuse("wrong_type")
        number = self._tamed(value)
        self._check_decimals(number)
        rules = self.definition.rules
        for code, limit in (("min", rules.get("min")), ("max", rules.get("max"))):
            if limit is not None and (number < limit if code == "min" else number > limit):
                raise refuse(code, min=rules.get("min"), max=rules.get("max"))
        whole = self.definition.component.get("decimalDigits") == 0 or not _has_places(number)
        return int(number) if whole else number

    @staticmethod
    def _tamed(value: int | Decimal) -> int | Decimal:
        """The number if it is finite and of a size that storage and arithmetic bear; zero without a sign."""
        if isinstance(value, Decimal):
            if _is_no_number(value):
                raise refuse("wrong_type")
            if value.is_zero():
                return 0
            if value.adjusted() >= 15:
                raise refuse("too_large")
            if value.adjusted() < -MAX_DECIMALS:
                raise refuse("decimal_digits", digits=MAX_DECIMALS)
        elif abs(value) >= MAX_NUMBER:
            raise refuse("too_large")
        return value

    def _check_decimals(self, number: int | Decimal) -> None:
        digits = self.definition.component.get("decimalDigits", MAX_DECIMALS)
        if isinstance(number, Decimal) and number != round(number, digits):
            raise refuse("decimal_digits", digits=digits)
        step = self.definition.component.get("increment")
        if step and number % Decimal(step) != 0:
            raise refuse("increment", step=step)


def _is_no_number(value: Any) -> bool:
    """Whether ``value`` is a decimal without a size; comparing a signalling NaN with anything would raise."""
    return isinstance(value, Decimal) and not value.is_finite()


def _has_places(number: int | Decimal) -> bool:
    """Whether a number is written with places after the point (``4800.00``), which it then keeps."""
    exponent = number.as_tuple().exponent if isinstance(number, Decimal) else 0
    return isinstance(exponent, int) and exponent < 0


class FlagAnswer(AnswerField):
    """checkbox: true or false."""

    def convert(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise refuse("wrong_type")
        return value


class DateAnswer(AnswerField):
    """datetime with subtype date: an ISO day that exists, kept as text."""

    def convert(self, value: Any) -> str:
        if not isinstance(value, str):
            raise refuse("wrong_type")
        if not _ISO_DAY.fullmatch(value):
            raise refuse("invalid_date")
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise refuse("invalid_date") from None
        if not FIRST_DAY <= day <= LAST_DAY:
            raise refuse("date_out_of_range", first=FIRST_DAY.year, last=LAST_DAY.year)
        return value


class ChoiceAnswer(AnswerField):
    """select, radio: one of the offered values, of the same JSON type (true is not 1)."""

    def convert(self, value: Any) -> Any:
        if not isinstance(value, str | int | Decimal) or _is_no_number(value):
            raise refuse("wrong_type")
        return self.chosen(value)

    def chosen(self, value: Any) -> Any:
        """The offered value that equals ``value``. Raises ValidationError."""
        for option in self.definition.options(AnswerContext.get()):
            offered = option.get("value")
            if offered == value and isinstance(offered, bool) == isinstance(value, bool):
                return offered
        raise refuse("not_an_option")


class ChoicesAnswer(ChoiceAnswer):
    """checklist, taglist: a list of different offered values."""

    def convert(self, value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise refuse("wrong_type")
        if len(value) > len(self.definition.options(AnswerContext.get())):
            raise refuse("not_an_option")
        answers = [ChoiceAnswer.convert(self, item) for item in value]
        if len({(isinstance(answer, bool), answer) for answer in answers}) < len(answers):
            raise refuse("duplicate_option")
        return answers


FIELD_TYPES: Final[Mapping[str, type[AnswerField]]] = {
    "textfield": TextAnswer,
    "textarea": TextAnswer,
    "number": NumberAnswer,
    "checkbox": FlagAnswer,
    "datetime": DateAnswer,
    "select": ChoiceAnswer,
    "radio": ChoiceAnswer,
    "checklist": ChoicesAnswer,
    "taglist": ChoicesAnswer,
}
