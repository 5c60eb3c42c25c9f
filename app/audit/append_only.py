"""Tables to which the database itself only lets rows be added: triggers refuse every UPDATE and DELETE.

One exception: rows of the access log that are older than an erasure allows (``access_log_erasure``) may be deleted, so
that the end of retention needs no privileges and cannot happen without a trace. Migrations carry the same statements.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

ERASABLE = "coalesce(OLD.at < (SELECT max(before) FROM access_log_erasure), {no})"
"""Whether a row of the access log has outlived its retention."""
REFUSE = "RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only';"
"""PostgreSQL takes no subquery in a trigger's WHEN; therefore the condition stands in the function."""


def statements(table: str, dialect: str) -> Iterator[str]:
    """The statements that protect ``table``, for ``postgresql`` or ``sqlite``."""
    erasable = table == "access_log"
    if dialect == "postgresql":
        allowed = f"IF TG_OP = 'DELETE' AND {ERASABLE.format(no='false')} THEN RETURN OLD; END IF;" if erasable else ""
        body = f"BEGIN {allowed} {REFUSE} END"
        yield f"CREATE OR REPLACE FUNCTION {table}_unchanged() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"
        yield (
            f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_unchanged()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        when = f"WHEN NOT {ERASABLE.format(no='0')} " if erasable and change == "DELETE" else ""
        yield (
            f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} {when}"
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def refuse_changes(table: sa.Table) -> None:
    """Protect ``table`` as soon as it is created from its model."""

    @sa.event.listens_for(table, "after_create")
    def _protect(_table: sa.Table, connection: sa.Connection, **_options: object) -> None:
        for statement in statements(table.name, connection.dialect.name):
            connection.exec_driver_sql(statement)
