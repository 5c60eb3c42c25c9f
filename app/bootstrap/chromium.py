"""A Chromium for the browser tests: the one in $CHROMIUM, the machine's, or one from an npm package."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from app.bootstrap.console import progress, run_quietly
from app.bootstrap.node import Node, find_node
from app.bootstrap.paths import FRONTEND, TOOLS
from app.bootstrap.steps import Step

NAMES = ("chromium", "chromium-browser", "google-chrome")

_FOLDER = TOOLS / "chromium"
_STARTER = _FOLDER / "start"
_START_SCRIPT = """\
#!/bin/sh
here=$(dirname "$0")
export LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/chromium" "$@"
"""
_FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""


def chromium_of_the_machine() -> str | None:
    """Return the Chromium that the environment names or the machine has, None if there is none."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def chromium() -> Step | None:
    """Return the step that fetches a Chromium, None where the machine has one."""
    if chromium_of_the_machine():
        return None
    package = FRONTEND / "chromium"
    return Step(
        stamp=_FOLDER / "vorlauf.stamp",
        inputs=(package / "package.json", package / "package-lock.json"),
        outputs=(_STARTER, _FOLDER / "chromium"),
        action=_fetch,
    )


def chromium_path() -> str:
    """Return the Chromium to start, once set-up is done."""
    return chromium_of_the_machine() or str(_STARTER)


def _fetch() -> None:
    node = find_node()
    with progress("fetches a Chromium, as the machine has none"):
        shutil.rmtree(_FOLDER, ignore_errors=True)
        _FOLDER.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(FRONTEND / "chromium" / name, _FOLDER)
        node.install(_FOLDER)
        _unpack(node, _FOLDER / "node_modules" / "@sparticuz" / "chromium" / "bin")
        shutil.rmtree(_FOLDER / "node_modules")
        (_FOLDER / "fonts.conf").write_text(_FONTS, "ascii")
        _STARTER.write_text(_START_SCRIPT, "ascii")
        _STARTER.chmod(0o755)


def _unpack(node: Node, packed: Path) -> None:
    """Unpack the program, the libraries that it needs, and its fonts."""
    unpacker = FRONTEND / "chromium" / "unpack.mjs"
    program = _FOLDER / "chromium"
    node.run(unpacker, packed / "chromium.br", program)
    program.chmod(0o755)
    for name in ("al2023.tar", "fonts.tar"):
        archive = _FOLDER / name
        node.run(unpacker, packed / f"{name}.br", archive)
        run_quietly(["tar", "-xf", archive, "-C", _FOLDER], advice="Install tar and try again.")
        archive.unlink()
