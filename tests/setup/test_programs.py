"""Which programs set-up takes, and how it starts the tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import chromium, node
from app.bootstrap.start import pytest_arguments


def program(folder: Path, name: str, says: str = "") -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho {says}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A machine with the programs in this folder, and no others."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    node.find_node.cache_clear()
    yield tmp_path
    node.find_node.cache_clear()  # what was found here must not serve other tests


def test_the_chromium_that_the_environment_names_comes_first(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(machine, "chromium")
    monkeypatch.setenv("CHROMIUM", "/opt/mine")
    assert chromium.chromium_path() == "/opt/mine"


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_a_chromium_of_the_machine_is_taken(machine: Path, name: str) -> None:
    found = program(machine, name)
    assert chromium.chromium_path() == str(found)
    assert chromium.chromium() is None


def test_a_machine_without_chromium_gets_one(machine: Path) -> None:
    step = chromium.chromium()
    assert step is not None
    assert chromium.chromium_path() == str(step.outputs[0])


def test_a_new_enough_node_of_the_machine_is_taken(machine: Path) -> None:
    program(machine, "npm")
    found = program(machine, "node", "v20.0.0")
    assert node.find_node().program == found


@pytest.mark.parametrize("version", ["v18.20.4", "nonsense", ""])
def test_a_node_that_is_too_old_is_not_taken(machine: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    fetched = node.Node(Path("/fetched/node"), ("npm",))
    monkeypatch.setattr(node, "_fetched_node", lambda: fetched)
    program(machine, "npm")
    program(machine, "node", version)
    assert node.find_node() is fetched


def test_a_node_without_npm_is_not_taken(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched = node.Node(Path("/fetched/node"), ("npm",))
    monkeypatch.setattr(node, "_fetched_node", lambda: fetched)
    program(machine, "node", "v22.0.0")
    assert node.find_node() is fetched


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], ["-n", "2", "--dist", "loadfile"]),
        (["-m", "not sweep"], ["-n", "2", "--dist", "loadfile", "-m", "not sweep"]),
        (["tests/setup"], ["tests/setup"]),
        (["tests/setup/test_help.py::test_x", "-x"], ["tests/setup/test_help.py::test_x", "-x"]),
        (["-n0"], ["-n0"]),
        (["--pdb"], ["--pdb"]),
    ],
)
def test_only_the_whole_suite_is_spread_over_the_cores(given: list[str], expected: list[str]) -> None:
    assert pytest_arguments(given, cores=2) == expected


def test_one_core_runs_one_process() -> None:
    assert pytest_arguments([], cores=1) == []
