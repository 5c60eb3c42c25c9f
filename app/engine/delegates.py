"""Automatic steps in Python: ``@delegate("funding.assess")`` serves ``camunda:topic="funding.assess"``.

A delegate gets a :class:`DelegateCall` and returns the variables it sets. It may read the register through
``call.session``; what should happen besides (jobs) it asks for through the call, so that a failing delegate leaves
nothing
behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.decisions.dmn import DecisionModel, Evaluation
from app.platform.settings import Settings


class DelegateFailed(Exception):
    """An automatic step could not be carried out."""


class DecisionMissing(DelegateFailed):
    """The bundle has no decision with this id."""


@dataclass(frozen=True)
class CaseFacts:
    """What expressions and delegates may know of the case itself (``case.number``, …)."""

    id: str
    number: str
    company: str
    created: str
    title: str


@dataclass
class DelegateCall:
    """One call. ``variables`` are the case's, overlaid with local ones; ``options`` are the register rows that the
    form just
    completed has offered (by ``valuesKey``); what is asked for here is taken over if the call succeeds.
    """

    element: str
    topic: str
    case: CaseFacts
    variables: Mapping[str, Any]
    now: datetime
    session: Session
    settings: Settings
    decisions: Mapping[str, DecisionModel]
    options: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    evaluations: list[Evaluation] = field(default_factory=list)
    jobs: list[tuple[str, datetime, dict[str, Any]]] = field(default_factory=list)
    retention_until: str | None = None

    def decide(self, decision: str, inputs: Mapping[str, Any]) -> Evaluation:
        """Evaluate a decision of the case's own definition; it is recorded with inputs and matched rules."""
        model = self.decisions.get(decision)
        if model is None:
            raise DecisionMissing(decision)
        evaluation = model.evaluate(decision, inputs)
        self.evaluations.append(evaluation)
        return evaluation

    def defer(self, name: str, run_at: datetime, **payload: Any) -> None:
        """Ask for a background job in the transaction of this step."""
        self.jobs.append((name, run_at, payload))


Delegate = Callable[[DelegateCall], Mapping[str, Any]]
_delegates: dict[str, Delegate] = {}
_unrepeatable: set[str] = set()


def delegate(topic: str, *, repeatable: bool = True) -> Callable[[Delegate], Delegate]:
    """Register the decorated function for ``camunda:topic``.

    ``repeatable`` is false for one that does more than set variables and ask for jobs: once it has run, the answer
    before it can no longer be corrected (see ``correction``).
    """

    def register(function: Delegate) -> Delegate:
        _delegates[topic] = function
        (_unrepeatable.discard if repeatable else _unrepeatable.add)(topic)
        return function

    return register


def find_delegate(topic: str) -> Delegate:
    """The registered delegate. Raises :class:`DelegateFailed`."""
    try:
        return _delegates[topic]
    except KeyError:
        raise DelegateFailed(f"no delegate for {topic}") from None


def is_repeatable(topic: str) -> bool:
    """Whether the delegate may run once more after a correction."""
    return topic not in _unrepeatable


def delegate_topics() -> frozenset[str]:
    """All registered topics."""
    return frozenset(_delegates)
