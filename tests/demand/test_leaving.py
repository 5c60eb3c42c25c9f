"""One participant withdraws: what the automatic step takes out, and what it keeps."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.demand.leaving import NobodyLeaves
from tests.demand.delegate_runs import run

ENTRY = {"employee": "e1", "name": "Ute Kühn", "leaving_cause": "own_wish"}
CASE: dict[str, Any] = {
    "participants": [{"employee": "e1", "name": "Ute Kühn"}, {"employee": "e2", "name": "Olaf Rust"}],
    "participants_selected": ["e1", "e2"],
    "leaving_participant": ENTRY,
}


def test_the_person_is_taken_out_and_the_entry_kept() -> None:
    ran = run("demand.drop_participant", {**CASE, "withdrawn_participants": [{"employee": "e0"}]})
    assert ran.set == {
        "participants": [{"employee": "e2", "name": "Olaf Rust"}],
        "participants_selected": ["e2"],
        "withdrawn_participants": [{"employee": "e0"}, ENTRY],
        "leaving_participant": None,
    }


def test_the_sum_of_the_assessments_is_that_of_those_who_stay() -> None:
    rows = [{"employee": "e1", "course_cost": Decimal("1200.00")}, {"employee": "e2", "course_cost": Decimal("600.50")}]
    ran = run("demand.drop_participant", {**CASE, "assessments": rows})
    assert ran.set["assessments"] == rows[1:]
    assert ran.set["funding_total"] == Decimal("600.50")


def test_somebody_has_to_be_named() -> None:
    with pytest.raises(NobodyLeaves):
        run("demand.drop_participant", {**CASE, "leaving_participant": None})
