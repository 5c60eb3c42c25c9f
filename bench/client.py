"""One client: walks cases over HTTP as the roles take turns and times GET task, complete and inbox."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.demo.over_http import HttpClient, HttpFailed
from app.demo.walker import ROLE_LOGINS, examples
from app.forms.definition import load_form
from app.platform import codec
from app.platform.clock import local_date, utcnow

KINDS = ("get_task", "complete", "inbox", "hello")
_TIMING = re.compile(r'sql;desc="(\d+)", commit;desc="(\d+)"')


@dataclass
class Times:
    """Seconds per call, and the largest number of statements and commits of any."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    statements: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    commits: dict[str, set[int]] = field(default_factory=lambda: {kind: set() for kind in KINDS})
    began: float = 0.0
    ended: float = 0.0

    def note(self, kind: str, seconds: float, headers: Mapping[str, str]) -> None:
        """Keep one measurement."""
        self.seconds[kind].append(seconds)
        found = _TIMING.search(headers.get("Server-Timing", ""))
        if found:
            self.statements[kind] = max(self.statements[kind], int(found[1]))
            self.commits[kind].add(int(found[2]))


class Client:
    """Walks ``cases`` cases on a server at ``address``."""

    def __init__(self, address: str, hello: str) -> None:
        self.http = HttpClient(address)
        self.hello = HttpClient(hello)
        self.times = Times()
        self.providers = {self._provider(login): login for login in ROLE_LOGINS["provider"]}
        self.company = next(
            item["id"] for item in self.http.ask("hr", "GET", "/me")["organisations"] if item["kind"] == "company"
        )

    def _provider(self, login: str) -> str:
        return str(self.http.ask(login, "GET", "/me")["organisations"][0]["id"])

    def sign_in(self) -> None:
        """Tokens of everybody, before anything is timed."""
        for logins in ROLE_LOGINS.values():
            self.http.token(logins[0])

    def walk(self, cases: int) -> Times:
        """Walk and time."""
        self.sign_in()
        self.times.began = time.perf_counter()
        for number in range(cases):
            self._walk_case(self.start(f"Messung {number}"))
        self.times.ended = time.perf_counter()
        return self.times

    def start(self, title: str) -> dict[str, Any]:
        """A new case."""
        body = {"process": "training_case", "company": self.company, "title": title, "data": {}}
        case: dict[str, Any] = self.http.ask("hr", "POST", "/cases", body)
        return case

    def login_for(self, task: Mapping[str, Any]) -> str:
        """Who does ``task``."""
        if task["element"] == "second_review":
            return ROLE_LOGINS["funding_adviser"][1]
        return self.providers.get(task["organisation_id"]) or ROLE_LOGINS[task["role"]][0]

    def _walk_case(self, case: dict[str, Any]) -> None:
        while case["status"] == "open":
            task = case["tasks"][0]
            login = self.login_for(task)
            self._timed("inbox", login, "GET", "/tasks?limit=25")
            detail = self._timed("get_task", login, "GET", f"/tasks/{task['id']}")
            self._timed("complete", login, "POST", f"/tasks/{task['id']}/complete", {"data": answers_to(detail)})
            self._say_hello()
            case = self.http.ask("coordinator", "GET", f"/cases/{case['id']}")

    def _say_hello(self) -> None:
        """The yardstick, in the same second and on the same busy machine as what it is compared with."""
        for _ in range(2):
            began = time.perf_counter()
            self.hello.call("GET", "/hello")
            self.times.note("hello", time.perf_counter() - began, {})

    def _timed(self, kind: str, login: str, method: str, path: str, body: Any = None) -> Any:
        token = self.http.token(login)
        began = time.perf_counter()
        status, answer, headers = self.http.call(method, f"/api/v1{path}", body, token)
        seconds = time.perf_counter() - began
        if status != 200:
            raise HttpFailed(status, method, path, answer)
        self.times.note(kind, seconds, headers)
        return answer


def answers_to(detail: Mapping[str, Any]) -> dict[str, Any]:
    """The examples of the form that comes with a task."""
    form = load_form(codec.dumps(detail["form"]), detail["element"])
    return examples(form, detail["context"]["options"], local_date(utcnow()))


def run_client(address: str, hello: str, cases: int) -> Times:
    """Entry of a client process."""
    return Client(address, hello).walk(cases)
