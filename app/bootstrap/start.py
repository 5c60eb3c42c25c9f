"""``python3 -m app COMMAND``: read the command, set up what it needs, hand over."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from app.bootstrap.assets import bundles, libraries
from app.bootstrap.chromium import chromium, chromium_path
from app.bootstrap.commands import build_parser, needs_development_packages
from app.bootstrap.console import SetUpError
from app.bootstrap.node import find_node
from app.bootstrap.paths import ROOT, VENV, VENV_PYTHON
from app.bootstrap.python_packages import environment
from app.bootstrap.steps import Step, carry_out
from app.bootstrap.translations import translations

PARALLEL_AT_MOST = 4
"""Test processes: more than that wait for each other's databases."""


def main(argv: list[str]) -> int:
    """Set up and hand over. Returns an exit code only when there is nothing to hand over to."""
    parser = build_parser()
    if not argv:
        parser.print_help()
        return 2
    # Wrong options are refused before anything is set up; pytest's own options are none of ours.
    if argv[0] != "test" or argv[1:] in (["-h"], ["--help"]):
        parser.parse_args(argv)
    try:
        if argv[0] == "lock":
            from app.bootstrap.lock import renew_locks

            renew_locks(upgrade="--upgrade" in argv)
            return 0
        set_up(argv)
        _hand_over(argv)
    except SetUpError as error:
        print(f"\n{error}", file=sys.stderr)
    except PermissionError as error:
        print(f"\nNot allowed to write {error.filename}: set-up keeps everything in {ROOT}.", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopped. The next run goes on from here.", file=sys.stderr)
        return 130
    return 1


def set_up(argv: list[str]) -> None:
    """Bring everything up to date that the command line needs."""
    development = needs_development_packages(argv)
    steps: list[Step | None] = [environment(development), bundles(), translations()]
    if development:
        steps.append(libraries())
    if argv[0] == "test":
        steps.append(chromium())
    carry_out([step for step in steps if step is not None])


def pytest_arguments(given: Sequence[str], cores: int, folder: Path = ROOT) -> list[str]:
    """Return pytest's arguments: a run of the whole suite is spread over the cores, a chosen part is not."""
    chosen = any((folder / argument.partition("::")[0]).exists() for argument in given)
    decided = any(argument.startswith(("-n", "--numprocesses", "--pdb", "--trace")) for argument in given)
    if chosen or decided or cores < 2:
        return list(given)
    return ["-n", str(min(cores, PARALLEL_AT_MOST)), "--dist", "loadfile", *given]


def _hand_over(argv: list[str]) -> None:
    """Replace this process by the command, run by the environment's Python."""
    settings = {**os.environ, "VIRTUAL_ENV": str(VENV)}
    if needs_development_packages(argv):
        settings |= find_node().settings()
    command = ["-m", "app.cli", *argv]
    if argv[0] == "test":
        os.chdir(ROOT)
        settings["CHROMIUM"] = chromium_path()
        command = ["-m", "pytest", *pytest_arguments(argv[1:], os.cpu_count() or 1)]
    if argv[0] == "check":
        os.chdir(ROOT)
        command = ["-m", "app.bootstrap.check"]
    sys.stdout.flush()
    os.execve(VENV_PYTHON, [str(VENV_PYTHON), *command], settings)  # noqa: S606 - a list, and no shell wanted
