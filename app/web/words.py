"""Times in words, as people in Thuringia read them: German days, relative where that is quicker to grasp."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import ngettext

from app.platform.clock import BERLIN, local_date, parse_iso
from app.platform.i18n import _, current_language

Moment = datetime | str
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(moment: Moment) -> str:
    """``23.11.2026`` or, in English, ``23 Nov 2026``."""
    return _day(local_date(_aware(moment)))


def time(moment: Moment) -> str:
    """``23.11.2026, 14:03 Uhr`` or ``23 Nov 2026, 14:03``."""
    local = _aware(moment).astimezone(BERLIN)
    clock = f"{local:%H:%M}"
    return f"{_day(local.date())}, {clock} Uhr" if current_language() == "de" else f"{_day(local.date())}, {clock}"


def machine(moment: Moment) -> str:
    """For the ``datetime`` attribute of a ``time`` element."""
    return _aware(moment).isoformat(timespec="seconds")


def since(moment: Moment, now: datetime) -> str:
    """How long something has waited: since today, since yesterday, for 3 days."""
    days = _days_between(_aware(moment), now)
    if days <= 0:
        return _("since today")
    if days == 1:
        return _("since yesterday")
    return str(ngettext("for %(num)d day", "for %(num)d days", days))


def due(moment: Moment, now: datetime) -> str:
    """How much time is left: overdue for 2 days, overdue since today, due today, due tomorrow, due in 5 days."""
    when = _aware(moment)
    days = _days_between(now, when)
    if when < now and days < 0:
        return str(ngettext("overdue for %(num)d day", "overdue for %(num)d days", -days))
    if when < now:
        return _("overdue since today")
    if days == 0:
        return _("due today")
    if days == 1:
        return _("due tomorrow")
    return str(ngettext("due in %(num)d day", "due in %(num)d days", days))


def file_size(size: int) -> str:
    """``3 KB``, ``1,4 MB`` (in English ``1.4 MB``): powers of ten, as file managers count."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} KB"
    text = f"{size / 1_000_000:.1f} MB".replace(".0 ", " ")
    return text.replace(".", ",") if current_language() == "de" else text


def calendar_day(when: date) -> str:
    """A calendar day, wherever on earth: ``23.11.2026`` or, in English, ``23 Nov 2026``."""
    return _day(when)


def _aware(moment: Moment) -> datetime:
    return parse_iso(moment) if isinstance(moment, str) else moment


def _days_between(earlier: datetime, later: datetime) -> int:
    return (local_date(later) - local_date(earlier)).days


def _day(when: date) -> str:
    if current_language() == "de":
        return f"{when:%d.%m.%Y}"
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"
