"""The whole set-up in a copy of the repository, with stand-ins for the programs that use the network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.bootstrap.paths import REQUIREMENTS, ROOT
from app.bootstrap.python_packages import pinned_version

# Each stand-in writes down how it was called and leaves behind what the real program would.
UV = """#!/bin/sh
echo "uv $1 $2" >> "{log}"
if [ "$1" = venv ]; then
  mkdir -p "{root}/.venv/bin"
  printf '#!/bin/sh\\nexec "{python}" "$@"\\n' > "{root}/.venv/bin/python"
  chmod +x "{root}/.venv/bin/python"
fi
"""
NODE = """#!/bin/sh
[ "$1" = --version ] && {{ echo v22.1.0; exit; }}
echo "node ${{1##*/}}" >> "{log}"
mkdir -p "$2"
for name in app.js app.css form.js diagram.js; do echo made > "$2/$name"; done
"""
NPM = """#!/bin/sh
echo "npm $1 $2" >> "{log}"
mkdir -p node_modules
"""
CLI = "import sys\nprint('handed over', *sys.argv[1:])\n"


class Machine:
    """A copy of the repository and a search path with the stand-ins."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "vorlauf"
        self.log = folder / "log"
        self.programs = folder / "programs"
        self._copy()
        version = pinned_version(REQUIREMENTS / "tools.in", "uv")
        (self.root / ".tools" / f"uv-{version}.dist-info").mkdir(parents=True)
        self._program(self.root / ".tools" / "bin" / "uv", UV)
        self._program(self.programs / "node", NODE)
        self._program(self.programs / "npm", NPM)
        (self.root / "app" / "cli.py").write_text(CLI)

    def _copy(self) -> None:
        for name in ("app/__init__.py", "app/__main__.py", "app/bootstrap", "requirements", "frontend/src"):
            source, target = ROOT / name, self.root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                shutil.copy(source, target)
        for name in ("package.json", "package-lock.json", ".npmrc", "build.mjs"):
            shutil.copy(ROOT / "frontend" / name, self.root / "frontend")
        catalogue = "app/platform/translations/de/LC_MESSAGES/messages.po"
        (self.root / catalogue).parent.mkdir(parents=True)
        shutil.copy(ROOT / catalogue, self.root / catalogue)

    def _program(self, path: Path, script: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(script.format(log=self.log, root=self.root, python=sys.executable))
        path.chmod(0o755)

    def run(self, *argv: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "app", *argv],
            cwd=self.root,
            env={"PATH": f"{self.programs}{os.pathsep}{os.defpath}", "HOME": str(self.root)},
            capture_output=True,
            text=True,
            timeout=120,
        )

    def calls(self) -> list[str]:
        """What was called since the last look."""
        said = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return said


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_first_run_sets_up_with_a_line_a_step_and_hands_over(machine: Machine) -> None:
    done = machine.run("migrate", "--database", "sqlite://")
    assert (done.returncode, done.stdout) == (0, "handed over migrate --database sqlite://\n")
    assert machine.calls() == ["uv venv --quiet", "uv pip sync", "npm ci --ignore-scripts", "node build.mjs"]
    lines = done.stderr.splitlines()
    assert len(lines) == 5
    assert all(line.startswith("set-up: ") and " ... done (" in line for line in lines)
    assert (machine.root / "app/platform/translations/de/LC_MESSAGES/messages.mo").exists()


def test_the_second_run_calls_nothing_and_says_nothing(machine: Machine) -> None:
    machine.run("migrate")
    machine.calls()
    shutil.rmtree(machine.programs)
    shutil.rmtree(machine.root / ".tools" / "bin")
    done = machine.run("migrate")
    assert (done.returncode, done.stdout, done.stderr) == (0, "handed over migrate\n", "")
    assert machine.calls() == []


def test_a_new_lock_is_installed_without_taking_away_what_others_installed(machine: Machine) -> None:
    machine.run("migrate")
    machine.calls()
    with (machine.root / "requirements" / "runtime.txt").open("a") as lock:
        lock.write("# another version\n")
    machine.run("migrate")
    assert machine.calls() == ["uv pip install"]


def test_development_packages_come_on_top_and_serve_production_commands_too(machine: Machine) -> None:
    machine.run("migrate")
    machine.calls()
    assert machine.run("bench").stdout == "handed over bench\n"
    assert machine.calls() == ["uv pip install"]
    machine.run("migrate")
    assert machine.calls() == []


def test_a_changed_script_of_the_pages_is_bundled_again_without_a_new_installation(machine: Machine) -> None:
    machine.run("migrate")
    machine.calls()
    (machine.root / "frontend" / "src" / "another.js").write_text("export {};\n")
    machine.run("migrate")
    assert machine.calls() == ["node build.mjs"]


def test_the_exit_code_is_the_commands(machine: Machine) -> None:
    (machine.root / "app" / "cli.py").write_text("raise SystemExit(7)\n")
    assert machine.run("walk").returncode == 7


def test_a_step_that_fails_says_why_and_the_command_does_not_start(machine: Machine) -> None:
    (machine.programs / "npm").write_text("#!/bin/sh\necho no such host >&2\nexit 1\n")
    done = machine.run("migrate")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no such host" in done.stderr
    assert "Is the npm registry reachable?" in done.stderr
    assert "Traceback" not in done.stderr
