"""Text to parse tree: length and nesting caps, lint, then lark."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from importlib.resources import files
from typing import Final, Literal

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from app.decisions.feel.errors import FeelSyntaxError, Message
from app.decisions.feel.lint import blank_quoted, german_habits

MAX_LENGTH: Final = 2_000
MAX_NESTING: Final = 40

Start = Literal["start", "unary"]
ParseTree = Tree[Token]

# A name with blanks ("Monthly Salary") is one word for the grammar: same length, so positions stay true.
_FILLER: Final = "\u02d1"
_FORBIDDEN: Final = re.compile(r"\b(for|some|every|function|instance\s+of|return|satisfies)\b|[{}]")


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    text = files("app.decisions.feel").joinpath("feel.lark").read_text(encoding="utf-8")
    return Lark(
        text,
        parser="lalr",
        lexer="contextual",
        start=["start", "unary"],
        maybe_placeholders=False,
        propagate_positions=True,
    )


def _fail(text: str, position: int | None, en: str, de: str) -> FeelSyntaxError:
    return FeelSyntaxError(Message(en, de), position, text)


def parse(text: str, start: Start, names: Collection[str] = ()) -> tuple[ParseTree, dict[str, str]]:
    """Parse tree of the text, and the names with blanks it uses (as lexed -> as declared).

    `names` are the declared names that are no single word. Raises FeelSyntaxError.
    """
    if len(text) > MAX_LENGTH:
        raise _fail(
            text[:80],
            None,
            f"the expression is longer than {MAX_LENGTH} characters",
            f"der Ausdruck ist länger als {MAX_LENGTH} Zeichen",
        )
    _check_brackets(text)
    words = text
    spelled: dict[str, str] = {}
    if names:
        words, spelled = _join_names(text, names)
    habit = german_habits(words)
    if habit is not None:
        raise FeelSyntaxError(habit.message, habit.position, text)
    try:
        tree = _grammar().parse(words, start=start)
    except UnexpectedInput as error:
        raise _explained(text, error) from None
    _check_depth(text, tree)
    return tree, spelled


def _check_brackets(text: str) -> None:
    depth = 0
    for position, character in enumerate(blank_quoted(text), 1):
        if character in "([":
            depth += 1
            if depth > MAX_NESTING:
                raise _too_deep(text, position)
        elif character in ")]":
            depth -= 1


def _too_deep(text: str, position: int | None) -> FeelSyntaxError:
    return _fail(
        text,
        position,
        f"nested deeper than {MAX_NESTING} levels",
        f"tiefer als {MAX_NESTING} Ebenen verschachtelt",
    )


def _check_depth(text: str, tree: ParseTree) -> None:
    """Without recursion: the compiler recurses over the tree and must never run out of stack."""
    level: list[ParseTree] = [tree]
    depth = 0
    while level:
        depth += 1
        if depth > 2 * MAX_NESTING:
            raise _too_deep(text, None)
        level = [child for node in level for child in node.children if isinstance(child, Tree)]


@lru_cache(maxsize=256)
def _names_pattern(names: frozenset[str]) -> re.Pattern[str]:
    parts = [r"\s+".join(re.escape(part) for part in name.split()) for name in names]
    alternatives = "|".join(sorted(parts, key=len, reverse=True))
    return re.compile(rf'"(?:\\.|[^"\\])*"|(?<!\w)({alternatives})(?!\w)', re.S)


def _join_names(text: str, names: Collection[str]) -> tuple[str, dict[str, str]]:
    spelled: dict[str, str] = {}

    def join(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0]
        word = re.sub(r"\W", _FILLER, match[1])
        spelled[word] = " ".join(match[1].split())
        return word

    odd = frozenset(name for name in names if not re.fullmatch(r"[^\W\d]\w*", name))
    return (_names_pattern(odd).sub(join, text), spelled) if odd else (text, spelled)


def _explained(text: str, error: UnexpectedInput) -> FeelSyntaxError:
    position = _position(text, error)
    forbidden = _FORBIDDEN.search(blank_quoted(text))
    if forbidden is not None and forbidden.start() < position:
        word = forbidden[0]
        return _fail(
            text,
            forbidden.start() + 1,
            f"{word!r} is not part of the allowed FEEL subset (no loops, filters, contexts, functions)",
            f"„{word}“ gehört nicht zum FEEL-Umfang (keine Schleifen, Filter, Kontexte, Funktionen)",
        )
    if position > len(text):
        return _fail(text, position, "the expression ends too early", "der Ausdruck endet zu früh")
    if text[position - 1] == '"':
        return _fail(text, position, "the text has no closing quote", "dem Text fehlt das Schlusszeichen")
    found = text[position - 1 :].split()[0][:20]
    return _fail(text, position, f"unexpected {found!r}", f"„{found}“ wird hier nicht erwartet")


def _position(text: str, error: UnexpectedInput) -> int:
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        return (error.token.start_pos or 0) + 1
    if isinstance(error, UnexpectedCharacters):
        start: object = error.pos_in_stream
        return start + 1 if isinstance(start, int) else 1
    return len(text) + 1
