"""Who looked at whose data: one row for every request that shows personal or special data (Art. 5(2), 32 GDPR)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import AccessEntry, AccessErasure
from app.platform import trails
from app.platform.ids import new_id

VIEW, EXPORT, DOWNLOAD = "view", "export", "download"
KINDS = (VIEW, EXPORT, DOWNLOAD)
PROTECTED = ("personal", "special")
"""The classes whose showing is logged; ``public`` and ``case`` data belong to nobody in person."""
MONTH = timedelta(days=31)


class Capacity(Protocol):
    """A role in an organisation, possibly as a deputy (``identity.actor.Grant``)."""

    @property
    def organisation_id(self) -> str:
        """Where."""

    @property
    def on_behalf_of(self) -> str | None:
        """The user who is stood in for."""


class Looker(Protocol):
    """Somebody who looks at data (``identity.actor.Actor``)."""

    @property
    def user_id(self) -> str:
        """Who."""

    @property
    def grants(self) -> Sequence[Capacity]:
        """In which capacities."""


def record_access(
    session: Session,
    now: datetime,
    actor: Looker,
    *,
    kind: str,
    case_id: str | None,
    subject: str,
    classes: Iterable[str],
    capacity: Capacity | None = None,
) -> None:
    """Note that ``actor`` is shown data of ``classes``; nothing happens if none of them is :data:`PROTECTED`.

    ``subject`` is the register id of the person concerned, empty where it is about all persons of the case.
    ``capacity``: by which role the actor sees it; else the first own one. A request leaves one row per kind, case and
    person, whatever parts of it call this. Written before the answer goes out (``platform.trails``).
    """
    shown = set(classes).intersection(PROTECTED)
    if not shown:
        return
    rows, key = trails.kept(session, AccessEntry), (kind, case_id, subject)
    if key in rows:
        shown.update(rows[key]["classes"].split(","))
        rows[key]["classes"] = _written(shown)
        return
    used = capacity or min(actor.grants, key=lambda grant: grant.on_behalf_of is not None, default=None)
    trail = trails.trail_of(session)
    rows[key] = {
        "id": new_id(),
        "at": now,
        "user_id": actor.user_id,
        "on_behalf_of": used.on_behalf_of if used else None,
        "organisation_id": used.organisation_id if used else None,
        "kind": kind,
        "case_id": case_id,
        "subject_id": subject or None,
        "classes": _written(shown),
        "route": trail.route[:200],
        "request_id": trail.request_id,
    }


def _written(shown: set[str]) -> str:
    return ",".join(name for name in PROTECTED if name in shown)


def erase_old(session: Session, now: datetime, months: int) -> int:
    """The one way out of the access log: delete what is older than ``months`` and note it; returns how many rows.

    0 months keeps everything. The database refuses to delete anything that no erasure covers.
    """
    before = now - months * MONTH
    old = AccessEntry.at < before
    count = session.scalar(sa.select(sa.func.count()).select_from(AccessEntry).where(old)) if months > 0 else 0
    if not count:
        return 0
    session.execute(sa.insert(AccessErasure).values(id=new_id(), at=now, before=before, entries=count))
    session.execute(sa.delete(AccessEntry).where(old).execution_options(synchronize_session=False))
    return count


def erasures(session: Session, limit: int = 10) -> list[AccessErasure]:
    """The last deletions at the end of retention, the newest first."""
    return list(session.scalars(sa.select(AccessErasure).order_by(AccessErasure.at.desc()).limit(limit)))
