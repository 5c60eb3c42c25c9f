"""Alembic environment: migrates the application's own database, in one transaction where the database can."""

from __future__ import annotations

from alembic import context
from flask import current_app

from app.platform.db import Base

engine = current_app.extensions["migrate"].db.engine


def run() -> None:
    """Run the migrations on the application's engine."""
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
