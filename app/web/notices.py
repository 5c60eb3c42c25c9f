"""Short confirmations after something was done: a key in the address of the next page, a fixed text here.

Only keys travel, so nobody can put words into our mouth with a crafted link.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from flask import request

from app.platform.i18n import _l

Kind = Literal["success", "info", "warning"]


@dataclass(frozen=True, slots=True)
class Notice:
    """One confirmation: its kind (KERN alert) and text."""

    kind: Kind
    text: Any


NOTICES = {
    "signed_out": Notice("success", _l("You are signed out.")),
    "sign_in_first": Notice("info", _l("Please sign in to continue.")),
    "claimed": Notice("success", _l("The task is now assigned to you.")),
    "refused": Notice("warning", _l("That did not work: a colleague was faster, or the task has changed meanwhile.")),
    "released": Notice("success", _l("The task is back with the group.")),
    "reopened": Notice("success", _l("The task is open again with your earlier answers: please correct them.")),
    "retry_helped": Notice("success", _l("The step has been carried out; the case goes on.")),
    "retry_failed": Notice("warning", _l("The step has failed again; it will be tried again by itself.")),
    "case_started": Notice("success", _l("The case has been started. The first task is waiting below.")),
    "link_mailed": Notice("success", _l("The link is on its way by mail.")),
    "link_revoked": Notice("success", _l("The link has been revoked.")),
    "link_over": Notice("warning", _l("The link has already been used; it can no longer be revoked.")),
    "commented": Notice("success", _l("Your comment has been added.")),
    "comment_withdrawn": Notice("success", _l("Your comment has been withdrawn.")),
    "document_added": Notice("success", _l("The document has been added.")),
    "document_removed": Notice("success", _l("The document has been removed; its place in the history is kept.")),
    "paper_made": Notice("success", _l("The paper is up to date; you can look at it and download it here.")),
    "saved": Notice("success", _l("The entry has been saved.")),
    "discarded": Notice("info", _l("The file has been discarded; nothing was changed.")),
    "invited": Notice("success", _l("The invitation is on its way.")),
    "invitation_sent": Notice("success", _l("The invitation is on its way again; the earlier link is worthless.")),
    "invitation_revoked": Notice("success", _l("The link that was sent is worthless now.")),
    "user_changed": Notice("success", _l("The data has been changed.")),
    "user_deactivated": Notice("success", _l("The account is closed; all sign-ins have ended.")),
    "user_activated": Notice("success", _l("The account is open again.")),
    "role_given": Notice("success", _l("The role has been given.")),
    "role_taken": Notice("success", _l("The role has been taken.")),
    "password_changed": Notice("success", _l("Your password has been changed. All other sign-ins have ended.")),
    "password_set": Notice("success", _l("Your password is set. Please sign in with it.")),
    "sign_ins_ended": Notice("success", _l("You are signed in here only.")),
    "language_chosen": Notice("success", _l("Mails will come in this language first.")),
    "deputy_set": Notice("success", _l("The deputy is set.")),
    "deputy_ended": Notice("success", _l("The deputy has ended.")),
    "mail_again": Notice("success", _l("The mail is on its way again.")),
    "withdrawn": Notice("success", _l("The case has been withdrawn.")),
}


def current_notice() -> Notice | None:
    """The confirmation that this page's address asks for."""
    return NOTICES.get(request.args.get("notice", ""))
