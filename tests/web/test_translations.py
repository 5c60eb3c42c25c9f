"""The German catalogue of the pages: complete, without leftovers, with the same placeholders."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import app.web

ROOM = Path(app.web.__file__).parent
KEYWORDS = {"_": None, "_l": None, "ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def used() -> set[str | tuple[str, ...]]:
    methods = [("**.py", "python"), ("templates/**.html", "jinja2")]
    found = extract_from_dir(ROOM, methods, keywords=KEYWORDS)
    return {message if isinstance(message, str) else tuple(message) for _file, _line, message, *_rest in found}


def translated() -> dict[str | tuple[str, ...], str | tuple[str, ...]]:
    with (ROOM / "translations/de/LC_MESSAGES/messages.po").open("rb") as file:
        return {message.id: message.string for message in read_po(file, locale="de", abort_invalid=True) if message.id}


def test_every_text_has_its_german_and_no_german_is_left_over() -> None:
    texts, german = used(), translated()
    assert texts - german.keys() == set()
    assert german.keys() - texts == set()
    assert [key for key, text in german.items() if not all([text] if isinstance(text, str) else text)] == []


def test_placeholders_survive_translation() -> None:
    for key, text in translated().items():
        english = [key, key] if isinstance(key, str) else key
        german = [text, text] if isinstance(text, str) else text
        for before, after in zip(english, german, strict=True):
            assert sorted(PLACEHOLDER.findall(before)) == sorted(PLACEHOLDER.findall(after)), key
