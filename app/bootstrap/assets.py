"""The front end's libraries and the bundles made of them."""

from __future__ import annotations

import json
from pathlib import Path

from app.bootstrap.console import progress
from app.bootstrap.node import find_node
from app.bootstrap.paths import FRONTEND, NODE_MODULES, VENDOR
from app.bootstrap.steps import Step


def libraries() -> Step:
    """Return the step that installs the npm packages: for the bundles, the diagram checks and the tests."""
    return Step(
        stamp=NODE_MODULES / "vorlauf.stamp",
        inputs=_locks(),
        outputs=(NODE_MODULES,),
        action=_install_libraries,
    )


def bundles() -> Step:
    """Return the step that bundles the pages' scripts and styles; it installs the libraries if it has to."""
    sources = sorted(path for path in (FRONTEND / "src").rglob("*") if path.is_file())
    return Step(
        stamp=VENDOR / "vorlauf.stamp",
        inputs=(*_locks(), FRONTEND / "build.mjs", *sources),
        outputs=tuple(VENDOR / name for name in ("app.js", "app.css", "form.js", "diagram.js")),
        action=_build_bundles,
    )


def _locks() -> tuple[Path, ...]:
    return tuple(FRONTEND / name for name in ("package.json", "package-lock.json", ".npmrc"))


def _install_libraries() -> None:
    node = find_node()
    locked = json.loads((FRONTEND / "package-lock.json").read_text("utf-8"))["packages"]
    with progress(f"installs front-end libraries ({len(locked) - 1} locked)"):
        node.install(FRONTEND)


def _build_bundles() -> None:
    if not (needed := libraries()).is_current():
        needed.carry_out()
    node = find_node()
    with progress("bundles the pages' scripts and styles"):
        node.run(FRONTEND / "build.mjs", VENDOR)
