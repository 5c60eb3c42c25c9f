"""What the tests of documents share: sending files as people do."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.documents import samples
from tests.world import World


@dataclass
class Desk:
    """Somebody who sends files to the API."""

    world: World

    def send(
        self, login: str, case_id: str, content: bytes = samples.TEXT, name: str = "notiz.txt", **fields: Any
    ) -> TestResponse:
        """Add a document; ``headers`` besides fields."""
        return self.post(login, f"/cases/{case_id}/documents", content, name, **fields)

    def post(self, login: str, path: str, content: bytes, name: str, **fields: Any) -> TestResponse:
        """A form with a file."""
        headers = fields.pop("headers", None)
        data = {**fields, "file": (io.BytesIO(content), name)}
        return self.world.client(login).post(f"/api/v1{path}", data=data, headers=headers)

    def added(self, login: str, case_id: str, content: bytes = samples.TEXT, **fields: Any) -> dict[str, Any]:
        """A document that has been added."""
        response = self.send(login, case_id, content, **fields)
        assert response.status_code == 201, response.text
        found: dict[str, Any] = response.json
        return found

    def titles(self, login: str, case_id: str) -> set[str]:
        """What somebody sees in the list of a case."""
        response = self.world.call(login, "GET", f"/cases/{case_id}/documents")
        return {item["title"] for item in response.json["items"]} if response.status_code == 200 else set()


@pytest.fixture
def desk(world: World) -> Desk:
    """Sends files to the module's world."""
    return Desk(world)
