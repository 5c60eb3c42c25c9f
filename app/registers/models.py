"""Tables of the registers: companies and employees with dated facts, providers with certificates, and every change."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db import Base, Id, UtcDateTime


class CompanyFacts(Base):
    """What holds for a company from a day on. Headcount by weekly hours: up to 10, 20, 30, more (§ 82 SGB III)."""

    __tablename__ = "company_facts"
    __table_args__ = (sa.UniqueConstraint("company_id", "valid_from"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    company_id: Mapped[str] = mapped_column(sa.ForeignKey("organisation.id"))
    valid_from: Mapped[date]
    headcount_full: Mapped[int]
    headcount_30: Mapped[int] = mapped_column(default=0)
    headcount_20: Mapped[int] = mapped_column(default=0)
    headcount_10: Mapped[int] = mapped_column(default=0)
    group_headcount: Mapped[int | None]
    agreement: Mapped[str] = mapped_column(sa.String(20), default="none")
    has_works_council: Mapped[bool] = mapped_column(default=False)
    structural_change: Mapped[bool] = mapped_column(default=True)
    branch: Mapped[str] = mapped_column(sa.String(20), default="automotive")


class Site(Base):
    """A place where a company works."""

    __tablename__ = "site"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    company_id: Mapped[str] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    postcode: Mapped[str] = mapped_column(sa.String(10))
    town: Mapped[str] = mapped_column(sa.String(80))


class ClusterMember(Base):
    """A company belongs to a cluster; a cluster is its name and whoever belongs to it."""

    __tablename__ = "cluster_member"

    company_id: Mapped[str] = mapped_column(sa.ForeignKey("organisation.id"), primary_key=True)
    cluster: Mapped[str] = mapped_column(sa.String(80), primary_key=True, index=True)


class Employee(Base):
    """A person in a company's employee register, with the dated facts as they were last recorded.

    Sensitivity of each field: ``fields.py``. ``left_on`` is the last day of employment. A person without rows in
    ``employee_facts`` has had these facts ever since.
    """

    __tablename__ = "employee"
    __table_args__ = (
        sa.UniqueConstraint("company_id", "staff_number"),
        sa.Index("ix_employee_name", "company_id", "last_name", "first_name"),
        sa.Index("ix_employee_list", "company_id", "last_name", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    company_id: Mapped[str] = mapped_column(sa.ForeignKey("organisation.id"))
    staff_number: Mapped[str] = mapped_column(sa.String(20))
    first_name: Mapped[str] = mapped_column(sa.String(80))
    last_name: Mapped[str] = mapped_column(sa.String(80))
    birth_date: Mapped[date]
    weekly_hours: Mapped[Decimal] = mapped_column(sa.Numeric(4, 1))
    monthly_gross: Mapped[Decimal] = mapped_column(sa.Numeric(10, 2))
    has_qualification: Mapped[bool]
    qualification_date: Mapped[date | None]
    last_sgb3_82_end: Mapped[date | None]
    disability_degree: Mapped[int] = mapped_column(default=0)
    equal_status: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    left_on: Mapped[date | None]

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


class EmployeeFacts(Base):
    """What holds for a person from a day on, until the next row of the same person begins."""

    __tablename__ = "employee_facts"

    employee_id: Mapped[str] = mapped_column(sa.ForeignKey("employee.id"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    weekly_hours: Mapped[Decimal] = mapped_column(sa.Numeric(4, 1))
    monthly_gross: Mapped[Decimal] = mapped_column(sa.Numeric(10, 2))
    has_qualification: Mapped[bool]
    qualification_date: Mapped[date | None]
    last_sgb3_82_end: Mapped[date | None]
    disability_degree: Mapped[int]
    equal_status: Mapped[bool]


class ProviderProfile(Base):
    """How a training provider presents itself to the alliance."""

    __tablename__ = "provider_profile"

    provider_id: Mapped[str] = mapped_column(sa.ForeignKey("organisation.id"), primary_key=True)
    description: Mapped[str] = mapped_column(sa.String(2000))
    email: Mapped[str] = mapped_column(sa.String(254))
    phone: Mapped[str] = mapped_column(sa.String(40))
    town: Mapped[str] = mapped_column(sa.String(80))


class Certificate(Base):
    """An AZAV certificate of a provider (§ 178 SGB III) or of one of its measures (§ 179). ``kind``: provider, measure.

    Both days count: it covers a course that lies wholly within them.
    """

    __tablename__ = "certificate"
    __table_args__ = (sa.Index("ix_certificate_provider", "provider_id", "kind", "valid_until"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    provider_id: Mapped[str] = mapped_column(sa.ForeignKey("organisation.id"))
    kind: Mapped[str] = mapped_column(sa.String(10))
    title: Mapped[str] = mapped_column(sa.String(200))
    number: Mapped[str] = mapped_column(sa.String(60))
    issuer: Mapped[str] = mapped_column(sa.String(120))
    valid_from: Mapped[date]
    valid_until: Mapped[date]


class RegisterChange(Base):
    """One change of a register: who, when, what before and after. Rows are only ever added.

    ``kind``: company, company_facts, employee, provider, certificate. ``before`` and ``after`` are canonical JSON
    of the fields that differ; ``before`` is empty for something new. No foreign keys: the entry outlives its object.
    """

    __tablename__ = "register_change"
    __table_args__ = (
        sa.Index("ix_register_change_object", "object_id", "id"),
        sa.Index("ix_register_change_organisation", "organisation_id", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[str] = mapped_column(Id)
    on_behalf_of: Mapped[str | None] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(sa.String(20))
    object_id: Mapped[str] = mapped_column(Id)
    organisation_id: Mapped[str] = mapped_column(Id)
    import_id: Mapped[str | None] = mapped_column(Id)
    before: Mapped[str] = mapped_column(sa.Text)
    after: Mapped[str] = mapped_column(sa.Text)
