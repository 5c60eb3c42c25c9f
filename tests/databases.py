"""Which databases the tests run on: ``VORLAUF_TEST_DATABASE`` = sqlite, postgresql or both (the default)."""

from __future__ import annotations

import os

CHOICE = os.environ.get("VORLAUF_TEST_DATABASE", "both")
DATABASES = ("sqlite", "postgresql") if CHOICE == "both" else (CHOICE,)
