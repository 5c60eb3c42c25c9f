"""Translations are compiled where they lie."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest
from babel.messages.pofile import PoFileError

from app.bootstrap.translations import compile_all

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def write(root: Path, room: str, text: str) -> Path:
    path = root / "app" / room / "translations" / "de" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text(HEADER + text, "utf-8")
    return path


def test_every_room_gets_its_compiled_translation(tmp_path: Path) -> None:
    write(tmp_path, "inbox", 'msgid "Claim"\nmsgstr "Übernehmen"\n')
    write(tmp_path, "cases", 'msgid "Case"\nmsgstr "Fall"\n')
    assert compile_all(tmp_path) == 2
    german = gettext.translation("messages", tmp_path / "app" / "inbox" / "translations", ["de"])
    assert german.gettext("Claim") == "Übernehmen"


def test_a_text_marked_as_fuzzy_is_not_shown_to_anyone(tmp_path: Path) -> None:
    write(tmp_path, "inbox", '#, fuzzy\nmsgid "Release"\nmsgstr "Loslassen"\n')
    compile_all(tmp_path)
    german = gettext.translation("messages", tmp_path / "app" / "inbox" / "translations", ["de"])
    assert german.gettext("Release") == "Release"


def test_a_broken_file_is_an_error_and_the_old_translation_stays(tmp_path: Path) -> None:
    path = write(tmp_path, "inbox", 'msgid "Claim"\nmsgstr "Übernehmen"\n')
    compile_all(tmp_path)
    before = path.with_suffix(".mo").read_bytes()
    path.write_text(HEADER + 'msgid "Claim"\nnonsense "Übernehmen"\n', "utf-8")
    with pytest.raises(PoFileError):
        compile_all(tmp_path)
    assert path.with_suffix(".mo").read_bytes() == before
