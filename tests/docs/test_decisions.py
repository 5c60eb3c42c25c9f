"""docs/adr: one page per decision, each with context, decision, consequences and existing tests that confirm it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.platform.settings import ROOT
from tests.docs.reading import ADR, code_words, names_in, section, text_of

PAGES = sorted(ADR.glob("[0-9]*.md"))
HEADINGS = ["Context", "Decision", "Consequences", "Confirmed by"]


def test_numbers_have_no_gaps() -> None:
    assert [int(page.name[:4]) for page in PAGES] == list(range(1, len(PAGES) + 1))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_decision_has_its_four_parts_on_one_page(page: Path) -> None:
    text = text_of(page)
    assert text.startswith(f"# {page.name[:4]} ")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == HEADINGS
    assert len(text.splitlines()) <= 45


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_decision_is_confirmed_by_tests_that_exist(page: Path) -> None:
    named = code_words(section(text_of(page), "Confirmed by"))
    assert named
    for test in named:
        path, _, name = test.partition("::")
        assert re.fullmatch(r"tests/\w+/test_\w+\.py", path), test
        assert name.startswith("test_"), test
        assert name in names_in(ROOT / path), test


def test_the_list_of_decisions_is_complete() -> None:
    index = text_of(ADR / "README.md")
    listed = dict(re.findall(r"^\| \[(?P<number>\d{4})\]\((?P<file>[^)]+)\)", index, re.MULTILINE))
    assert listed == {page.name[:4]: page.name for page in PAGES}
    for page in PAGES:
        title = text_of(page).splitlines()[0].removeprefix(f"# {page.name[:4]} ")
        assert f"| {title} |" in index
