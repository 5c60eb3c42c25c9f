"""Plain decisions about documents: names, classes, who may change one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping

from app.identity.roles import COORDINATOR, FUNDING_ADVISER, HR

CLASSES = ("public", "case", "personal", "special")
"""Sensitivity classes, the strictest last."""
IN_CHARGE = frozenset({HR, COORDINATOR, FUNDING_ADVISER})
"""Roles that may replace or remove what others have added."""
MAX_NAME = 120
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$", re.I)


def clean_name(name: str) -> str:
    """A file name that every system takes: no folders, no control or direction characters, not too long.

    ``..\\..\\Gehalt\\u202efdp.exe`` becomes ``Gehaltfdp.exe``; an empty one becomes ``Unterlage``.
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C" and sign not in '<>:"|?*%')
    kept = re.sub(r"\s+", " ", kept).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if not dot:
        stem, ending = kept, ""
    stem = stem.strip(" .")[: MAX_NAME - len(ending)] or "Unterlage"
    if _RESERVED.match(stem):
        stem = f"_{stem}"
    return f"{stem}.{ending[:10]}" if ending else stem


def stricter(wanted: str | None, least: str) -> str | None:
    """The class of a document of a kind whose class is ``least``; None if ``wanted`` would protect it less."""
    if not wanted:
        return least
    return wanted if CLASSES.index(wanted) >= CLASSES.index(least) else None


def may_change(roles: Collection[str], uploaded_by: str, user_id: str) -> bool:
    """Whether somebody may replace or remove a document: who added it, or those in charge of the case."""
    return uploaded_by == user_id or bool(IN_CHARGE & set(roles))


def missing_kinds(required: Mapping[str, bool], present: Collection[str]) -> list[str]:
    """Kinds that are needed (``required``: kind → whether it is) and not ``present``, in order."""
    return [kind for kind, needed in required.items() if needed and kind not in present]
