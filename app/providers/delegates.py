"""Automatic steps of provider selection: ask for quotes, rank them, record the choice."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from app.engine.delegates import DelegateCall, DelegateFailed, delegate
from app.platform.clock import BERLIN, local_date
from app.providers import rules
from app.providers.reading import Offer, euro, read_demand, read_terms, reasons, why_it_does_not_count
from app.providers.rules import Demand, Placing
from app.registers import reading as registers


class ProviderUnknown(DelegateFailed):
    """A provider asked for a quote is not in the register."""


class DeadlineMissing(DelegateFailed):
    """The day until which quotes are wanted is missing."""


class ChoiceMissing(DelegateFailed):
    """No provider was chosen."""


class ChoiceWithoutQuote(DelegateFailed):
    """The chosen provider has given no quote that counts."""


@delegate("providers.request")
def request(call: DelegateCall) -> Mapping[str, Any]:
    """Set ``quote_requests``, an empty ``quotes``, ``quote_reminder_at``, ``quote_deadline_at`` (ISO).

    Raises ProviderUnknown, DeadlineMissing.
    """
    day = call.variables.get("quote_deadline")
    if not day:
        raise DeadlineMissing("quote_deadline")
    deadline = rules.deadline_at(date.fromisoformat(day), BERLIN)
    return {
        "quote_requests": _requests(call),
        "quotes": [],
        "quote_reminder_at": rules.reminder_at(call.now, deadline).isoformat(),
        "quote_deadline_at": deadline.isoformat(),
    }


def _requests(call: DelegateCall) -> list[dict[str, str]]:
    chosen = list(dict.fromkeys(call.variables.get("providers_selected") or []))
    known = {option["value"]: option for option in call.options.get("providers", ())}
    if any(provider not in known for provider in chosen):
        found = registers.providers_by_id(call.session, chosen, local_date(call.now))
        known |= {option["value"]: option for option in found}
    unknown = [provider for provider in chosen if provider not in known]
    if unknown:
        raise ProviderUnknown(", ".join(unknown))
    return [_request(known[provider]) for provider in chosen]


def _request(option: Mapping[str, Any]) -> dict[str, str]:
    """Whom to ask; the certificate of the register stands in the provider's form in advance."""
    return {"organisation": option["value"], "name": option["label"], **option.get("facts", {})}


@delegate("providers.rank")
def rank(call: DelegateCall) -> Mapping[str, Any]:
    """Set ``ranking``, ``ranking_options``, ``quote_count``, ``quotes_set_aside``; empty if nobody offers."""
    counting, aside = _sorted_out(call)
    demand = read_demand(call.variables)
    weights = {name: Decimal(call.variables.get(f"weight_{name}") or 0) for name in rules.CRITERIA}
    placings = rules.place([offer.terms for offer in counting], weights, demand)
    ranking = [_row(counting[placing.index], placing, demand) for placing in placings]
    return {
        "ranking": ranking,
        "ranking_options": [{"value": row["organisation"], "label": _label(row)} for row in ranking],
        "quote_count": len(ranking),
        "quotes_set_aside": aside,
    }


def _sorted_out(call: DelegateCall) -> tuple[list[Offer], list[dict[str, str]]]:
    """Offers that count, and the others with the reason; in an order that favours nobody."""
    names = _names(call.variables)
    counting: list[Offer] = []
    aside: list[dict[str, str]] = []
    for quote in sorted(call.variables.get("quotes") or [], key=_impartial):
        organisation = quote["id"]
        name = names.get(organisation, organisation)
        reason = why_it_does_not_count(quote)
        if reason is None:
            counting.append(Offer(organisation, name, read_terms(quote)))
        else:
            aside.append({"organisation": organisation, "name": name, "reason": reason})
    return counting, aside


def _impartial(quote: Mapping[str, Any]) -> str:
    """A key that follows neither name nor entry: where all terms are equal, something has to stand first."""
    return hashlib.sha256(str(quote["id"]).encode()).hexdigest()


def _names(variables: Mapping[str, Any]) -> dict[str, str]:
    return {item["organisation"]: item["name"] for item in variables.get("quote_requests") or []}


def _row(offer: Offer, placing: Placing, demand: Demand) -> dict[str, Any]:
    terms = offer.terms
    return {
        "organisation": offer.organisation,
        "name": offer.name,
        "rank": placing.rank,
        "score": rules.hundredths(placing.score),
        "price": terms.price,
        "hours": terms.hours,
        "start": terms.start.isoformat(),
        "end": terms.end.isoformat(),
        "certificate_covers_run": rules.certificates_cover(terms),
        "reasons": reasons(offer, placing, demand),
    }


def _label(row: Mapping[str, Any]) -> str:
    gap = "" if row["certificate_covers_run"] else ", Zulassung deckt den Kurs nicht"
    return f"{row['rank']}. {row['name']}: {euro(row['price'])} je Person{gap}"


@delegate("providers.confirm")
def confirm(call: DelegateCall) -> Mapping[str, Any]:
    """Set the chosen provider's id and name, the course's days (ISO), price per person and hours, and whether
    the certificates cover it. Raises ChoiceMissing, ChoiceWithoutQuote.
    """
    choice = call.variables.get("provider_choice")
    if not choice:
        raise ChoiceMissing("provider_choice")
    quotes = call.variables.get("quotes") or []
    chosen = next((quote for quote in quotes if quote["id"] == choice), None)
    if chosen is None or why_it_does_not_count(chosen) is not None:
        raise ChoiceWithoutQuote(str(choice))
    terms = read_terms(chosen)
    return {
        "chosen_provider": choice,
        "chosen_provider_name": _names(call.variables).get(choice, choice),
        "course_start": terms.start.isoformat(),
        "course_end": terms.end.isoformat(),
        "course_price": terms.price,
        "course_hours": terms.hours,
        "certificate_covers_run": rules.certificates_cover(terms),
    }
