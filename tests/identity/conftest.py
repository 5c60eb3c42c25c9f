"""The tiny app with its own policy table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.identity import guard, policy
from app.platform.db import db
from app.platform.settings import Settings
from tests.identity import tiny_app


@pytest.fixture
def tiny(settings: Settings, monkeypatch: pytest.MonkeyPatch, _clean: None) -> Iterator[Flask]:
    """The tiny app on the module's database."""
    monkeypatch.setattr(guard, "POLICY", tiny_app.POLICY)
    monkeypatch.setattr(policy, "POLICY", tiny_app.POLICY)
    app = tiny_app.make_tiny_app(settings)
    yield app
    with app.app_context():
        db.engine.dispose()
