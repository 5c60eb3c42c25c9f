"""Errors in the words of the person who has to correct them, in German and English."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask

from app.forms import messages
from app.forms.problems import InvalidAnswers
from app.platform import i18n
from tests.forms.building import choice, errors_of, field, form

CATALOGUE = Path(messages.__file__).parent / "translations" / "de" / "LC_MESSAGES" / "messages.po"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An app that knows this room's catalogue."""
    root = tmp_path_factory.mktemp("translations")
    target = root / "de" / "LC_MESSAGES" / "messages.mo"
    target.parent.mkdir(parents=True)
    with CATALOGUE.open("rb") as po, target.open("wb") as mo:
        write_mo(mo, read_po(po))
    app = Flask("messages")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(root)
    i18n.init_app(app)
    return app


NAME = {"label": "Geplantes Ende", "properties": {"label_en": "Planned end"}}
CASES: list[tuple[dict[str, Any], Any, str, str]] = [
    (
        field("number", "a", "4", validate={"min": 1, "max": 8}),
        9,
        "Bitte geben Sie eine Zahl zwischen 1 und 8 ein.",
        "Please enter a number between 1 and 8.",
    ),
    (
        field("number", "a", "2", validate={"max": 2.5}),
        3,
        "Bitte geben Sie eine Zahl ein, die nicht über 2,5 liegt.",
        "Please enter a number that is not above 2.5.",
    ),
    (
        field("number", "a", "12000", validate={"min": 12000}),
        3,
        "Bitte geben Sie eine Zahl ein, die nicht unter 12.000 liegt.",
        "Please enter a number that is not below 12,000.",
    ),
    (field("number", "a", "1"), "x", "Bitte geben Sie eine Zahl ein.", "Please enter a number."),
    (
        field("textfield", "a", validate={"required": True}, **NAME),
        "",
        "Bitte füllen Sie „Geplantes Ende“ aus.",
        "Please fill in “Planned end”.",
    ),
    (
        field("checkbox", "a", "true", validate={"required": True}, **NAME),
        False,
        "Bitte bestätigen Sie „Geplantes Ende“, sonst kann die Aufgabe nicht abgeschlossen werden.",
        "Please confirm “Planned end”; otherwise the task cannot be completed.",
    ),
    (
        choice("taglist", "a", ["x"], '["x"]', validate={"required": True}, label="Wer"),
        [],
        "Bitte wählen Sie bei „Wer“ mindestens einen Eintrag.",
        "Please choose at least one entry for “English a”.",
    ),
    (
        field("datetime", "a", "2027-01-01"),
        "2027-02-30",
        "Dieses Datum gibt es nicht. Bitte geben Sie Tag, Monat und Jahr ein.",
        "This date does not exist. Please enter day, month and year.",
    ),
    (
        field("textfield", "a", "AB", validate={"pattern": "^[A-Z]+$", "maxLength": 9}, label="Nummer"),
        "ab",
        "Bitte prüfen Sie die Schreibweise von „Nummer“.",
        "Please check the spelling of “English a”.",
    ),
    (
        field(
            "textfield",
            "a",
            "AB",
            validate={"pattern": "^[A-Z]+$", "maxLength": 9, "patternErrorMessage": "Nur große Buchstaben."},
            properties={"pattern_error_en": "Capital letters only."},
        ),
        "ab",
        "Nur große Buchstaben.",
        "Capital letters only.",
    ),
]


@pytest.mark.parametrize(("component", "answer", "german", "english"), CASES)
def test_a_person_reads_what_to_do(app: Flask, component: Any, answer: Any, german: str, english: str) -> None:
    for headers, expected in (({}, german), ({"Accept-Language": "en-GB"}, english)):
        with app.test_request_context(headers=headers):
            (error,) = errors_of(form(component), {"a": answer})
            assert error.message == expected


def test_another_field_is_named_by_its_label(app: Flask) -> None:
    trial = form(
        field("datetime", "start", "2027-01-01", dateLabel="Beginn"),
        field("datetime", "end", "2027-01-01", properties={"not_before": "start"}),
    )
    with app.test_request_context():
        (error,) = errors_of(trial, {"start": "2027-01-02", "end": "2027-01-01"})
    assert error.message == "Dieses Datum darf nicht vor „Beginn“ liegen."


def test_every_message_has_its_german_text() -> None:
    with CATALOGUE.open("rb") as po:
        german = {message.id: message.string for message in read_po(po) if message.id}
    wanted = {str(text) for text in messages._TEXTS.values()} | {InvalidAnswers.message_id()}
    assert german.keys() == wanted
    for english, text in german.items():
        assert text.strip()
        assert {part.split(")")[0] for part in english.split("%(")[1:]} == {
            part.split(")")[0] for part in text.split("%(")[1:]
        }
