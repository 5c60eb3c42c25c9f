"""Every error a caller can see: a named class whose docstring is the message.

The docstring's first paragraph is the English message and the translation id; ``%(name)s`` in it is filled from the
keyword arguments. One place (``platform.http``) turns a problem into RFC 9457 JSON or an error page.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that is wrong: JSON pointer (RFC 6901), machine-readable code, message for people."""

    pointer: str
    code: str
    message: str

    def as_dict(self) -> dict[str, str]:
        """JSON-able form."""
        return {"pointer": self.pointer, "code": self.code, "message": self.message}


class Problem(Exception):
    """The request could not be carried out."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"

    def __init__(self, errors: Sequence[FieldError] = (), **values: Any) -> None:
        self.errors = tuple(errors)
        self.values = values
        super().__init__(self.message_id() % values if values else self.message_id())

    @classmethod
    def message_id(cls) -> str:
        """The English message: the first paragraph of the class docstring on one line."""
        paragraph = (inspect.getdoc(cls) or "").split("\n\n", 1)[0]
        return " ".join(paragraph.split())


class BadRequest(Problem):
    """The request is malformed: %(reason)s."""

    status = 400
    code = "bad_request"


class Unauthenticated(Problem):
    """Please sign in: no valid session or token was sent."""

    status = 401
    code = "unauthenticated"


class Forbidden(Problem):
    """Your role may not do this."""

    status = 403
    code = "forbidden"


class NotFound(Problem):
    """There is nothing here, or it is not yours to see."""

    status = 404
    code = "not_found"


class MethodNotAllowed(Problem):
    """This is not possible here; the Allow header says what is."""

    status = 405
    code = "method_not_allowed"


class Conflict(Problem):
    """Somebody else was faster: the object has changed meanwhile. Load it again."""

    status = 409
    code = "conflict"


class StaleVersion(Problem):
    """Your copy is out of date: the sent If-Match does not fit the current version. Load it again."""

    status = 412
    code = "stale_version"


class TooLarge(Problem):
    """The request is larger than allowed."""

    status = 413
    code = "too_large"


class UnsupportedType(Problem):
    """This content type is not accepted here; send application/json."""

    status = 415
    code = "unsupported_type"


class Unprocessable(Problem):
    """Some entries need your attention."""

    status = 422
    code = "unprocessable"


class IdempotencyMismatch(Problem):
    """This Idempotency-Key was already used for another request."""

    status = 422
    code = "idempotency_mismatch"


class Unavailable(Problem):
    """The service is busy or its database cannot be reached; nothing was changed. Please try again shortly."""

    status = 503
    code = "unavailable"
