"""The access log (who was shown whose personal data), which triggers refuse to change; comments and mentions.

A later migration that has to rebuild a table of the access log on SQLite must create its triggers again.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = ("access_log", "access_log_erasure")
ERASABLE = "coalesce(OLD.at < (SELECT max(before) FROM access_log_erasure), {no})"
REFUSE = "RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only';"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "access_log",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("on_behalf_of", sa.String(length=36), nullable=True),
        sa.Column("organisation_id", sa.String(length=36), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=True),
        sa.Column("subject_id", sa.String(length=36), nullable=True),
        sa.Column("classes", sa.String(length=20), nullable=False),
        sa.Column("route", sa.String(length=200), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log")),
    )
    for name, columns in (
        ("at", ["at", "id"]),
        ("case", ["case_id", "at", "id"]),
        ("user", ["user_id", "at", "id"]),
        ("subject", ["subject_id", "at", "id"]),
    ):
        op.create_index(f"ix_access_log_{name}", "access_log", columns)
    op.create_table(
        "access_log_erasure",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("before", sa.DateTime(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log_erasure")),
    )
    _comments()
    for table in TABLES:
        for statement in _triggers(table, op.get_bind().dialect.name):
            op.execute(statement)


def _comments() -> None:
    op.create_table(
        "comment",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("author_id", sa.String(length=36), nullable=False),
        sa.Column("on_behalf_of", sa.String(length=36), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("audience", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_comment_author_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case_record.id"], name=op.f("fk_comment_case_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_comment_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index("ix_comment_case", "comment", ["case_id", "at", "id"])
    op.create_table(
        "mention",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("comment_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_mention_comment_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_mention_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mention")),
        sa.UniqueConstraint("comment_id", "user_id", name=op.f("uq_mention_comment_id_user_id")),
    )
    op.create_index("ix_mention_user", "mention", ["user_id", "at", "id"])


def _triggers(table: str, dialect: str) -> Iterator[str]:
    """As in app/audit/append_only.py on the day of this migration."""
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


def downgrade() -> None:
    """Take back; the triggers go with their tables."""
    op.drop_table("mention")
    op.drop_table("comment")
    for table in reversed(TABLES):
        op.drop_table(table)
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP FUNCTION {table}_unchanged()")
