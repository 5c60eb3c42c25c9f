"""What a document points at is there: files, names in code, other documents, headings."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.bootstrap.addresses import findings
from app.platform.settings import ROOT
from tests.docs.reading import DOCUMENTS, dead_links, missing_references, prose, text_of


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    assert list(dead_links(document, text_of(document))) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_and_name_that_is_mentioned_exists(document: Path) -> None:
    assert list(missing_references(text_of(document))) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_code_is_broken_over_two_lines(document: Path) -> None:
    assert [line for line in prose(text_of(document)).splitlines() if line.count("`") % 2] == []


def test_a_dead_link_would_be_found() -> None:
    text = "# One\n[a](docs/nowhere.md) [b](#two) [c](#one) [d](docs/settings.md#for-tests) [e](docs/settings.md#x)"
    found = list(dead_links(ROOT / "README.md", text))
    assert found == ["docs/nowhere.md", "#two", "docs/settings.md#x"]


def test_a_name_that_is_gone_would_be_found() -> None:
    text = "`app/factory.py::create_app` `app/factory.py::destroy_app` `app/attic.py` `app/<room>/models.py` `app/`"
    assert list(missing_references(text)) == ["app/factory.py::destroy_app", "app/attic.py"]


def test_every_document_is_reached_from_the_readme() -> None:
    reached, open_ones = set(), [ROOT / "README.md"]
    while open_ones:
        document = open_ones.pop()
        reached.add(document)
        text = text_of(document)
        for other in DOCUMENTS:
            link = f"]({_relative(document, other)}"
            if other not in reached and link in text:
                open_ones.append(other)
    assert set(DOCUMENTS) - reached == set()


def _relative(document: Path, other: Path) -> str:
    if other.is_relative_to(document.parent):
        return str(other.relative_to(document.parent))
    return f"../{other.relative_to(document.parent.parent)}" if other.is_relative_to(document.parent.parent) else "-"


def test_no_document_names_a_machine_or_a_registry() -> None:
    names = {str(document.relative_to(ROOT)) for document in DOCUMENTS}
    assert [line for line in findings(ROOT) if line.partition(":")[0] in names] == []
