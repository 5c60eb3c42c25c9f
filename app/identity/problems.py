"""What can go wrong when signing in, and with users, passwords and deputies."""

from __future__ import annotations

from app.platform.problems import Conflict, NotFound, Problem, Unprocessable


class InvalidCredentials(Problem):
    """Login or password is wrong."""

    status = 401
    code = "invalid_credentials"


class TooManyAttempts(Problem):
    """Too many failed sign-ins. Please wait %(minutes)s min, then try again."""

    status = 429
    code = "too_many_attempts"

    def __init__(self, seconds: int) -> None:
        self.retry_after = seconds
        super().__init__(minutes=-(-seconds // 60))


class LinkUnusable(NotFound):
    """This link is not valid: it may have expired, been used already or been replaced by a newer one."""

    code = "link_unusable"


class WrongPassword(Unprocessable):
    """The current password is wrong."""

    code = "wrong_password"


class OwnAccount(Conflict):
    """You cannot do this to your own account; another administrator has to."""

    code = "own_account"


class LastAdministrator(Conflict):
    """This is the last administrator: name another one first."""

    code = "last_administrator"


class NotInvited(Conflict):
    """This person has an account already: there is no invitation to send or to revoke."""

    code = "not_invited"


class NeverSignedIn(Conflict):
    """This person has not accepted the invitation yet: send the invitation again."""

    code = "never_signed_in"
