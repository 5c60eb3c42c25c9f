"""The migrations make exactly the tables that the models describe, on both databases, forwards and backwards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade

from app.platform.db import Base, db
from tests.world import World


def differences() -> list[object]:
    """What autogenerate would still change."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def test_the_migrated_tables_are_those_of_the_models(world: World) -> None:
    assert differences() == []


def test_a_missing_column_would_be_noticed(world: World) -> None:
    table = Base.metadata.tables["employee"]
    column: sa.Column[str] = sa.Column("shoe_size", sa.String(3))
    table.append_column(column)
    try:
        assert any("shoe_size" in str(change) for change in differences())
    finally:
        table._columns.remove(column)  # type: ignore[attr-defined]


def test_all_tables_can_be_taken_back_and_made_again(world: World) -> None:
    world.session.rollback()
    downgrade(revision="base")
    with db.engine.connect() as connection:
        left = set(sa.inspect(connection).get_table_names())
    assert left <= {"alembic_version"}
    upgrade()
    assert differences() == []
