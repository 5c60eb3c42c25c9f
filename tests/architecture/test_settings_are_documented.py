"""docs/settings.md names every setting, its default and what it does; nothing else."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields

import pytest

from app.platform.settings import ROOT, Settings, variable_name

PAGE = ROOT / "docs" / "settings.md"
SETTINGS = {variable_name(field.name): field for field in fields(Settings)}


def text() -> str:
    return PAGE.read_text("utf-8")


@pytest.mark.parametrize("variable", sorted(SETTINGS))
def test_every_setting_is_described(variable: str) -> None:
    assert re.search(rf"`{variable}`", text()), f"{variable} is missing in docs/settings.md"
    assert SETTINGS[variable].metadata["doc"]
    assert SETTINGS[variable].default is not MISSING


def test_nothing_else_is_promised() -> None:
    assert set(re.findall(r"\bVORLAUF_[A-Z0-9_]+\b", text())) - set(SETTINGS) <= {"VORLAUF_TEST_DATABASE"}
