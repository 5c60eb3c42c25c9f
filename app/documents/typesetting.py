"""Papers as PDF/A by typst: templates hold words and layout, data comes in beside them as JSON.

Nothing a user has typed becomes typst source, so no text can call a function or format itself. The result depends on
template and data alone: the date in the file is the paper's, not the clock's. PDF/A-2a (ISO 19005-2) keeps it readable
for the years of retention, PDF/UA-1 (ISO 14289-1) for people who do not see it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import typst

from app.platform import codec

TEMPLATES = Path(__file__).with_name("templates")
MAX_GAPS = 20
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_BEYOND = re.compile("[^\t\n\r -\u052f\u1e00-\u23ff]")
"""Scripts that the embedded font does not have; PDF/A allows no missing sign."""
_GAP = re.compile(r"(?:the text|codepoint) `\"(?:\\u\{(?P<code>[0-9a-f]+)\}|(?P<sign>.))", re.S)
"""Where typst names what is missing: as it is, or by its number."""


class PaperFailed(Exception):
    """A template could not be set; this is a fault of the template, not of the data."""


def pdf_of(template: str, data: Mapping[str, Any], day: date) -> bytes:
    """The paper ``template`` with ``data``. What the font cannot show stands as a replacement sign."""
    text = codec.canonical(dict(data))
    try:
        return _compiled(template, text, day)
    except typst.TypstError:
        text = _BEYOND.sub(REPLACEMENT, text)
    for _attempt in range(MAX_GAPS):
        try:
            return _compiled(template, text, day)
        except typst.TypstError as error:
            gap = _GAP.search(str(error))
            if gap is None:
                raise PaperFailed(f"{template}: {error}") from error
            missing = gap["sign"] or chr(int(gap["code"], 16))
            text = text.replace(missing, REPLACEMENT)
    raise PaperFailed(template)


def _compiled(template: str, data: str, day: date) -> bytes:
    made = typst.compile(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"data": data},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=datetime.combine(day, time(12), UTC),
    )
    assert isinstance(made, bytes)
    return made
