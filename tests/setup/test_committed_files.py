"""What is under version control, what is not, and what it must not contain."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from app.bootstrap.addresses import findings
from app.bootstrap.paths import ROOT

GENERATED = [
    ".tools/bin/uv",
    ".venv/bin/python",
    "app/identity/translations/de/LC_MESSAGES/messages.mo",
    "app/web/static/vendor/app.js",
    "app/web/static/vendor.building/app.js",
    "dist/vorlauf-0.1.0-py3-none-any.whl",
    "frontend/node_modules/bpmn-js/package.json",
    "frontend/chromium/node_modules/x",
    "uv.lock",
    "var/demo/vorlauf.db",
    ".pytest_cache/x",
    ".mypy_cache/x",
    ".ruff_cache/x",
    ".hypothesis/x",
    ".import_linter_cache/x",
    "app/__pycache__/x.pyc",
]


def git(*arguments: str, folder: Path = ROOT) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


@pytest.mark.parametrize("path", GENERATED)
def test_what_is_made_stays_out_of_version_control(path: str) -> None:
    assert git("check-ignore", path) == f"{path}\n"


def test_nothing_under_version_control_is_ignored() -> None:
    assert git("ls-files", "--cached", "--ignored", "--exclude-standard") == ""


def test_ci_can_start_its_script() -> None:
    assert git("ls-files", "--stage", ".ci/run").startswith("100755 ")
    subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git("init", "-q", folder=tmp_path)
    (tmp_path / ".gitignore").write_text("ignored\n")
    return tmp_path


# Put together, so that this file is not a finding itself.
@pytest.mark.parametrize(
    "line",
    [
        "resolved: https://registry.npmjs" + ".org/x.tgz",
        "--index-url https://pypi" + ".org/simple",
        'ROOT = "/' + 'home/anna/vorlauf"',
        "cd /" + "work/main",
        "find-links = file:" + "///opt",
    ],
)
def test_an_address_or_a_machine_path_is_found_with_its_line(repository: Path, line: str) -> None:
    (repository / "notes.txt").write_text(f"fine\n{line}\n")
    [finding] = findings(repository)
    assert finding.startswith("notes.txt:2: ")


@pytest.mark.parametrize(
    "line",
    ["see https://example.org/home/anna", "pip install vorlauf", "GET /api/v1/work/17", "app/work/plan.py"],
)
def test_ordinary_text_is_no_finding(repository: Path, line: str) -> None:
    (repository / "notes.txt").write_text(f"{line}\n")
    assert findings(repository) == []


def test_ignored_and_binary_files_are_not_looked_at(repository: Path) -> None:
    (repository / "ignored").write_text("https://pypi" + ".org")
    (repository / "picture.png").write_bytes(b"\xff\xd8 https://pypi" + b".org")
    assert findings(repository) == []
