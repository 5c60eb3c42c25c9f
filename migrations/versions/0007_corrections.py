"""What a completed task needs to be opened again; jobs are found by key, incidents listed by state.

Revision: 0007.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("task") as batch:
        batch.add_column(sa.Column("completed_seq", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("undo_to", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("newest_at", sa.Integer(), nullable=True))
    op.create_index("ix_job_key", "job", ["key"])
    op.create_index("ix_incident_state", "incident", ["state", "created_at", "id"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_incident_state", "incident")
    op.drop_index("ix_job_key", "job")
    with op.batch_alter_table("task") as batch:
        batch.drop_column("newest_at")
        batch.drop_column("undo_to")
        batch.drop_column("completed_seq")
