"""Compile the rooms' translations: every messages.po gets its messages.mo beside it.

The step is standard library only; the compilation is run by the environment's own Python, with Babel:
``.venv/bin/python -m app.bootstrap.translations``.
"""

from __future__ import annotations

from pathlib import Path

from app.bootstrap.console import progress, run_quietly
from app.bootstrap.paths import ROOT, TOOLS, VENV_PYTHON
from app.bootstrap.steps import Step


def sources(root: Path = ROOT) -> list[Path]:
    """Return every translation file under ``root``, in a fixed order."""
    return sorted(root.glob("app/*/translations/*/LC_MESSAGES/messages.po"))


def translations() -> Step:
    """Return the step that compiles the translations."""
    found = sources()
    return Step(
        stamp=TOOLS / "translations.stamp",
        inputs=tuple(found),
        outputs=tuple(source.with_suffix(".mo") for source in found),
        action=_compile_in_environment,
    )


def _compile_in_environment() -> None:
    with progress("compiles the translations"):
        run_quietly([VENV_PYTHON, "-m", "app.bootstrap.translations"], advice="")


def compile_all(root: Path = ROOT) -> int:
    """Compile every translation and return their number.

    Raises ``babel.messages.pofile.PoFileError`` for a file that is not well formed.
    """
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    found = sources(root)
    for source in found:
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3], abort_invalid=True)
        half_written = source.with_suffix(".mo.new")
        with half_written.open("wb") as file:
            write_mo(file, catalogue)
        half_written.replace(source.with_suffix(".mo"))
    return len(found)


if __name__ == "__main__":
    compile_all()
