"""``python3 -m app lock``: resolve pyproject.toml anew into requirements/*.txt.

The locks name versions and hashes, no address: they install from whatever index a machine uses.
"""

from __future__ import annotations

from app.bootstrap.console import progress, run_quietly
from app.bootstrap.paths import REQUIREMENTS, ROOT
from app.bootstrap.python_packages import uv

OLDEST_PYTHON = "3.11"

# Each lock, and what it is resolved from. The development set is held to the runtime set's versions.
LOCKS = {
    "runtime.txt": ("pyproject.toml",),
    "dev.txt": ("pyproject.toml", "--group", "dev", "-c", "requirements/runtime.txt"),
    "tools.txt": ("requirements/tools.in",),
    "node.txt": ("requirements/node.in",),
}


def renew_locks(upgrade: bool) -> None:
    """Write every lock; versions stay as they are where they still fit, unless ``upgrade`` is set."""
    tool = uv()
    for name, sources in LOCKS.items():
        with progress(f"locks {name}"):
            run_quietly(
                [
                    tool,
                    *("pip", "compile", "--quiet", *sources),
                    *("--universal", "--python-version", OLDEST_PYTHON, "--generate-hashes"),
                    *("--no-header", "--no-emit-index-url", "--no-emit-find-links"),
                    *(["--upgrade"] if upgrade else []),
                    "-o",
                    (REQUIREMENTS / name).relative_to(ROOT),
                ],
                advice="Is the Python package index reachable?",
            )
