"""The demo's server knows that it is a demo, and under which address people reach it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app import cli
from app.platform.settings import Settings


class Served(BaseException):
    """Stands in for becoming the server."""


def environment_of(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> dict[str, str]:
    """What the server is started with."""
    seen: dict[str, str] = {}

    def become(_path: str, _command: list[str], environment: dict[str, str]) -> None:
        seen.update(environment)
        raise Served

    monkeypatch.setattr(os, "execve", become)
    monkeypatch.setattr(os, "chdir", lambda path: None)
    with pytest.raises(Served):
        cli.main([*arguments])
    return seen


def test_the_demo_keeps_mails_and_links_to_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "complete").write_text(cli._version_of_data())
    monkeypatch.delenv("VORLAUF_PUBLIC_URL", raising=False)
    seen = environment_of(monkeypatch, "demo", "--data", str(tmp_path), "--port", "8123")
    settings = Settings.from_environment(seen)
    assert (settings.demo, settings.public_url) == (True, "http://127.0.0.1:8123")


def test_a_served_installation_is_no_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VORLAUF_PUBLIC_URL", "https://vorlauf.example")
    settings = Settings.from_environment(environment_of(monkeypatch, "serve"))
    assert (settings.demo, settings.public_url) == (False, "https://vorlauf.example")
