"""The demo's mailbox: everybody reads what would have been sent; outside the demo it does not exist."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from app.platform import jobs, mail
from app.platform.db import unit_of_work
from app.platform.mail import Mail
from tests.web.conftest import Visitor, main_text, tree
from tests.world import NOW, World

LINK = "http://127.0.0.1:8000/welcome?token=abc"


@pytest.fixture
def demo(world: World) -> Iterator[World]:
    """The world as a demo, with two mails in its box."""
    before = world.app.config["VORLAUF_SETTINGS"]
    world.app.config["VORLAUF_SETTINGS"] = dataclasses.replace(before, demo=True)
    with unit_of_work(world.session):
        world.session.execute(sa.delete(Mail))
        for name, text in (("erika", f"Hallo,\n{LINK}\n<b>fett</b>"), ("petra", "anderes")):
            mail.send(world.session, NOW, key=name, to=f"{name}@example.org", subject=f"Brief an {name}", body=text)
    jobs.drain(world.session, NOW)
    yield world
    world.app.config["VORLAUF_SETTINGS"] = before


@pytest.mark.parametrize("login", [None, "hr", "employee"])
def test_everybody_reads_the_mails_of_the_demo_and_follows_their_links(
    demo: World, visitor: Visitor, login: str | None
) -> None:
    client = visitor(login)
    listed = client.get("/mailbox")
    assert listed.status_code == 200
    assert "Brief an erika" in main_text(listed)
    assert "Brief an petra" in main_text(listed)
    (address,) = tree(listed).xpath("//main//a[contains(., 'Brief an erika')]/@href")
    read = client.get(address)
    assert tree(read).xpath("//div[@class='letter']//a/@href") == [LINK]
    assert "<b>fett</b>" in main_text(read), "a mail is text, whatever stands in it"


def test_the_mailbox_shows_the_mails_of_one_person(demo: World, visitor: Visitor) -> None:
    page = visitor().get("/mailbox?to=petra@example.org")
    assert "Brief an petra" in main_text(page)
    assert "Brief an erika" not in main_text(page)


def test_every_page_of_the_demo_leads_to_the_mailbox(demo: World, visitor: Visitor) -> None:
    assert tree(visitor().get("/sign-in")).xpath("//footer//a/@href") == ["/mailbox"]


@pytest.mark.parametrize("path", ["/mailbox/nothing", "/mailbox/01a21bf2-4eb3-7d06-abdb-3cb9f21a7484"])
def test_a_mail_that_does_not_exist_is_not_found(demo: World, visitor: Visitor, path: str) -> None:
    assert visitor().get(path).status_code == 404


def test_outside_the_demo_there_is_no_mailbox(demo: World, visitor: Visitor) -> None:
    mail_id = demo.session.scalar(sa.select(Mail.id).limit(1))
    settings = demo.app.config["VORLAUF_SETTINGS"]
    for other in (dataclasses.replace(settings, demo=False), dataclasses.replace(settings, smtp_host="mail.local")):
        demo.app.config["VORLAUF_SETTINGS"] = other
        assert visitor("admin").get("/mailbox").status_code == 404
        assert visitor("admin").get(f"/mailbox/{mail_id}").status_code == 404
        assert tree(visitor().get("/sign-in")).xpath("//footer//a") == []
