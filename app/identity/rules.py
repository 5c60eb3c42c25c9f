"""Plain decisions about passwords, logins and roles; no database."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from app.identity.common_passwords import COMMON
from app.identity.roles import (
    ADMIN,
    AUDITOR,
    CLUSTER_PARTNER,
    COORDINATOR,
    EMPLOYEE,
    FUNDING_ADVISER,
    HR,
    PROVIDER,
    WORKS_COUNCIL,
)

MIN_PASSWORD, MAX_PASSWORD = 12, 200
"""NIST SP 800-63B § 3.1.1.2 asks for length, not for kinds of characters; the upper end bounds the work of hashing."""
OWN_PART = 8
"""So many characters must be left when login, name and address are taken out."""
MIN_DISTINCT = 5
MAX_DEPUTY = timedelta(days=366)
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,79}")
RUNS = (
    "0123456789012345678901234567890",
    "9876543210987654321098765432109",
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
    "qwertzuiopüasdfghjklöäyxcvbnm",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qay2wsx3edc4rfv5tgb6zhn7ujm8ik",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
)
_LEET = str.maketrans("0134578@$!", "oieastbasi")

ROLES_OF_KIND = {
    "alliance": (COORDINATOR, FUNDING_ADVISER, AUDITOR, ADMIN),
    "company": (HR, WORKS_COUNCIL, EMPLOYEE),
    "provider": (PROVIDER,),
    "network": (CLUSTER_PARTNER,),
}
"""Which roles an organisation of a kind has."""


def password_fault(password: str, *known: str) -> str | None:
    """Why ``password`` is not good enough: ``short``, ``long``, ``own``, ``plain`` or ``common``; None if it is.

    ``known`` is what an attacker knows of the user: login, name, address.
    """
    if len(password) < MIN_PASSWORD:
        return "short"
    if len(password) > MAX_PASSWORD:
        return "long"
    folded = password.casefold()
    if len(_without(folded, known)) < OWN_PART:
        return "own"
    if len(set(folded)) < MIN_DISTINCT or any(folded in run for run in RUNS):
        return "plain"
    return "common" if _is_common(folded) else None


def _without(folded: str, known: Iterable[str]) -> str:
    words = {word for text in known for word in re.split(r"[\W_]+", text.casefold()) if len(word) >= 3}
    for word in sorted(words, key=len, reverse=True):
        folded = folded.replace(word, "")
    return folded


def _is_common(folded: str) -> bool:
    """Whether little is left of it without the words that everybody takes, or it is one with digits around."""
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
    plain = re.sub(r"[\W\d_]+", "", folded)
    candidates = {folded, bare, plain, folded.translate(_LEET), bare.translate(_LEET)}
    return any(
        one in COMMON or (one == one[: len(one) // 2] * 2 and one[: len(one) // 2] in COMMON) for one in candidates
    )


def is_login(text: str) -> bool:
    """Whether ``text`` can be a new login: lower-case letters, digits, dot, dash and underscore."""
    return LOGIN.fullmatch(text) is not None


def fits(role: str, kind: str) -> bool:
    """Whether an organisation of ``kind`` has ``role``."""
    return role in ROLES_OF_KIND.get(kind, ())


def may_stand_in(member_roles: Iterable[str], deputy_roles: Iterable[str]) -> bool:
    """Whether somebody with ``deputy_roles`` in an organisation may act for somebody with ``member_roles`` there.

    The employer does not sit on the works council, nor the other way round (§ 5 para. 2, § 99 BetrVG).
    """
    held = (set(member_roles), set(deputy_roles))
    return not any(HR in one and WORKS_COUNCIL in other for one, other in (held, held[::-1]))


def period_fault(valid_from: datetime, valid_until: datetime, now: datetime) -> str | None:
    """Why nobody can stand in for this time: ``order``, ``past`` or ``long``; None if somebody can."""
    if valid_until <= valid_from:
        return "order"
    if valid_until <= now:
        return "past"
    return "long" if valid_until - valid_from > MAX_DEPUTY else None
