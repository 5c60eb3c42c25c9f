"""Comments over the API and on the page: who reads them, what stays of them, what they never show."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from app.audit.models import JournalEntry
from app.comments.models import Comment
from app.comments.rules import MAX_TEXT, digest_of
from app.platform import codec
from tests.contract.stage import LOGINS, Stage, is_problem
from tests.world import World

COMPANY, ADVICE = {"hr", "works-council"}, {"funding-adviser", "funding-adviser2"}
ALWAYS = {"coordinator", "auditor"}
PROVIDERS = {"provider", "provider2"}
READERS = {
    ("hr", "own"): {"hr"},
    ("hr", "alliance"): {"hr", *ADVICE},
    ("hr", "company"): {*COMPANY, *ADVICE},
    ("hr", "parties"): {*COMPANY, *ADVICE, *PROVIDERS, "employee"},
    ("works-council", "own"): {"works-council"},
    ("works-council", "alliance"): {"works-council", *ADVICE},
    ("coordinator", "own"): set[str](),
    ("coordinator", "parties"): {*COMPANY, *ADVICE, *PROVIDERS, "employee"},
    ("funding-adviser", "own"): ADVICE,
    ("funding-adviser", "company"): {*COMPANY, *ADVICE},
    ("provider", "own"): {"provider"},
    ("provider", "company"): {"provider", *COMPANY, *ADVICE},
    ("employee", "own"): {"employee"},
    ("employee", "company"): {"employee", *COMPANY, *ADVICE},
}
_QUOTED: dict[str, str] = {}


@pytest.fixture
def case_id(world: World) -> str:
    """A case in which everybody takes part: the employee who can sign in, and two providers that quote."""
    if world.url not in _QUOTED:
        me = [*world.driver().actor("employee").employee_ids]
        _QUOTED[world.url] = world.case_at("give_quote", "hr", {"capture_demand": {"participants_selected": me}})
    return _QUOTED[world.url]


def write(world: World, login: str, case_id: str, text: str, **more: Any) -> dict[str, Any]:
    answer = world.call(login, "POST", f"/cases/{case_id}/comments", {"text": text, **more})
    assert answer.status_code == 201, answer.text
    written: dict[str, Any] = answer.json
    return written


def seen_by(world: World, login: str, case_id: str) -> str:
    """Everything a login can get of a case's comments, over the API and on the page."""
    answers = [world.client(login).get(f"{base}/cases/{case_id}/comments") for base in ("/api/v1", "")]
    return "".join(answer.text for answer in answers if answer.status_code == 200)


@pytest.mark.parametrize(("login", "audience"), READERS, ids=lambda value: value)
def test_a_comment_is_read_by_its_audience_alone(world: World, case_id: str, login: str, audience: str) -> None:
    marker = f"Marke-{login}-{audience}"
    write(world, login, case_id, marker, audience=audience)
    readers = {somebody for somebody in LOGINS if marker in seen_by(world, somebody, case_id)}
    assert readers == READERS[login, audience] | ALWAYS


def test_without_a_choice_a_comment_goes_to_the_own_side(world: World, case_id: str) -> None:
    assert write(world, "hr", case_id, "Ohne Wahl")["audience"] == "own"


@pytest.mark.parametrize(
    ("login", "audience"),
    [("provider", "parties"), ("provider", "alliance"), ("funding-adviser", "parties"), ("employee", "parties")],
)
def test_a_circle_that_a_role_cannot_write_to_is_refused(world: World, case_id: str, login: str, audience: str) -> None:
    body = is_problem(world.call(login, "POST", f"/cases/{case_id}/comments", {"text": "x", "audience": audience}), 422)
    assert [error["pointer"] for error in body["errors"]] == ["/audience"]


def test_auditors_read_and_do_not_write(world: World, case_id: str) -> None:
    is_problem(world.call("auditor", "POST", f"/cases/{case_id}/comments", {"text": "x"}), 403, "forbidden")
    page = world.client("auditor").get(f"/cases/{case_id}/comments")
    assert page.status_code == 200
    assert "<textarea" not in page.text


def test_whoever_does_not_take_part_finds_nothing(world: World, case_id: str) -> None:
    comment = write(world, "hr", case_id, "Nur für uns", audience="parties")
    for login in ("hr2", "admin", "cluster-partner"):
        is_problem(world.call(login, "GET", f"/cases/{case_id}/comments"), 404)
        is_problem(world.call(login, "POST", f"/cases/{case_id}/comments", {"text": "x"}), 404)
        is_problem(world.call(login, "POST", f"/comments/{comment['id']}/withdrawal"), 404)


@pytest.mark.parametrize(
    ("text", "code"),
    [(" \n ", "required"), ("a\x07b", "characters"), ("a\u202eb", "characters"), ("\x00", "characters")],
)
def test_a_comment_that_says_nothing_or_hides_something_is_refused(
    world: World, case_id: str, text: str, code: str
) -> None:
    with Stage(world).nothing_changes():
        body = is_problem(world.call("hr", "POST", f"/cases/{case_id}/comments", {"text": text}), 422)
    assert [(error["pointer"], error["code"]) for error in body["errors"]] == [("/text", code)]


