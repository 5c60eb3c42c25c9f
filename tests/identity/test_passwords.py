"""Passwords: slow on purpose, for everybody alike."""

from __future__ import annotations

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type

from app.identity import passwords


def test_a_password_fits_its_own_hash_only(password_hash: str) -> None:
    assert passwords.check_password(password_hash, "demo")
    assert not passwords.check_password(password_hash, "Demo")
    assert not passwords.check_password(password_hash, "")
    assert password_hash != passwords.hash_password("demo"), "salted"
    assert len(password_hash) <= 200


@pytest.mark.parametrize("broken", ["", "x", "$argon2id$broken", "demo"])
def test_a_broken_hash_lets_nobody_in(broken: str) -> None:
    assert not passwords.check_password(broken, "demo")


def test_an_unknown_login_costs_as_much_as_a_known_one(password_hash: str) -> None:
    assert extract_parameters(passwords.NOBODY) == extract_parameters(password_hash)
    assert not passwords.check_password(None, "demo")


def test_the_cost_is_above_the_recommended_minimum(password_hash: str) -> None:
    """OWASP Password Storage Cheat Sheet: Argon2id with at least 19 MiB, two passes, one lane."""
    parameters = extract_parameters(password_hash)
    assert parameters.type is Type.ID
    assert parameters.memory_cost >= 19 * 1024
    assert parameters.time_cost >= 2


def test_hashes_of_older_parameters_are_outdated(password_hash: str) -> None:
    assert not passwords.is_outdated(password_hash)
    assert passwords.is_outdated(password_hash.replace("t=2", "t=1"))
