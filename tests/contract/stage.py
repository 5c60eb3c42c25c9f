"""What the contract tests share: cases at a certain step, made once a module, and rows before and after a call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from app.platform.db import Base, db
from tests.world import World

_CASES: dict[tuple[str, str, str], str] = {}
LOGINS = (
    "coordinator",
    "hr",
    "works-council",
    "employee",
    "hr2",
    "funding-adviser",
    "funding-adviser2",
    "provider",
    "provider2",
    "cluster-partner",
    "auditor",
    "admin",
)
PROBLEM_KEYS = {"type", "title", "status", "detail", "code", "instance"}


@dataclass
class Stage:
    """A world with cases that several tests look at; start your own (``world.case_at``) to change one."""

    world: World
    changes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def case(self, element: str, login: str = "hr") -> str:
        """A case standing at ``element``, for reading only."""
        key = (self.world.url, element, login)
        if key not in _CASES:
            _CASES[key] = self.world.case_at(element, login)
        return _CASES[key]

    def task(self, element: str, login: str = "hr") -> str:
        """The id of the open task ``element`` of that case."""
        return str(self.world.open_task(self.case(element, login), element)["id"])

    def own_task(self, element: str, login: str = "hr") -> str:
        """The id of an open task ``element`` of a new case."""
        return str(self.world.open_task(self.world.case_at(element, login), element)["id"])

    def row_counts(self, *besides: str) -> dict[str, int]:
        """Rows of every table but those that a refused call or a look leaves, tokens (a test asks for some) and
        ``besides``.
        """
        left_out = {"refusal", "access_log", "access_token", *besides}
        tables = [table for table in Base.metadata.sorted_tables if table.name not in left_out]
        counts = (sa.select(sa.func.count()).select_from(table).scalar_subquery() for table in tables)
        with db.engine.connect() as connection:
            row = connection.execute(sa.select(*counts)).one()
        return dict(zip((table.name for table in tables), row, strict=True))

    @contextmanager
    def nothing_changes(self, *besides: str) -> Iterator[None]:
        """Fail if the block leaves any table with more or fewer rows; refusals, the access log and tables ``besides``
        may grow.
        """
        before = self.row_counts(*besides)
        yield
        assert self.row_counts(*besides) == before


@pytest.fixture
def stage(world: World) -> Stage:
    """Cases of the module's world."""
    return Stage(world)


def is_problem(response: TestResponse, status: int, code: str | None = None) -> dict[str, Any]:
    """Check that an answer is a well-formed problem; returns its body."""
    assert response.status_code == status, (response.status_code, response.text[:500])
    assert response.mimetype == "application/problem+json"
    body: dict[str, Any] = response.get_json()
    assert set(body) - {"errors"} == PROBLEM_KEYS
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert body["type"] == f"urn:vorlauf:problem:{body['code']}"
    if code is not None:
        assert body["code"] == code
    for error in body.get("errors", ()):
        assert set(error) == {"pointer", "code", "message"}
        assert error["message"]
    return body
