"""Who looked at whose data: what leaves an entry, and who may read it."""

from __future__ import annotations

import csv
import io
from typing import Any
from unittest.mock import patch

import pytest
import sqlalchemy as sa

from app.audit.models import AccessEntry
from app.cases import access_log
from app.platform import trails
from tests.contract.stage import Stage, is_problem
from tests.world import World

PARTS = ("", "/history", "/decisions")


def log_of(world: World, case_id: str, **filters: Any) -> list[dict[str, Any]]:
    query = "&".join(f"{name}={value}" for name, value in {"case": case_id, "limit": 100, **filters}.items())
    found: list[dict[str, Any]] = world.call("auditor", "GET", f"/audit/access?{query}").json["items"]
    return found


def test_a_look_leaves_one_entry_with_what_was_really_shown(world: World) -> None:
    case_id = world.case_at("review_assessment")
    answer = world.call("hr", "GET", f"/cases/{case_id}")
    world.call("coordinator", "GET", f"/cases/{case_id}")
    coordinator, hr = log_of(world, case_id)
    assert hr["actor"]["login"] == "hr"
    assert hr["case"] == {"id": case_id, "number": answer.json["number"]}
    assert hr["organisation"] == "Ruhlaer Presswerk GmbH"
    assert (hr["kind"], hr["subject"], hr["on_behalf_of"]) == ("view", None, None)
    assert hr["route"] == "/api/v1/cases/<string:case_id>"
    assert hr["request_id"] == answer.headers["X-Request-Id"]
    assert hr["classes"] == ["personal", "special"]
    assert coordinator["classes"] == ["personal"], "what redaction hides was not shown"


@pytest.mark.parametrize("path", ["/cases/{}{}", "/api/v1/cases/{}{}"])
@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_a_case_that_holds_data_is_logged(world: World, path: str, part: str) -> None:
    case_id = world.case_at("review_assessment")
    assert world.client("hr").get(path.format(case_id, part)).status_code == 200
    assert [entry["classes"] for entry in log_of(world, case_id)] == [["personal", "special"]]


def test_a_task_is_logged_once_over_the_api_and_once_on_its_page(world: World) -> None:
    case_id = world.case_at("review_assessment")
    task = world.open_task(case_id, "review_assessment")["id"]
    world.call("funding-adviser", "GET", f"/tasks/{task}")
    world.client("funding-adviser").get(f"/tasks/{task}")
    assert [entry["route"] for entry in log_of(world, case_id)] == [
        "/tasks/<task_id>",
        "/api/v1/tasks/<string:task_id>",
    ]


def test_a_form_that_offers_employees_shows_their_names(world: World) -> None:
    case_id = world.case_at("capture_demand")
    task = world.open_task(case_id, "capture_demand")["id"]
    world.call("auditor", "GET", f"/tasks/{task}")
    assert log_of(world, case_id) == [], "the auditor gets no form, and the case is empty"
    world.call("hr", "GET", f"/tasks/{task}")
    assert [entry["classes"] for entry in log_of(world, case_id)] == [["personal"]]


def test_a_provider_that_sees_no_person_leaves_no_entry(world: World) -> None:
    case_id = world.case_at("give_quote")
    assert world.call("provider", "GET", f"/cases/{case_id}").status_code == 200
    assert [entry for entry in log_of(world, case_id) if entry["actor"]["login"] == "provider"] == []


@pytest.mark.parametrize(
    "path",
    ["/api/v1/tasks?case={0}", "/api/v1/cases", "/tasks", "/cases", "/api/v1/cases/{0}/diagram", "/cases/{0}/diagram",
     "/cases/{0}/withdrawal", "/api/v1/cases/{0}/history/verification"],
)  # fmt: skip
def test_lists_and_diagrams_cost_what_they_did(stage: Stage, path: str) -> None:
    world, case_id = stage.world, stage.case("review_assessment")
    before = world.session.scalar(sa.select(sa.func.count()).select_from(AccessEntry))
    assert world.client("hr").get(path.format(case_id)).status_code == 200
    assert world.session.scalar(sa.select(sa.func.count()).select_from(AccessEntry)) == before


def test_who_is_refused_has_seen_nothing(world: World) -> None:
    case_id = world.case_at("review_assessment")
    assert world.call("hr2", "GET", f"/cases/{case_id}").status_code == 404
    assert world.call("provider", "GET", f"/cases/{case_id}/history").status_code == 404
    assert log_of(world, case_id) == []


def test_a_case_shown_after_a_change_is_logged_with_the_change(world: World) -> None:
    case_id = world.case_at("review_assessment")
    answer = world.call("hr", "POST", f"/cases/{case_id}/withdrawal", {"reason": "Kein Bedarf mehr"})
    assert answer.status_code == 200
    assert [entry["route"] for entry in log_of(world, case_id)] == ["/api/v1/cases/<string:case_id>/withdrawal"]


