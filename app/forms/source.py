"""From the bytes of a ``.form`` file to JSON, with line numbers for findings."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any, Final

from app.forms.problems import InvalidForm
from app.platform.findings import Finding

MAX_BYTES: Final = 512 * 1024
_ID_LINE: Final = re.compile(r'"id"\s*:\s*("(?:\\.|[^"\\])*")')


@dataclass(frozen=True)
class FormSource:
    """A form file that is JSON: its name, what it holds, and where each component id stands."""

    filename: str
    raw: dict[str, Any]
    lines: Mapping[str, int] = field(repr=False)

    @property
    def stem(self) -> str:
        """File name without folder and ending: the id of the user task."""
        return PurePosixPath(self.filename).stem

    def finding(self, element: object, rule: str, message_de: str, message_en: str) -> Finding:
        """An error at the component with the id ``element``."""
        name = element if isinstance(element, str) else ""
        return Finding(self.filename, self.lines.get(name, 0), name, rule, message_de, message_en)


def read_source(data: bytes, filename: str) -> FormSource:
    """Parse a form file. Raises InvalidForm for anything but one JSON object without doubled keys."""
    if len(data) > MAX_BYTES:
        raise _unreadable(filename, 0, "Die Datei ist größer als 512 KB.", "The file is larger than 512 KB.")
    try:
        text = data.decode("utf-8-sig")
        raw = json.loads(text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_without_doubles)
    except json.JSONDecodeError as error:
        raise _unreadable(
            filename, error.lineno, f"Kein gültiges JSON: {error.msg}.", f"Not valid JSON: {error.msg}."
        ) from error
    except (ValueError, RecursionError) as error:
        raise _unreadable(filename, 0, f"Kein gültiges JSON: {error}.", f"Not valid JSON: {error}.") from error
    if not isinstance(raw, dict):
        raise _unreadable(filename, 1, "Ein Formular ist ein JSON-Objekt.", "A form is a JSON object.")
    return FormSource(filename, raw, _lines(text))


def _unreadable(filename: str, line: int, message_de: str, message_en: str) -> InvalidForm:
    return InvalidForm([Finding(filename, line, "", "form_json", message_de, message_en)])


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _value in pairs]
        double = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {double!r} occurs twice in one object")
    return found


def _lines(text: str) -> dict[str, int]:
    """Line of each ``"id": "…"`` in the text (the first one counts)."""
    lines: dict[str, int] = {}
    line, position = 1, 0
    for match in _ID_LINE.finditer(text):
        line += text.count("\n", position, match.start())
        position = match.start()
        lines.setdefault(json.loads(match[1], strict=False), line)
    return lines
