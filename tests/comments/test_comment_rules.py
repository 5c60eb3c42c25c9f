"""What counts as a mention, what may stand in a comment, who may speak to whom."""

from __future__ import annotations

import pytest

from app.comments.rules import AUDIENCES, AUDIENCES_OF, OWN, PARTIES, digest_of, is_harmful, logins_in, tidy
from app.identity.roles import ROLES


@pytest.mark.parametrize(
    ("text", "logins"),
    [
        ("@hr bitte ansehen", ["hr"]),
        ("Bitte @hr, @works-council und @hr.", ["hr", "works-council"]),
        ("(@funding-adviser2)", ["funding-adviser2"]),
        ("@e.muster: danke", ["e.muster"]),
        ("Post an hr@example.org", []),
        ("@@hr", []),
        ("@ hr", []),
        ("@", []),
        ("kein Zeichen", []),
        ("Zeile\n@hr", ["hr"]),
    ],
)
def test_a_login_after_an_at_sign_is_a_mention(text: str, logins: list[str]) -> None:
    assert logins_in(text) == logins


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\u202e", "\u2066", "\ufeff", "\ud800"])
def test_signs_that_hide_or_turn_text_are_harmful(sign: str) -> None:
    assert is_harmful(f"vor{sign}nach")


@pytest.mark.parametrize("text", ["Zeile\nZeile", "Spalte\tSpalte", "Größe ½ € 💡 <b>", "שלום"])
def test_ordinary_text_is_not(text: str) -> None:
    assert not is_harmful(text)


def test_line_ends_are_made_alike() -> None:
    assert tidy("  a\r\nb\rc \n") == "a\nb\nc"


def test_the_digest_depends_on_the_salt() -> None:
    assert digest_of("0" * 32, "ja") != digest_of("1" * 32, "ja")
    assert digest_of("0" * 32, "ja") == digest_of("0" * 32, "ja")


def test_every_role_speaks_to_its_own_side_unless_it_chooses_otherwise() -> None:
    assert all(choices[0] == OWN and set(choices) <= set(AUDIENCES) for choices in AUDIENCES_OF.values())
    assert set(AUDIENCES_OF) == set(ROLES) - {"auditor", "admin", "cluster_partner"}


def test_funding_advice_never_speaks_to_providers_nor_they_to_each_other() -> None:
    assert PARTIES not in AUDIENCES_OF["funding_adviser"]
    assert PARTIES not in AUDIENCES_OF["provider"]
