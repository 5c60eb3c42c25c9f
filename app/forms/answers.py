"""Checks an object of answers against a level: all errors at once, hidden inputs left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from marshmallow import ValidationError

from app.forms.answer_fields import AnswerContext
from app.forms.fields import FieldDefinition, Offered
from app.forms.levels import MAX_ROWS, Level, Rows
from app.forms.problems import Complaint

MAX_UNKNOWN: Final = 20
"""Unknown keys named in one answer; a million of them says no more than twenty."""
_UNSHOWABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Objection:
    """One refused value: where it stands and why; ``field`` is None for what is no input of the form."""

    pointer: str
    complaint: Complaint
    field: FieldDefinition | None = None


@dataclass
class Checked:
    """The answers of a level as far as they are right, and what is wrong."""

    answers: dict[str, Any] = field(default_factory=dict)
    objections: list[Objection] = field(default_factory=list)


def check_answers(level: Level, answers: object, scope: Mapping[str, object], offered: Offered) -> Checked:
    """Check the answers of a whole form; ``scope`` is what conditions may read besides the answers."""
    with AnswerContext(offered):
        return _check_object(level, answers, "", _Around(dict(scope)))


@dataclass(frozen=True)
class _Around:
    """What conditions see beyond their own row: names of the form; the row around and indexes."""

    names: Mapping[str, Any]
    this: Mapping[str, Any] | None = None
    parent: Mapping[str, Any] | None = None
    indexes: tuple[int, ...] = ()

    def with_values(self, values: Mapping[str, Any]) -> _Around:
        """Names as form-js gives them: answers of the form, or ``this``, ``parent`` and ``i`` in a row."""
        if not self.indexes:
            return _Around({**self.names, **values}, values)
        special = {"this": values, "parent": self.this, "i": list(self.indexes)}
        marked = {f"_{name}_": value for name, value in special.items()}
        return _Around({**special, **self.names, **marked}, values, self.this, self.indexes)

    def row(self, index: int) -> _Around:
        """The surroundings of the row with this 0-based index."""
        return _Around(self.names, self.this, self.parent, (*self.indexes, index + 1))


def _check_object(level: Level, answers: object, pointer: str, around: _Around) -> Checked:
    if not isinstance(answers, Mapping):
        return Checked({}, [Objection(pointer, Complaint("wrong_type"))])
    values, refused = _load(level, answers)
    inside = around.with_values({f.key: values.get(f.key, f.blank) for f in level.fields})
    rows = {r.key: _check_rows(r, answers.get(r.key), f"{pointer}/{r.key}", inside) for r in level.rows}
    names = {**inside.names, **{key: checked.answers[key] for key, checked in rows.items()}}
    result = Checked()
    for member in level.members:
        if member.hidden(names):
            result.answers[member.key] = None
        elif isinstance(member.content, Rows):
            result.answers.update(rows[member.key].answers)
            result.objections += rows[member.key].objections
        else:
            _take(member.content, values, refused, pointer, result)
    result.objections += _unknown(level, answers, pointer)
    return result


def _load(level: Level, answers: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Complaint]]:
    """The inputs that were answered, converted; and why others were refused."""
    given = {f.key: answers[f.key] for f in level.fields if f.key in answers and not _is_blank(answers[f.key])}
    try:
        return level.schema.load(given), {}
    except ValidationError as error:
        complaints: dict[str, list[Complaint]] = error.messages  # type: ignore[assignment]
        return error.valid_data or {}, {key: found[0] for key, found in complaints.items()}  # type: ignore[return-value]


def _is_blank(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _take(
    definition: FieldDefinition,
    values: Mapping[str, Any],
    refused: Mapping[str, Complaint],
    pointer: str,
    result: Checked,
) -> None:
    """Move the answer of one visible input into the result, with what is wrong about it."""
    key = definition.key
    value = values.get(key, definition.empty)
    result.answers[key] = value
    complaint = refused.get(key) or _whole(definition, value, values)
    if complaint is not None:
        result.objections.append(Objection(f"{pointer}/{key}", complaint, definition))


def _whole(definition: FieldDefinition, value: Any, values: Mapping[str, Any]) -> Complaint | None:
    """What can only be said with the other answers in view."""
    unanswered = value is None or value == [] or (value is False and definition.type == "checkbox")
    if definition.required and unanswered:
        return Complaint("required")
    earlier = values.get(definition.not_before or "")
    if value is not None and isinstance(earlier, str) and value < earlier:
        return Complaint("not_before", {"other": definition.not_before})
    return None


def _check_rows(rows: Rows, answer: object, pointer: str, around: _Around) -> Checked:
    """``answers`` holds the list under the key of the dynamic list."""
    if answer is None:
        return Checked({rows.key: []})
    if not isinstance(answer, list):
        return Checked({rows.key: []}, [Objection(pointer, Complaint("wrong_type"))])
    if len(answer) > MAX_ROWS:
        return Checked({rows.key: []}, [Objection(pointer, Complaint("too_many_rows", {"limit": MAX_ROWS}))])
    checked = [
        _check_object(rows.level, row, f"{pointer}/{index}", around.row(index)) for index, row in enumerate(answer)
    ]
    return Checked({rows.key: [row.answers for row in checked]}, [o for row in checked for o in row.objections])


def _unknown(level: Level, answers: Mapping[Any, Any], pointer: str) -> Iterator[Objection]:
    """One objection for each key the form does not have, up to ``MAX_UNKNOWN``."""
    named = 0
    for key in answers:
        if key in level.keys:
            continue
        shown = _UNSHOWABLE.sub("?", str(key))[:80].replace("~", "~0").replace("/", "~1")
        yield Objection(f"{pointer}/{shown}", Complaint("unknown_field"))
        named += 1
        if named == MAX_UNKNOWN:
            return
