"""``python3 -m app decisions``: what people and machines get to read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli import main
from app.platform.settings import ROOT
from tests.decisions.test_conformance_kit import KIT

TABLES = sorted((ROOT / "processes" / "training_case" / "decisions").glob("*.dmn"))
PATH = next(path for path in TABLES if path.name == "funding_path.dmn")


def test_the_shipped_tables_are_clean(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decisions", "check", *map(str, TABLES)]) == 0
    assert f"{len(TABLES)} files, 0 errors" in capsys.readouterr().out


def test_a_broken_table_is_named_with_file_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.dmn"
    broken.write_text(PATH.read_text("utf-8").replace("<text>", "<text>(", 1), "utf-8")
    assert main(["decisions", "check", str(broken), "--json"]) == 1
    [first, *_] = json.loads(capsys.readouterr().out)["findings"]
    assert (first["file"], first["severity"]) == ("broken.dmn", "error")
    assert first["line"] > 1
    assert first["message_de"]
    assert first["message_en"]


def test_a_decision_is_explained_by_its_rules(capsys: pytest.CaptureFixture[str]) -> None:
    inputs = {"any_fundable": True, "any_review": False, "all_not_fundable": False}
    assert main(["decisions", "explain", str(PATH), "funding_path", json.dumps(inputs), "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["matched"]
    assert len(made["model_hash"]) == 64


@pytest.mark.parametrize("given", ["{", '{"any_fundable": "perhaps"}'])
def test_inputs_that_do_not_fit_are_refused(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decisions", "explain", str(PATH), "funding_path", given]) in (1, 2)
    said = capsys.readouterr()
    assert (said.out + said.err).strip()


def test_a_file_that_is_missing_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decisions", "check", "nowhere.dmn"]) == 2
    assert "nowhere.dmn" in capsys.readouterr().err


def test_a_folder_without_cases_does_not_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decisions", "tck", str(tmp_path), "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {"passed": 0, "failed": 0, "folders": {}}


if KIT.is_dir():

    def test_the_kit_is_scored_by_folder(capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["decisions", "tck", str(KIT), "--json"]) == 0
        score = json.loads(capsys.readouterr().out)
        assert (score["passed"], score["failed"]) == (126, 0)
        assert sum(folder["passed"] for folder in score["folders"].values()) == 126
