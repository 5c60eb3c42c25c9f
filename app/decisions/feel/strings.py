"""Text literals: from the quoted form in an expression to the text itself."""

from __future__ import annotations

import re
from typing import Final

from app.decisions.feel.errors import RefusedError

_ESCAPE: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.S)
_CONTROL: Final = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}


def unquote(literal: str) -> str:
    r"""The text between the quotes, escapes like `\n`, `\"`, `\u00e4` resolved."""
    text = _ESCAPE.sub(_character, literal[1:-1])
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise RefusedError("the text holds half a character", "der Text enthält ein halbes Zeichen") from None


def _character(match: re.Match[str]) -> str:
    escape = match[1]
    if escape[0] in "uU" and len(escape) > 1:
        code = int(escape[1:], 16)
        if code > 0x10FFFF:
            raise RefusedError("there is no such character", "dieses Zeichen gibt es nicht")
        return chr(code)
    return _CONTROL.get(escape, "\\" + escape)
