"""Deadlines of a round of quotes, and their neutral comparison. Plain Python: values in, decision out.

Neutral means: only the terms offered count. Nothing here knows a provider's name or when a quote came in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

DAY_ENDS = time(23, 59, 59)
CRITERIA = ("price", "dates", "terms")


@dataclass(frozen=True)
class Terms:
    """What a provider offers, without who it is: all that a comparison may look at.

    ``price`` in euro per person; ``hours`` of the course; ``start`` and ``end`` days; the certificates' last
    days; whether ``cancellation`` terms are stated; ``minimum_group`` in persons, None without one.
    """

    price: Decimal
    hours: Decimal
    start: date
    end: date
    provider_certificate_until: date | None = None
    measure_certificate_until: date | None = None
    cancellation: bool = False
    minimum_group: int | None = None

    def fingerprint(self) -> str:
        """The same for the same terms, whoever offers them: orders quotes that are otherwise equal."""
        return hashlib.sha256("|".join(_plain(item) for item in astuple(self)).encode()).hexdigest()


@dataclass(frozen=True)
class Demand:
    """What quotes are measured against: the window of the demand (None: open), the number of participants."""

    window_from: date | None
    window_to: date | None
    participants: int


@dataclass(frozen=True)
class Placing:
    """One quote's place. ``index`` in the given list; ``rank`` from 1, shared by equal terms; ``points`` and
    ``score`` from 0 to 1.
    """

    index: int
    rank: int
    score: Fraction
    points: Mapping[str, Fraction]


def certificates_cover(terms: Terms) -> bool:
    """Whether both certificates are valid up to and including the course's last day (§§ 176–179 SGB III)."""
    provider, measure = terms.provider_certificate_until, terms.measure_certificate_until
    return provider is not None and measure is not None and min(provider, measure) >= terms.end


def deadline_at(day: date, zone: ZoneInfo) -> datetime:
    """The last second of the deadline day in ``zone``: a quote of that evening is in time."""
    return datetime.combine(day, DAY_ENDS, zone)


def reminder_at(now: datetime, deadline: datetime) -> datetime:
    """Half time between ``now`` and the deadline, to the second; a deadline past is its own reminder."""
    if deadline <= now:
        return deadline
    half = timedelta(seconds=int((deadline - now).total_seconds()) // 2)
    return (now.replace(microsecond=0) + half).astimezone(deadline.tzinfo)


def normalised(weights: Mapping[str, Decimal]) -> dict[str, Fraction]:
    """The weights as shares of 1; if nobody weighted anything, all criteria count alike."""
    given = {criterion: Fraction(weights.get(criterion) or 0) for criterion in CRITERIA}
    total = sum(given.values())
    if total == 0:
        return dict.fromkeys(CRITERIA, Fraction(1, len(CRITERIA)))
    return {criterion: weight / total for criterion, weight in given.items()}


def place(quotes: Sequence[Terms], weights: Mapping[str, Decimal], demand: Demand) -> list[Placing]:
    """The quotes from best to worst: by weighted points, then by price, then by the fingerprint of the terms.

    Quotes with the same terms share a rank; their order in the result says nothing.
    """
    shares = normalised(weights)
    cheapest = min((quote.price for quote in quotes), default=Decimal(0))
    points = [_points(quote, cheapest, demand) for quote in quotes]
    scores = [sum((shares[name] * earned[name] for name in CRITERIA), Fraction()) for earned in points]
    keys = [(-score, quote.price, quote.fingerprint()) for score, quote in zip(scores, quotes, strict=True)]
    order = sorted(range(len(quotes)), key=keys.__getitem__)
    ranks = {key: 1 + sum(other < key for other in keys) for key in keys}
    return [Placing(index, ranks[keys[index]], scores[index], points[index]) for index in order]


def hundredths(share: Fraction) -> Decimal:
    """A share of 1 as points out of 100 with two decimals, for people to read; ranks use the exact value."""
    exact = Decimal(share.numerator * 100) / Decimal(share.denominator)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _points(quote: Terms, cheapest: Decimal, demand: Demand) -> dict[str, Fraction]:
    price = Fraction(cheapest) / Fraction(quote.price) if quote.price else Fraction(1)
    return {"price": price, "dates": share_in_window(quote, demand), "terms": _terms(quote, demand)}


def share_in_window(quote: Terms, demand: Demand) -> Fraction:
    """The share of the course's days that lies inside the demand's window; both ends included."""
    first = max(quote.start, demand.window_from or quote.start)
    last = min(quote.end, demand.window_to or quote.end)
    return Fraction(max((last - first).days + 1, 0), (quote.end - quote.start).days + 1)


def _terms(quote: Terms, demand: Demand) -> Fraction:
    """Half for stated cancellation terms, half for a minimum group, as far as the participants reach it."""
    stated = Fraction(1 if quote.cancellation else 0)
    wanted = quote.minimum_group or 0
    reached = Fraction(1) if wanted <= demand.participants else Fraction(demand.participants, wanted)
    return (stated + reached) / 2


def _plain(value: object) -> str:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)
