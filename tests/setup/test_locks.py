"""The locks: address-free, with hashes, and true to pyproject.toml."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from app import __version__
from app.bootstrap.paths import FRONTEND, REQUIREMENTS, ROOT

PYTHON_LOCKS = sorted(path.name for path in REQUIREMENTS.glob("*.txt"))
NPM_LOCKS = [FRONTEND / "package-lock.json", FRONTEND / "chromium" / "package-lock.json"]


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def locked(name: str) -> dict[str, Version]:
    """Return the locked packages and their versions."""
    lines = (REQUIREMENTS / name).read_text("utf-8").splitlines()
    pinned = [Requirement(line.rstrip(" \\")) for line in lines if line[:1].isalnum()]
    return {canonicalize_name(each.name): Version(str(each.specifier).removeprefix("==")) for each in pinned}


def misfits(requirements: list[str], lock: str) -> list[str]:
    """Return the requirements that a lock does not fulfil."""
    versions = locked(lock)
    return [
        wanted
        for wanted in requirements
        if not (version := versions.get(canonicalize_name(Requirement(wanted).name)))
        or version not in Requirement(wanted).specifier
    ]


def test_the_runtime_lock_fulfils_the_dependencies() -> None:
    dependencies = project()["project"]["dependencies"]
    assert len(dependencies) > 10
    assert misfits(dependencies, "runtime.txt") == []


def test_the_development_lock_fulfils_both_sets() -> None:
    development = project()["dependency-groups"]["dev"]
    assert len(development) > 5
    assert misfits([*project()["project"]["dependencies"], *development], "dev.txt") == []


def test_development_runs_on_the_versions_of_production() -> None:
    development = locked("dev.txt")
    assert {name: development.get(name) for name in locked("runtime.txt")} == locked("runtime.txt")


def test_a_misfit_would_be_found() -> None:
    assert misfits(["flask>=99", "no-such-package"], "runtime.txt") == ["flask>=99", "no-such-package"]


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_every_locked_package_has_hashes(name: str) -> None:
    blocks = (REQUIREMENTS / name).read_text("utf-8").split("\n")
    starts = [number for number, line in enumerate(blocks) if line[:1].isalnum()]
    assert starts
    assert [blocks[start] for start in starts if "--hash=sha256:" not in blocks[start + 1]] == []


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_a_python_lock_names_no_address_and_no_machine(name: str) -> None:
    text = (REQUIREMENTS / name).read_text("utf-8")
    assert [word for word in ("://", "--index-url", "--find-links", str(ROOT)) if word in text] == []


@pytest.mark.parametrize("path", NPM_LOCKS, ids=str)
def test_a_front_end_lock_names_no_address_but_checks_every_package(path: Path) -> None:
    packages = json.loads(path.read_text("utf-8"))["packages"]
    libraries = {name: entry for name, entry in packages.items() if name}
    assert libraries
    assert [name for name, entry in libraries.items() if "resolved" in entry] == []
    assert [name for name, entry in libraries.items() if not entry.get("integrity")] == []


@pytest.mark.parametrize("path", NPM_LOCKS, ids=str)
def test_a_front_end_lock_belongs_to_its_package_file(path: Path) -> None:
    wanted = json.loads(path.with_name("package.json").read_text("utf-8"))
    root = json.loads(path.read_text("utf-8"))["packages"][""]
    for kind in ("dependencies", "devDependencies"):
        assert root.get(kind, {}) == wanted.get(kind, {})


def test_versions_are_exact_in_the_front_end() -> None:
    wanted = json.loads((FRONTEND / "package.json").read_text("utf-8"))
    versions = [*wanted["dependencies"].values(), *wanted["devDependencies"].values()]
    assert [version for version in versions if not version[0].isdigit()] == []


def test_the_project_has_one_version() -> None:
    front_end = json.loads((FRONTEND / "package.json").read_text("utf-8"))
    assert project()["project"]["version"] == front_end["version"] == __version__
