"""The command line explains itself on a machine where nothing is installed yet."""

from __future__ import annotations

import ast
import re
import subprocess
import sys

import pytest

from app.bootstrap.commands import build_parser, needs_development_packages
from app.bootstrap.paths import ROOT

COMMANDS = [
    "demo",
    "serve",
    "walk",
    "migrate",
    "create-admin",
    "worker",
    "backup",
    "restore",
    "decisions",
    "funding",
    "documents",
    "test",
    "check",
    "bench",
    "lock",
]


def bare_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run this Python without its third-party packages, at the root of the repository."""
    return subprocess.run(
        [sys.executable, "-S", "-E", "-s", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60
    )


def test_the_bare_python_of_these_tests_has_no_third_party_packages() -> None:
    assert "No module named 'flask'" in bare_python("-c", "import flask").stderr


def test_help_names_every_command_before_anything_is_installed() -> None:
    said = bare_python("-m", "app", "--help")
    assert (said.returncode, said.stderr) == (0, "")
    listed = [line.split()[0] for line in said.stdout.splitlines() if re.match(r" {4}\S", line)]
    assert listed == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_one_command_works_before_anything_is_installed(command: str) -> None:
    said = bare_python("-m", "app", command, "--help")
    assert (said.returncode, said.stderr) == (0, "")
    assert f"usage: python3 -m app {command}" in said.stdout


def test_without_a_command_the_help_is_shown() -> None:
    said = bare_python("-m", "app")
    assert said.returncode == 2
    assert said.stdout == bare_python("-m", "app", "--help").stdout


def test_a_wrong_command_is_refused_before_anything_is_installed() -> None:
    said = bare_python("-m", "app", "dmeo")
    assert said.returncode == 2
    assert "'dmeo'" in said.stderr
    assert "'demo'" in said.stderr


def test_a_wrong_option_is_refused_before_anything_is_installed() -> None:
    said = bare_python("-m", "app", "demo", "--prot", "9000")
    assert said.returncode == 2
    assert "--prot" in said.stderr


def test_set_up_imports_the_standard_library_only() -> None:
    modules = [f"app.bootstrap.{path.stem}" for path in sorted((ROOT / "app" / "bootstrap").glob("[a-z]*.py"))]
    said = bare_python("-c", f"import {', '.join(modules)}")
    assert (said.returncode, said.stderr) == (0, "")


def test_an_old_python_can_read_the_entry_and_be_told_what_is_needed() -> None:
    ast.parse((ROOT / "app" / "__main__.py").read_text("utf-8"), feature_version=(3, 7))


def test_the_commands_share_one_parser_with_their_defaults() -> None:
    demo = build_parser().parse_args(["demo", "--port", "9000", "--reset"])
    assert (demo.command, demo.host, demo.port, demo.reset) == ("demo", "127.0.0.1", 9000, True)


@pytest.mark.parametrize(
    ("argv", "needed"),
    [
        (["demo"], False),
        (["walk"], False),
        (["walk", "--database", "postgres"], True),
        (["bench", "--json"], True),
        (["check"], True),
        (["test", "-k", "inbox"], True),
    ],
)
def test_production_commands_get_along_without_development_packages(argv: list[str], needed: bool) -> None:
    assert needs_development_packages(argv) is needed
