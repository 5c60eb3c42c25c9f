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
    "case_started": Notice("success", _l("The case has been started. The first task is waiting below.")),
    "provider_cancelled": Notice("success", _l("The cancellation has been reported; another provider will be chosen.")),
    "participant_withdrawn": Notice("success", _l("The person has been withdrawn from the case.")),
    "withdrawn": Notice("success", _l("The case has been withdrawn.")),
}


def current_notice() -> Notice | None:
    """The confirmation that this page's address asks for."""
    return NOTICES.get(request.args.get("notice", ""))
