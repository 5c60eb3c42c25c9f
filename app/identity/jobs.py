"""Background work of the identity room."""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from app.identity import credentials
from app.platform import jobs


@jobs.handler("identity.reset")
def reset(session: Session, now: datetime, user_ids: list[str]) -> None:
    """Mail a one-time link to each of the users; the request has been answered long ago, for whatever login."""
    site = current_app.config["VORLAUF_SETTINGS"].public_url
    for user_id in user_ids:
        credentials.send_reset(session, now, user_id, site)
