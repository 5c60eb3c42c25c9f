"""What can be wrong with a form or with the answers given in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from app.platform.findings import Finding
from app.platform.problems import FieldError, Unprocessable


class InvalidAnswers(Unprocessable):
    """Some entries are missing or not right. Please check the marked fields."""

    code = "invalid_answers"


@contextmanager
def answers_at(pointer: str) -> Iterator[None]:
    """Let the pointers of :class:`InvalidAnswers` begin where the answers stand in the request body (``/data``)."""
    try:
        yield
    except InvalidAnswers as error:
        moved = [FieldError(f"{pointer}{item.pointer}", item.code, item.message) for item in error.errors]
        raise InvalidAnswers(moved) from error


class InvalidForm(ValueError):
    """A form file cannot be used; ``findings`` say why. The gate refuses such files before storing them."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(f"{f.file}:{f.line} {f.element} {f.message_en}" for f in findings))


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why one value was refused: a code and the values its message needs; put into words by ``messages``."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)
