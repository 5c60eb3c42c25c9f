"""Which passwords are good enough."""

from __future__ import annotations

import pytest

from app.identity.rules import MAX_PASSWORD, MIN_PASSWORD, is_login, password_fault

KNOWN = ("erika.sommerfeld", "Erika Sommerfeld", "erika@ruhlaer-presswerk.example")


@pytest.mark.parametrize(
    "password",
    [
        "drei blaue Pferde",
        "korrektPferdBatterie",
        "xK9#mQ2$vL7p",
        "Zwölf Boxkämpfer jagen Viktor",
        "пароль из двенадцати",
        "🐴🐴🐷🐮🐔🐑🐐🐎🦆🦉🐇🐁",
        "x" * 6 + "abdegz" + "y" * 188,
    ],
)
def test_long_and_unlikely_passwords_are_good(password: str) -> None:
    assert password_fault(password, *KNOWN) is None


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("", "short"),
        ("kurz", "short"),
        ("elf Zeichen", "short"),
        ("ab" * 101, "long"),
        ("erika.sommerfeld", "own"),
        ("ErikaSommerfeld1978", "own"),
        ("sommerfeld2026!", "own"),
        ("Presswerk-Ruhlaer", "own"),
        ("aaaaaaaaaaaaaa", "plain"),
        ("ababababababab", "plain"),
        ("123456789012", "plain"),
        ("abcdefghijklm", "plain"),
        ("qwertzuiopüasdf", "plain"),
        ("Passwort1234", "common"),
        ("passwortpasswort", "common"),
        ("1234Passwort!!", "common"),
        ("P4ssw0rt!!!!!!", "common"),
        ("Willkommen2026", "common"),
        ("Sommer2026!!!!", "common"),
        ("Thüringen2026!", "common"),
        ("weiterbildungsverbund", "common"),
    ],
)
def test_what_is_tried_first_is_refused_with_the_reason(password: str, fault: str) -> None:
    assert password_fault(password, *KNOWN) == fault


def test_the_limits_are_inclusive() -> None:
    pattern = "Bk7vNq2xWe9r"
    assert len(pattern) == MIN_PASSWORD
    assert password_fault(pattern) is None
    assert password_fault(pattern[:-1]) == "short"
    longest = (pattern * 20)[:MAX_PASSWORD]
    assert password_fault(longest) is None
    assert password_fault(longest + "x") == "long"


@pytest.mark.parametrize("login", ["hr", "works-council", "erika.sommerfeld", "a_1", "7b", "x" * 80])
def test_logins(login: str) -> None:
    assert is_login(login)


@pytest.mark.parametrize("login", ["", "a", "-a", "A", "erika sommerfeld", "ä", "a\n", "a@b", "x" * 81, "a\0"])
def test_what_is_no_login(login: str) -> None:
    assert not is_login(login)
