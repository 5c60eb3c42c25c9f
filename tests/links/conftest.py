"""Cases with participants, and links to them as HR gets them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.audit.models import JournalEntry
from app.links.models import ParticipantLink
from app.platform import codec
from app.platform.mail import Mail
from app.platform.settings import Settings
from app.registers.models import Employee
from tests.world import World

EVIDENCE = {
    "contract_type": "permanent",
    "weekly_hours": 38,
    "monthly_gross": 3200,
    "birth_date": "1985-01-27",
    "has_qualification": True,
    "qualification_date": "2006-06-30",
    "disability_degree": 0,
    "equal_status": False,
    "sgb2_benefits": False,
}
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Handed:
    """A link as the participant holds it."""

    id: str
    token: str
    code: str
    number: str

    @property
    def page(self) -> str:
        """The address of the page."""
        return f"/l/{self.token}"

    @property
    def typed(self) -> dict[str, str]:
        """What is typed from the sheet of paper."""
        return {"code": self.code, "case_number": self.number}


@dataclass
class Desk:
    """HR at work: hands links out over the API, looks into the database."""

    world: World

    def participants(self, case_id: str) -> list[dict[str, Any]]:
        """The participants of a case as HR sees them."""
        found: list[dict[str, Any]] = self.world.call("hr", "GET", f"/cases/{case_id}").json["data"]["participants"]
        return found

    def ask(self, case_id: str, login: str = "hr", **body: Any) -> TestResponse:
        """Ask for a link; by default one on paper, to give evidence, for the first participant."""
        first = self.participants(case_id)[0]["employee"]
        wanted = {"purpose": "evidence", "channel": "paper", "employee": first, **body}
        return self.world.call(login, "POST", f"/cases/{case_id}/links", wanted)

    def hand_out(self, case_id: str, purpose: str = "evidence", channel: str = "paper", **body: Any) -> Handed:
        """A link; a mailed one is taken from the mail."""
        if channel == "mail":
            body.setdefault("email", "erika@example.org")
        response = self.ask(case_id, purpose=purpose, channel=channel, **body)
        assert response.status_code == 201, response.text
        link = response.json
        number = self.world.call("hr", "GET", f"/cases/{case_id}").json["number"]
        address = link["address"] or re.search(r"http\S+", self.mail(f"link:{link['id']}").body).group()  # type: ignore[union-attr]
        return Handed(link["id"], address.rpartition("/")[2], link["code"] or "", number)

    def mail(self, key: str) -> Mail:
        """The mail with this cause."""
        self.world.session.rollback()
        return self.world.session.scalars(sa.select(Mail).where(Mail.key == key)).one()

    def link(self, handed: Handed) -> ParticipantLink:
        """The link's row as it is now."""
        self.world.session.rollback()
        return self.world.session.get_one(ParticipantLink, handed.id, populate_existing=True)

    def state(self, case_id: str, handed: Handed) -> str:
        """What HR's list says of a link."""
        items = self.world.call("hr", "GET", f"/cases/{case_id}/links?limit=100").json["items"]
        return next(item["state"] for item in items if item["id"] == handed.id)

    def journal(self, case_id: str, kind: str) -> list[tuple[str | None, dict[str, Any]]]:
        """Author and payload of the entries of one kind."""
        self.world.session.rollback()
        found = sa.select(JournalEntry).where(JournalEntry.case_id == case_id, JournalEntry.kind == kind)
        rows = self.world.session.scalars(found.order_by(JournalEntry.seq))
        return [(row.actor_id, codec.loads(row.payload)) for row in rows]

    def is_proved(self, case_id: str) -> bool:
        """Whether the history of the case is whole."""
        return bool(self.world.call("hr", "GET", f"/cases/{case_id}/history/verification").json["valid"])


class Participant:
    """Somebody without an account, with a phone."""

    def __init__(self, world: World, language: str = "de") -> None:
        self.client: FlaskClient = world.app.test_client()
        self.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language

    def open(self, handed: Handed) -> TestResponse:
        """Open the link."""
        return self.client.get(handed.page)

    def read(self, handed: Handed) -> TestResponse:
        """Open the link and, on paper, type the code: the page with what is to be confirmed."""
        if not handed.code:
            return self.open(handed)
        return self.client.post(handed.page, data=handed.typed, headers=SAME_SITE)

    def agree(self, handed: Handed, page: TestResponse | None = None, **changes: str) -> TestResponse:
        """Tick the box of the page that was read and send it."""
        page = page or self.read(handed)
        form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text))
        form = {key: value for key, value in form.items() if key != "next"} | {"confirmed": "yes", **changes}
        return self.client.post(handed.page, data=form, headers=SAME_SITE)

    def send(self, handed: Handed, data: Any = None, **changes: Any) -> TestResponse:
        """What the page's script sends."""
        statement = changes.pop("statement") if "statement" in changes else self.statement(handed)
        body = {"data": data, "statement": statement, **handed.typed, **changes}
        return self.client.post(f"/api/v1/l/{handed.token}", json=body, headers=SAME_SITE)

    def statement(self, handed: Handed) -> str:
        """The hash of what the page shows."""
        page = self.read(handed)
        found = re.search(r'name="statement" value="(\w+)"', page.text)
        if found is not None:
            return found.group(1)
        return str(island(page)["also"]["statement"]) if "data-island" in page.text else ""


def island(page: TestResponse) -> dict[str, Any]:
    """What the page gives its form's script."""
    found = re.search(r'data-island="([^"]*)"', page.text)
    assert found is not None
    data: dict[str, Any] = codec.loads(unescape(found.group(1)))
    return data


@pytest.fixture
def desk(world: World) -> Desk:
    """HR's desk."""
    return Desk(world)


@pytest.fixture
def somebody(world: World) -> Participant:
    """A participant who reads German."""
    return Participant(world)


def two_people(world: World) -> dict[str, dict[str, Any]]:
    """Changes of the happy path: a demand for two employees of the company."""
    session = world.session
    rows = session.scalars(
        sa.select(Employee)
        .where(Employee.company_id == world.organisation("hr"))
        .order_by(Employee.staff_number)
        .limit(2)
    )
    return {"capture_demand": {"participants_selected": [row.id for row in rows]}}


def settings_of(world: World) -> Settings:
    """The app's settings."""
    found: Settings = world.app.config["VORLAUF_SETTINGS"]
    return found
