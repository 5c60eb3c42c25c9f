"""Runs a delegate as the engine does: a real call, the shipped decision tables, data that went through JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from app.decisions.dmn import DecisionModel, load_model
from app.engine.delegates import CaseFacts, DelegateCall, find_delegate
from app.platform import codec
from app.platform.settings import ROOT, Settings

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
Options = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Ran:
    """What a delegate set, as it will stand in the snapshot, and what it asked for."""

    set: dict[str, Any]
    call: DelegateCall


@cache
def shipped_decisions() -> Mapping[str, DecisionModel]:
    """The decisions of the training case by id."""
    files = sorted((ROOT / "processes/training_case/decisions").glob("*.dmn"))
    models = [load_model(file.read_bytes(), file.name) for file in files]
    return {decision: model for model in models for decision in model.decisions}


def run(
    topic: str,
    variables: Mapping[str, Any],
    now: datetime = NOW,
    options: Options | None = None,
    session: Session | None = None,
    company: str = "company",
) -> Ran:
    """Call the delegate of ``topic``. Without ``session`` it must not read the registers."""
    call = DelegateCall(
        element=topic.replace(".", "_"),
        topic=topic,
        case=CaseFacts("case", "FF-2026-000001", company, "2026-11-02T08:00:00.000000Z", "Fall"),
        variables=codec.loads(codec.dumps(dict(variables))),
        now=now,
        session=session or Session(),
        settings=Settings(),
        decisions=shipped_decisions(),
        options=options or {},
    )
    return Ran(codec.loads(codec.dumps(dict(find_delegate(topic)(call)))), call)
