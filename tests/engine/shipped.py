"""The shipped process as the differential and property tests walk it: random answers, timers, messages, withdrawal."""

from __future__ import annotations

import random
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.platform.clock import parse_iso
from app.platform.settings import ROOT
from tests.engine.running import Run, Specs

FOLDER = ROOT / "processes" / "training_case"

DELEGATES: dict[str, dict[str, Any]] = {
    "demand.register": {
        "participants": [{"employee": "e1", "name": "A"}, {"employee": "e2", "name": "B"}],
        "self_pay": None,
        "after_refusal": None,
        "decision": None,
        "late_application": None,
    },
    "providers.request": {
        "quote_requests": [{"organisation": "p1", "name": "P"}, {"organisation": "p2", "name": "Q"}],
        "quotes": [],
    },
    "providers.rank": {"ranking": []},
    "providers.confirm": {"chosen_provider": "p1", "course_start": "2027-03-01", "course_end": "2027-04-23"},
    "shorttime.align": {"alignment_council": None},
}
CHOICES: dict[str, dict[str, list[Any]]] = {
    "demand.register": {"has_works_council": [True, False]},
    "funding.assess": {
        "any_fundable": [True],
        "funding_total": [5_000, 20_000],
        "four_eyes_limit": [10_000],
        "application_escalation_at": [None, "2026-12-20", "2027-02-01"],
        "application_closes_at": [None, None, "2027-01-15"],
    },
    "funding.objection_period": {
        "objection_until": ["2027-02-08"],
        "objection_reminder_at": ["2027-02-01"],
        "objection_ends_at": ["2027-02-09", "2027-03-09"],
    },
    "funding.change_instrument": {"decision": [None], "after_refusal": [None], "late_application": [None]},
    "funding.apply_review": {"funding_path": ["sgb3_82", "sgb3_82", "none"], "self_pay": [None]},
    "providers.request": {"quote_reminder_at": ["2026-12-01"], "quote_deadline_at": ["2026-12-15", "2027-01-10"]},
    "providers.rank": {"quote_count": [0, 2]},
    "providers.confirm": {"certificate_covers_run": [True, True, False]},
    "capture_demand": {"short_time_work": ["none", "planned", "running"]},
    "check_completeness": {"completeness": ["complete", "complete", "complete", "ask_back", "decline"]},
    "works_council_word": {"works_council_statement": ["consent", "informed", "objection"]},
    "decide_without_council": {"works_council_statement": ["silent", "ask_again"]},
    "review_assessment": {"review": ["accept", "accept", "correct", "ask_back"]},
    "second_review": {"second_review": ["accept", "accept", "ask_back"]},
    "decide_self_pay": {"self_pay": ["self_pay", "end"]},
    "request_quotes": {"quote_deadline": ["2026-12-15"]},
    "compare_quotes": {"comparison": ["go_on", "go_on", "new_round"]},
    "confirm_alignment": {"alignment_confirmation": ["confirmed", "confirmed", "replan"]},
    "confirm_alignment_council": {"alignment_council": ["consent", "consent", "objection"]},
    "record_decision": {"decision": ["granted", "partly", "refused"]},
    "after_refusal": {"after_refusal": ["objection", "objection", "other_instrument", "self_pay", "end"]},
    "record_objection": {"decision": ["granted", "refused"]},
    "without_objection": {"after_refusal": ["other_instrument", "self_pay", "end"]},
    "missed_deadline": {"late_application": ["postponed", "hardship", "self_pay"]},
    "record_attendance": {"last_month": [True, False]},
}


@lru_cache(maxsize=1)
def specs() -> Specs:
    """The shipped diagrams, parsed once."""
    files = {path.name: path.read_bytes() for path in sorted(Path(FOLDER).glob("*.bpmn"))}
    return Specs("training_case", files)


def delegate(seed: int) -> Any:
    """A stand-in for the business rooms whose answers depend only on ``seed`` and the number of the call."""
    chance = random.Random(seed)

    def call(task: Any) -> bool:
        top = task.workflow.top_workflow
        element = specs().model.elements[task.task_spec.bpmn_id]
        if element.type == "businessRuleTask":
            top.variables[element.result_variable] = "sgb3_82"
            return True
        topic = element.topic or ""
        top.variables.update(DELEGATES.get(topic, {}))
        top.variables.update(answers(topic, chance))
        return True

    return call


def answers(element: str, chance: random.Random) -> dict[str, Any]:
    """Random answers of one form or delegate."""
    return {key: chance.choice(values) for key, values in CHOICES.get(element, {}).items()}


def random_step(chance: random.Random, runs: list[Run]) -> str:
    """Do the same random thing in all ``runs``; returns what it was."""
    first = runs[0]
    roll = chance.random()
    due = [parse_iso(moment) for _element, moment in first.waiting() if moment not in (None, "never")]
    if roll < 0.25 and due:
        moment = max(min(due), first.now) + timedelta(minutes=1)
        for run in runs:
            run.pass_time(moment)
        return "timer"
    names = [specs().model.elements[element].message for element, moment in first.waiting() if moment is None]
    for name in ("agency_decision", "objection_decision"):
        if name in names and chance.random() < 0.3:
            return _send(runs, name, {"decision": chance.choice(["granted", "refused"])})
    if "withdrawal" in names and chance.random() < 0.01:
        return _send(runs, "withdrawal", {"withdrawal_reason": "x"})
    element = chance.choice(first.open())
    index = chance.randrange(len(first.tasks(element)))
    given = {**answers(element, chance), "note": chance.randint(0, 9)}
    for run in runs:
        run.do(element, given, index)
    return element


def _send(runs: list[Run], name: str, payload: dict[str, Any]) -> str:
    for run in runs:
        run.workflow.variables.update(payload)
        run.message(name)
    return f"message {name}"
