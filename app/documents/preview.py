"""Pages of PDF files as pictures, and how many there are: asked of ``render.py`` in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore

from app.documents.problems import FileDamaged, NoPreview

SECONDS = 15
_PROGRAM = Path(__file__).with_name("render.py")
_at_once = BoundedSemaphore(2)
"""More would take the machine from those who work."""


def count_pages(path: Path) -> int:
    """Pages of a PDF. Raises :class:`FileDamaged` for what cannot be read within bounds."""
    answer = _run("count", str(path))
    if answer is None or not answer.isdigit():
        raise FileDamaged
    return int(answer)


def page_picture(path: Path, page: int) -> bytes:
    """A page (from 1) as PNG. Raises :class:`NoPreview`."""
    picture = _run("page", str(page), str(path))
    if not picture:
        raise NoPreview
    return picture


def _run(*arguments: str) -> bytes | None:
    command = [sys.executable, "-I", str(_PROGRAM), *arguments]
    with _at_once:
        try:
            done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False, env={}, cwd="/")
        except subprocess.TimeoutExpired:
            return None
    return done.stdout if done.returncode == 0 else None
