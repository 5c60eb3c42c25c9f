"""Addresses of static files that change when the file does, so that browsers may keep them for good."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import current_app, url_for


def asset(name: str) -> str:
    """The address of ``static/<name>`` with a hash of its content; without one if the file is missing."""
    path = Path(current_app.static_folder or "") / name
    try:
        version = _version(path, path.stat().st_mtime_ns)
    except OSError:
        return url_for("static", filename=name)
    return url_for("static", filename=name, v=version)


@lru_cache(maxsize=64)
def _version(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