def test_the_longest_comment_fits_and_one_sign_more_does_not(world: World, case_id: str) -> None:
    assert len(write(world, "hr", case_id, "ä" * MAX_TEXT)["text"]) == MAX_TEXT
    is_problem(world.call("hr", "POST", f"/cases/{case_id}/comments", {"text": "ä" * (MAX_TEXT + 1)}), 422)


def test_a_comment_is_shown_as_it_was_written(world: World, case_id: str) -> None:
    write(world, "hr", case_id, "<script>alert(1)</script> **fett** https://example.org\nzweite Zeile")
    page = world.client("hr").get(f"/cases/{case_id}/comments").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; **fett** https://example.org\nzweite Zeile" in page
    assert '<a href="https://example.org' not in page


def test_the_history_proves_a_comment_without_telling_it(world: World, case_id: str) -> None:
    comment = write(world, "hr", case_id, "Vertraulich-Marke")
    entries = list(world.session.scalars(sa.select(JournalEntry).where(JournalEntry.case_id == case_id)))
    entry = next(one for one in entries if comment["id"] in one.payload)
    row = world.session.get_one(Comment, comment["id"])
    assert entry.kind == "comment.added"
    assert codec.loads(entry.payload)["digest"] == digest_of(row.salt, "Vertraulich-Marke")
    assert not any("Vertraulich-Marke" in one.payload for one in entries)
    assert world.call("auditor", "GET", f"/cases/{case_id}/history/verification").json["valid"] is True
    assert "Vertraulich-Marke" not in world.client("works-council").get(f"/cases/{case_id}/history").text


def test_a_withdrawn_comment_leaves_its_trace_and_nothing_else(world: World, case_id: str) -> None:
    comment = write(world, "hr", case_id, "Voreilig-Marke", audience="company", mentions=["works-council"])
    path = f"/comments/{comment['id']}/withdrawal"
    is_problem(world.call("works-council", "POST", path), 403, "not_your_comment")
    is_problem(world.call("provider", "POST", path), 404)
    is_problem(world.call("hr", "POST", path, If_Match='"7"'), 412)
    answer = world.call("hr", "POST", path, If_Match='"1"')
    assert answer.status_code == 200
    assert (answer.json["text"], answer.json["may_withdraw"]) == ("", False)
    assert answer.json["withdrawn_at"]
    is_problem(world.call("hr", "POST", path), 409, "already_withdrawn")
    assert "Voreilig-Marke" not in seen_by(world, "hr", case_id)
    world.session.rollback()
    row = world.session.get_one(Comment, comment["id"], populate_existing=True)
    assert (row.text, row.salt) == ("", "")
    assert comment["id"] not in world.call("works-council", "GET", "/mentions?limit=100").text
    assert world.call("auditor", "GET", f"/cases/{case_id}/history/verification").json["valid"] is True


def test_comments_are_read_page_by_page_the_newest_first(world: World) -> None:
    case_id = world.case_at("check_completeness")
    for number in range(5):
        write(world, "hr", case_id, f"Nummer {number}")
    path, found = f"/cases/{case_id}/comments?limit=2", []
    while path:
        page = world.call("hr", "GET", path).json
        found += [item["text"] for item in page["items"]]
        path = f"/cases/{case_id}/comments?limit=2&cursor={page['next']}" if page["next"] else ""
    assert found == [f"Nummer {number}" for number in reversed(range(5))]


def test_a_stale_copy_of_the_case_stops_a_comment(world: World, case_id: str) -> None:
    body = {"text": "Zu spät"}
    is_problem(world.call("hr", "POST", f"/cases/{case_id}/comments", body, If_Match='"0"'), 412)


def test_the_same_comment_sent_twice_is_written_once(world: World, case_id: str) -> None:
    path, body = f"/cases/{case_id}/comments", {"text": "Einmal-Marke"}
    first = world.call("hr", "POST", path, body, Idempotency_Key="einmal")
    second = world.call("hr", "POST", path, body, Idempotency_Key="einmal")
    assert first.json["id"] == second.json["id"]
    assert world.call("hr", "GET", f"{path}?limit=100").text.count("Einmal-Marke") == 1


def test_a_comment_does_not_stop_a_task_from_being_done(world: World) -> None:
    case_id = world.case_at("check_completeness")
    task = world.open_task(case_id, "check_completeness")["id"]
    etag = world.call("coordinator", "GET", f"/tasks/{task}").headers["ETag"]
    write(world, "hr", case_id, "Kommt dazwischen")
    body = {"data": {"completeness": "complete"}}
    assert world.call("coordinator", "POST", f"/tasks/{task}/complete", body, If_Match=etag).status_code == 200


def test_reading_comments_is_logged_also_beside_a_refused_form(world: World) -> None:
    case_id = world.case_at("check_completeness")
    world.client("hr").get(f"/cases/{case_id}/comments")
    assert world.call("auditor", "GET", f"/audit/access?case={case_id}").json["items"] == []
    write(world, "hr", case_id, "Gesagt-Marke")
    world.client("hr").get(f"/cases/{case_id}/comments")
    assert len(world.call("auditor", "GET", f"/audit/access?case={case_id}").json["items"]) == 1
    refused = world.client("hr").post(f"/cases/{case_id}/comments", data={"text": ""})
    assert refused.status_code == 422
    assert "Gesagt-Marke" in refused.text
    assert len(world.call("auditor", "GET", f"/audit/access?case={case_id}").json["items"]) == 2
