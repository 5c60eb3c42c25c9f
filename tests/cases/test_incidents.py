"""The list of failed automatic steps: what is shown to whom, and trying again by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.cases import incidents as use_cases
from app.cases.incidents import IncidentQuery, NothingToRetry
from app.engine.delegates import DelegateCall
from app.engine.models import Incident
from app.platform.db import counting, unit_of_work
from app.platform.jobs import Job
from tests.contract.stage import is_problem
from tests.engine.deployed import Trial, deploy, registered
from tests.engine.diagrams import flows, node, process, service, task
from tests.world import NOW, World

SECRET = "Geheim-Markierung"


class Broken:
    """A delegate that fails until it is mended, and says more than others may know."""

    mended = False

    def __call__(self, call: DelegateCall) -> Mapping[str, Any]:
        if not self.mended:
            raise LookupError(f"no such person: {SECRET}")
        return {"found": True}


@pytest.fixture
def broken(world: World) -> Iterator[Broken]:
    with unit_of_work(world.session):
        world.session.execute(sa.delete(Job))
        world.session.execute(sa.delete(Incident))
    delegate = Broken()
    with registered("test.broken", delegate):
        yield delegate


def stuck(world: World) -> Trial:
    """A case that stands at a failed step."""
    diagram = process(
        "stuck",
        node("startEvent", "begin"),
        task("ask"),
        service("look_up", "test.broken"),
        task("check"),
        node("endEvent", "done"),
        flows("begin ask", "ask look_up", "look_up check", "check done"),
    )
    case = Trial.start(world, deploy(world, diagram, main="stuck"))
    case.do("ask")
    return case


def listed(world: World, login: str, state: str = "open") -> list[dict[str, Any]]:
    response = world.call(login, "GET", f"/incidents?state={state}")
    assert response.status_code == 200, response.text
    items: list[dict[str, Any]] = response.json["items"]
    return items


@pytest.mark.usefixtures("broken")
def test_the_coordinator_sees_what_failed_since_when_and_how_often(world: World) -> None:
    case = stuck(world)
    case.pass_time(timedelta(minutes=1))
    case.pass_time(timedelta(minutes=2))
    (item,) = listed(world, "coordinator")
    assert item["case"] == {"id": case.id, "number": case.case.number}
    assert (item["element"], item["name"]) == ("look_up", "look_up")
    assert item["what"] == "Ein automatischer Schritt konnte nicht ausgeführt werden."
    assert (item["error"], item["state"], item["attempts"]) == ("LookupError", "open", 3)
    times = {name: datetime.fromisoformat(item[name]) for name in ("since", "last_try", "next_try")}
    assert times == {
        "since": NOW,
        "last_try": NOW + timedelta(minutes=3),
        "next_try": NOW + timedelta(minutes=7),
    }


@pytest.mark.usefixtures("broken")
def test_nobody_reads_values_of_the_case_in_it(world: World) -> None:
    stuck(world)
    for login in ("coordinator", "admin"):
        assert SECRET not in world.call(login, "GET", "/incidents").text
    (item,) = listed(world, "admin")
    assert item["case"]["id"] is None
    assert item["case"]["number"].startswith("FF-")


@pytest.mark.parametrize("login", ["hr", "funding-adviser", "auditor", "employee", "provider"])
def test_others_do_not_mend(world: World, login: str) -> None:
    is_problem(world.call(login, "GET", "/incidents"), 403, "forbidden")
    is_problem(world.call(login, "POST", "/incidents/nothing/retry"), 403, "forbidden")


@pytest.mark.parametrize("login", ["coordinator", "admin"])
def test_trying_again_helps_once_the_cause_is_gone(world: World, broken: Broken, login: str) -> None:
    case = stuck(world)
    broken.mended = True
    key = listed(world, login)[0]["id"]
    answer = world.call(login, "POST", f"/incidents/{key}/retry")
    assert (answer.status_code, answer.json["state"]) == (200, "resolved")
    assert case.open() == ["check"]
    assert case.jobs("engine.retry") == [], "nothing is tried again later"
    assert listed(world, login) == []
    assert key in {item["id"] for item in listed(world, login, "resolved")}
    retried = case.journal("incident.retried")
    assert len(retried) == 1
    assert case.verified().valid
    is_problem(world.call(login, "POST", f"/incidents/{key}/retry"), 409, "nothing_to_retry")


@pytest.mark.usefixtures("broken")
def test_trying_again_in_vain_counts_and_leaves_one_try_to_come(world: World) -> None:
    case = stuck(world)
    for attempts in (2, 3, 4):
        (item,) = use_cases.list_incidents(world.session, case.driver.actor("admin"), IncidentQuery())["items"]
        with unit_of_work(world.session):
            admin = case.driver.actor("admin")
            tried = use_cases.retry_incident(world.session, admin, world.engine, item["id"], case.now)
        assert (tried["state"], tried["attempts"], tried["since"]) == ("open", attempts, NOW)
        assert tried["id"] != item["id"]
        (job,) = case.jobs("engine.retry")
        assert job.run_at == case.now + timedelta(minutes=2 ** (attempts - 1)) == tried["next_try"]
    assert case.pass_time(timedelta(minutes=8)) == 1


@pytest.mark.usefixtures("broken")
def test_a_step_that_was_mended_meanwhile_is_not_tried_again(world: World) -> None:
    case = stuck(world)
    (item,) = listed(world, "admin")
    stale = world.call("admin", "POST", f"/incidents/{item['id']}/retry", If_Match='"alt"')
    is_problem(stale, 412, "stale_version")
    case.pass_time(timedelta(minutes=1))
    before = case.kinds()
    with pytest.raises(NothingToRetry), unit_of_work(world.session):
        use_cases.retry_incident(world.session, case.driver.actor("admin"), world.engine, item["id"], case.now)
    assert case.kinds() == before
    is_problem(world.call("admin", "POST", "/incidents/nothing/retry"), 404)


@pytest.mark.usefixtures("broken")
def test_the_list_is_read_page_by_page_in_few_statements(world: World) -> None:
    numbers = [stuck(world).case.number for _ in range(5)]
    found, cursor = [], ""
    while cursor is not None:
        page = world.call("coordinator", "GET", f"/incidents?limit=2{cursor and f'&cursor={cursor}'}").json
        found += [item["case"]["number"] for item in page["items"]]
        cursor = page["next"]
    assert sorted(found) == sorted(numbers)
    assert len(found) == 5
    actor = world.driver().actor("coordinator")
    with counting() as counter:
        use_cases.list_incidents(world.session, actor, IncidentQuery())
    assert counter.statements == 1
