"""Steps that are carried out only when what they read has changed.

A step's stamp is a file with the digest of its inputs, written after the step has succeeded.
"""

from __future__ import annotations

import fcntl
import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.bootstrap.paths import TOOLS


@dataclass(frozen=True)
class Step:
    """Something that set-up makes: current while stamp and inputs agree and every output exists."""

    stamp: Path
    inputs: tuple[Path, ...]
    outputs: tuple[Path, ...]
    action: Callable[[], None]

    def is_current(self) -> bool:
        """Tell whether there is nothing to do."""
        try:
            stamped = self.stamp.read_text("ascii")
        except (OSError, UnicodeDecodeError):
            return False
        return stamped == digest(self.inputs) and all(output.exists() for output in self.outputs)

    def carry_out(self) -> None:
        """Do the work, then stamp it. Inputs are read first: a change made meanwhile is not lost."""
        inputs = digest(self.inputs)
        self.stamp.unlink(missing_ok=True)
        self.action()
        self.mark(inputs)

    def mark(self, inputs: str) -> None:
        """Record that the work is done for inputs with this digest."""
        self.stamp.parent.mkdir(parents=True, exist_ok=True)
        self.stamp.write_text(inputs, "ascii")


def digest(files: Iterable[Path]) -> str:
    """Return the SHA-256 over names and contents of ``files``; a missing file counts as such."""
    total = hashlib.sha256()
    for file in sorted(files):
        content = file.read_bytes() if file.is_file() else b"missing"
        total.update(f"{file.name}\n{len(content)}\n".encode())
        total.update(content)
    return total.hexdigest()


def carry_out(steps: Sequence[Step], tools: Path = TOOLS) -> None:
    """Bring every step up to date, in order. Runs at the same time in one folder wait for each other."""
    if all(step.is_current() for step in steps):
        return
    with _alone(tools):
        for step in steps:
            if not step.is_current():
                step.carry_out()


@contextmanager
def _alone(tools: Path) -> Iterator[None]:
    """Hold the set-up's lock; the system lets go of it when this process ends, however it ends."""
    tools.mkdir(parents=True, exist_ok=True)
    with (tools / "set-up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("set-up: waits for another set-up in this folder", file=sys.stderr, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
