"""No committed file names a package registry's address or a path of somebody's machine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

# Put together here, so that this file itself stays clean.
_HOSTS = (
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "registry.npmjs" + ".org",
    "registry.yarnpkg" + ".com",
    "deb.debian" + ".org",
)
_FOLDERS = ("/" + "home", "/" + "root", "/" + "Users", "/" + "work")

_ADDRESS = re.compile("|".join(map(re.escape, _HOSTS)))
# A path, not the end of a longer one or of a web address; tests of hostile files may name the well-known victim.
_MACHINE_PATH = re.compile(rf"(?<![\w.~/:-])(?:{'|'.join(_FOLDERS)})/[\w.-]+|file:" + "//(?!/etc/passwd)")


def findings(root: Path) -> list[str]:
    """Return one line for each offending line of the files under version control or about to be."""
    return [finding for file in _files(root) for finding in _in_file(root, file)]


def _files(root: Path) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=root,
        capture_output=True,
        check=True,
    ).stdout.decode("utf-8")
    return [root / name for name in sorted(set(listed.split("\0"))) if name]


def _in_file(root: Path, file: Path) -> list[str]:
    try:
        text = file.read_text("utf-8")
    except (FileNotFoundError, UnicodeDecodeError):  # deleted but not yet committed; a picture or a font
        return []
    return [
        f"{file.relative_to(root)}:{number}: {what}: {match.group()}"
        for number, line in enumerate(text.splitlines(), start=1)
        for what, pattern in (("registry address", _ADDRESS), ("machine path", _MACHINE_PATH))
        if (match := pattern.search(line))
    ]
