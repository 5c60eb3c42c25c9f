"""Tasks know the company of their case; an index for each order in which tasks are listed

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_task_inbox_due": ["state", "role", "organisation_id", "due_at", "id"],
    "ix_task_inbox_priority": ["state", "role", "organisation_id", "priority", "id"],
    "ix_task_priority": ["state", "priority", "id"],
    "ix_task_company_created": ["company_id", "state", "created_at", "id"],
    "ix_task_company_due": ["company_id", "state", "due_at", "id"],
    "ix_task_company_priority": ["company_id", "state", "priority", "id"],
    "ix_task_done": ["completed_by", "state", "created_at", "id"],
}

SECOND = sa.text("second_role IS NOT NULL")


def upgrade() -> None:
    """Add the column, fill it from the cases, make it mandatory; then the indexes."""
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("company_id", sa.String(length=36), nullable=True))
    op.execute("UPDATE task SET company_id = (SELECT company_id FROM case_record WHERE case_record.id = task.case_id)")
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.alter_column("company_id", existing_type=sa.String(length=36), nullable=False)
        batch_op.create_foreign_key(op.f("fk_task_company_id"), "organisation", ["company_id"], ["id"])
        for name, columns in INDEXES.items():
            batch_op.create_index(name, columns, unique=False)
        batch_op.create_index(
            "ix_task_second",
            ["second_role", "state", "organisation_id", "id"],
            unique=False,
            sqlite_where=SECOND,
            postgresql_where=SECOND,
        )


def downgrade() -> None:
    """Back to what was before."""
    with op.batch_alter_table("task", schema=None) as batch_op:
        for name in ("ix_task_second", *INDEXES):
            batch_op.drop_index(name)
        batch_op.drop_constraint(op.f("fk_task_company_id"), type_="foreignkey")
        batch_op.drop_column("company_id")
