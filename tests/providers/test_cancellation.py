"""The chosen provider cancels: the choice is undone, what was learnt from it is kept."""

from __future__ import annotations

from typing import Any

import pytest

from app.providers.cancellation import NOT_DECIDED, NobodyChosen
from tests.demand.delegate_runs import run

QUOTE = {
    "offer": "yes",
    "quote_price": 4800,
    "quote_hours": 160,
    "quote_start": "2027-03-01",
    "quote_end": "2027-04-23",
}
CASE: dict[str, Any] = {
    "chosen_provider": "p1",
    "chosen_provider_name": "Bildungswerk",
    "quotes": [{"id": "p1", **QUOTE}, {"id": "p2", **QUOTE}],
    "cancellation_cause": "minimum_group",
    "cancellation_reason": "Zu wenige Anmeldungen",
    "decision": "granted",
}


def dismiss(**changes: Any) -> dict[str, Any]:
    return run("providers.dismiss", CASE | changes).set


def test_the_choice_is_undone_and_the_reason_kept() -> None:
    found = dismiss()
    assert {found[name] for name in NOT_DECIDED} == {None}
    assert found["dismissed_providers"] == [
        {
            "organisation": "p1",
            "name": "Bildungswerk",
            "dismissed_on": "2026-11-23",
            "cancellation_cause": "minimum_group",
            "cancellation_reason": "Zu wenige Anmeldungen",
            "cancellation_notified_on": None,
        }
    ]
    assert [quote["id"] for quote in found["quotes"]] == ["p2"]
    assert found["quotes_left"] is True


@pytest.mark.parametrize("others", [[], [{"id": "p2", "offer": "no"}], [{"id": "p2", **QUOTE, "quote_price": None}]])
def test_without_a_quote_that_counts_a_new_round_is_needed(others: list[dict[str, Any]]) -> None:
    assert dismiss(quotes=[{"id": "p1", **QUOTE}, *others])["quotes_left"] is False


def test_an_application_that_was_made_is_to_be_amended() -> None:
    found = dismiss(application_date="2027-01-15", file_number="094D123456", served_on="2027-02-05")
    assert found["amends_application"] is True
    (earlier,) = found["earlier_applications"]
    assert (earlier["application_date"], earlier["file_number"], earlier["decision"]) == (
        "2027-01-15",
        "094D123456",
        "granted",
    )


def test_without_an_application_there_is_nothing_to_amend() -> None:
    found = dismiss()
    assert (found["amends_application"], found["earlier_applications"]) == (False, [])


def test_nobody_can_be_dismissed_before_a_choice() -> None:
    with pytest.raises(NobodyChosen):
        dismiss(chosen_provider=None)
