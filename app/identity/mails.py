"""What the mails of this room say: in the recipient's language first, in the other one below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.platform import mail
from app.platform.clock import BERLIN


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets a mail."""

    login: str
    name: str
    email: str
    language: str


SUBJECTS: Mapping[str, Mapping[str, str]] = {
    "invitation": {"de": "Ihr Zugang zu Vorlauf", "en": "Your access to Vorlauf"},
    "reset": {"de": "Neues Passwort für Vorlauf", "en": "New password for Vorlauf"},
    "changed": {"de": "Ihr Passwort wurde geändert", "en": "Your password has been changed"},
}
BODIES: Mapping[str, Mapping[str, str]] = {
    "invitation": {
        "de": """Guten Tag, {name},

für Sie ist ein Zugang zu Vorlauf eingerichtet, der Fallverwaltung des Weiterbildungsverbunds.
Ihr Anmeldename ist {login}. Bitte wählen Sie hier Ihr Passwort:

{link}

Der Link gilt einmal und bis {until} Uhr. Danach kann er Ihnen neu geschickt werden.
Wenn Sie mit dieser Einladung nichts anfangen können, brauchen Sie nichts zu tun.
""",
        "en": """Good day, {name},

an access to Vorlauf, the case service of the training alliance, has been set up for you.
Your login is {login}. Please choose your password here:

{link}

The link is valid once, until {until} (German time). Afterwards it can be sent to you again.
If this invitation means nothing to you, there is nothing you need to do.
""",
    },
    "reset": {
        "de": """Guten Tag, {name},

jemand, vermutlich Sie, möchte für den Anmeldenamen {login} ein neues Passwort wählen. Das geht hier:

{link}

Der Link gilt einmal und bis {until} Uhr.
Wenn Sie das nicht waren, brauchen Sie nichts zu tun: Ihr Passwort bleibt, wie es ist.
""",
        "en": """Good day, {name},

somebody, probably you, wants to choose a new password for the login {login}. This is where to do it:

{link}

The link is valid once, until {until} (German time).
If it was not you, there is nothing you need to do: your password stays as it is.
""",
    },
    "changed": {
        "de": """Guten Tag, {name},

das Passwort für den Anmeldenamen {login} wurde am {until} Uhr geändert. Alle anderen Anmeldungen sind beendet.
Wenn Sie das nicht waren, wählen Sie bitte sofort ein neues Passwort und sagen Sie der Administration Bescheid:

{link}
""",
        "en": """Good day, {name},

the password for the login {login} was changed on {until} (German time). All other sign-ins have ended.
If it was not you, please choose a new password at once and tell the administration:

{link}
""",
    },
}
RULE = "-" * 60


def write(session: Session, now: datetime, to: Recipient, kind: str, key: str, link: str, until: datetime) -> None:
    """Send the mail ``kind`` (see :data:`SUBJECTS`) with the caller's transaction."""
    languages = ("en", "de") if to.language == "en" else ("de", "en")
    values = {"name": to.name, "login": to.login, "link": link}
    texts = [BODIES[kind][language].format(**values, until=_moment(until, language)) for language in languages]
    subject = " / ".join(SUBJECTS[kind][language] for language in languages)
    mail.send(session, now, key=key, to=to.email, subject=subject, body=f"{texts[0]}\n{RULE}\n\n{texts[1]}")


def _moment(at: datetime, language: str) -> str:
    local = at.astimezone(BERLIN)
    return local.strftime("%d.%m.%Y, %H:%M") if language == "de" else local.strftime("%Y-%m-%d, %H:%M")
