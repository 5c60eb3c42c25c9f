"""The registers a case copies from: dated facts of companies and their employees."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db import Base, Id


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


class Employee(Base):
    """A person in a company's employee register. Sensitivity: names personal; disability special (Art. 9 GDPR)."""

    __tablename__ = "employee"
    __table_args__ = (
        sa.UniqueConstraint("company_id", "staff_number"),
        sa.Index("ix_employee_name", "company_id", "last_name", "first_name"),
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

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"
