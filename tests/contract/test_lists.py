"""Lists: filters, sort keys in both directions, pages that stay put while others work."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.engine.models import Case, Task
from app.platform.db import unit_of_work
from tests.contract.stage import Stage, is_problem

SORTS = [sign + name for name in ("created_at", "due_at", "priority") for sign in ("", "-")]
DAY = datetime(2026, 12, 1, tzinfo=UTC)
TITLES = (
    "Öl & Gas 100% sicher",
    "ÖLWANNE_neu",
    "Prozent 100 ohne Zeichen",
    'O\'Brien sagt "nein"',
    "back\\slash",
    "Ölwanne neu",
    "<b>fett</b>",
)
_MADE: dict[str, list[str]] = {}


@pytest.fixture
def cases(stage: Stage) -> list[str]:
    """Seven cases with telling titles, their first tasks with equal, different and no due dates and priorities."""
    world = stage.world
    if world.url not in _MADE:
        made = [world.driver().start("hr", title, {}) for title in TITLES]
        spread = [
            (DAY, 50, 0),
            (DAY, 50, 0),
            (None, 50, 0),
            (None, 70, 1),
            (DAY + timedelta(days=1), 70, 1),
            (DAY - timedelta(microseconds=1), 20, 2),
            (DAY, 100, 2),
        ]
        with unit_of_work(world.session):
            for case_id, (due, priority, created) in zip(made, spread, strict=True):
                values = {"due_at": due, "priority": priority, "created_at": DAY + timedelta(hours=created)}
                world.session.execute(sa.update(Task).where(Task.case_id == case_id).values(**values))
        _MADE[world.url] = made
    return _MADE[world.url]


def pages(stage: Stage, path: str, login: str = "hr") -> Iterator[list[dict[str, Any]]]:
    cursor: str | None = ""
    while cursor is not None:
        response = stage.world.client(login).get(f"/api/v1{path}" + (f"&cursor={cursor}" if cursor else ""))
        assert response.status_code == 200, response.text
        yield response.json["items"]
        cursor = response.json["next"]


def all_items(stage: Stage, path: str, login: str = "hr") -> list[dict[str, Any]]:
    return [item for page in pages(stage, path, login) for item in page]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_every_sort_shows_every_task_once_in_order(stage: Stage, cases: list[str], sort: str, limit: int) -> None:
    found = all_items(stage, f"/tasks?sort={sort}&limit={limit}&element=capture_demand")
    assert sorted(task["case"]["id"] for task in found) == sorted(cases)

    def key(task: dict[str, Any]) -> tuple[bool, Any, str]:
        value = task[sort.lstrip("-")]
        return value is None, value or 0, task["id"]

    assert found == sorted(found, key=key, reverse=sort.startswith("-")), "no due date counts as the latest"


@pytest.mark.parametrize("sort", SORTS)
def test_pages_stay_put_while_tasks_come_and_go(stage: Stage, cases: list[str], sort: str) -> None:
    before = [task["id"] for task in all_items(stage, f"/tasks?sort={sort}&limit=100&element=capture_demand")]
    walk = pages(stage, f"/tasks?sort={sort}&limit=2&element=capture_demand")
    seen = [task["id"] for task in next(walk)]
    newcomer = stage.world.driver().start("hr", "kommt dazwischen", {})
    seen += [task["id"] for page in walk for task in page]
    with unit_of_work(stage.world.session):
        gone = sa.update(Task).where(Task.case_id == newcomer).values(state="cancelled")
        stage.world.session.execute(gone)
    assert [task_id for task_id in seen if task_id in before] == before, "nothing is missed, nothing comes twice"
    assert len(seen) == len(set(seen))


def test_cases_come_newest_first(stage: Stage, cases: list[str]) -> None:
    found = [case["id"] for case in all_items(stage, "/cases?limit=2") if case["id"] in cases]
    assert found == sorted(cases, reverse=True)


@pytest.mark.parametrize("path", ["/tasks", "/cases", "/cases/{case}/history"])
@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=-1", "limit=x", "limit=", "limit=99999999999999999999", "unknown=1", "limit=1.5"],
)
def test_wrong_arguments_are_named(stage: Stage, cases: list[str], path: str, query: str) -> None:
    body = is_problem(stage.world.call("hr", "GET", f"{path.format(case=cases[0])}?{query}"), 422)
    assert [error["pointer"] for error in body["errors"]] == [f"/{query.split('=')[0]}"]


def forged(value: object, key: object = "x") -> str:
    return base64.urlsafe_b64encode(json.dumps([value, key]).encode()).decode().rstrip("=")


@pytest.mark.parametrize("sort", ["created_at", "-priority", "due_at"])
@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "ü",
        "²",
        "-1",
        "AAAA",
        "A" * 199,
        forged("text"),
        forged("2026-99-99T00:00:00Z"),
        forged("0001-01-01T00:00:00+14:00"),
        forged("2026-01-01T00:00:00"),
        forged(10**30),
        forged(True),
        forged(None),
        forged([1]),
        forged(1.5),
        forged("2026-01-01T00:00:00Z", 7),
        forged("2026-01-01T00:00:00Z", "a\x00b"),
        forged(50, "a\x00b"),
    ],
)
def test_a_cursor_that_we_did_not_give_is_refused(stage: Stage, cases: list[str], sort: str, cursor: str) -> None:
    is_problem(stage.world.call("hr", "GET", f"/tasks?sort={sort}&cursor={cursor}"), 422, "bad_cursor")


@pytest.mark.parametrize("cursor", ["x", "ü", "²", "-1", "1e3", "9" * 10, forged("x")])
def test_neither_does_a_history_take_one(stage: Stage, cases: list[str], cursor: str) -> None:
    is_problem(stage.world.call("hr", "GET", f"/cases/{cases[0]}/history?cursor={cursor}"), 422, "bad_cursor")
    assert stage.world.call("hr", "GET", f"/cases?cursor={forged(7)}").status_code == 422


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("100%", {0}),
        ("100", {0, 2}),
        ("%", {0}),
        ("_", {1}),
        ("ölwanne", {1, 5}),
        ("ÖLWANNE", {1, 5}),
        ("ölwanne_", {1}),
        ("O'Brien", {3}),
        ('"nein"', {3}),
        ("\\", {4}),
        ("back\\s", {4}),
        ("<b>", {6}),
        ("' OR 1=1 --", set()),
        ("nothing like it", set()),
    ],
)
def test_searching_takes_every_character_literally(stage: Stage, cases: list[str], text: str, titles: set[int]) -> None:
    client = stage.world.client("hr")
    wanted = {cases[index] for index in titles}
    found = client.get("/api/v1/cases", query_string={"q": text, "limit": 100}).json["items"]
    assert {case["id"] for case in found} & set(cases) == wanted
    tasks = client.get("/api/v1/tasks", query_string={"q": text, "limit": 100}).json["items"]
    assert {task["case"]["id"] for task in tasks} & set(cases) == wanted


def test_searching_finds_numbers_companies_and_task_names(stage: Stage, cases: list[str]) -> None:
    client = stage.world.client("hr")
    number = client.get(f"/api/v1/cases/{cases[0]}").json["number"]
    for text, least in ((number, 1), ("ruhlaer presswerk", len(cases)), ("Bedarf erfassen", len(cases))):
        found = client.get("/api/v1/tasks", query_string={"q": text, "limit": 100}).json["items"]
        assert len(found) >= least, text


def test_tasks_are_filtered(stage: Stage, cases: list[str]) -> None:
    world = stage.world
    other = stage.case("works_council_word")
    claimed = all_items(stage, "/tasks?element=capture_demand")[0]["id"]
    assert world.call("hr", "POST", f"/tasks/{claimed}/claim").status_code == 200

    def ids(query: str, login: str = "hr") -> set[str]:
        return {task["id"] for task in all_items(stage, f"/tasks?limit=100&{query}", login)}

    everything = ids("scope=visible")
    assert ids("assignee=me") == {claimed}
    assert ids("assignee=none") == ids("assignee=any") - {claimed}
    assert claimed in ids("assignee=any") == ids("")
    assert ids("role=hr&scope=visible") | ids("role=works_council&scope=visible") == everything
    assert ids("role=works_council") == set(), "mine are those I may complete"
    assert len(ids("element=works_council_word&scope=visible")) == 1
    assert ids("process=training_case") == ids("")
    assert ids("process=other") == set()
    assert ids(f"company={world.organisation('hr')}") == ids("")
    assert ids(f"company={world.organisation('hr2')}&scope=visible", "coordinator") == set()
    assert {task["case"]["id"] for task in all_items(stage, f"/tasks?case={other}&scope=visible")} == {other}
    before = DAY.isoformat().replace("+", "%2B")
    assert len(ids(f"due_before={before}&element=capture_demand")) == 1, "before, not at"
    assert world.call("hr", "POST", f"/tasks/{claimed}/release").status_code == 200


def test_done_tasks_are_those_i_have_done(stage: Stage) -> None:
    stage.case("works_council_word")
    done = all_items(stage, "/tasks?state=completed&limit=100")
    assert {task["element"] for task in done} == {"capture_demand"}
    visible = all_items(stage, "/tasks?state=completed&scope=visible&limit=100", "auditor")
    assert {"capture_demand", "check_completeness"} <= {task["element"] for task in visible}
    assert all(task["state"] == "completed" and not task["may_complete"] for task in visible)


def test_scope_visible_never_reaches_beyond_my_sight(stage: Stage, cases: list[str]) -> None:
    far = stage.case("capture_demand", "hr2")
    for login, sees in (("hr", False), ("hr2", True), ("coordinator", True), ("provider", False), ("admin", False)):
        found = {task["case"]["id"] for task in all_items(stage, "/tasks?scope=visible&limit=100", login)}
        assert (far in found) is sees, login


def test_cases_are_filtered(stage: Stage, cases: list[str]) -> None:
    ended = stage.world.driver().start("hr", "endet gleich", {})
    stage.world.driver().withdraw("hr", ended, "doch nicht")
    stage.world.walker().to_end(ended)

    def ids(query: str, login: str = "coordinator") -> set[str]:
        return {case["id"] for case in all_items(stage, f"/cases?limit=100&{query}", login)}

    everything = set(stage.world.session.scalars(sa.select(Case.id)))
    assert ids("") == everything
    assert ended in ids("status=cancelled")
    assert not ids("status=cancelled") & ids("status=open")
    assert set(cases) <= ids("phase=demand_capture")
    assert ids("phase=completion") == set()
    assert ids(f"company={stage.world.organisation('hr2')}") == everything - ids(
        f"company={stage.world.organisation('hr')}"
    )


@pytest.mark.parametrize(
    "due", ["2026", "tomorrow", "2026-12-01T00:00:00", "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"]
)
def test_a_wrong_due_date_is_named(stage: Stage, due: str) -> None:
    body = is_problem(stage.world.call("hr", "GET", f"/tasks?due_before={due}"), 422)
    assert body["errors"][0]["pointer"] == "/due_before"
