"""Mail: sent with its cause or not at all, delivered once also when the server was away, its text not kept."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy.orm import Session

from app.demo.serving import free_port
from app.factory import configure_logging
from app.platform import jobs, mail
from app.platform.db import db, unit_of_work
from app.platform.jobs import Job
from app.platform.mail import Mail, Unmailable
from app.platform.settings import InvalidSetting, Settings

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LINK = "http://127.0.0.1:8000/reset/Geheim-4711"


class Server:
    """A mail server on 127.0.0.1 that keeps what it gets; ``answer`` is its word on the text of a mail."""

    def __init__(self) -> None:
        self.got: list[tuple[list[str], EmailMessage]] = []
        self.answer = "250 OK"
        self.recipient = "250 OK"

    async def handle_RCPT(  # noqa: N802 - the name that the library looks for
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - as above
        if self.answer.startswith("250"):
            parsed = message_from_bytes(envelope.content, policy=policy.default)
            self.got.append((envelope.rcpt_tos, parsed))
        return self.answer


Run = Callable[[], Controller]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def run(server: Server, port: int) -> Iterator[Run]:
    """Starts the mail server; it ends with the test."""
    controllers: list[Controller] = []

    def start() -> Controller:
        controller = Controller(server, hostname="127.0.0.1", port=port)
        controller.start()
        controllers.append(controller)
        return controller

    yield start
    for controller in controllers:
        controller.stop(no_assert=True)


@pytest.fixture
def office(app: Flask, session: Session, port: int) -> Iterator[Session]:
    """A session inside the app, whose settings name the mail server."""
    before = app.config["VORLAUF_SETTINGS"]
    app.config["VORLAUF_SETTINGS"] = dataclasses.replace(
        before, smtp_host="127.0.0.1", smtp_port=port, smtp_security="none", mail_from="Vorlauf <post@example.org>"
    )
    with app.app_context():
        yield session
        db.session.remove()
    app.config["VORLAUF_SETTINGS"] = before


def send(
    session: Session, key: str = "k", to: str = "erika@example.org", subject: str = "Grüße", body: str = LINK
) -> None:
    with unit_of_work(session):
        mail.send(session, NOW, key=key, to=to, subject=subject, body=body)


def mails(session: Session) -> list[Any]:
    session.rollback()
    return list(session.execute(sa.select(*Mail.__table__.columns).order_by(Mail.id)))


def only(session: Session) -> Any:
    (row,) = mails(session)
    return row


def open_jobs(session: Session) -> list[Any]:
    session.rollback()
    return list(session.execute(sa.select(*Job.__table__.columns).order_by(Job.run_at, Job.id)))


def test_a_mail_arrives_once_as_it_was_written_and_its_text_is_not_kept(
    office: Session, server: Server, run: Run
) -> None:
    run()
    send(office, body=f"Guten Tag, öffnen Sie\n{LINK}\n")
    assert jobs.drain(office, NOW) == 1
    ((recipients, message),) = server.got
    row = only(office)
    assert recipients == ["erika@example.org"]
    assert (message["Subject"], message["To"], message["From"]) == (
        "Grüße",
        "erika@example.org",
        "Vorlauf <post@example.org>",
    )
    assert message.get_content().splitlines() == ["Guten Tag, öffnen Sie", LINK]
    assert message["Message-ID"] == f"<{row.id}@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert (row.state, row.sent_at, row.body, row.subject) == ("sent", NOW, "", "Grüße")
    assert jobs.drain(office, NOW + timedelta(days=1)) == 0
    assert len(server.got) == 1


def test_while_the_server_is_away_a_mail_waits_and_then_arrives_once(office: Session, server: Server, run: Run) -> None:
    send(office)
    now = NOW
    for attempt in (1, 2, 3):
        assert jobs.drain(office, now) == 1
        row = only(office)
        assert (row.state, row.attempts, row.error, row.body) == ("open", attempt, "ConnectionRefusedError", LINK)
        (job,) = open_jobs(office)
        assert job.run_at > now
        now = job.run_at
    run()
    assert jobs.drain(office, now) == 1
    assert only(office).state == "sent"
    assert only(office).error is None
    assert open_jobs(office) == []
    assert len(server.got) == 1


def test_a_server_that_is_away_is_asked_once_not_once_per_mail(office: Session, server: Server, run: Run) -> None:
    for number in range(3):
        send(office, key=str(number))
    assert jobs.drain(office, NOW) == 1
    waiting = open_jobs(office)
    assert {job.run_at for job in waiting} == {NOW + timedelta(seconds=10)}
    run()
    assert jobs.drain(office, NOW + timedelta(seconds=10)) == 3
    assert len(server.got) == 3


def test_after_two_days_a_mail_is_given_up_visibly_and_can_be_sent_again(
    office: Session, server: Server, run: Run
) -> None:
    send(office)
    now = NOW
    while only(office).state == "open":
        (job,) = open_jobs(office)
        now = job.run_at
        jobs.drain(office, now)
    assert timedelta(days=1.5) < now - NOW < timedelta(days=3)
    assert only(office).attempts == mail.MAX_ATTEMPTS
    assert mail.warnings(office, Settings(smtp_host="x")) == ["mail_failed"]
    run()
    with unit_of_work(office):
        assert mail.send_again(office, now, only(office).id)
    assert jobs.drain(office, now) == 1
    assert only(office).state == "sent"
    with unit_of_work(office):
        assert not mail.send_again(office, now, only(office).id)


@pytest.mark.parametrize(("attribute", "state"), [("recipient", "failed"), ("answer", "failed")])
def test_a_mail_that_the_server_refuses_for_good_is_given_up_at_once(
    office: Session, server: Server, run: Run, attribute: str, state: str
) -> None:
    run()
    setattr(server, attribute, "550 no such mailbox erika")
    send(office)
    assert jobs.drain(office, NOW) == 1
    assert only(office).state == state
    assert only(office).error.endswith("550")
    assert "erika" not in only(office).error
    assert open_jobs(office) == []


@pytest.mark.parametrize("attribute", ["recipient", "answer"])
def test_a_mail_that_the_server_refuses_for_now_is_tried_again(
    office: Session, server: Server, run: Run, attribute: str
) -> None:
    run()
    setattr(server, attribute, "451 greylisted")
    send(office)
    assert jobs.drain(office, NOW) == 1
    assert only(office).state == "open"
    setattr(server, attribute, "250 OK")
    assert jobs.drain(office, NOW + timedelta(minutes=1)) == 1
    assert only(office).state == "sent"


def test_texts_of_given_up_mails_are_blanked_after_a_month(office: Session, server: Server, run: Run) -> None:
    run()
    server.answer = "554 refused"
    send(office)
    jobs.drain(office, NOW)
    with unit_of_work(office):
        assert mail.forget_old(office, NOW + timedelta(days=29)) == 0
        assert mail.forget_old(office, NOW + timedelta(days=31)) == 1
    given_up = only(office)
    assert (given_up.state, given_up.body) == ("failed", "")
    with unit_of_work(office):
        assert not mail.send_again(office, NOW, given_up.id), "there is nothing left to send"


def test_a_mail_whose_cause_is_rolled_back_is_not_sent(office: Session) -> None:
    mail.send(office, NOW, key="k", to="a@example.org", subject="s", body="b")
    office.rollback()
    assert mails(office) == []
    assert open_jobs(office) == []


def test_one_cause_sends_one_mail(office: Session) -> None:
    send(office, body="first")
    send(office, body="second")
    assert only(office).body == "first"
    assert len(open_jobs(office)) == 1


@pytest.mark.parametrize(
    "address",
    [
        "",
        " ",
        "nobody",
        "a@example.org\nBcc: all@example.org",
        "a@example.org\r\n\r\nBody",
        "a@example.org, b@example.org",
        "A <a@example.org>",
        "a@example.org\0",
        "@",
        "a@",
        "a" * 250 + "@example.org",
    ],
)
def test_an_address_that_is_not_exactly_one_is_refused(office: Session, address: str) -> None:
    with pytest.raises(Unmailable):
        mail.send(office, NOW, key="k", to=address, subject="s", body="b")
    assert mails(office) == []


@pytest.mark.parametrize("subject", ["Hallo\nBcc: all@example.org", "Hallo\r\nX: y", "x" * 201])
def test_a_subject_cannot_add_headers(office: Session, subject: str) -> None:
    with pytest.raises(Unmailable):
        mail.send(office, NOW, key="k", to="a@example.org", subject=subject, body="b")
    assert mails(office) == []


def test_in_the_demo_without_a_server_mails_are_kept_to_be_read(app: Flask, office: Session) -> None:
    app.config["VORLAUF_SETTINGS"] = dataclasses.replace(app.config["VORLAUF_SETTINGS"], demo=True, smtp_host="")
    send(office)
    assert jobs.drain(office, NOW) == 1
    assert (only(office).state, only(office).body) == ("sent", LINK)
    assert mail.warnings(office, app.config["VORLAUF_SETTINGS"]) == []


def test_elsewhere_without_a_server_mails_wait_until_there_is_one(
    app: Flask, office: Session, server: Server, run: Run
) -> None:
    named = app.config["VORLAUF_SETTINGS"]
    app.config["VORLAUF_SETTINGS"] = dataclasses.replace(named, smtp_host="")
    send(office)
    now = NOW
    for _ in range(3):
        assert jobs.drain(office, now) == 1
        assert (only(office).state, only(office).attempts) == ("open", 0)
        now += mail.UNCONFIGURED_PAUSE
    assert mail.warnings(office, app.config["VORLAUF_SETTINGS"]) == ["mail_not_configured"]
    run()
    app.config["VORLAUF_SETTINGS"] = named
    assert jobs.drain(office, now) == 1
    assert len(server.got) == 1
    assert only(office).body == ""


def test_the_database_is_free_while_the_mail_server_answers(
    office: Session, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []

    def slow(settings: Settings, message: EmailMessage) -> None:
        seen.append(office.in_transaction())
        with Session(engine) as other, unit_of_work(other):
            mail.send(other, NOW, key="meanwhile", to="b@example.org", subject="s", body="b")

    monkeypatch.setattr(mail, "transmit", slow)
    send(office)
    jobs.drain(office, NOW, limit=1)
    assert seen == [False]
    assert [row.key for row in mails(office)] == ["k", "meanwhile"]


def test_the_log_holds_neither_text_nor_address_nor_password(
    app: Flask,
    office: Session,
    server: Server,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    settings = dataclasses.replace(app.config["VORLAUF_SETTINGS"], smtp_password="Passwort-4712", log_level="DEBUG")
    configure_logging(settings)
    monkeypatch.setattr(mail, "log", structlog.get_logger("vorlauf.mail"))
    run()
    server.answer = "451 Geheim-4711 erika@example.org"
    send(office)
    jobs.drain(office, NOW)
    server.answer = "250 OK"
    jobs.drain(office, NOW + timedelta(minutes=1))
    assert only(office).state == "sent"
    out, err = capfd.readouterr()
    ours = [record.getMessage() for record in caplog.records if record.name != "mail.log"]  # the server of the test
    written = "\n".join((out, err, *ours))
    assert "mail not delivered" in written
    for word in ("Geheim", "erika", "Passwort-4712"):
        assert word not in written
    assert "Passwort-4712" not in repr(settings)


def test_an_unknown_kind_of_security_ends_the_process_with_the_name_of_the_setting() -> None:
    with pytest.raises(InvalidSetting, match="VORLAUF_SMTP_SECURITY"):
        Settings.from_environment({"VORLAUF_SMTP_SECURITY": "ssl3"})
