"""No answer and no page shows a role more than its classes: every free text of every form holds a marker, and
everybody reads every route there is at the end, and cases and tasks in every phase.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa

from app.audit.models import AccessEntry
from app.identity.models import User
from tests.contract.markers import Planted, Planting
from tests.contract.stage import LOGINS
from tests.crawl import addresses, everything, values_of
from tests.world import World

pytestmark = pytest.mark.sweep
OUTSIDERS = ("hr2", "works-council3", "cluster-partner", "admin")
PUBLIC, CASE, PERSONAL, SPECIAL = "public", "case", "personal", "special"
MAY_SEE: dict[str, set[str]] = {
    "coordinator": {PUBLIC, CASE, PERSONAL},
    "hr": {PUBLIC, CASE, PERSONAL, SPECIAL},
    "works-council": {PUBLIC, CASE, PERSONAL},
    "employee": {PUBLIC},
    "funding-adviser": {PUBLIC, CASE, PERSONAL, SPECIAL},
    "funding-adviser2": {PUBLIC, CASE, PERSONAL, SPECIAL},
    "provider": {PUBLIC},
    "provider2": {PUBLIC},
    "provider3": {PUBLIC},
    "auditor": {PUBLIC, CASE, PERSONAL},
    "hr2": set(),
    "works-council3": set(),
    "cluster-partner": set(),
    "admin": set(),
}
"""Domain § 6, written out: what somebody sees of a case beyond what is about them or was entered by them."""
SIDES = {"coordinator", "auditor"}
ADVICE, COMPANY = {"funding-adviser", "funding-adviser2"}, {"hr", "works-council"}
QUOTING = {"provider", "provider2", "provider3"}
COMMENTS: dict[tuple[str, str], set[str]] = {
    ("hr", "own"): {"hr", *SIDES},
    ("hr", "alliance"): {"hr", *ADVICE, *SIDES},
    ("hr", "company"): {*COMPANY, *ADVICE, *SIDES},
    ("hr", "parties"): {*COMPANY, *ADVICE, *SIDES, *QUOTING, "employee"},
    ("works-council", "own"): {"works-council", *SIDES},
    ("funding-adviser", "own"): {*ADVICE, *SIDES},
    ("provider", "own"): {"provider", *SIDES},
    ("employee", "own"): {"employee", *SIDES},
}


@dataclass
class Walked:
    """What was planted, and all that each login could read on the way; ``shown``: the requests that showed protected
    data, with login, address and classes.
    """

    planted: list[Planted]
    comments: dict[tuple[str, str], str] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    phases: list[str] = field(default_factory=list)
    shown: dict[str, tuple[str, str, set[str]]] = field(default_factory=dict)


_WALKED: dict[str, Walked] = {}


@pytest.fixture
def walked(world: World) -> Walked:
    """One case from beginning to end; all is read at the end, cases and tasks also when a phase begins."""
    if world.url not in _WALKED:
        planting, walker = Planting(world), world.walker()
        done = Walked(planting.planted)
        me, colleague = planting.register()
        case_id = walker.driver.start("hr", "Fall mit Marken", {})
        phase = ""
        while (found := walker.find(case_id)) is not None:
            login, task = found
            if task["phase"] != phase:
                phase = task["phase"]
                done.phases.append(phase)
                read_all(world, done, ("/api/v1/cases", "/api/v1/tasks"))
            answers = planting.answers(login, task)
            if task["element"] == "capture_demand":
                answers["participants_selected"] = [me, colleague]
            walker.do(login, task, answers)
            if task["element"] == "request_quotes":
                done.comments = {key: planting.comment(case_id, *key) for key in COMMENTS}
        read_all(world, done, ("/",))
        assert walker.driver.case("hr", case_id)["status"] == "completed"
        _WALKED[world.url] = done
    return _WALKED[world.url]


def read_all(world: World, done: Walked, below: tuple[str, ...]) -> None:
    protected = [marker for marker in done.planted if marker.sensitivity in (PERSONAL, SPECIAL)]
    for login in MAY_SEE:
        for answer in everything(world, login, below):
            done.seen[login] = done.seen.get(login, "") + answer.text
            found = {marker.sensitivity for marker in protected if marker.text in answer.text}
            if found or any(text in answer.text for text in done.comments.values()):
                done.shown[answer.request_id] = (login, answer.address, found or {PERSONAL})


@pytest.mark.parametrize("login", MAY_SEE)
def test_a_role_sees_its_classes_and_what_is_its_own(walked: Walked, login: str) -> None:
    found = [marker for marker in walked.planted if marker.text in walked.seen[login]]
    own = [marker for marker in found if marker.by == login or (marker.about_me and login == "employee")]
    beyond = [marker for marker in found if marker.sensitivity not in MAY_SEE[login] and marker not in own]
    assert beyond == []
    missed = MAY_SEE[login] - {marker.sensitivity for marker in found}
    assert not missed, f"nothing of {missed} was there to be found"


@pytest.mark.parametrize("login", ["hr", "funding-adviser"])
def test_whoever_may_see_everything_finds_every_marker(walked: Walked, login: str) -> None:
    """Otherwise the others might miss them for another reason than their role."""
    assert [marker for marker in walked.planted if marker.text not in walked.seen[login]] == []


def test_markers_stand_in_every_phase_and_class(walked: Walked) -> None:
    assert len(walked.phases) == 6
    assert {marker.sensitivity for marker in walked.planted} == {PUBLIC, CASE, PERSONAL, SPECIAL}
    assert len(walked.planted) > 20


@pytest.mark.parametrize("key", COMMENTS, ids=lambda key: " to ".join(key))
def test_a_comment_is_found_by_its_audience_alone(walked: Walked, key: tuple[str, str]) -> None:
    assert {login for login, text in walked.seen.items() if walked.comments[key] in text} == COMMENTS[key]


@pytest.mark.parametrize("login", OUTSIDERS)
def test_outsiders_do_not_even_learn_the_title(walked: Walked, login: str) -> None:
    assert "Fall mit Marken" not in walked.seen[login]


def test_every_request_that_showed_protected_data_is_in_the_access_log(world: World, walked: Walked) -> None:
    entries = world.session.execute(
        sa.select(AccessEntry.request_id, AccessEntry.classes, User.login).join_from(
            AccessEntry, User, User.id == AccessEntry.user_id
        )
    )
    logged = {row.request_id: (row.login, set(row.classes.split(","))) for row in entries}
    missing = {
        request_id: shown
        for request_id, shown in walked.shown.items()
        if request_id not in logged or logged[request_id][0] != shown[0] or not shown[2] <= logged[request_id][1]
    }
    assert missing == {}
    assert len(walked.shown) > 100


def test_everybody_has_a_row_in_the_table() -> None:
    assert set(LOGINS) <= set(MAY_SEE)


def test_every_route_is_read_with_every_id(world: World) -> None:
    paths = list(addresses(world))
    assert len(paths) > len(values_of(world, "task_id"))
    assert "/me/access" in paths
