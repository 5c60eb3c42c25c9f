"""Passwords: Argon2id (RFC 9106), above the OWASP minimum, about 40 ms a check."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=2, memory_cost=32 * 1024, parallelism=1)

NOBODY = "$argon2id$v=19$m=32768,t=2,p=1$R8Us/E+BygNDh2OWAROihQ$kSsNsh1ye1umKwdsbfZYSkSGbWmh/IzoMhuDQlgrXD0"
"""Hash of a thrown-away random password: checked for unknown logins, so that they take as long as known ones.
"""


def hash_password(password: str) -> str:
    """The encoded hash with its parameters and a fresh salt, at most 200 characters."""
    return _hasher.hash(password)


def check_password(password_hash: str | None, password: str) -> bool:
    """Whether ``password`` is the one behind ``password_hash``; None (an unknown login) costs the same and is
    False.
    """
    try:
        _hasher.verify(password_hash or NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's; a sign-in then renews it."""
    return _hasher.check_needs_rehash(password_hash)
