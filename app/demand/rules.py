"""What a captured demand says about its participants. Plain Python: values in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

PREFILL = (
    "first_name",
    "last_name",
    "birth_date",
    "weekly_hours",
    "monthly_gross",
    "has_qualification",
    "qualification_date",
    "last_sgb3_82_end",
    "disability_degree",
    "equal_status",
)
"""Register facts that the evidence form shows filled in; keys as that form names them, to be hidden alike."""


def each_once(ids: Iterable[str]) -> list[str]:
    """The ids in the order of their first mention, each once: a person takes one seat."""
    return list(dict.fromkeys(ids))


def participant(employee: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """A participant as the case keeps it: register id under ``employee``, full ``name``, facts to prefill.

    Facts the register does not know are null.
    """
    known = {key: facts.get(key) for key in PREFILL}
    names = (known["first_name"], known["last_name"])
    return {"employee": employee, "name": " ".join(name for name in names if name), **known}
