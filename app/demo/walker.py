"""Walking a case as its roles take turns: answers come from the forms' own examples, deviations from a scenario.

The same walker drives the use cases directly (demo data, tests) and real HTTP (``walk``), through :class:`Driver`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol

from app.decisions.feel import compile_expression
from app.forms.definition import FormDefinition, load_form
from app.platform import codec

ROLE_LOGINS: Mapping[str, tuple[str, ...]] = {
    "coordinator": ("coordinator",),
    "hr": ("hr", "hr2", "hr3", "hr4", "hr5", "hr6", "hr7"),
    "works_council": ("works-council", "works-council3", "works-council5", "works-council7"),
    "employee": ("employee",),
    "funding_adviser": ("funding-adviser", "funding-adviser2"),
    "provider": ("provider", "provider2", "provider3"),
}
MAX_STEPS = 500
EXAMPLES_AS_OF = date(2026, 11, 23)
"""The day for which the forms' example dates were written."""
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class WalkFailed(Exception):
    """The case could not be walked on."""


class Driver(Protocol):
    """What a walker needs of the system; ``login`` says who acts."""

    def start(self, login: str, title: str, data: Mapping[str, Any]) -> str:
        """Start a case for the login's company; its id."""

    def open_tasks(self, login: str, case_id: str) -> list[dict[str, Any]]:
        """Open tasks of the case that ``login`` may complete."""

    def visible_tasks(self, case_id: str) -> list[dict[str, Any]]:
        """All open tasks of the case, as the coordinator sees them."""

    def task(self, login: str, task_id: str) -> dict[str, Any]:
        """The task with form, data and context."""

    def complete(self, login: str, task_id: str, answers: Mapping[str, Any]) -> None:
        """Do the task; documents that it turns out to need are added first."""

    def message(self, login: str, case_id: str, name: str, payload: Mapping[str, Any]) -> None:
        """Send a message."""

    def withdraw(self, login: str, case_id: str, reason: str) -> None:
        """Withdraw the case."""

    def advance(self, by: timedelta) -> None:
        """Let time pass and timers fire."""

    def today(self) -> date:
        """The day on which the driver acts."""

    def case(self, login: str, case_id: str) -> dict[str, Any]:
        """The case as the API answers it."""


@dataclass
class Walker:
    """Walks one case with one driver. ``told`` is called once a step with phase, task, login and what was decided."""

    driver: Driver
    told: Callable[[str, str, str, str], None] = lambda *_: None
    _owners: dict[tuple[str, str | None], str] = field(default_factory=dict)

    def find(
        self, case_id: str, element: str | None = None, login: str | None = None
    ) -> tuple[str, dict[str, Any]] | None:
        """The first open task (of ``element``, for ``login``) and who may do it."""
        if login is not None:
            mine = [task for task in self.driver.open_tasks(login, case_id) if element in (None, task["element"])]
            return (login, mine[0]) if mine else None
        for task in self.driver.visible_tasks(case_id):
            if element in (None, task["element"]) and (who := self._who(case_id, task)) is not None:
                return who, task
        return None

    def _who(self, case_id: str, task: Mapping[str, Any]) -> str | None:
        """A login that may do ``task``: remembered by role and organisation, never taken for granted."""
        owner = (task["role"], (task["organisation"] or {}).get("id"))
        known = self._owners.get(owner)
        for candidate in [known] if known else ROLE_LOGINS[task["role"]]:
            if any(open_task["id"] == task["id"] for open_task in self.driver.open_tasks(candidate, case_id)):
                if task["role"] != "funding_adviser":  # four eyes: not always the same one
                    self._owners[owner] = candidate
                return candidate
        return None

    def do(self, login: str, task: Mapping[str, Any], changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Fill the form with its examples, overlaid with ``changes``, and complete the task; returns the answers."""
        detail = self.driver.task(login, task["id"])
        options = detail["context"]["options"]
        form = load_form(codec.dumps(detail["form"]), task["element"])
        answers = examples(form, options, self.driver.today())
        for key, value in (changes or {}).items():
            answers[key] = self._resolve(value, key, form, options)
        self.driver.complete(login, task["id"], answers)
        self.told(detail["context"].get("phase_title", task["phase"]), task["name"], login, decided(answers))
        return answers

    def _resolve(self, value: Any, key: str, form: FormDefinition, options: Mapping[str, Any]) -> Any:
        """Words of scenarios: ``$employees``, ``$providers`` (all offered), ``$first``, ``$like:Part,Part`` (those
        whose label contains a part), ``$today`` and ``$today+P14D``.
        """
        if not isinstance(value, str) or not value.startswith("$"):
            return value
        if value.startswith("$today"):
            return self.today_word(value)
        source = next((field.values_key for field in form.fields if field.key == key), None)
        if value.startswith("$like:"):
            wanted = value.removeprefix("$like:").split(",")
            return [
                item["value"] for item in options.get(source or "", []) if any(word in item["label"] for word in wanted)
            ]
        offered = [option["value"] for option in options.get(source or value[1:], [])]
        return offered[0] if value == "$first" else offered

    def today_word(self, value: Any) -> Any:
        """``$today`` or ``$today+P14D`` as an ISO date; anything else as it is."""
        if not isinstance(value, str) or not value.startswith("$today"):
            return value
        length = value.removeprefix("$today").lstrip("+") or "P0D"
        return str(compile_expression(f'today + duration("{length}")').evaluate({"today": self.driver.today()}))

    def to_end(
        self, case_id: str, until: str | None = None, changes: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        """Walk along the examples until the case ends, or until a task ``until`` is open. Raises
        :class:`WalkFailed`.
        """
        for _ in range(MAX_STEPS):
            if until is not None and self.find(case_id, until) is not None:
                return
            found = self.find(case_id)
            if found is None:
                break
            login, task = found
            given = changes or {}
            self.do(login, task, given.get(f"{task['element']}@{login}") or given.get(task["element"]))
        if until is not None:
            raise WalkFailed(f"the case never came to {until}")


def examples(form: FormDefinition, options: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The example answers of a form, their future dates moved on by whole weeks so that they stay in the future."""
    weeks = max(0, -(-(today - EXAMPLES_AS_OF).days // 7))
    return {key: _moved(value, timedelta(weeks=weeks)) for key, value in form.example_answers(options).items()}


def _moved(value: Any, by: timedelta) -> Any:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return value
    day = date.fromisoformat(value)
    return (day + by).isoformat() if day > EXAMPLES_AS_OF else value


def decided(answers: Mapping[str, Any]) -> str:
    """The few answers that show what a step decided: choices and dates, no names."""
    shown = [
        f"{key}={value}"
        for key, value in answers.items()
        if value not in (None, "", [], {})
        and (isinstance(value, bool) or (isinstance(value, str) and len(value) <= 20))
    ]
    return ", ".join(shown[:3]) or f"{len(answers)} entries"


def missing_kinds(pointers: Iterable[str]) -> list[str]:
    """The kinds of documents that a refused completion names (``/documents/<kind>``)."""
    return [pointer.removeprefix("/documents/") for pointer in pointers if pointer.startswith("/documents/")]


def sample_file(kind: str) -> tuple[str, bytes]:
    """Name and content of a document that stands for a real one in demo and tests."""
    return f"Muster {kind}.txt", f"Beispiel einer Unterlage der Art {kind}.\n".encode()
