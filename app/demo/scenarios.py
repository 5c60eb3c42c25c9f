"""Scenarios beside the diagrams (``processes/<key>/scenarios/*.json``): a story as steps, and what must come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from app.decisions.feel import compile_expression
from app.demo.walker import Driver, Walker, WalkFailed
from app.platform import codec


@dataclass(frozen=True)
class Scenario:
    """One story of one process."""

    name: str
    title: str
    start: Mapping[str, Any]
    steps: tuple[Mapping[str, Any], ...]
    expect: Mapping[str, Any]


def read_scenarios(folder: Path) -> list[Scenario]:
    """All scenarios of a process folder, by name."""
    found = []
    for path in sorted((folder / "scenarios").glob("*.json")):
        raw = codec.loads(path.read_bytes())
        found.append(
            Scenario(raw["name"], raw["title"], raw.get("start", {}), tuple(raw["steps"]), raw.get("expect", {}))
        )
    return found


def play(scenario: Scenario, driver: Driver, starter: str = "hr") -> str:
    """Start a case and carry out every step; returns the case's id. Raises :class:`WalkFailed` naming the step."""
    walker = Walker(driver)
    start = scenario.start
    case_id = driver.start(start.get("as", starter), start.get("title", scenario.title), start.get("data", {}))
    for number, step in enumerate(scenario.steps, 1):
        try:
            _play_step(walker, case_id, step)
        except WalkFailed as error:
            raise WalkFailed(f"{scenario.name}, step {number} {dict(step)}: {error}") from error
    return case_id


def _play_step(walker: Walker, case_id: str, step: Mapping[str, Any]) -> None:
    driver = walker.driver
    if "timer" in step:
        driver.advance(duration(step["timer"]))
    elif "message" in step:
        payload = {key: walker.today_word(value) for key, value in step.get("payload", {}).items()}
        driver.message(step["as"], case_id, step["message"], payload)
    elif "withdraw" in step:
        driver.withdraw(step["as"], case_id, step["withdraw"])
    elif "provider_cancels" in step:
        driver.cancel_provider(step["as"], case_id, step["provider_cancels"])
    elif "participant_withdraws" in step:
        people = driver.case("coordinator", case_id)["data"]["participants"]
        gone = people[step["participant"]]["employee"]
        driver.leave(step["as"], case_id, gone, step["cause"], step["participant_withdraws"])
    elif "task" in step:
        _play_task(walker, case_id, step)
    else:
        raise WalkFailed(f"unknown step {dict(step)}")


def _play_task(walker: Walker, case_id: str, step: Mapping[str, Any]) -> None:
    element, login = step["task"], step.get("as")
    for _ in range(1000 if step.get("each") else 1):
        found = walker.find(case_id, element, login) or (None if login is None else walker.find(case_id, element))
        if found is None:
            break
        who, task = found
        walker.do(who, task, step.get("answers"))
        if not step.get("each"):
            return
    else:
        return
    if not step.get("each"):
        raise WalkFailed(f"nobody has the task {element}")


def duration(text: str) -> timedelta:
    """``P8D`` as a timedelta; months count 31 days here."""
    value = compile_expression(f'duration("{text}")').evaluate({})
    return value if isinstance(value, timedelta) else timedelta(days=31 * int(getattr(value, "months", 1)))
