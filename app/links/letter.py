"""The mails about links. Nobody knows yet which language a participant reads: German first, English below."""

from __future__ import annotations

from datetime import datetime

from app.platform.clock import BERLIN

PATH = "/l/"

PARTICIPANT = """Guten Tag {person},

{company} bittet Sie um {wanted_de} zur Weiterbildung im Fall {number}.

Bitte öffnen Sie diesen Link. Sie brauchen kein Konto:
{address}

Der Link ist nur für Sie und gilt bis {until}. Geben Sie ihn nicht weiter. Haben Sie Fragen, wenden Sie sich an Ihre Personalabteilung.

--

Hello {person},

{company} asks you for {wanted_en} about the training in case {number}.

Please open the link above. You need no account. It is meant for you alone and is valid until {until}. Do not pass it on. If you have questions, ask your HR department.
"""  # noqa: E501
WANTED = {
    "consent": ("Ihre Einwilligung", "your consent"),
    "evidence": ("Ihre Angaben", "your details"),
    "withdraw": ("eine Bestätigung Ihres Rücktritts", "confirmation of your withdrawal"),
}
WITHDRAWN = """Guten Tag,

im Fall {number} ist eine teilnehmende Person über ihren Link zurückgetreten. Wer das ist, steht im Fall unter „Links“:
{address}

{next_de}

--

A participant of case {number} has withdrawn by a link. The page above says who.
{next_en}
"""
ENDS = (
    "Damit endet der Fall; die Verbundkoordination bestätigt den Rücktritt.",
    "The case ends with this; the coordination of the alliance confirms the withdrawal.",
)
GOES_ON = (
    "Der Fall läuft für die anderen weiter. Bitte setzen Sie den Rücktritt um.",
    "The case goes on for the others. Please carry the withdrawal out.",
)


def address_of(public_url: str, token: str) -> str:
    """The address of a link."""
    return f"{public_url.rstrip('/')}{PATH}{token}"


def to_participant(
    purpose: str, *, person: str, company: str, number: str, address: str, expires_at: datetime
) -> tuple[str, str]:
    """Subject and text of the mail that carries a link."""
    german, english = WANTED[purpose]
    until = f"{expires_at.astimezone(BERLIN):%d.%m.%Y, %H:%M}"
    values = {"person": person, "company": company, "number": number, "address": address, "until": until}
    return f"Weiterbildung {number}: Bitte um {german}", PARTICIPANT.format(
        wanted_de=german, wanted_en=english, **values
    )


def to_issuer(number: str, address: str, *, alone: bool) -> tuple[str, str]:
    """Subject and text of the mail that tells the issuer of a withdrawal; it names nobody."""
    german, english = ENDS if alone else GOES_ON
    text = WITHDRAWN.format(number=number, address=address, next_de=german, next_en=english)
    return f"Fall {number}: Rücktritt einer teilnehmenden Person", text
