"""What can go wrong with links."""

from __future__ import annotations

from app.identity.problems import TooManyAttempts
from app.platform.problems import Conflict, NotFound, Unprocessable


class LinkGone(NotFound):
    """This link is not valid, or no longer. If you have already confirmed, everything has arrived and there is nothing
    left for you to do. Otherwise please ask your HR department for a new link.
    """

    code = "link_gone"


class LinkClosed(Conflict):
    """What this link was meant for has been settled in the meantime, or the case has ended. There is nothing left for
    you to do.
    """

    code = "link_closed"


class AlreadyConfirmed(Conflict):
    """You have already confirmed this. Everything has arrived; there is nothing left for you to do."""

    code = "already_confirmed"


class WrongCode(Unprocessable):
    """The code or the case number does not fit. Please compare both with your sheet of paper."""

    code = "wrong_code"


class StatementChanged(Conflict):
    """The details have changed since you opened the page. Please read them once more and then confirm."""

    code = "statement_changed"


class TooManyMisses(TooManyAttempts):
    """Too many calls that led to no valid link. Please wait %(minutes)s min, then try again."""

    code = "too_many_links"


class NoParticipant(Unprocessable):
    """This person does not take part in the case."""

    code = "no_participant"


class NothingToAnswer(Conflict):
    """There is no open task that this person could answer by a link."""

    code = "nothing_to_answer"


class LinkOver(Conflict):
    """This link has already been used; it can no longer be revoked."""

    code = "link_over"


class EmailMissing(Unprocessable):
    """A mailed link needs an e-mail address."""

    code = "email_missing"
