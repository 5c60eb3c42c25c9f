"""The rules behind the sight, one by one, on the shipped process."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.cases.redaction import KNOWN, Sight, class_of, redact
from app.cases.telling import telling_rules
from app.engine import catalogue
from app.engine.catalogue import LoadedDefinition
from app.identity.models import Deputy, User
from app.identity.roles import ALL_DATA, ROLES, WITHOUT_SPECIAL
from app.platform.db import unit_of_work
from app.platform.ids import new_id
from tests.contract.stage import Stage
from tests.world import NOW


@pytest.fixture
def definition(stage: Stage) -> LoadedDefinition:
    return catalogue.latest(stage.world.session, "training_case")


@pytest.mark.parametrize(
    ("key", "level"),
    [
        ("course_title", "public"),
        ("review_reason", "case"),
        ("never_heard_of", "case"),
        ("name", "personal"),
        ("qualification_date", "personal"),
        ("birth_date", "special"),
        ("monthly_gross", "special"),
        ("disability_degree", "special"),
        ("if disability_degree = null then 0 else hours", "special"),
        ("application_date < course_start", "case"),
        ("sgb3_82_base.course_cost_percent", "case"),
        ("years and months duration(qualification_date, application_date)", "personal"),
    ],
)
def test_a_field_has_the_strictest_class_of_all_that_names_it(
    definition: LoadedDefinition, key: str, level: str
) -> None:
    assert class_of(key, definition.sensitivity) == level


DATA: dict[str, Any] = {
    "course_title": "Kurs",
    "review_reason": "Grund",
    "participants": [
        {"employee": "me", "name": "Ich", "disability_degree": 50},
        {"employee": "other", "name": "Andere", "disability_degree": 60},
    ],
    "quotes": [{"id": "mine", "quote_price": 1}, {"id": "theirs", "quote_price": 2}],
    "set": {"evidence": [{"id": "me", "birth_date": "2000-01-01"}]},
}


def test_who_may_see_everything_does(definition: LoadedDefinition) -> None:
    assert redact(DATA, Sight(ALL_DATA), definition) == DATA


def test_special_fields_go_at_any_depth(definition: LoadedDefinition) -> None:
    seen = redact(DATA, Sight(WITHOUT_SPECIAL), definition)
    assert "disability_degree" not in str(seen)
    assert "birth_date" not in str(seen)
    assert [row["name"] for row in seen["participants"]] == ["Ich", "Andere"]


def test_of_hidden_lists_the_own_rows_stay_in_full(definition: LoadedDefinition) -> None:
    seen = redact(DATA, Sight(frozenset({"public"}), frozenset({"me"})), definition)
    assert seen == {
        "course_title": "Kurs",
        "participants": [DATA["participants"][0]],
        "set": {"evidence": DATA["set"]["evidence"]},
    }


def test_a_provider_keeps_the_own_quote(definition: LoadedDefinition) -> None:
    seen = redact(DATA, Sight(frozenset({"public"}), frozenset({"mine"})), definition)
    assert seen["quotes"] == [DATA["quotes"][0]]


def test_rules_that_test_hidden_fields_are_told_to_nobody_else(definition: LoadedDefinition) -> None:
    telling = telling_rules(definition, KNOWN)
    assert {"sgb3_82_base_new_below_500_age", "sgb3_82_conditions_sgb2"} <= telling
    assert not {"sgb3_82_base_new_below_50", "sgb3_82_conditions_late", "sgb3_82_shares_sum"} & telling
    made = {"matched": [{"rule_id": "sgb3_82_base_new_below_500_age"}, {"rule_id": "sgb3_82_shares_sum"}]}
    seen = redact(made, Sight(WITHOUT_SPECIAL), definition)
    assert [rule["rule_id"] for rule in seen["matched"]] == ["sgb3_82_shares_sum"]
    assert redact(made, Sight(ALL_DATA), definition) == made


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"hr", "employee", "funding_adviser"}))
def test_no_other_role_sees_special_data(role: str) -> None:
    assert "special" not in ROLES[role].classes


def test_whoever_stands_in_is_named_beside_the_member(stage: Stage) -> None:
    world, session = stage.world, stage.world.session
    users = {user.login: user.id for user in session.scalars(sa.select(User))}
    case_id = world.case_at("check_completeness")
    with unit_of_work(session):
        session.add(
            Deputy(
                id=new_id(),
                member_user_id=users["hr"],
                deputy_user_id=users["admin"],
                valid_from=NOW - timedelta(days=3650),
                valid_until=NOW + timedelta(days=3650),
            )
        )
    sent = world.call("admin", "POST", f"/cases/{case_id}/withdrawal", {"reason": "in Vertretung"})
    assert sent.status_code == 200
    entries = world.call("auditor", "GET", f"/cases/{case_id}/history?limit=100").json["items"]
    received = next(entry for entry in entries if entry["kind"] == "message.received")
    assert (received["actor"]["name"], received["on_behalf_of"]) == ("Lars Weidner", "Petra Lindenlaub")
