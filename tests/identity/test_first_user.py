"""The first user of an empty installation: one command, one link, one password."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.cli import main
from app.demo.prepare import migrate
from app.factory import create_app
from app.identity.first_user import AdministratorRefused, create_admin
from app.identity.models import IdentityChange, Organisation, User
from app.platform.db import db, unit_of_work
from app.platform.mail import Mail
from tests.conftest import People
from tests.identity.office import GOOD, LINK
from tests.world import NOW, world_settings

SITE = "https://vorlauf.example"


def create(session: Session, login: str = "anna", email: str = "anna@example.org") -> str:
    with unit_of_work(session):
        return create_admin(session, login, email, NOW, SITE)


def test_on_an_empty_database_one_command_leads_to_a_signed_in_administrator(
    tmp_path: object, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path}/vorlauf.db"
    app = create_app(world_settings(url))
    migrate(app)
    assert main(["create-admin", "anna", "anna@example.org", "--database", url]) == 0
    said = capsys.readouterr()
    match = LINK.search(said.out)
    assert match is not None
    assert match.group(1) not in said.err, "the log does not repeat the link"
    client = app.test_client()
    redeemed = client.post("/api/v1/passwords", json={"token": match.group(1), "password": GOOD})
    assert redeemed.get_json() == {"login": "anna"}
    token = client.post("/api/v1/tokens", json={"login": "anna", "password": GOOD}).get_json()["token"]
    users = client.get("/api/v1/users", headers={"Authorization": f"Bearer {token}"}).get_json()["items"]
    assert [user["login"] for user in users] == ["anna"]
    assert main(["create-admin", "anna", "anna@example.org", "--database", url]) == 1
    assert "taken" in capsys.readouterr().err
    with app.app_context():
        db.engine.dispose()


def test_the_link_leads_to_our_own_address_and_no_mail_is_sent(app: Flask, session: Session) -> None:
    assert create(session).startswith(f"{SITE}/welcome?token=")
    assert session.scalar(sa.select(Mail.id)) is None
    assert session.scalar(sa.select(Organisation.kind)) == "alliance"
    kinds = session.scalars(sa.select(IdentityChange.kind).order_by(IdentityChange.id)).all()
    assert kinds == ["membership.added", "user.invited"]


def test_a_link_that_was_lost_is_replaced_by_a_new_one(app: Flask, session: Session) -> None:
    assert create(session) != create(session)
    assert session.scalar(sa.select(sa.func.count()).select_from(User)) == 1


def test_an_existing_alliance_is_kept(app: Flask, session: Session, people: People) -> None:
    people.organisation("Verbund", "alliance")
    create(session)
    assert session.scalar(sa.select(sa.func.count()).select_from(Organisation)) == 1


@pytest.mark.parametrize(
    ("login", "email"),
    [("hr", "a@example.org"), ("Anna", "a@example.org"), ("anna", "nothing"), ("anna", "a@b\nBcc: c@d")],
)
def test_what_cannot_be_is_refused(app: Flask, session: Session, people: People, login: str, email: str) -> None:
    people.user("hr")
    with pytest.raises(AdministratorRefused):
        create(session, login, email)
    assert session.scalar(sa.select(sa.func.count()).select_from(User)) == 1
