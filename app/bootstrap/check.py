"""``python3 -m app check``: style, types, imports, diagrams and committed files, one line a tool.

Run by the environment's own Python. Every tool runs; the exit code is 1 when one of them finds something.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from app.bootstrap.addresses import findings as address_findings
from app.bootstrap.node import find_node
from app.bootstrap.paths import FRONTEND, NODE_MODULES, ROOT, VENV


@dataclass(frozen=True)
class Result:
    """What a tool found: nothing to say means that all is well."""

    ok: bool
    said: str = ""


Tool = Callable[[], Result]


def main() -> int:
    """Run every tool, print one line each and the findings below it, return the exit code."""
    failed = 0
    for name, tool in TOOLS.items():
        start = time.monotonic()
        result = tool()
        print(f"{'ok  ' if result.ok else 'FAIL'} {name} ({time.monotonic() - start:.1f} s)", flush=True)
        if not result.ok:
            failed += 1
            print(result.said.strip(), end="\n\n", flush=True)
    print(f"{failed} of {len(TOOLS)} checks failed" if failed else f"all {len(TOOLS)} checks are clean")
    return 1 if failed else 0


def _program(*command: str) -> Tool:
    """Return a tool that is a program of the environment."""

    def run() -> Result:
        return _run([str(VENV / "bin" / command[0]), *command[1:]])

    return run


def _bpmnlint() -> Result:
    """Lint every diagram; a process folder without one is a finding of the process's own tests."""
    diagrams = sorted(str(path) for path in (ROOT / "processes").rglob("*.bpmn"))
    if not diagrams:
        return Result(ok=True)
    script = NODE_MODULES / "bpmnlint" / "bin" / "bpmnlint.js"
    # Rules and plugins are looked up from the working folder.
    return _run(
        [str(find_node().program), str(script), "--config", str(ROOT / ".bpmnlintrc"), *diagrams],
        cwd=str(FRONTEND),
    )


def _addresses() -> Result:
    found = address_findings(ROOT)
    return Result(ok=not found, said="\n".join(found))


def _run(command: list[str], cwd: str = str(ROOT)) -> Result:
    try:
        done = subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    except OSError as error:
        return Result(ok=False, said=f"{command[0]} cannot be started: {error.strerror}")
    return Result(ok=done.returncode == 0, said=done.stdout + done.stderr)


TOOLS: dict[str, Tool] = {
    "ruff check": _program("ruff", "check", "--quiet", "--output-format=concise", "."),
    "ruff format": _program("ruff", "format", "--check", "--output-format=concise", "."),
    "mypy --strict app": _program("mypy", "app"),
    "import-linter": _program("lint-imports"),
    "bpmnlint": _bpmnlint,
    "no addresses or machine paths": _addresses,
}


if __name__ == "__main__":
    sys.exit(main())
