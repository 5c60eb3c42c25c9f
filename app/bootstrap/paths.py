"""Where set-up puts things: everything stays inside this folder."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements"

TOOLS = ROOT / ".tools"
"""Programs that set-up fetches: uv, and where the machine has none Node.js and Chromium."""

VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"

MACHINE_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
"""Who the machine trusts, on Debian: that may be more than uv and Node.js bring along, as behind a proxy."""

FRONTEND = ROOT / "frontend"
NODE_MODULES = FRONTEND / "node_modules"
VENDOR = ROOT / "app" / "web" / "static" / "vendor"
"""The bundled scripts and styles that the pages load."""
