"""Histories over the API: they verify whatever happens, and every change of a stored byte is found and located."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from app.audit.models import JournalEntry
from app.cases.jobs import fire_due_timers
from app.engine.models import Case
from app.platform.db import db
from tests.contract.stage import Stage
from tests.world import World

TABLE = JournalEntry.__table__
CHANGES = {
    "at": "2020-01-01T00:00:00.000000Z",
    "actor_id": "01a20a1c-0000-7000-8000-000000000000",
    "on_behalf_of": "01a20a1c-0000-7000-8000-000000000000",
    "kind": "case.forged",
    "payload": '{"forged":true}',
    "salt": "0" * 32,
    "digest": "0" * 64,
    "previous": "0" * 64,
    "hash": "0" * 64,
    "seq": 999,
    "case_id": "01a20a1c-0000-7000-8000-000000000000",
}


def proof(world: World, case_id: str) -> dict[str, Any]:
    found: dict[str, Any] = world.call("auditor", "GET", f"/cases/{case_id}/history/verification").json
    return found


def test_every_history_verifies_after_mixed_activity(stage: Stage) -> None:
    world = stage.world
    for element in ("capture_demand", "give_evidence", "give_quote", "record_decision", "close_case"):
        stage.case(element)
    withdrawn = world.case_at("give_quote")
    world.call("hr", "POST", f"/cases/{withdrawn}/withdrawal", {"reason": "Auftragslage"})
    task = stage.task("capture_demand")
    for action, body in (("claim", None), ("draft", {"data": {"course_title": "x"}}), ("complete", {"data": {}})):
        world.call("hr", "POST", f"/tasks/{task}/{action}", body)
    late = world.driver()
    late.now = late.now.replace(year=late.now.year + 1)
    assert fire_due_timers(world.session, world.engine, late.now) > 0
    cases = world.session.scalars(sa.select(Case.id)).all()
    assert len(cases) >= 6
    for case_id in cases:
        shown = world.call("auditor", "GET", f"/cases/{case_id}/history?limit=100").json["items"]
        found = proof(world, case_id)
        assert found["valid"] is True, found
        assert found["entries"] >= len(shown) > 0


@contextmanager
def altered(of_case: str, number: int, values: dict[str, Any]) -> Iterator[None]:
    """A journal entry changed by raw SQL, put right again afterwards."""
    row = sa.and_(TABLE.c.case_id == of_case, TABLE.c.seq == number)
    with db.engine.begin() as connection:
        before = dict(connection.execute(sa.select(TABLE).where(row)).mappings().one())
        connection.execute(sa.delete(TABLE).where(row))
        connection.execute(sa.insert(TABLE).values({**before, **values}))
    try:
        yield
    finally:
        now = {**before, **values}
        with db.engine.begin() as connection:
            connection.execute(sa.delete(TABLE).where(TABLE.c.case_id == now["case_id"], TABLE.c.seq == now["seq"]))
            connection.execute(sa.insert(TABLE).values(before))


@pytest.mark.parametrize("place", ["first", "middle", "last"])
@pytest.mark.parametrize("column", list(CHANGES))
def test_a_changed_column_is_found_and_located(stage: Stage, column: str, place: str) -> None:
    case_id = stage.case("check_completeness")
    entries = proof(stage.world, case_id)["entries"]
    seq = {"first": 1, "middle": entries // 2, "last": entries}[place]
    value = "1" * 64 if (column, place) == ("previous", "first") else CHANGES[column]
    with altered(case_id, seq, {column: value}):
        broken = proof(stage.world, case_id)
    assert (broken["valid"], broken["first_broken"]) == (False, seq)
    assert proof(stage.world, case_id)["valid"] is True


@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_a_missing_entry_is_found(stage: Stage, place: str) -> None:
    case_id = stage.case("check_completeness")
    entries = proof(stage.world, case_id)["entries"]
    seq = {"first": 1, "middle": entries // 2, "last": entries}[place]
    with db.engine.begin() as connection:
        row = sa.and_(TABLE.c.case_id == case_id, TABLE.c.seq == seq)
        before = dict(connection.execute(sa.select(TABLE).where(row)).mappings().one())
        connection.execute(sa.delete(TABLE).where(row))
    broken = proof(stage.world, case_id)
    with db.engine.begin() as connection:
        connection.execute(sa.insert(TABLE).values(before))
    assert (broken["valid"], broken["first_broken"], broken["entries"]) == (False, seq, entries - 1)


def test_every_entry_names_who_did_it(stage: Stage) -> None:
    world = stage.world
    case_id = stage.case("check_completeness")
    entries = world.call("hr", "GET", f"/cases/{case_id}/history").json["items"]
    assert entries[0]["actor"]["name"] == "Petra Lindenlaub"
    assert entries[0]["on_behalf_of"] is None
    assert entries[0]["summary"] == "Fall eröffnet."


def test_a_result_is_told_in_words(stage: Stage) -> None:
    world = stage.world
    case_id = world.driver().start("hr", "endet gleich", {})
    world.driver().withdraw("hr", case_id, "doch nicht")
    world.walker().to_end(case_id)
    german = [entry["summary"] for entry in world.call("hr", "GET", f"/cases/{case_id}/history").json["items"]]
    english = world.call("hr", "GET", f"/cases/{case_id}/history", Accept_Language="en").json["items"]
    assert german[-1] == "Zurückgezogen."
    assert english[-1]["summary"] == "Withdrawn."
    assert not any("withdrawal" in text for text in german), "messages go by the name on the diagram"
