"""What set-up says and runs: one line of progress a step on stderr, and quiet subprocesses."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from app.bootstrap.paths import ROOT

LINES_OF_OUTPUT = 15
"""How much of a failed program's output is shown."""


class SetUpError(Exception):
    """Set-up cannot go on; the message says what is missing and what to do about it."""


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Print ``what`` and, when the block is done, how long it took. Stdout stays free for the command."""
    print(f"set-up: {what} ... ", end="", file=sys.stderr, flush=True)
    start = time.monotonic()
    try:
        yield
    except BaseException:
        print("failed", file=sys.stderr, flush=True)
        raise
    print(f"done ({time.monotonic() - start:.1f} s)", file=sys.stderr, flush=True)


def run_quietly(
    command: Sequence[str | Path],
    *,
    advice: str,
    cwd: Path = ROOT,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run a program and return its standard output.

    ``env`` is added to the environment. Raises SetUpError with the end of the program's output and
    ``advice`` when it cannot be started or fails.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise SetUpError(f"{words[0]} cannot be started: {error.strerror}\n{advice}") from error
    if done.returncode != 0:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-LINES_OF_OUTPUT:])
        raise SetUpError(f"{' '.join(words)}\nended with code {done.returncode}:\n{said}\n{advice}")
    return done.stdout
