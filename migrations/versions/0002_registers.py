"""Registers: dated facts of employees, sites, clusters, provider profiles, certificates, change log, imports.

Revision: 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""

    op.create_table(
        "register_change",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=False),
        sa.Column("on_behalf_of", sa.String(length=36), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("object_id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("import_id", sa.String(length=36), nullable=True),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_change")),
    )
    with op.batch_alter_table("register_change", schema=None) as batch_op:
        batch_op.create_index("ix_register_change_object", ["object_id", "id"], unique=False)
        batch_op.create_index("ix_register_change_organisation", ["organisation_id", "id"], unique=False)

    op.create_table(
        "certificate",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("provider_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("issuer", sa.String(length=120), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["provider_id"], ["organisation.id"], name=op.f("fk_certificate_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.create_index("ix_certificate_provider", ["provider_id", "kind", "valid_until"], unique=False)

    op.create_table(
        "cluster_member",
        sa.Column("company_id", sa.String(length=36), nullable=False),
        sa.Column("cluster", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["organisation.id"], name=op.f("fk_cluster_member_company_id")),
        sa.PrimaryKeyConstraint("company_id", "cluster", name=op.f("pk_cluster_member")),
    )
    with op.batch_alter_table("cluster_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cluster_member_cluster"), ["cluster"], unique=False)

    op.create_table(
        "provider_profile",
        sa.Column("provider_id", sa.String(length=36), nullable=False),
        sa.Column("description", sa.String(length=2000), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("town", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["provider_id"], ["organisation.id"], name=op.f("fk_provider_profile_provider_id")),
        sa.PrimaryKeyConstraint("provider_id", name=op.f("pk_provider_profile")),
    )
    op.create_table(
        "register_import",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("company_id", sa.String(length=36), nullable=True),
        sa.Column("created_by", sa.String(length=36), nullable=False),
        sa.Column("on_behalf_of", sa.String(length=36), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("checked", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("finding_count", sa.Integer(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["organisation.id"], name=op.f("fk_register_import_company_id")),
        sa.ForeignKeyConstraint(["created_by"], ["user_account.id"], name=op.f("fk_register_import_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_import")),
    )
    with op.batch_alter_table("register_import", schema=None) as batch_op:
        batch_op.create_index("ix_register_import_owner", ["created_by", "kind", "id"], unique=False)

    op.create_table(
        "site",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("company_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("postcode", sa.String(length=10), nullable=False),
        sa.Column("town", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["organisation.id"], name=op.f("fk_site_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_company_id"), ["company_id"], unique=False)

    op.create_table(
        "employee_facts",
        sa.Column("employee_id", sa.String(length=36), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("weekly_hours", sa.Numeric(precision=4, scale=1), nullable=False),
        sa.Column("monthly_gross", sa.Numeric(precision=10, scale=2), nullable=False),
        sa.Column("has_qualification", sa.Boolean(), nullable=False),
        sa.Column("qualification_date", sa.Date(), nullable=True),
        sa.Column("last_sgb3_82_end", sa.Date(), nullable=True),
        sa.Column("disability_degree", sa.Integer(), nullable=False),
        sa.Column("equal_status", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_employee_facts_employee_id")),
        sa.PrimaryKeyConstraint("employee_id", "valid_from", name=op.f("pk_employee_facts")),
    )
    op.create_table(
        "register_import_part",
        sa.Column("import_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["register_import.id"], name=op.f("fk_register_import_part_import_id")),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_register_import_part")),
    )
    with op.batch_alter_table("employee", schema=None) as batch_op:
        batch_op.add_column(sa.Column("left_on", sa.Date(), nullable=True))
        batch_op.create_index("ix_employee_list", ["company_id", "last_name", "id"], unique=False)


def downgrade() -> None:
    """Take back."""

    with op.batch_alter_table("employee", schema=None) as batch_op:
        batch_op.drop_index("ix_employee_list")
        batch_op.drop_column("left_on")

    op.drop_table("register_import_part")
    op.drop_table("employee_facts")
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_site_company_id"))

    op.drop_table("site")
    with op.batch_alter_table("register_import", schema=None) as batch_op:
        batch_op.drop_index("ix_register_import_owner")

    op.drop_table("register_import")
    op.drop_table("provider_profile")
    with op.batch_alter_table("cluster_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cluster_member_cluster"))

    op.drop_table("cluster_member")
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_index("ix_certificate_provider")

    op.drop_table("certificate")
    with op.batch_alter_table("register_change", schema=None) as batch_op:
        batch_op.drop_index("ix_register_change_organisation")
        batch_op.drop_index("ix_register_change_object")

    op.drop_table("register_change")
