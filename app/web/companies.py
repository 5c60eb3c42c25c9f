"""Companies to filter lists by."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.cases import service
from app.identity.actor import Actor
from app.identity.roles import COORDINATOR, HR


def companies_to_choose(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """(id, name) of the companies ``actor`` works for; empty where there is nothing to choose.

    Others find a company by the search text.
    """
    if not actor.has_role(COORDINATOR, HR):
        return []
    found = [(company["id"], company["name"]) for company in service.startable(session, actor)]
    return found if len(found) > 1 else []
