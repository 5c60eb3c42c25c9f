"""Dates, times and durations: from ISO 8601 text to values and back."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from app.decisions.feel.errors import FeelError, Message, RefusedError
from app.decisions.feel.values import Range, YearsMonths, german_kind, kind

_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_ZONE: Final = r"(Z|[+-][0-9]{2}:[0-9]{2}|@[A-Za-z_]+(?:/[A-Za-z_+-]+)*)?"
_CLOCK: Final = r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?" + _ZONE
_TIME: Final = re.compile("T?" + _CLOCK)
_DATE_TIME: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T" + _CLOCK)
_MONTHS: Final = re.compile(r"(-)?P(?:([0-9]{1,6})Y)?(?:([0-9]{1,6})M)?")
_DAYS: Final = re.compile(
    r"(-)?P(?:([0-9]{1,8})D)?(?:T(?:([0-9]{1,8})H)?(?:([0-9]{1,8})M)?(?:([0-9]{1,8})(?:\.([0-9]{1,9}))?S)?)?"
)
_GERMAN_DATE: Final = re.compile(r"\s*([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})\s*")
_DAY: Final = dt.timedelta(days=1)


def _bad(what_en: str, what_de: str, text: str) -> RefusedError:
    german = _GERMAN_DATE.fullmatch(text)
    if german:
        iso = f"{german[3]}-{int(german[2]):02d}-{int(german[1]):02d}"
        return RefusedError(
            f'{text!r} is no {what_en}; write "{iso}"',
            f'„{text}“ gilt nicht als {what_de}; schreiben Sie "{iso}"',
        )
    return RefusedError(f"{text!r} is no {what_en}", f"„{text}“ gilt nicht als {what_de}")


def _zone(text: str | None) -> dt.tzinfo | None:
    if not text:
        return None
    if text == "Z":
        return dt.UTC
    if text[0] == "@":
        return ZoneInfo(text[1:])
    offset = dt.timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return dt.timezone(-offset if text[0] == "-" else offset)


def _microseconds(fraction: str | None) -> int:
    return int((fraction or "0")[:6].ljust(6, "0"))


def parse_date(text: str) -> dt.date:
    """`2024-04-01`; raises RefusedError for anything else, also for a day the calendar does not have."""
    match = _DATE.fullmatch(text)
    if match:
        try:
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            pass
    raise _bad("date", "Datum", text)


def parse_time(text: str) -> dt.time:
    """`08:30:00`, with `Z`, an offset or `@Europe/Berlin` behind it if wanted."""
    match = _TIME.fullmatch(text)
    if match:
        try:
            return dt.time(int(match[1]), int(match[2]), int(match[3]), _microseconds(match[4]), _zone(match[5]))
        except (ValueError, KeyError, OSError):
            pass
    raise _bad("time", "Uhrzeit", text)


def parse_date_time(text: str) -> dt.datetime:
    """`2024-04-01T08:30:00`, with a zone behind it if wanted; a bare date means its midnight."""
    if "T" not in text:
        return dt.datetime.combine(parse_date(text), dt.time())
    match = _DATE_TIME.fullmatch(text)
    if match:
        day, clock = text.split("T", 1)
        return dt.datetime.combine(parse_date(day), parse_time(clock))
    raise _bad("date and time", "Zeitpunkt", text)


def parse_duration(text: str) -> YearsMonths | dt.timedelta:
    """`P2Y6M` (years and months) or `P3DT12H` (days and time); the two kinds never mix."""
    months = _MONTHS.fullmatch(text)
    if months and (months[2] or months[3]):
        total = int(months[2] or 0) * 12 + int(months[3] or 0)
        return YearsMonths(-total if months[1] else total)
    days = _DAYS.fullmatch(text)
    if days and any(days[group] for group in (2, 3, 4, 5)) and not text.endswith("T"):
        span = dt.timedelta(
            days=int(days[2] or 0),
            hours=int(days[3] or 0),
            minutes=int(days[4] or 0),
            seconds=int(days[5] or 0),
            microseconds=_microseconds(days[6]),
        )
        return -span if days[1] else span
    raise _bad('duration (like "P14D" or "P2Y")', 'Dauer (zum Beispiel "P14D" oder "P2Y")', text)


def parse_at_literal(text: str) -> object:
    """The text of `@"..."`: whichever of date, date and time, time or duration it is."""
    parsers: tuple[Callable[[str], object], ...] = (parse_date, parse_time, parse_duration)
    for parser in (parse_date_time, *parsers) if "T" in text and text[:1].isdigit() else parsers:
        try:
            return parser(text)
        except RefusedError:
            continue
    raise _bad("date, time or duration", "Datum, Zeit oder Dauer", text)


def _fraction(microseconds: int) -> str:
    return f".{microseconds:06d}".rstrip("0") if microseconds else ""


def format_duration(value: YearsMonths | dt.timedelta) -> str:
    """ISO 8601 text of a duration, `P0M` and `PT0S` for nothing."""
    if isinstance(value, YearsMonths):
        years, months = divmod(abs(value.months), 12)
        body = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
        return ("-" if value.months < 0 else "") + "P" + body
    size = abs(value)
    minutes, seconds = divmod(size.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if seconds or size.microseconds or not (clock or size.days):
        clock += f"{seconds}{_fraction(size.microseconds)}S"
    body = (f"{size.days}D" if size.days else "") + (f"T{clock}" if clock else "")
    return ("-" if value < dt.timedelta() else "") + "P" + body


def _format_zone(value: dt.datetime | dt.time) -> str:
    if value.tzinfo is None:
        return ""
    if isinstance(value.tzinfo, ZoneInfo):
        return f"@{value.tzinfo.key}"
    offset = value.utcoffset() or dt.timedelta()
    if not offset:
        return "Z"
    minutes = int(abs(offset).total_seconds()) // 60
    return f"{'-' if offset < dt.timedelta() else '+'}{minutes // 60:02d}:{minutes % 60:02d}"


def format_time(value: dt.time | dt.datetime) -> str:
    """FEEL text of a time of day, zone included."""
    clock = f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}"
    return clock + _fraction(value.microsecond) + _format_zone(value)


def format_number(value: Decimal) -> str:
    """Plain digits without exponent and without trailing zeros."""
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def format_value(value: object) -> str:
    """The text FEEL's `string()` gives for a scalar, list or range; raises RefusedError for the rest."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, Decimal):
        return format_number(value)
    if isinstance(value, dt.date | dt.time):
        return _format_moment(value)
    if isinstance(value, YearsMonths | dt.timedelta):
        return format_duration(value)
    return _format_compound(value)


