"""What the administration is told about mails that do not get through, and the page where they stand."""

from __future__ import annotations

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.identity.guard import current_actor
from app.identity.policy import permit
from app.platform import mail, mailbox
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.i18n import _
from app.web.blueprint import blueprint


def mail_warning(session: Session) -> str | None:
    """One sentence, or None if mails get through."""
    found = mail.warnings(session, current_app.config["VORLAUF_SETTINGS"])
    if "mail_not_configured" in found:
        return _("No mail server is named in the settings: mails wait until there is one.")
    return _("Some mails could not be delivered.") if found else None


@blueprint.get("/mails")
def undelivered_mails() -> ResponseReturnValue:
    """Mails that wait or were given up; their texts are not shown, since they hold one-time links."""
    current_actor()
    session = db.session()
    found, following = mailbox.undelivered(session, request.args.get("cursor") or None)
    return render_template("mails.html", mails=found, next_cursor=following, warning=mail_warning(session))


@blueprint.post("/mails/<string:mail_id>/again")
def send_mail_again(mail_id: str) -> ResponseReturnValue:
    """Give a mail that was given up another chance."""
    session = db.session()
    mailbox.read(session, mail_id)
    permit(current_actor(), "pages.send_mail_again")
    done = mail.send_again(session, utcnow(), mail_id)
    return redirect(url_for("pages.undelivered_mails", notice="mail_again" if done else "refused"), 303)
