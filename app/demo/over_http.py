"""Driving a served Vorlauf over real HTTP with bearer tokens: ``python3 -m app walk``, browser tests, bench."""

from __future__ import annotations

import http.client
import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from app.demo.people import PASSWORD
from app.demo.walker import WalkFailed, missing_kinds, sample_file
from app.platform import codec
from app.platform.clock import local_date, utcnow


class HttpFailed(WalkFailed):
    """A call over HTTP was not answered as expected."""

    def __init__(self, status: int, method: str, path: str, body: Any) -> None:
        self.status, self.body = status, body
        super().__init__(f"{method} {path}: {status} {body}")


class HttpClient:
    """One kept-alive connection speaking JSON."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port or 80, timeout=30)
        self._tokens: dict[str, str] = {}

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Any, Mapping[str, str]]:
        """Status, parsed body, headers."""
        sent = {"Accept": "application/json", **(headers or {})}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        data = None if body is None else codec.dumps(body)
        if data is not None:
            sent["Content-Type"] = "application/json"
        status, raw, received = self.send(method, path, data, sent)
        parsed = codec.loads(raw) if raw and "json" in (received["Content-Type"] or "") else raw
        return status, parsed, dict(received.items())

    def send(
        self, method: str, path: str, data: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes, http.client.HTTPMessage]:
        """Status, raw body, headers of a call that is ready to be sent."""
        self._connection.request(method, path, body=data, headers=headers)
        response = self._connection.getresponse()
        return response.status, response.read(), response.headers

    def token(self, login: str) -> str:
        """A bearer token for ``login``, asked for once."""
        if login not in self._tokens:
            status, body, _ = self.call("POST", "/api/v1/tokens", {"login": login, "password": PASSWORD})
            if status != 201:
                raise HttpFailed(status, "POST", "/api/v1/tokens", body)
            self._tokens[login] = body["token"]
        return self._tokens[login]

    def ask(self, login: str, method: str, path: str, body: Any = None) -> Any:
        """The body of a call that must succeed. Raises :class:`HttpFailed`."""
        status, answer, _ = self.call(method, f"/api/v1{path}", body, self.token(login))
        if status >= 400:
            raise HttpFailed(status, method, path, answer)
        return answer

    def send_file(self, login: str, path: str, fields: Mapping[str, str], name: str, content: bytes) -> Any:
        """Send a form with a file (multipart/form-data, RFC 7578). Raises :class:`HttpFailed`."""
        boundary = secrets.token_hex(16)
        parts = [f'name="{key}"\r\n\r\n{value}'.encode() for key, value in fields.items()]
        parts.append(f'name="file"; filename="{name}"\r\n\r\n'.encode() + content)
        head = f"--{boundary}\r\nContent-Disposition: form-data; ".encode()
        data = b"".join(head + part + b"\r\n" for part in parts) + f"--{boundary}--\r\n".encode()
        headers = {"Authorization": f"Bearer {self.token(login)}"}
        headers["Content-Type"] = f"multipart/form-data; boundary={boundary}"
        self._connection.request("POST", f"/api/v1{path}", body=data, headers=headers)
        response = self._connection.getresponse()
        answer = codec.loads(response.read())
        if response.status >= 400:
            raise HttpFailed(response.status, "POST", path, answer)
        return answer


class HttpDriver:
    """The walker's view of a served Vorlauf. Time cannot be moved from outside."""

    def __init__(self, address: str, process: str = "training_case") -> None:
        self.client, self.process = HttpClient(address), process

    def start(self, login: str, title: str, data: Mapping[str, Any]) -> str:
        """Start a case for the login's first company."""
        me = self.client.ask(login, "GET", "/me")
        company = next(item["id"] for item in me["organisations"] if item["kind"] == "company")
        body = {"process": self.process, "company": company, "title": title, "data": dict(data)}
        return str(self.client.ask(login, "POST", "/cases", body)["id"])

    def open_tasks(self, login: str, case_id: str) -> list[dict[str, Any]]:
        """Open tasks of the case that ``login`` may complete."""
        items: list[dict[str, Any]] = self.client.ask(
            login, "GET", f"/tasks?{urlencode({'case': case_id, 'limit': 100})}"
        )["items"]
        return items

    def visible_tasks(self, case_id: str) -> list[dict[str, Any]]:
        """All open tasks of the case, as the coordinator sees them."""
        query = urlencode({"case": case_id, "scope": "visible", "limit": 100})
        items: list[dict[str, Any]] = self.client.ask("coordinator", "GET", f"/tasks?{query}")["items"]
        return items

    def task(self, login: str, task_id: str) -> dict[str, Any]:
        """The task with form, data and context."""
        found: dict[str, Any] = self.client.ask(login, "GET", f"/tasks/{task_id}")
        return found

    def complete(self, login: str, task_id: str, answers: Mapping[str, Any]) -> None:
        """Do the task; documents that it turns out to need are added first."""
        path, body = f"/tasks/{task_id}/complete", {"data": dict(answers)}
        try:
            self.client.ask(login, "POST", path, body)
        except HttpFailed as refused:
            if refused.status != 422 or refused.body["code"] != "documents_missing":
                raise
            case_id = self.client.ask(login, "GET", f"/tasks/{task_id}")["case"]["id"]
            for kind in missing_kinds(error["pointer"] for error in refused.body["errors"]):
                self.upload(login, case_id, task_id, kind)
            self.client.ask(login, "POST", path, body)

    def upload(self, login: str, case_id: str, task_id: str, kind: str) -> dict[str, Any]:
        """Add a sample document of ``kind`` at a task."""
        name, content = sample_file(kind)
        fields = {"kind": kind, "task": task_id}
        made: dict[str, Any] = self.client.send_file(login, f"/cases/{case_id}/documents", fields, name, content)
        return made

    def message(self, login: str, case_id: str, name: str, payload: Mapping[str, Any]) -> None:
        """Send a message."""
        self.client.ask(login, "POST", f"/cases/{case_id}/messages", {"name": name, "payload": dict(payload)})

    def withdraw(self, login: str, case_id: str, reason: str) -> None:
        """Withdraw the case."""
        self.client.ask(login, "POST", f"/cases/{case_id}/withdrawal", {"reason": reason})

    def cancel_provider(self, login: str, case_id: str, reason: str) -> None:
        """The chosen provider cancels."""
        self.client.ask(login, "POST", f"/cases/{case_id}/provider-cancellation", {"reason": reason})

    def leave(self, login: str, case_id: str, employee: str, cause: str, reason: str) -> None:
        """One participant withdraws."""
        path = f"/cases/{case_id}/participants/{employee}/withdrawal"
        self.client.ask(login, "POST", path, {"cause": cause, "reason": reason})

    def advance(self, by: timedelta) -> None:
        """Not possible over HTTP."""
        raise WalkFailed("time cannot be moved over HTTP")

    def today(self) -> date:
        """The real day."""
        return local_date(utcnow())

    def case(self, login: str, case_id: str) -> dict[str, Any]:
        """The case as the API answers it."""
        found: dict[str, Any] = self.client.ask(login, "GET", f"/cases/{case_id}")
        return found
