"""Build hook: a wheel carries the bundled scripts and styles and the compiled translations.

Building needs Node.js with npm; installing the wheel does not.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]
    """Make what is not under version control before the files are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bundle and compile; raises SetUpError where Node.js or the npm registry cannot be had."""
        sys.path.insert(0, str(Path(self.root)))
        from app.bootstrap.assets import bundles
        from app.bootstrap.steps import carry_out
        from app.bootstrap.translations import compile_all

        carry_out([bundles()])
        compile_all(Path(self.root))
