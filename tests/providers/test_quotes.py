"""A round of quotes through the delegates: requests, ranking, choice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.platform.clock import BERLIN
from app.providers.delegates import ChoiceMissing, ChoiceWithoutQuote, DeadlineMissing, ProviderUnknown
from app.providers.rules import deadline_at, reminder_at
from tests.conftest import People
from tests.demand.delegate_runs import Ran, run

OFFERED = {"providers": [{"value": "p-1", "label": "Lernwerk"}, {"value": "p-2", "label": "Kolleg"}]}
QUOTE = {
    "id": "p-1",
    "offer": "yes",
    "quote_price": 1800,
    "quote_hours": 160,
    "quote_start": "2027-03-01",
    "quote_end": "2027-03-31",
    "provider_certificate_until": "2028-12-31",
    "measure_certificate_until": "2027-12-31",
    "cancellation_terms": "Bis 14 Tage vorher kostenfrei",
    "minimum_group": 1,
}
NAMES = {"p-1": "Lernwerk", "p-2": "Kolleg", "p-3": "Akademie"}


def asked(**changes: Any) -> dict[str, Any]:
    return {"providers_selected": ["p-1", "p-2"], "quote_deadline": "2026-12-07"} | changes


def round_of(*quotes: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "quote_requests": [{"organisation": key, "name": name} for key, name in NAMES.items()],
        "quotes": list(quotes),
        "participants": [{"employee": "e-1"}],
        "window_from": "2027-03-01",
        "window_to": "2027-06-30",
        "weight_price": 60,
        "weight_dates": 30,
        "weight_terms": 10,
    } | changes


def rank(*quotes: dict[str, Any], **changes: Any) -> Ran:
    return run("providers.rank", round_of(*quotes, **changes))


class TestRequest:
    def test_every_provider_is_asked_once_by_name(self) -> None:
        found = run("providers.request", asked(providers_selected=["p-2", "p-1", "p-2"]), options=OFFERED).set
        assert found["quote_requests"] == [
            {"organisation": "p-2", "name": "Kolleg"},
            {"organisation": "p-1", "name": "Lernwerk"},
        ]
        assert found["quotes"] == []

    def test_a_new_round_begins_without_the_old_quotes(self) -> None:
        assert run("providers.request", asked(quotes=[QUOTE]), options=OFFERED).set["quotes"] == []

    def test_on_a_retry_the_register_knows_the_names(self, session: Session, people: People) -> None:
        provider = people.organisation("Lernwerk", kind="provider")
        found = run("providers.request", asked(providers_selected=[provider.id]), session=session).set
        assert found["quote_requests"] == [{"organisation": provider.id, "name": provider.name}]

    def test_who_is_no_provider_is_refused(self, session: Session, people: People) -> None:
        company = people.organisation("Feinwerk")
        with pytest.raises(ProviderUnknown, match=company.id):
            run("providers.request", asked(providers_selected=[company.id]), session=session)

    def test_a_round_without_deadline_is_refused(self) -> None:
        with pytest.raises(DeadlineMissing):
            run("providers.request", asked(quote_deadline=None), options=OFFERED)

    @pytest.mark.parametrize(
        ("deadline", "ends"),
        [
            ("2026-12-07", "2026-12-07T23:59:59+01:00"),
            ("2027-06-30", "2027-06-30T23:59:59+02:00"),
            ("2028-02-29", "2028-02-29T23:59:59+01:00"),
            ("2027-03-28", "2027-03-28T23:59:59+02:00"),
            ("2027-10-31", "2027-10-31T23:59:59+01:00"),
        ],
    )
    def test_the_deadline_is_the_end_of_its_day_in_thuringia(self, deadline: str, ends: str) -> None:
        found = run("providers.request", asked(quote_deadline=deadline), options=OFFERED).set
        assert found["quote_deadline_at"] == ends

    def test_providers_are_reminded_at_half_time(self) -> None:
        now = datetime(2026, 12, 1, 23, 0, tzinfo=UTC)
        deadline = deadline_at(date(2026, 12, 3), BERLIN)
        assert reminder_at(now, deadline) == datetime(2026, 12, 2, 22, 59, 59, tzinfo=UTC)

    def test_a_deadline_that_has_passed_is_its_own_reminder(self) -> None:
        deadline = deadline_at(date(2026, 12, 1), BERLIN)
        assert reminder_at(deadline, deadline) == deadline
        assert reminder_at(deadline + timedelta(days=1), deadline) == deadline
        assert reminder_at(deadline - timedelta(seconds=2), deadline) == deadline - timedelta(seconds=1)


class TestRank:
    def test_the_ranking_says_what_and_why(self) -> None:
        dear = QUOTE | {"id": "p-2", "quote_price": Decimal("2400.50"), "measure_certificate_until": "2027-03-30"}
        found = rank(dear, QUOTE).set
        first, second = found["ranking"]
        assert (first["organisation"], first["name"], first["rank"], first["score"]) == ("p-1", "Lernwerk", 1, 100)
        assert (first["price"], first["start"], first["end"]) == (1800, "2027-03-01", "2027-03-31")
        assert (first["certificate_covers_run"], second["certificate_covers_run"]) == (True, False)
        assert first["reasons"] == [
            "Preis: 1.800,00 € je Person, 100 von 100 Punkten",
            "Termine: 100 % der Kurszeit liegen im gewünschten Zeitraum",
            "Bedingungen: Rücktrittsbedingungen genannt, Mindestgruppe 1 bei 1 Teilnehmenden, 100 von 100 Punkten",
            "Die Zulassungen von Träger und Maßnahme decken den ganzen Kurs",
        ]
        assert second["reasons"][0] == "Preis: 2.400,50 € je Person, 74,98 von 100 Punkten"
        assert found["quote_count"] == 2
        assert found["ranking_options"] == [
            {"value": "p-1", "label": "1. Lernwerk: 1.800,00 € je Person"},
            {"value": "p-2", "label": "2. Kolleg: 2.400,50 € je Person, Zulassung deckt den Kurs nicht"},
        ]

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"offer": "no"}, "Kein Angebot abgegeben"),
            ({"offer": None}, "Kein Angebot abgegeben"),
            ({"quote_price": None}, "Es fehlt: Preis"),
            ({"quote_start": "", "quote_end": None}, "Es fehlt: Kursbeginn, Kursende"),
            ({"quote_hours": None}, "Es fehlt: Stunden"),
            ({"quote_end": "2027-02-28"}, "Das Kursende liegt vor dem Kursbeginn"),
        ],
    )
    def test_a_quote_that_cannot_be_compared_is_set_aside(self, change: dict[str, Any], reason: str) -> None:
        found = rank(QUOTE, QUOTE | {"id": "p-2"} | change).set
        assert found["quote_count"] == 1
        assert found["quotes_set_aside"] == [{"organisation": "p-2", "name": "Kolleg", "reason": reason}]

    def test_a_course_of_one_day_counts(self) -> None:
        assert rank(QUOTE | {"quote_end": "2027-03-01"}).set["quote_count"] == 1

    @pytest.mark.parametrize(
        "key",
        ["provider_certificate_until", "measure_certificate_until", "cancellation_terms", "minimum_group"],
    )
    def test_fields_that_may_be_empty_never_stop_the_ranking(self, key: str) -> None:
        assert rank(QUOTE | {key: None}).set["quote_count"] == 1
        assert rank({name: value for name, value in QUOTE.items() if name != key}).set["quote_count"] == 1

    @pytest.mark.parametrize("quotes", [[], [{"id": "p-1", "offer": "no"}, {"id": "p-2", "offer": "no"}]])
    def test_if_nobody_offers_the_ranking_is_empty(self, quotes: list[dict[str, Any]]) -> None:
        found = rank(*quotes).set
        assert (found["ranking"], found["ranking_options"], found["quote_count"]) == ([], [], 0)
        assert len(found["quotes_set_aside"]) == len(quotes)

    def test_without_window_weights_and_quotes_nothing_breaks(self) -> None:
        bare = dict.fromkeys(("window_from", "window_to", "weight_price", "weight_dates", "weight_terms", "quotes"))
        assert rank(**bare).set["quote_count"] == 0
        assert rank(**bare | {"quotes": [QUOTE]}).set["ranking"][0]["score"] == 100

    @pytest.mark.parametrize("text", ["  ", "", None])
    def test_blank_terms_are_no_terms(self, text: str | None) -> None:
        blank = rank(QUOTE | {"cancellation_terms": text}).set["ranking"][0]
        assert "keine Rücktrittsbedingungen genannt" in blank["reasons"][2]

    def test_a_pool_reaches_a_larger_group(self) -> None:
        large = QUOTE | {"minimum_group": 8}
        alone = rank(large, pooling="alone", seats_min=8).set["ranking"][0]["score"]
        pooled = rank(large, pooling="pool", seats_min=8).set["ranking"][0]["score"]
        assert (alone, pooled) == (Decimal("95.63"), 100)

    def test_neither_names_nor_the_order_of_entry_change_the_ranking(self) -> None:
        quotes = [QUOTE, QUOTE | {"id": "p-2", "quote_hours": 150}, QUOTE | {"id": "p-3", "quote_hours": 140}]
        rankings = []
        for order in permutations(quotes):
            for names in permutations(["Aachen", "Mitte", "Zwickau"]):
                requests = [
                    {"organisation": quote["id"], "name": name} for quote, name in zip(order, names, strict=True)
                ]
                ranking = rank(*order, quote_requests=requests).set["ranking"]
                rankings.append([(row["organisation"], row["rank"], row["score"]) for row in ranking])
        assert all(ranking == rankings[0] for ranking in rankings)

    def test_equal_quotes_share_a_rank_in_whatever_order_they_came(self) -> None:
        quotes = [QUOTE | {"id": key} for key in NAMES]
        found = [rank(*order).set["ranking"] for order in permutations(quotes)]
        assert all(ranking == found[0] for ranking in found)
        assert [row["rank"] for row in found[0]] == [1, 1, 1]


class TestConfirm:
    def test_the_chosen_quote_becomes_the_course(self) -> None:
        found = run("providers.confirm", round_of(QUOTE, QUOTE | {"id": "p-2"}, provider_choice="p-2")).set
        assert found == {
            "chosen_provider": "p-2",
            "chosen_provider_name": "Kolleg",
            "course_start": "2027-03-01",
            "course_end": "2027-03-31",
            "course_price": 1800,
            "course_hours": 160,
            "certificate_covers_run": True,
        }

    def test_a_certificate_that_ends_before_the_course_does_not_cover_it(self) -> None:
        short = QUOTE | {"provider_certificate_until": "2027-03-30"}
        found = run("providers.confirm", round_of(short, provider_choice="p-1")).set
        assert found["certificate_covers_run"] is False

    @pytest.mark.parametrize("choice", ["p-2", "p-3"])
    def test_who_made_no_offer_cannot_be_chosen(self, choice: str) -> None:
        with pytest.raises(ChoiceWithoutQuote):
            run("providers.confirm", round_of(QUOTE, {"id": "p-2", "offer": "no"}, provider_choice=choice))

    def test_without_a_choice_nothing_is_confirmed(self) -> None:
        with pytest.raises(ChoiceMissing):
            run("providers.confirm", round_of(QUOTE))
