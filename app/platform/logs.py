"""What an exception leaves in the log: what it was and where, never its message, which may quote what was entered."""

from __future__ import annotations

import sys
import traceback
from collections.abc import MutableMapping
from typing import Any


def describe_exception(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """structlog processor: replaces ``exc_info`` by ``error`` (the classes, outermost first) and ``frames``."""
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if error is None:
        return event
    chain = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None and cause not in chain:
        chain.append(cause)
    stack = traceback.extract_tb(error.__traceback__)
    event["error"] = " < ".join(type(item).__name__ for item in chain)
    event["frames"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in stack]
    return event
