"""When a closed case is looked at again, and how long its file is kept. Plain Python."""

from __future__ import annotations

from datetime import date

from app.platform.calendar import months_later

FOLLOW_UP_MONTHS = 6
VOUCHER_YEARS = 8
LETTER_YEARS = 6
ESF_PLUS_YEARS = 5


def follow_up_on(course_end: date | None, today: date) -> date:
    """Six months after the course has ended (or after today, if its end is unknown); never in the past."""
    return max(months_later(course_end or today, FOLLOW_UP_MONTHS), today)


def retention_years(instrument: str, paid: bool) -> int:
    """How many years the file is kept: the longest period of the records it holds.

    Vouchers of a payment 8 years, letters 6 (§ 147 AO, § 257 HGB), a case of the ESF+ by the fund's own rule 5;
    the 4 years of short-time-work records are always covered. ``instrument``: final funding path of the case.
    """
    if instrument.startswith("esf"):
        return ESF_PLUS_YEARS
    return VOUCHER_YEARS if paid else LETTER_YEARS


def retention_until(last_payment: date | None, closed_on: date, years: int) -> date:
    """The last day on which the file is kept: 31 December, ``years`` after the year of the last payment.

    Without a payment the year counts in which the case was closed.
    """
    return date((last_payment or closed_on).year + years, 12, 31)
