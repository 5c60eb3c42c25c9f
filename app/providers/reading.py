"""Answers of the quote form as terms to compare, and the comparison as text for people (German)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.providers.rules import Demand, Placing, Terms, certificates_cover, hundredths

NEEDED = {
    "quote_price": "Preis",
    "quote_hours": "Stunden",
    "quote_start": "Kursbeginn",
    "quote_end": "Kursende",
}
SEPARATORS = str.maketrans(",.", ".,")


@dataclass(frozen=True)
class Offer:
    """An organisation and the terms it offers."""

    organisation: str
    name: str
    terms: Terms


def why_it_does_not_count(quote: Mapping[str, Any]) -> str | None:
    """The reason in German why a quote is set aside, None if it counts."""
    if quote.get("offer") != "yes":
        return "Kein Angebot abgegeben"
    missing = [label for key, label in NEEDED.items() if quote.get(key) is None or quote.get(key) == ""]
    if missing:
        return "Es fehlt: " + ", ".join(missing)
    if date.fromisoformat(quote["quote_end"]) < date.fromisoformat(quote["quote_start"]):
        return "Das Kursende liegt vor dem Kursbeginn"
    return None


def read_terms(quote: Mapping[str, Any]) -> Terms:
    """The terms of a quote that counts."""
    group = quote.get("minimum_group")
    return Terms(
        price=Decimal(quote["quote_price"]),
        hours=Decimal(quote["quote_hours"]),
        start=date.fromisoformat(quote["quote_start"]),
        end=date.fromisoformat(quote["quote_end"]),
        provider_certificate_until=_day(quote.get("provider_certificate_until")),
        measure_certificate_until=_day(quote.get("measure_certificate_until")),
        cancellation=bool((quote.get("cancellation_terms") or "").strip()),
        minimum_group=int(group) if group is not None and group != "" else None,
    )


def read_demand(variables: Mapping[str, Any]) -> Demand:
    """Window of the demand, and the people who would come: a pool brings at least its smallest group."""
    window = (_day(variables.get("window_from")), _day(variables.get("window_to")))
    pooled = variables.get("pooling") == "pool"
    group = int(variables.get("seats_min") or 0) if pooled else 0
    return Demand(*window, participants=max(group, len(variables.get("participants") or [])))


def reasons(offer: Offer, placing: Placing, demand: Demand) -> list[str]:
    """Why a quote stands where it stands, one sentence a criterion."""
    terms, points = offer.terms, {name: hundredths(share) for name, share in placing.points.items()}
    covered = "decken" if certificates_cover(terms) else "decken nicht"
    return [
        f"Preis: {euro(terms.price)} je Person, {german(points['price'])} von 100 Punkten",
        f"Termine: {german(points['dates'])} % der Kurszeit liegen im gewünschten Zeitraum",
        f"Bedingungen: {_terms_in_words(terms, demand)}, {german(points['terms'])} von 100 Punkten",
        f"Die Zulassungen von Träger und Maßnahme {covered} den ganzen Kurs",
    ]


def euro(amount: Decimal) -> str:
    """``1.234,50 €``."""
    return f"{amount.quantize(Decimal('0.01')):,f}".translate(SEPARATORS) + " €"


def german(number: Decimal) -> str:
    """A number with German separators."""
    return f"{number:,f}".removesuffix(".00").translate(SEPARATORS)


def _terms_in_words(terms: Terms, demand: Demand) -> str:
    stated = "Rücktrittsbedingungen genannt" if terms.cancellation else "keine Rücktrittsbedingungen genannt"
    if not terms.minimum_group:
        return f"{stated}, keine Mindestgruppe"
    return f"{stated}, Mindestgruppe {terms.minimum_group} bei {demand.participants} Teilnehmenden"


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
