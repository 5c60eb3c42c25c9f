from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.demand.delegates import CompanyFactsMissing, NoParticipants, ParticipantUnknown
from app.demand.rules import each_once, participant
from app.identity.models import Organisation
from app.platform.ids import new_id
from app.registers.models import CompanyFacts, Employee
from tests.conftest import People
from tests.demand.delegate_runs import NOW, run


@pytest.fixture
def company(people: People) -> Organisation:
    return people.organisation("Feinwerk")


def facts(company: Organisation, valid_from: date, **changes: Any) -> CompanyFacts:
    values = {
        "headcount_full": 80,
        "headcount_20": 4,
        "has_works_council": True,
        "agreement": "works",
    } | changes
    return CompanyFacts(id=new_id(), company_id=company.id, valid_from=valid_from, **values)


def employee(company: Organisation, last_name: str = "Kühn", **changes: Any) -> Employee:
    values = {
        "staff_number": new_id()[-12:],
        "first_name": "Ute",
        "last_name": last_name,
        "birth_date": date(1980, 2, 29),
        "weekly_hours": Decimal("38.5"),
        "monthly_gross": Decimal("3420.00"),
        "has_qualification": False,
        "qualification_date": None,
    } | changes
    return Employee(id=new_id(), company_id=company.id, **values)


def register(session: Session, company: Organisation, **kwargs: Any) -> dict[str, Any]:
    variables = {"participants_selected": kwargs.pop("chosen", [])}
    return run("demand.register", variables, session=session, company=company.id, **kwargs).set


def test_participants_come_from_the_register_with_their_facts(session: Session, company: Organisation) -> None:
    ute = employee(company, disability_degree=50, equal_status=True)
    session.add_all([facts(company, date(2026, 1, 1)), ute])
    result = register(session, company, chosen=[ute.id])
    assert result["participants"] == [
        {
            "employee": ute.id,
            "name": "Ute Kühn",
            "first_name": "Ute",
            "last_name": "Kühn",
            "birth_date": "1980-02-29",
            "weekly_hours": Decimal("38.5"),
            "monthly_gross": Decimal("3420.00"),
            "has_qualification": False,
            "qualification_date": None,
            "last_sgb3_82_end": None,
            "disability_degree": 50,
            "equal_status": True,
        }
    ]


def test_what_later_conditions_read_exists_from_the_start(session: Session, company: Organisation) -> None:
    ute = employee(company)
    session.add_all([facts(company, date(2026, 1, 1)), ute])
    result = register(session, company, chosen=[ute.id])
    assert result["self_pay"] is None
    assert result["after_refusal"] is None
    assert result["has_works_council"] is True
    assert result["company_facts"] == {
        "headcount_full": 80,
        "headcount_30": 0,
        "headcount_20": 4,
        "headcount_10": 0,
        "group_headcount": None,
        "agreement": "works",
        "has_works_council": True,
        "structural_change": True,
    }


def test_the_facts_of_the_day_in_thuringia_hold(session: Session, company: Organisation) -> None:
    ute = employee(company)
    session.add_all([facts(company, date(2026, 1, 1)), facts(company, date(2027, 1, 1), has_works_council=False), ute])
    last_minute = datetime(2026, 12, 31, 22, 59, tzinfo=UTC)
    new_year = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
    before = register(session, company, chosen=[ute.id], now=last_minute)
    after = register(session, company, chosen=[ute.id], now=new_year)
    assert (before["demand_registered_on"], before["has_works_council"]) == ("2026-12-31", True)
    assert (after["demand_registered_on"], after["has_works_council"]) == ("2027-01-01", False)


def test_what_the_form_has_offered_is_not_read_again(session: Session, company: Organisation) -> None:
    session.add(facts(company, date(2026, 1, 1)))
    offered = [{"value": "e-1", "label": "Kühn, Ute (17)", "facts": {"first_name": "Ute", "last_name": "Kühn"}}]
    result = register(session, company, chosen=["e-1"], options={"employees": offered})
    assert [(item["employee"], item["name"]) for item in result["participants"]] == [("e-1", "Ute Kühn")]


def test_the_order_of_choice_is_kept_and_nobody_comes_twice(session: Session, company: Organisation) -> None:
    first, second = employee(company, "Zorn"), employee(company, "Abel")
    session.add_all([facts(company, date(2026, 1, 1)), first, second])
    result = register(session, company, chosen=[first.id, second.id, first.id])
    assert [item["last_name"] for item in result["participants"]] == ["Zorn", "Abel"]


def test_a_person_of_another_company_is_refused(session: Session, company: Organisation, people: People) -> None:
    stranger = employee(people.organisation("Andere"))
    session.add_all([facts(company, date(2026, 1, 1)), stranger])
    with pytest.raises(ParticipantUnknown, match=stranger.id):
        register(session, company, chosen=[stranger.id])


def test_a_demand_for_nobody_is_refused(session: Session, company: Organisation) -> None:
    session.add(facts(company, date(2026, 1, 1)))
    with pytest.raises(NoParticipants):
        register(session, company, chosen=[])


def test_facts_that_begin_tomorrow_do_not_hold_today(session: Session, company: Organisation) -> None:
    ute = employee(company)
    session.add_all([facts(company, date(2026, 11, 24)), ute])
    with pytest.raises(CompanyFactsMissing):
        register(session, company, chosen=[ute.id], now=NOW)


def test_each_once() -> None:
    assert each_once([]) == []
    assert each_once(["b", "a", "b"]) == ["b", "a"]


def test_a_register_that_knows_little_gives_nulls() -> None:
    found = participant("e-1", {"last_name": "Kühn"})
    assert found["name"] == "Kühn"
    assert found["birth_date"] is None
    assert participant("e-1", {})["name"] == ""
