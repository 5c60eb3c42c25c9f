"""An old case against a young one: a step must not cost more because a case has been going round for long.

The loop is the ask-back of demand capture. Old and young cases take turns, so that both meet the same busy machine.
"""

from __future__ import annotations

import time
from typing import Any

from app.demo.over_http import HttpClient, HttpFailed
from app.demo.serving import served
from app.platform.settings import Settings
from bench.client import answers_to
from bench.report import Measurement, p50
from bench.world import MEASURING

LIMIT_AGE = 1.3
YOUNG, OLD, AROUND = 10, 200, 5
"""The steps that are compared, and how many before and after them count as well."""
ASK_BACK = {"completeness": "ask_back", "completeness_note": "Bitte die Stundenzahl ergänzen."}
WHO = {"capture_demand": "hr", "check_completeness": "coordinator"}


class Loop:
    """One case that HR captures and the coordinator asks back, for ever."""

    def __init__(self, http: HttpClient, company: str, number: int) -> None:
        self.http, self.steps = http, 0
        body = {"process": "training_case", "company": company, "title": f"Rückfrage {number}", "data": {}}
        self.case_id = http.ask("hr", "POST", "/cases", body)["id"]
        self.task = self._open_task()
        self.answers = {"capture_demand": self._examples(), "check_completeness": ASK_BACK}

    def _open_task(self) -> Any:
        return self.http.ask("coordinator", "GET", f"/tasks?case={self.case_id}&scope=visible")["items"][0]

    def _examples(self) -> dict[str, Any]:
        return answers_to(self.http.ask("hr", "GET", f"/tasks/{self.task['id']}"))

    def step(self) -> float:
        """Complete the one open task; the seconds it took. Raises HttpFailed."""
        element = self.task["element"]
        token, path = self.http.token(WHO[element]), f"/api/v1/tasks/{self.task['id']}/complete"
        began = time.perf_counter()
        status, answer, _ = self.http.call("POST", path, {"data": self.answers[element]}, token)
        seconds = time.perf_counter() - began
        if status != 200:
            raise HttpFailed(status, "POST", path, answer)
        self.steps += 1
        self.task = self._open_task()
        return seconds

    def go_to(self, step: int) -> None:
        """Go round unmeasured until ``step`` steps are done."""
        while self.steps < step:
            self.step()


def measure(database: str, settings: Settings, cases: int) -> list[Measurement]:
    """Median of ``cases`` old ones against that of as many young ones."""
    with served(settings, MEASURING) as address:
        http = HttpClient(address)
        company = next(
            item["id"] for item in http.ask("hr", "GET", "/me")["organisations"] if item["kind"] == "company"
        )
        old, young = ([Loop(http, company, number) for number in range(cases)] for _ in range(2))
        for loop in old:
            loop.go_to(OLD - AROUND - 1)
        for loop in young:
            loop.go_to(YOUNG - AROUND - 1)
        pairs = [
            (before.step(), after.step())
            for _ in range(2 * AROUND + 1)
            for before, after in zip(young, old, strict=True)
        ]
    early, late = (p50(side) for side in zip(*pairs, strict=True))
    return [
        Measurement(f"complete p50, step {YOUNG} of a loop", early * 1e3, "ms", None, database, 1),
        Measurement(f"complete p50, step {OLD} of a loop", late * 1e3, "ms", None, database, 1),
        Measurement(f"complete step {OLD} / step {YOUNG}", late / early, "x", LIMIT_AGE, database, 1),
    ]
