"""Secrets that people carry: the token in a link's address, and the code on paper. Only their SHA-256 is kept.

A mailed token is 256 random bits. What has to be typed is written in Crockford's base 32 (no I, L, O, U; upper and
lower case alike): 16 characters (80 bits) for the address, and a code of 10, the last of which is a check character.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TOKEN_LENGTH, CODE_LENGTH = 16, 10
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": "", "\u2010": "", "\u2011": "", "\u2013": ""})


def new_token() -> str:
    """The token of a mailed link: 256 random bits in 43 URL-safe characters."""
    return secrets.token_urlsafe(32)


def new_short_token() -> str:
    """The token of a paper link, in groups of four: ``7KQ4-M2XD-9HTC-W3PA``."""
    return grouped("".join(secrets.choice(ALPHABET) for _place in range(TOKEN_LENGTH)), 4)


def new_code() -> str:
    """A code for paper, in groups of five: ``4XK7M-2QTD9``."""
    body = "".join(secrets.choice(ALPHABET) for _place in range(CODE_LENGTH - 1))
    return grouped(body + check_character(body), 5)


def grouped(text: str, size: int) -> str:
    """``text`` in groups of ``size`` with dashes between them."""
    return "-".join(text[start : start + size] for start in range(0, len(text), size))


def read(typed: str) -> str:
    """What somebody has typed, as it was meant: dashes and blanks do not count, O is 0, I and L are 1."""
    return typed.upper().translate(_READ_AS)


def check_character(body: str) -> str:
    """The last character of a code: the weighted sum of the others modulo 31, which is prime. It finds every single
    wrong character but 0 for Z, and all neighbours that were swapped apart from those two.
    """
    total = sum(place * (ALPHABET.index(character) % 31) for place, character in enumerate(body, 1))
    return ALPHABET[total % 31]


def is_well_formed(code: str) -> bool:
    """Whether a code (as :func:`read` gives it) has the right length, characters and check character."""
    if len(code) != CODE_LENGTH or any(character not in ALPHABET for character in code):
        return False
    return check_character(code[:-1]) == code[-1]


def token_hash(token: str) -> str:
    """What is stored and looked up of a token, mailed or typed."""
    plain = token if len(token) > 2 * TOKEN_LENGTH else read(token)
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def code_hash(token: str, code: str) -> str:
    """What is stored of a code: bound to the token, so that a stolen database gives nothing to guess."""
    return hashlib.sha256(f"{read(token)}:{code}".encode("utf-8", "surrogatepass")).hexdigest()


def same(stored: str, given: str) -> bool:
    """Compare two hashes in constant time."""
    return hmac.compare_digest(stored, given)
