"""The employee register as this room needs it: who can be linked to an account. The register lies in a room above, so
its table is read by name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.identity.models import Membership

EMPLOYEE = sa.table(
    "employee",
    sa.column("id", sa.String),
    sa.column("company_id", sa.String),
    sa.column("staff_number", sa.String),
    sa.column("first_name", sa.String),
    sa.column("last_name", sa.String),
    sa.column("active", sa.Boolean),
)
MAX_CHOICES = 1000


def _free(company_ids: Iterable[str]) -> sa.Select[Any]:
    taken = sa.exists().where(Membership.employee_id == EMPLOYEE.c.id)
    return sa.select(EMPLOYEE).where(EMPLOYEE.c.company_id.in_(list(company_ids)), EMPLOYEE.c.active, ~taken)


def without_account(session: Session, company_ids: Iterable[str], *, named: bool) -> list[dict[str, str]]:
    """Active employees of the companies whom no account stands for yet: id, name, company.

    ``named`` is for HR; the administration gets the numbers of the register only, names being none of its business.
    """
    by_name = (EMPLOYEE.c.last_name, EMPLOYEE.c.first_name, EMPLOYEE.c.id)
    order = by_name if named else (EMPLOYEE.c.staff_number, EMPLOYEE.c.id)
    rows = session.execute(_free(company_ids).order_by(*order).limit(MAX_CHOICES))
    return [
        {
            "id": row.id,
            "name": f"{row.last_name}, {row.first_name} ({row.staff_number})" if named else row.staff_number,
            "company": row.company_id,
        }
        for row in rows
    ]


def is_free(session: Session, company_id: str, employee_id: str) -> bool:
    """Whether ``employee_id`` is an active employee of the company without an account; asked once at a time."""
    session.execute(sa.select(EMPLOYEE.c.id).where(EMPLOYEE.c.id == employee_id).with_for_update())
    return session.execute(_free([company_id]).where(EMPLOYEE.c.id == employee_id)).first() is not None
