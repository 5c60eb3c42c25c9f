"""The demo's mailbox: mails that no server takes, readable by everybody. Outside the demo it does not exist."""

from __future__ import annotations

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from app.identity.guard import find_actor
from app.platform import mail
from app.platform import mailbox as mails
from app.platform.db import db
from app.platform.problems import NotFound
from app.platform.settings import Settings
from app.web.blueprint import blueprint


def is_open() -> bool:
    """Whether there is a mailbox: in the demo, where no mail server is named."""
    settings: Settings = current_app.config["VORLAUF_SETTINGS"]
    return mail.into_mailbox(settings)


def _require_demo() -> None:
    find_actor()
    if not is_open():
        raise NotFound


@blueprint.get("/mailbox")
def mailbox() -> ResponseReturnValue:
    """Mails, the newest first; ``to`` narrows them to one address."""
    _require_demo()
    wanted = request.args.get("to", "").replace("\x00", "")[:254]
    found, following = mails.in_box(db.session(), wanted or None, request.args.get("cursor") or None)
    people = [(one, one) for one in mails.recipients(db.session())]
    return render_template("mailbox.html", mails=found, next_cursor=following, wanted=wanted, people=people)


@blueprint.get("/mailbox/<string:mail_id>")
def mailbox_mail(mail_id: str) -> ResponseReturnValue:
    """One mail; its links can be followed."""
    _require_demo()
    return render_template("mailbox_mail.html", mail=mails.read(db.session(), mail_id))
