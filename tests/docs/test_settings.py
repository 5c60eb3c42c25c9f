"""docs/settings.md lists every setting with its default, and nothing else."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from app.platform.settings import ROOT, Settings, variable_name
from tests.docs.reading import DOCUMENTS, rows, text_of, unquoted

PAGE = text_of(ROOT / "docs" / "settings.md")
OF_THE_APP, OF_TESTS = PAGE.split("## For tests")
DOCUMENTED = {unquoted(row[0]): row for row in rows(OF_THE_APP)}
FIELDS = {variable_name(spec.name): spec for spec in fields(Settings)}


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    assert sorted(DOCUMENTED) == sorted(FIELDS)


def test_settings_stand_in_the_order_of_the_code() -> None:
    assert list(DOCUMENTED) == list(FIELDS)


@pytest.mark.parametrize("variable", sorted(set(FIELDS) & set(DOCUMENTED)))
def test_the_documented_default_is_the_real_one(variable: str) -> None:
    default, cell = FIELDS[variable].default, DOCUMENTED[variable][1]
    if default == "":
        assert cell == ""
    elif isinstance(default, str) and str(ROOT) in default:
        assert default.removeprefix("sqlite:///").removeprefix(f"{ROOT}/") in cell
    else:
        assert unquoted(cell) == (str(int(default)) if isinstance(default, bool) else str(default))


@pytest.mark.parametrize("variable", sorted(DOCUMENTED))
def test_a_setting_is_explained(variable: str) -> None:
    assert len(DOCUMENTED[variable][2]) > 20


def test_settings_of_tests_are_those_that_set_up_and_tests_read() -> None:
    assert {unquoted(row[0]) for row in rows(OF_TESTS)} == {"CHROMIUM", "VORLAUF_TEST_DATABASE"}
    assert '"CHROMIUM"' in text_of(ROOT / "app" / "bootstrap" / "chromium.py")
    assert '"VORLAUF_TEST_DATABASE"' in text_of(ROOT / "tests" / "databases.py")


def test_no_document_names_a_setting_that_does_not_exist() -> None:
    known = {*FIELDS, "VORLAUF_TEST_DATABASE"}
    named = {word for page in DOCUMENTS for word in re.findall(r"\bVORLAUF_[A-Z_]+\b", text_of(page))}
    assert named - known == set()
