"""What can go wrong when signing in."""

from __future__ import annotations

from app.platform.problems import Problem


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