def _format_moment(value: dt.date | dt.time) -> str:
    if isinstance(value, dt.datetime):
        return f"{value.date().isoformat()}T{format_time(value)}"
    return format_time(value) if isinstance(value, dt.time) else value.isoformat()


def _format_compound(value: object) -> str:
    def inner(item: object) -> str:
        return f'"{item}"' if isinstance(item, str) else format_value(item)

    if isinstance(value, list):
        return "[" + ", ".join(inner(item) for item in value) + "]"
    if isinstance(value, Range):
        left, right = "[" if value.low_included else "(", "]" if value.high_included else ")"
        return f"{left}{inner(value.low)}..{inner(value.high)}{right}"
    name = kind(value)
    raise RefusedError(f"a {name} has no text", f"{german_kind(name)} lässt sich nicht als Text schreiben")


def from_feel(value: object) -> object:
    """FEEL value to case data: whole numbers as int, others as Decimal, dates and durations as ISO 8601 text.

    Lists and contexts are converted with everything inside. Raises FeelError for a range or a function.
    """
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value
    if isinstance(value, int):
        return value
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, YearsMonths | dt.timedelta):
        return format_duration(value)
    if isinstance(value, list):
        return [from_feel(item) for item in value]
    if isinstance(value, dict):
        return {key: from_feel(item) for key, item in value.items()}
    name = kind(value)
    raise FeelError(
        Message(
            f"a {name} cannot be stored in a case",
            f"{german_kind(name)} kann nicht im Fall gespeichert werden",
        )
    )
