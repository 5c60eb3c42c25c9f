"""What is wrong with a decision model: findings at load, errors at evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.decisions.feel.errors import Message

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check found: where (file, line, id of the XML element), which check, and what to do.

    `rule` names the check (`xml`, `feel`, `unknown-name`, `overlap`, `gap`, ...). Only `error` keeps a model
    from loading.
    """

    file: str
    line: int
    element: str
    rule: str
    message_de: str
    message_en: str
    severity: Severity = "error"


class DmnError(ValueError):
    """A decision model cannot be loaded or a decision cannot be made.

    `message` / `message_de` name table, rule, column and position as far as known; `findings` lists
    everything that was found when a file was loaded.
    """

    def __init__(self, message: Message, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message.en)
        self.message = message.en
        self.message_de = message.de
        self.findings = tuple(findings)

    @classmethod
    def of_findings(cls, filename: str, findings: Sequence[Finding]) -> DmnError:
        """The error for a file that has these findings."""
        lines_en = [f"line {finding.line}: {finding.message_en}" for finding in findings]
        lines_de = [f"Zeile {finding.line}: {finding.message_de}" for finding in findings]
        return cls(
            Message(
                f"{filename} is refused. " + " · ".join(lines_en),
                f"{filename} wird abgelehnt. " + " · ".join(lines_de),
            ),
            findings,
        )
