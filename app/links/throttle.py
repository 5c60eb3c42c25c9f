"""Calls that open nothing are slowed down per network address; a valid link always opens: nobody is locked out.

Guessing 80 or 256 random bits is hopeless anyway: this keeps the attempt from costing us anything.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.links.models import LinkMiss
from app.links.problems import TooManyMisses
from app.links.store import MISS_WINDOW
from app.platform.db import unit_of_work
from app.platform.ids import new_id

LIMIT = 30


def record_miss(session: Session, address: str, now: datetime) -> None:
    """Remember one miss of ``address`` in a transaction of its own. Raises :class:`TooManyMisses` above the limit."""
    found = sa.select(sa.func.count(), sa.func.min(LinkMiss.at))
    count, oldest = session.execute(found.where(LinkMiss.address == address, LinkMiss.at > now - MISS_WINDOW)).one()
    if count >= LIMIT:
        raise TooManyMisses(max(1, int((oldest + MISS_WINDOW - now).total_seconds()) + 1))
    with unit_of_work(session):
        session.execute(sa.insert(LinkMiss).values(id=new_id(), address=address[:64], at=now))
