"""Who may speak to whom in a case, and what a comment may look like."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

OWN, ALLIANCE, COMPANY, PARTIES = "own", "alliance", "company", "parties"
AUDIENCES: Mapping[str, str] = {
    OWN: "the same role in the same organisation, and the coordination",
    ALLIANCE: "coordination and funding advice",
    COMPANY: "the company's human resources and works council, and the alliance",
    PARTIES: "everybody who takes part, training providers and participants included",
}
"""Who reads a comment besides its author and the auditors, the narrowest first: that is what nobody asked for gets."""

AUDIENCES_OF: Mapping[str, tuple[str, ...]] = {
    "coordinator": (OWN, ALLIANCE, COMPANY, PARTIES),
    "hr": (OWN, ALLIANCE, COMPANY, PARTIES),
    "works_council": (OWN, ALLIANCE, COMPANY, PARTIES),
    "funding_adviser": (OWN, ALLIANCE, COMPANY),
    "provider": (OWN, COMPANY),
    "employee": (OWN, COMPANY),
}
"""To whom each role may speak. Reasons of funding never reach providers, so funding advice does not speak to them;
what a provider says is not for its competitors, and a participant does not speak to all (domain § 6)."""

MAX_TEXT = 4000
MAX_MENTIONS = 20
_HARMFUL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_MENTION = re.compile(r"(?<![\w.@+-])@([^\W_](?:[\w.-]*\w)?)")


def tidy(text: str) -> str:
    """Line ends as ``\\n``, no white space around."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def is_harmful(text: str) -> bool:
    """Whether a text holds control characters, or signs that turn the direction of reading and hide what is said."""
    return _HARMFUL.search(text) is not None


def logins_in(text: str) -> list[str]:
    """The logins after ``@``, each once, in order; what follows a letter (an address of a mail) is none."""
    return list(dict.fromkeys(_MENTION.findall(text)))


def digest_of(salt: str, text: str) -> str:
    """What the journal keeps of a text: provable while the text is there, not to be guessed once it is withdrawn."""
    return hashlib.sha256(f"{salt}{text}".encode()).hexdigest()
