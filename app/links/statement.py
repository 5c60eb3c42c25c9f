"""What exactly a participant confirms: the sentences and facts of the page, and the hash that goes into the journal.

The sentences are fixed texts with a version, in the language they were read in. Whoever changes one gives it a new
:data:`VERSION`; the old text stays in the history of this file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.platform import codec
from app.platform.i18n import _

VERSION = "2026-11-27"
DE, EN = "de", "en"

SENTENCES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "consent": {
        DE: (
            "Ich bin damit einverstanden, dass mein Betrieb die Förderung dieser Weiterbildung für mich zusammen mit "
            "der anderer Beschäftigter bei der Agentur für Arbeit beantragt (Sammelantrag, § 82 SGB III).",
            "Dafür dürfen mein Name, mein Geburtsdatum und die Angaben zu Arbeitszeit, Entgelt, Berufsabschluss und "
            "früherer Förderung übermittelt werden; Angaben zu einer Behinderung nur, soweit die Förderung davon "
            "abhängt.",
            "Die Einwilligung ist freiwillig. Ich kann sie jederzeit mit Wirkung für die Zukunft widerrufen (Art. 7 "
            "Abs. 3 DSGVO); eine Nachricht an die Personalabteilung genügt.",
        ),
        EN: (
            "I agree that my company applies to the employment agency for funding of this training for me together "
            "with other employees (collective application, § 82 SGB III).",
            "For this purpose my name, my date of birth and details of working hours, pay, vocational qualification "
            "and earlier funding may be passed on; details of a disability only as far as the funding depends on them.",
            "This consent is voluntary. I can withdraw it at any time with effect for the future (Art. 7(3) GDPR); a "
            "message to the HR department is enough.",
        ),
    },
    "evidence": {
        DE: (
            "Ich beantworte diese Fragen für mich selbst und nach bestem Wissen.",
            "Die Antworten werden Teil des Weiterbildungsfalls. Zu sehen bekommt sie nur, wer sie dort braucht.",
        ),
        EN: (
            "I answer these questions for myself and to the best of my knowledge.",
            "The answers become part of the training case. Only those who need them there will see them.",
        ),
    },
    "withdraw": {
        DE: (
            "Ich nehme an dieser Weiterbildung nicht teil oder breche sie ab.",
            "Für die anderen Teilnehmenden geht es weiter. Die Personalabteilung sieht meinen Rücktritt sofort und "
            "setzt ihn um.",
        ),
        EN: (
            "I do not take part in this training, or I leave it.",
            "The other participants go on. The HR department sees my withdrawal at once and carries it out.",
        ),
    },
    "withdraw_alone": {
        DE: (
            "Ich nehme an dieser Weiterbildung nicht teil oder breche sie ab.",
            "Außer mir nimmt niemand teil: Damit endet der ganze Fall. Die Verbundkoordination bestätigt den Rücktritt "
            "und informiert die Beteiligten. Das lässt sich nicht rückgängig machen.",
        ),
        EN: (
            "I do not take part in this training, or I leave it.",
            "Nobody else takes part: the whole case ends with this. The coordination of the alliance confirms the "
            "withdrawal and informs the parties. This cannot be undone.",
        ),
    },
}


@dataclass(frozen=True)
class Statement:
    """What is shown and confirmed. ``facts``: label → value in the reader's language, in the order shown."""

    text: str
    language: str
    sentences: tuple[str, ...]
    facts: Mapping[str, str]

    @property
    def text_hash(self) -> str:
        """SHA-256 of the sentences alone: the same for everybody who read this version in this language."""
        return hashlib.sha256("\n".join(self.sentences).encode()).hexdigest()

    @property
    def hash(self) -> str:
        """SHA-256 of all that the page shows, facts included: a page that has become outdated is noticed by it."""
        shown = {"version": VERSION, "text": self.text, "sentences": self.sentences, "facts": list(self.facts.items())}
        return hashlib.sha256(codec.canonical(shown).encode()).hexdigest()

    def as_evidence(self) -> dict[str, str]:
        """What the journal keeps of it."""
        return {
            "text": self.text,
            "text_version": VERSION,
            "language": self.language,
            "text_hash": self.text_hash,
            "statement_hash": self.hash,
        }


def statement(
    text: str, language: str, *, person: str, company: str, number: str, variables: Mapping[str, Any]
) -> Statement:
    """The statement ``text`` (a key of :data:`SENTENCES`) for one participant of one case."""
    start, end = variables.get("course_start"), variables.get("course_end")
    window = variables.get("window_from"), variables.get("window_to")
    facts = {
        _("Name"): person,
        _("Company"): company,
        _("Training"): str(variables.get("course_title") or ""),
        _("Training provider"): str(variables.get("chosen_provider_name") or ""),
        _("Course dates"): _period(start, end, language),
        _("Planned period"): "" if start else _period(*window, language),
        _("Case number"): number,
    }
    shown = {label: value for label, value in facts.items() if value}
    return Statement(text, language, SENTENCES[text][language], shown)


def _period(start: Any, end: Any, language: str) -> str:
    if not start or not end:
        return ""
    return f"{_day(str(start), language)} – {_day(str(end), language)}"


def _day(text: str, language: str) -> str:
    day = date.fromisoformat(text)
    return f"{day:%d.%m.%Y}" if language == DE else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
