"""Who sees what: values planted in registers and forms, looked for in every answer and page of every login."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
import sqlalchemy as sa

from app.documents.papers import PAPERS
from app.platform.db import unit_of_work
from app.registers.models import Employee
from tests.contract.stage import LOGINS
from tests.crawl import LAW, everything, words_of
from tests.world import World

HR, COUNCIL, EMPLOYEE, COORDINATOR = "hr", "works-council", "employee", "coordinator"
ADVISERS, AUDITOR = ("funding-adviser", "funding-adviser2"), "auditor"
CASE = {HR, COUNCIL, COORDINATOR, *ADVISERS, AUDITOR}
CONFIDANTS = {HR, *ADVISERS}
NOBODY = {"hr2", "cluster-partner", "admin"}


@dataclass(frozen=True)
class Marker:
    """A planted value: how it may be written, and who may find it."""

    name: str
    texts: tuple[str, ...]
    readers: frozenset[str]
    at_least: frozenset[str] = frozenset()


def marker(name: str, *texts: str, may: set[str], at_least: set[str] | None = None) -> Marker:
    """``at_least`` (default: all of them) shows that the value is there to be found at all."""
    return Marker(name, texts, frozenset(may), frozenset(may if at_least is None else at_least))


MARKERS = (
    marker("demand, public", "Kurs-Markierung", may=CASE | {EMPLOYEE, "provider", "provider2"}),
    marker("reason of the demand", "Grund-Markierung", may=CASE),
    marker("what quotes have to meet", "Anforderung-Markierung", may=CASE | {EMPLOYEE, "provider", "provider2"}),
    marker("note of the coordination", "Koordination-Markierung", may=CASE),
    marker("word of the works council", "Betriebsrat-Markierung", may=CASE),
    marker("review of the adviser", "Pruefung-Markierung", may=CASE),
    marker("own pay", "4711.17", "4.711,17", may=CONFIDANTS | {EMPLOYEE}),
    marker("own birthday", "1961-02-03", "03.02.1961", may=CONFIDANTS | {EMPLOYEE}),
    marker("a colleague's pay", "5822.28", "5.822,28", may=CONFIDANTS),
    marker("a colleague's birthday", "1959-05-06", "06.05.1959", may=CONFIDANTS),
    marker("a colleague's registered pay", "3777.31", "3.777,31", may=CONFIDANTS),
    marker("a colleague's registered birthday", "1958-08-09", "09.08.1958", may=CONFIDANTS),
    marker("a colleague's disability", '"disability_degree":73', ">73<", '"value":"73"', may=CONFIDANTS),
    marker("a colleague's last funding", "2009-10-11", "11.10.2009", may=CASE),
    marker("age or disability in words", "ab 45 Jahren oder schwerbehindert", may=CONFIDANTS | {EMPLOYEE}),
    marker("age or disability as a rule", "sgb3_82_base_new_below_500_age", may=CONFIDANTS | {EMPLOYEE}),
    marker("quote of provider", "Angebot-Markierung-1", may=CASE | {"provider"}),
    marker("quote of provider2", "Angebot-Markierung-2", may=CASE | {"provider2"}),
    marker("price of the chosen course, part of one's own assessment", "2111.31", may=CASE | {"provider", EMPLOYEE}),
    marker("price of provider2", "3222.42", "3.222,42", may=CASE | {"provider2"}),
    marker("attendance", "Fehlzeit-Markierung", may=CASE | {"provider"}),
    marker("own certificate", "Zeugnis-Markierung-eigen", may=CASE | {EMPLOYEE, "provider"}),
    marker("a colleague's certificate", "Zeugnis-Markierung-fremd", may=CASE | {"provider"}),
    marker("a colleague's goal", "Ziel-Markierung-fremd", may=CASE),
    marker("invoice", "Rechnung-Markierung", may=CASE),
    marker("names of colleagues", "Köllner-Nachname", may=CASE | {"provider"}),
)
STEPS = ("works_council_word", "company_evidence", "give_quote", "compare_quotes", "record_attendance", "confirm_goal")
"""While these tasks are open, too, everything is read."""
PARTS = ("", "/history?limit=100", "/history/verification", "/diagram", "/decisions")


def people(world: World) -> tuple[str, str]:
    """Register ids of the employee who can sign in and of Mr Köllner, whose register gets markers."""
    company = world.organisation(HR)
    rows = {
        row.last_name: row for row in world.session.scalars(sa.select(Employee).where(Employee.company_id == company))
    }
    own, other = rows["Sommerfeld"], rows["Köllner"]
    with unit_of_work(world.session):
        world.session.execute(
            sa.update(Employee)
            .where(Employee.id == other.id)
            .values(last_name="Köllner-Nachname", monthly_gross=Decimal("3777.31"), birth_date=date(1958, 8, 9))
        )
    return str(own.id), str(other.id)


def answers(task: Mapping[str, Any], own: str, other: str) -> dict[str, Any]:
    """Deviations from the examples, by element and by whom the task is about."""
    mine = "Sommerfeld" in task["name"]
    evidence = {
        "monthly_gross": Decimal("4711.17") if mine else Decimal("5822.28"),
        "birth_date": "1961-02-03" if mine else "1959-05-06",
        "last_sgb3_82_end": None if mine else "2009-10-11",
        "disability_degree": 0 if mine else 73,
    }
    quotes = {"Bildungswerk": ("1", "2111.31"), "Lernfabrik": ("2", "3222.42")}
    number, price = next((quotes[key] for key in quotes if key in task["name"]), ("3", "9333.53"))
    found: dict[str, dict[str, Any]] = {
        "capture_demand": {
            "participants_selected": [own, other],
            "course_title": "Kurs-Markierung",
            "reason": "Grund-Markierung in einem Satz",
        },
        "works_council_word": {"works_council_remark": "Betriebsrat-Markierung"},
        "give_evidence": evidence,
        "review_assessment": {
            "review": "correct",
            "corrected_path": "sgb3_82",
            "review_reason": "Pruefung-Markierung",
        },
        "give_quote": {"cancellation_terms": f"Angebot-Markierung-{number}", "quote_price": Decimal(price)},
        "request_quotes": {"requirements": "Anforderung-Markierung"},
        "enrol_participants": {"enrolment_note": "Koordination-Markierung"},
        "record_attendance": {"absence_note": "Fehlzeit-Markierung"},
        "issue_certificate": {"certificate_content": f"Zeugnis-Markierung-{'eigen' if mine else 'fremd'}"},
        "confirm_goal": {"goal_reached": "partly", "goal_note": f"Ziel-Markierung-{'eigen' if mine else 'fremd'}"},
        "settle_course": {"invoice_number": "Rechnung-Markierung"},
    }
    return found.get(task["element"], {})


def seen_on_the_way(world: World, login: str, case_id: str) -> str:
    """What ``login`` can get about a running case over the API."""
    client = world.client(login)
    paths = ["/api/v1/cases", *(f"/api/v1/cases/{case_id}{part}" for part in PARTS)]
    tasks = client.get(f"/api/v1/tasks?scope=visible&case={case_id}&limit=100").json["items"]
    answers = [client.get(path) for path in [*paths, *(f"/api/v1/tasks/{task['id']}" for task in tasks)]]
    assert {answer.status_code for answer in answers} <= {200, 403, 404}
    return "\n".join(words_of(answer) for answer in answers if answer.status_code == 200)


def everything_seen(world: World, login: str) -> str:
    """What ``login`` can get from every route there is, with every id there is."""
    return "\n".join(answer.text for answer in everything(world, login, left_out=LAW))


@cache
def _walked(url: str) -> dict[str, str]:
    return {}


@pytest.fixture
def seen(world: World) -> dict[str, str]:
    """Login → everything that login could read, collected at several steps of one walk."""
    found = _walked(world.url)
    if not found:
        own, other = people(world)
        walker = world.walker()
        case_id = walker.driver.start(HR, "Fall mit Markierungen", {})
        while (next_one := walker.find(case_id)) is not None:
            login, task = next_one
            if task["element"] in STEPS:
                for reader in LOGINS:
                    found[reader] = found.get(reader, "") + seen_on_the_way(world, reader, case_id)
            walker.do(login, task, answers(task, own, other))
        assert walker.driver.case(HR, case_id)["status"] == "completed"
        made = [world.call(HR, "POST", f"/cases/{case_id}/papers/{paper}").status_code for paper in PAPERS]
        assert made == [200] * len(PAPERS)
        for reader in LOGINS:
            found[reader] += everything_seen(world, reader)
    return found


@pytest.mark.parametrize("planted", MARKERS, ids=lambda item: item.name)
def test_a_value_is_found_only_by_whom_it_is_meant_for(seen: dict[str, str], planted: Marker) -> None:
    finders = {login for login, text in seen.items() if any(written in text for written in planted.texts)}
    assert finders <= planted.readers, f"leaks to {sorted(finders - planted.readers)}"
    assert finders >= planted.at_least, f"hidden from {sorted(planted.at_least - finders)}"


def test_outsiders_find_nothing_at_all(seen: dict[str, str]) -> None:
    for login in sorted(NOBODY):
        assert "Markierung" not in seen[login], login
        assert "Fall mit" not in seen[login], login
