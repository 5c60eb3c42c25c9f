"""The table behind the access log: rows are only ever added, until retention ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.audit.access import VIEW, erase_old, erasures, record_access
from app.audit.models import AccessEntry, AccessErasure
from app.identity.actor import Actor, Grant
from app.platform.db import db, unit_of_work, write_intent
from app.worker import sweep
from tests.world import NOW, World

DEPUTISED = Grant("hr", "other-company", "Andere GmbH", "company", on_behalf_of="boss")
OWN = Grant("works_council", "company", "Muster GmbH", "company")
ACTOR = Actor("user", "login", "Name", (DEPUTISED, OWN))


def note(world: World, case_id: str, *classes: str, days_ago: int = 0, actor: Actor = ACTOR) -> None:
    world.session.rollback()
    with unit_of_work(world.session):
        moment = NOW - timedelta(days=days_ago)
        record_access(world.session, moment, actor, kind=VIEW, case_id=case_id, subject="", classes=classes)


def entries(world: World, case_id: str) -> list[AccessEntry]:
    return list(world.session.scalars(sa.select(AccessEntry).where(AccessEntry.case_id == case_id)))


def test_only_protected_data_leaves_an_entry(world: World) -> None:
    note(world, "harmless", "public", "case")
    note(world, "named", "public", "personal")
    assert entries(world, "harmless") == []
    assert [entry.classes for entry in entries(world, "named")] == ["personal"]


def test_parts_of_one_answer_leave_one_entry_with_all_their_classes(world: World) -> None:
    world.session.rollback()
    with unit_of_work(world.session):
        for classes in (["personal"], ["special"], ["case"]):
            record_access(world.session, NOW, ACTOR, kind=VIEW, case_id="parts", subject="", classes=classes)
        record_access(world.session, NOW, ACTOR, kind=VIEW, case_id="parts", subject="person", classes=["personal"])
    found = {entry.subject_id: entry.classes for entry in entries(world, "parts")}
    assert found == {None: "personal,special", "person": "personal"}


def test_an_own_capacity_comes_before_a_deputised_one(world: World) -> None:
    note(world, "capacity", "personal")
    note(world, "deputised", "personal", actor=Actor("user", "login", "Name", (DEPUTISED,)))
    own, deputised = entries(world, "capacity")[0], entries(world, "deputised")[0]
    assert (own.organisation_id, own.on_behalf_of) == ("company", None)
    assert (deputised.organisation_id, deputised.on_behalf_of) == ("other-company", "boss")


def test_what_is_rolled_back_leaves_no_entry(world: World) -> None:
    world.session.rollback()
    with write_intent(world.session):
        record_access(world.session, NOW, ACTOR, kind=VIEW, case_id="failed", subject="", classes=["personal"])
        world.session.rollback()
    note(world, "afterwards", "personal")
    assert entries(world, "failed") == []


@pytest.mark.parametrize("change", ["UPDATE access_log SET user_id = 'somebody else'", "DELETE FROM access_log"])
def test_nobody_can_change_or_delete_an_entry(world: World, change: str) -> None:
    note(world, "kept", "personal")
    with db.engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="append-only"):
        connection.execute(sa.text(change))
    assert entries(world, "kept")[0].user_id == "user"


def test_models_and_migrations_protect_the_table_alike(engine: sa.Engine, world: World) -> None:
    triggers = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
        "postgresql": "SELECT tgname, prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid "
        "WHERE NOT tgisinternal ORDER BY tgname",
    }[engine.dialect.name]
    with engine.connect() as made, db.engine.connect() as migrated:
        from_models = made.execute(sa.text(triggers)).all()
        if made.dialect.name == migrated.dialect.name:
            assert from_models == migrated.execute(sa.text(triggers)).all()
        assert any("access_log" in row[0] for row in from_models)


def test_after_its_time_an_entry_is_deleted_and_that_is_noted(world: World) -> None:
    note(world, "old", "personal", days_ago=31 * 24 + 1)
    note(world, "young", "personal", days_ago=31 * 24 - 1)
    assert sweep(world.app, NOW) >= 1
    world.session.rollback()
    assert entries(world, "old") == []
    assert len(entries(world, "young")) == 1
    last = erasures(world.session)[0]
    assert (last.at, last.before, last.entries) == (NOW, NOW - timedelta(days=31 * 24), 1)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), unit_of_work(world.session):
        world.session.execute(sa.delete(AccessErasure))


def test_zero_months_keep_everything(world: World) -> None:
    note(world, "forever", "personal", days_ago=10_000)
    with unit_of_work(world.session):
        assert erase_old(world.session, NOW, 0) == 0
    assert len(entries(world, "forever")) == 1
