"""The Python side: uv in .tools, the environment in .venv, and the locked requirements in it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from pathlib import Path

from app.bootstrap.console import SetUpError, progress, run_quietly
from app.bootstrap.paths import MACHINE_CERTIFICATES, REQUIREMENTS, TOOLS, VENV, VENV_PYTHON
from app.bootstrap.steps import Step, digest

_NETWORK = "Is the Python package index reachable? Behind a proxy, set https_proxy."
_STAMPS = {name: VENV / f"vorlauf-{name}.stamp" for name in ("runtime", "dev")}


def environment(development: bool) -> Step:
    """Return the step that installs what a command needs; the development set contains the runtime set."""
    name = "dev" if development else "runtime"
    return Step(
        stamp=_STAMPS[name],
        inputs=(REQUIREMENTS / f"{name}.txt",),
        outputs=(VENV_PYTHON,),
        action=lambda: _install(name),
    )


def uv() -> Path:
    """Return the path of uv in its pinned version, fetched with pip where it is not there yet."""
    version = pinned_version(REQUIREMENTS / "tools.in", "uv")
    fetched = TOOLS / "bin" / "uv"
    if fetched.exists() and (TOOLS / f"uv-{version}.dist-info").exists():
        return fetched
    if importlib.util.find_spec("pip") is None:
        return _uv_of_the_machine()
    with progress(f"fetches uv {version}"):
        _clear_old_uv()
        # --target leaves the machine's own packages alone, also where those are "externally managed".
        run_quietly(
            [
                *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
                *("--no-input", "--only-binary", ":all:", "--require-hashes"),
                *("--target", TOOLS, "-r", REQUIREMENTS / "tools.txt"),
            ],
            advice=_NETWORK,
            env={"PIP_ROOT_USER_ACTION": "ignore", "PIP_USER": "0"},
        )
    return fetched


def install_into_folder(tool: Path, requirements: Path, folder: Path) -> None:
    """Install a locked requirements file with uv into a folder of its own, apart from the environment."""
    run_quietly(
        [tool, "pip", "install", *_LOCKED, "--target", folder, "-r", requirements],
        advice=_NETWORK,
        env=_uv_settings(),
    )


def pinned_version(file: Path, package: str) -> str:
    """Return the version that a requirements file pins ``package`` to."""
    for line in file.read_text("utf-8").splitlines():
        name, _, version = line.partition("==")
        if name == package:
            return version.strip()
    raise SetUpError(f"{file.name} pins no version of {package}.")


_LOCKED = ("--quiet", "--require-hashes", "--no-build")


def _install(name: str) -> None:
    """Install one set. An environment that was there before keeps what others have put into it."""
    is_new = not VENV_PYTHON.exists()
    tool = uv()
    if is_new:
        with progress(f"makes an environment for Python {sys.version.split()[0]}"):
            run_quietly(
                [tool, "venv", "--quiet", "--clear", "--python", sys.executable, VENV],
                advice=f"Remove {VENV} and try again.",
                env=_uv_settings(),
            )
    requirements = REQUIREMENTS / f"{name}.txt"
    count = sum(1 for line in requirements.read_text("utf-8").splitlines() if "==" in line)
    with progress(f"installs Python packages ({count} locked)"):
        how = ["sync"] if is_new else ["install"]
        source = [str(requirements)] if is_new else ["-r", str(requirements)]
        run_quietly(
            [tool, "pip", *how, *_LOCKED, "--python", VENV_PYTHON, *source],
            advice=_NETWORK,
            env=_uv_settings(),
        )
    if name == "dev":
        runtime = environment(development=False)
        runtime.mark(digest(runtime.inputs))


def _clear_old_uv() -> None:
    """Remove another version of uv: pip does not replace what it finds in a target folder."""
    for old in [TOOLS / "uv", *TOOLS.glob("uv-*.dist-info")]:
        shutil.rmtree(old, ignore_errors=True)
    for program in ("uv", "uvx"):
        (TOOLS / "bin" / program).unlink(missing_ok=True)


def _uv_of_the_machine() -> Path:
    found = shutil.which("uv")
    if found is None:
        raise SetUpError(
            f"{sys.executable} has no pip, and there is no uv.\n"
            "Install one of them (Debian: apt-get install python3-pip) and try again."
        )
    return Path(found)


def _uv_settings() -> dict[str, str]:
    """Settings for uv: this Python and no other, the machine's certificates, a cache that can be written."""
    settings = {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}
    if MACHINE_CERTIFICATES.exists():
        settings["UV_SYSTEM_CERTS"] = os.environ.get("UV_SYSTEM_CERTS", "1")
    if not os.access(Path.home(), os.W_OK):
        settings["UV_CACHE_DIR"] = str(TOOLS / "cache" / "uv")
    return settings
