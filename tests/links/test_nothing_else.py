"""A link opens one door only, leaves no token behind, and cannot be used from another website."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.identity.policy import POLICY
from app.links.models import ParticipantLink
from app.platform.db import Base, db
from tests.links.conftest import EVIDENCE, Desk, Participant
from tests.world import World

VALUES = {"version": 1, "page": 1, "filename": "nothing.css", "language": "de", "key": "training_case"}


def addresses(app: Flask, case_id: str, link: ParticipantLink) -> list[tuple[str, str, str]]:
    """Endpoint, method and path of every route that needs a sign-in, with ids of the participant's own case."""
    known = {**VALUES, "case_id": case_id, "task_id": link.task_id, "link_id": link.id}
    found = []
    for rule in app.url_map.iter_rules():
        if POLICY[rule.endpoint].public:
            continue
        with app.test_request_context():
            built = rule.build({name: known.get(name, "x") for name in rule.arguments}, append_unknown=False)
        assert built is not None
        found += [(rule.endpoint, method, built[1]) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}]
    return found


def test_the_link_opens_no_other_door(world: World, desk: Desk, somebody: Participant) -> None:
    """Neither the token as a bearer token or cookie, nor whatever the pages have set, signs anybody in."""
    case_id = world.case_at("give_evidence")
    handed = desk.hand_out(case_id, channel="mail")
    page = somebody.read(handed)
    assert "Set-Cookie" not in page.headers
    link = desk.link(handed)
    routes = addresses(world.app, case_id, link)
    assert len(routes) > 30
    carriers: list[dict[str, str]] = [
        {},
        {"Authorization": f"Bearer {handed.token}"},
        {"Cookie": f"vorlauf_session={handed.token}", "Sec-Fetch-Site": "same-origin"},
    ]
    for headers in carriers:
        for endpoint, method, path in routes:
            answer = somebody.client.open(path, method=method, headers=headers, json={})
            closed = {401} if path.startswith("/api/") else {303}
            assert answer.status_code in closed, (endpoint, method)
            if answer.status_code == 303:
                assert answer.location.startswith("/sign-in")
    answer = somebody.send(handed, EVIDENCE)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_answers_for_somebody_elses_task_cannot_be_slipped_in(world: World, desk: Desk, somebody: Participant) -> None:
    handed = desk.hand_out(world.case_at("give_evidence"), channel="mail")
    other = world.open_task(world.case_at("give_evidence"), "give_evidence")
    body = {"data": EVIDENCE, "statement": somebody.statement(handed), "task": other["id"]}
    answer = somebody.client.post(f"/api/v1/l/{handed.token}", json=body, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 422
    assert desk.link(handed).used_at is None


def test_who_is_signed_in_acts_as_the_participant_all_the_same(world: World, desk: Desk) -> None:
    case_id = world.case_at("give_evidence")
    handed = desk.hand_out(case_id, "consent", "mail")
    reader = Participant(world)
    reader.client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {world.token('auditor')}"
    page = reader.read(handed)
    assert "Abmelden" not in page.text
    reader.agree(handed, page)
    assert desk.journal(case_id, "participant.consented")[0][0] == handed.id


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}])
def test_another_website_cannot_confirm(
    world: World, desk: Desk, somebody: Participant, headers: dict[str, str]
) -> None:
    handed = desk.hand_out(world.case_at("give_evidence"), "consent", "mail")
    statement = somebody.statement(handed)
    form = {"step": "confirm", "confirmed": "yes", "statement": statement}
    assert somebody.client.post(handed.page, data=form, headers=headers).status_code == 403
    sent = somebody.client.post(f"/api/v1/l/{handed.token}", json={"statement": statement}, headers=headers)
    assert sent.status_code == 403
    assert desk.link(handed).used_at is None


def test_a_phone_that_only_says_null_of_its_origin_can_confirm(world: World, desk: Desk, somebody: Participant) -> None:
    """The page sends no referrer; browsers without Fetch Metadata then hide the origin of its form, too."""
    handed = desk.hand_out(world.case_at("give_evidence"), "consent", "mail")
    form = {"step": "confirm", "confirmed": "yes", "statement": somebody.statement(handed)}
    hidden = {"Origin": "null"}
    assert somebody.client.post(handed.page, data=form, headers=hidden).status_code == 303
    assert somebody.client.post("/sign-in", data={}, headers=hidden).status_code == 403, "nowhere else"


@pytest.mark.parametrize("purpose", ["evidence", "consent", "withdraw"])
def test_the_page_tells_nobody_its_address(world: World, desk: Desk, somebody: Participant, purpose: str) -> None:
    handed = desk.hand_out(world.case_at("give_evidence"), purpose)
    for page in (somebody.open(handed), somebody.read(handed), somebody.client.get("/l/unknown")):
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


def everything_stored() -> str:
    """All rows of all tables but the mails, as text."""
    with db.engine.connect() as connection:
        rows = [
            row
            for table in Base.metadata.sorted_tables
            if table.name != "mail"
            for row in connection.execute(sa.select(table))
        ]
    return "\n".join(str(tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)) for row in rows)


def test_no_token_is_kept_anywhere(
    world: World, desk: Desk, somebody: Participant, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not after use, not after being revoked, not where somebody signed in is refused, not in the log after a bug."""
    case_id = world.case_at("give_evidence")
    used, revoked = desk.hand_out(case_id, "consent"), desk.hand_out(case_id, "withdraw", "mail")
    key = {"Idempotency_Key": "once"}
    body: dict[str, Any] = {"purpose": "evidence", "channel": "paper"}
    body["employee"] = desk.participants(case_id)[0]["employee"]
    kept = world.call("hr", "POST", f"/cases/{case_id}/links", body, **key).json
    somebody.agree(used)
    world.call("hr", "DELETE", f"/links/{revoked.id}")
    signed_in = world.client("auditor")
    for handed in (used, revoked):
        assert signed_in.get(handed.page).status_code == 404
        cross = {"Sec-Fetch-Site": "cross-site"}
        cookie = world.app.test_client()
        cookie.set_cookie("vorlauf_session", world.token("auditor"))
        assert cookie.post(handed.page, headers=cross).status_code == 403
        assert signed_in.put(handed.page).status_code == 405
        assert signed_in.post(f"/api/v1/l/{handed.token}", json={"unknown": 1}).status_code == 422
    world.session.rollback()
    stored = everything_stored() + "".join(capfd.readouterr())
    tokens = [used.token, used.code, revoked.token, kept["address"].rpartition("/")[2], kept["code"]]
    for token in tokens:
        assert token not in stored
        assert token.replace("-", "") not in stored
    assert used.id in stored, "the rows were really read"


def test_a_bug_does_not_write_the_token_into_the_log(
    world: World, desk: Desk, somebody: Participant, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    handed = desk.hand_out(world.case_at("give_evidence"), "consent", "mail")

    def fails(*_arguments: object, **_more: object) -> None:
        raise ZeroDivisionError(handed.token)

    monkeypatch.setattr("app.links.participation.look", fails)
    assert somebody.open(handed).status_code == 500
    written = "".join(capfd.readouterr())
    assert handed.token not in written
