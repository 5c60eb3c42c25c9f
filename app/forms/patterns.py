"""Regular expressions that behave alike in browser and server and cannot run away.

Allowed is ``^…$`` over characters, classes, ``\\d \\w \\s``, plain groups, alternatives inside groups and
bounded work: no quantifier over something that itself repeats or chooses, no look-around, no back reference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

MAX_PATTERN_LENGTH: Final = 200
MAX_REPEATS: Final = 4
"""Quantifiers of open length in one pattern: values of at most ``MAX_VALUE_LENGTH`` keep the work small."""
MAX_VALUE_LENGTH: Final = 100

_TOKEN: Final = re.compile(
    r"""(?P<escape>\\[dws.\-/\\^$*+?()\[\]{}|])
      | (?P<class>\[\^?(?:\\[dws.\-/\\^$*+?()\[\]{}|]|[^\]\\\[])+\])
      | (?P<open>\((?:\?:)?)
      | (?P<close>\))
      | (?P<choice>\|)
      | (?P<repeat>(?:[*+?]|\{[0-9]{1,3}(?:,[0-9]{0,3})?\})\??)
      | (?P<plain>[^\\\[\](){}|*+?^$])""",
    re.X,
)


class UnsafePattern(ValueError):
    """The pattern is outside the allowed subset; the text says what is not allowed."""


@dataclass
class _Group:
    repeats: bool = False
    chooses: bool = False


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The pattern for ``fullmatch``. Raises UnsafePattern."""
    if len(pattern) > MAX_PATTERN_LENGTH:
        raise UnsafePattern(f"longer than {MAX_PATTERN_LENGTH} characters")
    if not (pattern.startswith("^") and pattern.endswith("$")) or pattern.endswith("\\$"):
        raise UnsafePattern("must start with ^ and end with $")
    inner = pattern[1:-1]
    _check(inner)
    try:
        return re.compile(inner, re.ASCII)
    except (re.error, OverflowError) as error:
        raise UnsafePattern(str(error)) from error


def _check(inner: str) -> None:
    position, repeats = 0, 0
    groups = [_Group()]
    last: _Group | None = None
    while position < len(inner):
        match = _TOKEN.match(inner, position)
        if match is None:
            raise UnsafePattern(f"{inner[position : position + 5]!r} is not allowed")
        position = match.end()
        if match.lastgroup == "repeat":
            if last is None:
                raise UnsafePattern(f"nothing to repeat before {match[0]!r}")
            if last.repeats or last.chooses:
                raise UnsafePattern("a quantifier inside a quantifier")
            repeats += _is_open(match[0])
            groups[-1].repeats = True
            last = None
        else:
            last = _enter(groups, str(match.lastgroup))
    if len(groups) != 1:
        raise UnsafePattern("a bracket is not closed")
    if repeats > MAX_REPEATS:
        raise UnsafePattern(f"more than {MAX_REPEATS} quantifiers of open length")


def _enter(groups: list[_Group], mark: str) -> _Group | None:
    """Follow one token that is no quantifier; the thing a following quantifier would repeat, or None."""
    if mark == "open":
        groups.append(_Group())
        return None
    if mark == "choice":
        if len(groups) == 1:
            raise UnsafePattern("put alternatives into brackets: ^(?:a|b)$")
        groups[-1].chooses = True
        return None
    if mark == "close":
        if len(groups) == 1:
            raise UnsafePattern("a bracket is closed that was not opened")
        closed = groups.pop()
        groups[-1].repeats |= closed.repeats
        groups[-1].chooses |= closed.chooses
        return closed
    return _Group()


def _is_open(quantifier: str) -> bool:
    return "{" not in quantifier or "," in quantifier
