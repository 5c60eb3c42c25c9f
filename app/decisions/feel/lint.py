"""German habits that parse but lie, or fail with a riddle: found before parsing, outside of quoted texts."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from app.decisions.feel.errors import Message


class Habit(NamedTuple):
    """A pattern and what to say about it; `{found}` stands for the matched text."""

    pattern: re.Pattern[str]
    message: Message


class Finding(NamedTuple):
    """A habit found at a 1-based position."""

    position: int
    message: Message


_QUOTED: Final = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.S)

_HABITS: Final = (
    Habit(
        re.compile("[„“”‚‘’«»‹›´`']"),
        Message(
            'typographic quote {found}: texts stand between straight quotes "..."',
            'Anführungszeichen {found}: Texte stehen zwischen geraden Zeichen "..."',
        ),
    ),
    Habit(
        re.compile(r"(?<![\w.])\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})(?![\w.])"),
        Message(
            'German date {found}: write date("2024-04-01")',
            'Datum {found}: schreiben Sie date("2024-04-01")',
        ),
    ),
    Habit(
        re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{3})+,\d+"),
        Message("German number {found}: write 12500.00", "Zahl {found}: schreiben Sie 12500.00"),
    ),
    Habit(
        re.compile(r"(?<![\w.])[1-9]\d{0,2}(?:\.\d{3})*\.000(?![\w.])"),
        Message(
            "{found}: a point is no thousands separator; write 12000",
            "{found}: der Punkt trennt keine Tausender; schreiben Sie 12000",
        ),
    ),
    Habit(
        re.compile(r"(?:[<>]=?|!=)\s*-?\d+,\d+"),
        Message(
            "{found}: a comma separates two tests, it is no decimal point; write > 0.5",
            "{found}: das Komma trennt zwei Prüfungen, es ist kein Dezimalzeichen; schreiben Sie > 0.5",
        ),
    ),
    Habit(
        re.compile(r"\d+(?:[.,]\d+)?\s*%"),
        Message("{found}: write 50 or 0.5, not 50%", "{found}: schreiben Sie 50 oder 0.5 statt 50 %"),
    ),
    Habit(
        re.compile(r"\d+(?:[.,]\d+)?\s*(?:€|EUR\b|Euro\b)"),
        Message("{found}: numbers carry no unit", "{found}: Zahlen stehen ohne Einheit"),
    ),
    Habit(re.compile(r"=="), Message("{found}: equality is a single =", "{found}: gleich ist ein einfaches =")),
    Habit(re.compile(r"<>"), Message("{found}: unequal is !=", "{found}: ungleich ist !=")),
    Habit(re.compile(r"=[<>]"), Message("{found}: write <= or >=", "{found}: schreiben Sie <= oder >=")),
    Habit(re.compile(r"&&?|\|\|?"), Message("{found}: write and, or", "{found}: schreiben Sie and, or")),
)


def blank_quoted(text: str) -> str:
    """The text with quoted parts and comments blanked out, every other character where it was."""
    return _QUOTED.sub(lambda match: " " * len(match[0]), text)


def german_habits(text: str) -> Finding | None:
    """The first habit in the text, or None."""
    bare = blank_quoted(text)
    found = [(match.start(), match[0], habit) for habit in _HABITS if (match := habit.pattern.search(bare))]
    if not found:
        return None
    start, excerpt, habit = min(found, key=lambda item: item[0])
    message = Message(*(part.replace("{found}", excerpt) for part in habit.message))
    return Finding(start + 1, message)
