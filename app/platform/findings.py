"""What a check of an uploaded file reports, the same for BPMN, DMN and forms."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong in one file, with what to do instead.

    ``line`` is 1-based, 0 where the format has no lines; ``element`` is the id of the element, "" for the file;
    ``severity`` is ``error`` (refused) or ``warning`` (accepted, shown).
    """

    file: str
    line: int
    element: str
    rule: str
    message_de: str
    message_en: str
    severity: str = "error"

    def message(self, language: str) -> str:
        """The message in ``language`` ("de" or "en")."""
        return self.message_en if language == "en" else self.message_de

    def as_dict(self, language: str = "de") -> dict[str, object]:
        """JSON-able form used by the API and by ``--json``."""
        return {
            "file": self.file,
            "line": self.line,
            "element": self.element,
            "rule": self.rule,
            "severity": self.severity,
            "message": self.message(language),
        }
