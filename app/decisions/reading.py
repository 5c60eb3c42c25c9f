"""One pass over a DMN file: compiles texts, knows the visible names, collects findings and goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from app.decisions.declared_types import ANYTHING, KIND_OF_TYPE, DeclaredType
from app.decisions.feel.api import Expression, UnaryTests, shared_expression, shared_unary_tests
from app.decisions.feel.errors import FeelSyntaxError, Message
from app.decisions.findings import Finding, Severity
from app.decisions.xml_source import Element, line_of, local_name

MAX_TEXTS: Final = 4_000
MAX_CHARACTERS: Final = 100_000

Compiled = TypeVar("Compiled", Expression, UnaryTests)

Place = tuple[str, str]
"""Where in the model, in English and German."""


@dataclass
class Reading:
    """State of one pass.

    `names` are the declared names that are no single word, `visible` those the current decision may read
    (None: any).
    """

    filename: str
    strict: bool = True
    names: frozenset[str] = frozenset()
    callables: frozenset[str] = frozenset()
    types: dict[str, DeclaredType] = field(default_factory=dict)
    visible: frozenset[str] | None = None
    findings: list[Finding] = field(default_factory=list)
    paths: set[tuple[str, ...]] = field(default_factory=set)
    texts: int = 0
    characters: int = 0

    @property
    def errors(self) -> list[Finding]:
        """The findings that keep the model from loading."""
        return [finding for finding in self.findings if finding.severity == "error"]

    def report(self, element: Element, rule: str, en: str, de: str, severity: Severity = "error") -> None:
        """Add a finding at this element."""
        name = str(element.get("id") or element.get("name") or local_name(element))
        self.findings.append(Finding(self.filename, line_of(element), name, rule, de, en, severity))

    def refuse(self, element: Element, rule: str, place: Place, message: Message) -> None:
        """Add an error: the place, then the reason."""
        self.report(element, rule, f"{place[0]}: {message.en}", f"{place[1]}: {message.de}")

    def expression(self, text: str, element: Element, place: Place) -> Expression | None:
        """The compiled expression, or None and a finding."""
        if not text and self.strict:
            self.refuse(element, "feel", place, Message("the cell is empty", "die Zelle ist leer"))
            return None
        return self._compiled(shared_expression, text or "null", element, place)

    def unary(self, text: str, element: Element, place: Place) -> UnaryTests | None:
        """The compiled cell, or None and a finding."""
        return self._compiled(shared_unary_tests, text, element, place)

    def _compiled(self, build: Callable[..., Compiled], text: str, element: Element, place: Place) -> Compiled | None:
        if text not in ("", "-") and not self._within_budget(text, element):
            return None
        if not self._is_feel(element):
            language = element.get("expressionLanguage")
            self.refuse(
                element,
                "language",
                place,
                Message(f"only FEEL is read, not {language}", f"nur FEEL wird gelesen, nicht {language}"),
            )
            return None
        try:
            compiled = build(text, self.names, self.callables, self.strict)
        except FeelSyntaxError as error:
            self.refuse(element, "feel", place, error.as_message())
            return None
        for name in sorted(compiled.names - (self.visible if self.visible is not None else compiled.names)):
            self.refuse(
                element,
                "unknown-name",
                place,
                Message(
                    f"the name '{name}' is unknown here; draw a requirement to it, or quote a text",
                    f"den Namen „{name}“ gibt es hier nicht; zeichnen Sie die Verbindung dorthin, "
                    'oder setzen Sie einen Text in "..."',
                ),
            )
        self.paths |= compiled.paths
        return compiled

    def _within_budget(self, text: str, element: Element) -> bool:
        """A file may hold so many expressions and no more: a hostile one must not keep the reader busy."""
        before = self.texts <= MAX_TEXTS and self.characters <= MAX_CHARACTERS
        self.texts += 1
        self.characters += len(text)
        within = self.texts <= MAX_TEXTS and self.characters <= MAX_CHARACTERS
        if before and not within:
            self.report(
                element,
                "size",
                f"the file holds more than {MAX_TEXTS} expressions or {MAX_CHARACTERS} characters of them",
                f"die Datei enthält mehr als {MAX_TEXTS} Ausdrücke oder {MAX_CHARACTERS} Zeichen davon",
            )
        return within

    @staticmethod
    def _is_feel(element: Element) -> bool:
        language = str(element.get("expressionLanguage") or "feel")
        return language.lower() == "feel" or language.upper().endswith("/FEEL/")

    def type_of(self, reference: str | None, element: Element, place: Place) -> DeclaredType:
        """The declared type a `typeRef` names; an unknown one is a finding."""
        if not reference:
            return ANYTHING
        name = reference.split(":")[-1]
        if name in self.types:
            return self.types[name]
        if name in KIND_OF_TYPE:
            return DeclaredType(KIND_OF_TYPE[name])
        if name not in ("Any", "any"):
            message = Message(f"there is no type {reference}", f"den Typ {reference} gibt es nicht")
            self.refuse(element, "type", place, message)
        return ANYTHING