def test_what_cannot_be_logged_is_not_shown(world: World) -> None:
    case_id = world.case_at("review_assessment")
    gone = sa.exc.OperationalError("INSERT", {}, Exception("disk full"))
    for path in (f"/api/v1/cases/{case_id}", f"/cases/{case_id}"):
        with patch.object(trails, "insert", side_effect=gone):
            answer = world.client("hr").get(path)
        assert answer.status_code == 503
        assert "Sommerfeld" not in answer.text
    assert log_of(world, case_id) == []
    assert world.call("hr", "GET", f"/cases/{case_id}").status_code == 200


def test_auditors_filter_the_log(world: World) -> None:
    case_id = world.case_at("review_assessment")
    for login in ("hr", "coordinator", "hr"):
        world.call(login, "GET", f"/cases/{case_id}")
    number = world.call("auditor", "GET", f"/cases/{case_id}").json["number"]
    assert len(log_of(world, number)) == 4, "by number as by id"
    assert len(log_of(world, case_id, actor="hr")) == 2
    assert {entry["actor"]["login"] for entry in log_of(world, case_id, **{"class": "special"})} == {"hr"}
    assert len(log_of(world, case_id, kind="view")) == 4
    assert log_of(world, case_id, kind="export") == []
    today = log_of(world, case_id)[0]["at"][:10]
    assert len(log_of(world, case_id, **{"from": today, "until": "9999-12-31"})) == 4
    assert log_of(world, case_id, until="2020-01-01") == []
    assert log_of(world, case_id, **{"from": "9999-12-31"}) == []


def test_the_log_is_read_page_by_page(world: World) -> None:
    case_id = world.case_at("review_assessment")
    for _time in range(5):
        world.call("hr", "GET", f"/cases/{case_id}")
    path, found = f"/audit/access?case={case_id}&limit=2", []
    while path:
        page = world.call("auditor", "GET", path).json
        found += [entry["id"] for entry in page["items"]]
        path = f"/audit/access?case={case_id}&limit=2&cursor={page['next']}" if page["next"] else ""
    assert len(found) == len(set(found)) == 5
    assert found == [entry["id"] for entry in log_of(world, case_id)]


@pytest.mark.parametrize("login", ["hr", "coordinator", "admin", "employee", "funding-adviser"])
def test_nobody_but_auditors_reads_the_log(world: World, login: str) -> None:
    is_problem(world.call(login, "GET", "/audit/access"), 403, "forbidden")
    assert world.client(login).get("/audit/access").status_code == 403
    assert world.client(login).get("/audit/access.csv").status_code == 403


def test_the_export_is_logged_itself(world: World) -> None:
    case_id = world.case_at("review_assessment")
    world.call("hr", "GET", f"/cases/{case_id}")
    answer = world.client("auditor").get(f"/audit/access.csv?case={case_id}")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig")), delimiter=";"))
    assert [(row["login"], row["classes"]) for row in rows] == [("hr", "personal,special")]
    newest = world.call("auditor", "GET", "/audit/access?limit=1").json["items"][0]
    assert (newest["kind"], newest["actor"]["login"], newest["route"]) == ("export", "auditor", "/audit/access.csv")


def test_an_export_that_would_be_cut_off_is_refused(world: World) -> None:
    case_id = world.case_at("review_assessment")
    for _time in range(2):
        world.call("hr", "GET", f"/cases/{case_id}")
    with patch.object(access_log, "MAX_EXPORT", 1):
        assert world.client("auditor").get(f"/audit/access.csv?case={case_id}").status_code == 422


def test_employees_see_when_their_data_was_shown_but_not_to_which_colleague(world: World) -> None:
    me = world.driver().actor("employee").employee_ids
    case_id = world.case_at("give_evidence", "hr", {"capture_demand": {"participants_selected": [*me]}})
    other = world.case_at("give_evidence")
    for seen in (case_id, other):
        for task in world.driver().open_tasks("hr", seen):
            world.call("hr", "GET", f"/tasks/{task['id']}")
        world.call("coordinator", "GET", f"/cases/{seen}")
    found = world.call("employee", "GET", "/me/access?limit=100").json["items"]
    assert {item["case"]["id"] for item in found} >= {case_id}
    assert other not in {item["case"]["id"] for item in found}
    assert not {"actor", "request_id", "route", "on_behalf_of"} & found[0].keys()
    page = world.client("employee").get("/me/access").text
    assert "Weiterbildungsverbund FastForward" in page
    assert world.call("hr", "GET", "/me/access").status_code == 403
