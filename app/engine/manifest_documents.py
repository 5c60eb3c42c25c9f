"""What ``process.toml`` says about documents: the kinds a process knows, and those a step cannot do without.

``[document_kinds]``: ``key = {de, en, class}``. ``[documents.<user task>]``: ``required = [{kind, when, de, en}]``;
``when`` is FEEL over the answers and the case, ``de`` and ``en`` say it in words; a document without ``when`` is always
needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.decisions.feel import FeelError, FeelSyntaxError
from app.engine.expressions import compiled, evaluate
from app.engine.model import ProcessModel
from app.platform.findings import Finding

FILE = "process.toml"
CLASSES = ("public", "case", "personal", "special")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True)
class DocumentKind:
    """A kind of document: its names, and the sensitivity class that decides who sees it."""

    key: str
    de: str
    en: str
    sensitivity: str

    def name(self, language: str) -> str:
        """The name in ``language`` ("de" or "en")."""
        return self.en if language == "en" else self.de


@dataclass(frozen=True)
class Requirement:
    """A document that a step cannot do without. ``when`` is the raw FEEL of the condition, None for always; ``de`` and
    ``en`` say the condition in words.
    """

    kind: str
    when: str | None = None
    de: str = ""
    en: str = ""

    def needed(self, names: Mapping[str, Any]) -> bool:
        """Whether the document is needed, given case and answers. What cannot be evaluated is not taken for needed:
        the gate has checked the condition, and a missing answer is the form's business.
        """
        if self.when is None:
            return True
        try:
            return evaluate(self.when, names) is True
        except FeelError:
            return False


def read_kinds(raw: Any) -> dict[str, DocumentKind]:
    """The kinds by key. Raises KeyError, TypeError, ValueError or AttributeError for an unusable table."""
    return {key: DocumentKind(key, item["de"], item["en"], item["class"]) for key, item in raw.items()}


def read_required(raw: Any) -> dict[str, tuple[Requirement, ...]]:
    """What each step needs, by user task. Raises KeyError, TypeError, ValueError or AttributeError."""
    return {
        element: tuple(
            Requirement(item["kind"], item.get("when"), item.get("de", ""), item.get("en", ""))
            for item in table["required"]
        )
        for element, table in raw.items()
    }


def check_documents(
    model: ProcessModel, kinds: Mapping[str, DocumentKind], required: Mapping[str, tuple[Requirement, ...]]
) -> Iterator[Finding]:
    """The gate's findings: unusable kinds, unknown steps and kinds, conditions that are no FEEL."""
    for kind in kinds.values():
        if not _KEY.fullmatch(kind.key) or kind.sensitivity not in CLASSES or not kind.de or not kind.en:
            yield _finding(
                kind.key,
                "document_kind",
                f"Eine Art von Unterlage braucht de, en und class ({', '.join(CLASSES)}) und eine Kennung aus a bis z, "
                "0 bis 9 und _, höchstens 40 Zeichen.",
                f"A kind of document needs de, en and class ({', '.join(CLASSES)}), and a key of a to z, 0 to 9 and _, "
                "at most 40 characters.",
            )
    for element, requirements in required.items():
        found = model.elements.get(element)
        if found is None or found.type != "userTask":
            yield _finding(
                element,
                "document_step",
                f"Unterlagen verlangt nur eine Benutzeraufgabe; „{element}“ ist keine.",
                f'Only a user task requires documents; "{element}" is none.',
            )
        for requirement in requirements:
            yield from _check_requirement(element, requirement, kinds)


def _check_requirement(element: str, requirement: Requirement, kinds: Mapping[str, DocumentKind]) -> Iterator[Finding]:
    if requirement.kind not in kinds:
        yield _finding(
            element,
            "document_kind_exists",
            f"Die Art von Unterlage „{requirement.kind}“ steht nicht in [document_kinds].",
            f'The kind of document "{requirement.kind}" is not in [document_kinds].',
        )
    if requirement.when is not None:
        if not requirement.de or not requirement.en:
            yield _finding(
                element,
                "document_condition_in_words",
                f"Zur Bedingung „{requirement.when}“ fehlen die Worte de und en.",
                f'The condition "{requirement.when}" lacks its words de and en.',
            )
        try:
            compiled(requirement.when)
        except FeelSyntaxError as error:
            yield _finding(
                element,
                "feel",
                f"„{requirement.when}“ ist kein gültiges FEEL: {error}",
                f'"{requirement.when}" is not valid FEEL: {error}',
            )


def _finding(element: str, rule: str, de: str, en: str) -> Finding:
    return Finding(FILE, 0, element, rule, de, en)
