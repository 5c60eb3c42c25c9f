"""Every page, on a desk and on a phone: no barrier for axe, no sideways scrolling, no complaint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from app.engine.models import Incident, Task
from app.platform.db import unit_of_work
from app.platform.ids import new_id
from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.documents import samples
from tests.links.conftest import Desk
from tests.world import NOW, World

pytestmark = pytest.mark.browser


def answered_late(world: World) -> str:
    """A task that is done and can no longer be corrected."""
    case_id = world.case_at("works_council_word")
    done = sa.select(Task.id).where(Task.case_id == case_id, Task.element == "capture_demand")
    return str(world.session.scalar(done))


def places(world: World) -> dict[str, tuple[str | None, str]]:
    """Name → (login, path) of each kind of page, with cases to show."""
    started, reviewed = world.case_at("capture_demand"), world.case_at("review_assessment")
    quoted = world.case_at("give_quote")
    quote = next(task for task in world.driver().open_tasks("provider", quoted))
    checked = world.case_at("check_completeness")
    answer = world.session.scalar(sa.select(Task.id).where(Task.case_id == checked, Task.state == "completed"))
    values = {"element": "register_demand", "message": "Error: x", "state": "resolved", "created_at": NOW}
    with unit_of_work(world.session):
        world.session.add(Incident(id=new_id(), case_id=checked, attempts=3, resolved_at=NOW, **values))
    task, review = world.open_task(started, "capture_demand"), world.open_task(reviewed, "review_assessment")
    desk, asked = Desk(world), world.case_at("give_evidence")
    paper, mailed = desk.hand_out(asked, "consent"), desk.hand_out(asked, "withdraw", "mail")
    text = {"text": "Bitte ansehen, @works-council", "audience": "company"}
    assert world.call("hr", "POST", f"/cases/{reviewed}/comments", text).status_code == 201
    asked_for = world.open_task(asked, "give_evidence")
    filed = world.case_at("check_completeness")
    letter = world.driver().upload("hr", filed, None, "letter")
    picture = world.driver().upload("hr", filed, None, "letter", samples.picture(), "image/png")
    return {
        "links of a case": ("hr", f"/cases/{asked}/links"),
        "link on paper": (None, paper.page),
        "link to withdraw": (None, mailed.page),
        "link to give evidence": (None, desk.hand_out(asked, "evidence", "mail").page),
        "link that opens nothing": (None, "/l/unknown"),
        "thanks": (None, "/participation/done?purpose=consent"),
        "documents": ("hr", f"/cases/{filed}/documents"),
        "documents of a provider": ("provider", f"/cases/{quoted}/documents"),
        "document": ("hr", f"/documents/{letter['id']}"),
        "document with preview": ("hr", f"/documents/{picture['id']}"),
        "task with documents": ("hr", f"/tasks/{asked_for['id']}"),
        "sign-in": (None, "/sign-in"),
        "sign-in needed": (None, "/cases"),
        "inbox": ("coordinator", "/tasks?view=visible"),
        "empty inbox": ("cluster-partner", "/tasks"),
        "task": ("hr", f"/tasks/{task['id']}"),
        "task with facts": ("funding-adviser", f"/tasks/{review['id']}"),
        "quote": ("provider", f"/tasks/{quote['id']}"),
        "task to look at": ("auditor", f"/tasks/{task['id']}"),
        "task done": ("hr", f"/tasks/{answer}"),
        "correction": ("hr", f"/tasks/{answer}/correction"),
        "correction too late": ("hr", f"/tasks/{answered_late(world)}/correction"),
        "case with a correction": ("hr", f"/cases/{checked}"),
        "incidents": ("coordinator", "/incidents?state=resolved"),
        "no incidents": ("admin", "/incidents"),
        "hand over": ("coordinator", "/tasks/hand-over"),
        "cases": ("coordinator", "/cases"),
        "new case": ("coordinator", "/cases/new"),
        "case": ("hr", f"/cases/{reviewed}"),
        "history": ("hr", f"/cases/{reviewed}/history"),
        "diagram": ("hr", f"/cases/{reviewed}/diagram"),
        "decisions": ("hr", f"/cases/{reviewed}/decisions"),
        "withdrawal": ("hr", f"/cases/{reviewed}/withdrawal"),
        "comments": ("hr", f"/cases/{reviewed}/comments"),
        "comments to look at": ("auditor", f"/cases/{reviewed}/comments"),
        "mentions": ("works-council", "/mentions"),
        "no mentions": ("provider", "/mentions"),
        "access log": ("auditor", "/audit/access"),
        "access log, filtered": ("auditor", "/audit/access?actor=nobody&class=special"),
        "my access": ("employee", "/me/access"),
        "not found": ("hr", "/nowhere"),
        "not allowed": ("auditor", "/cases/new"),
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_free_of_barriers_and_fits(
    prepare: Callable[..., Any], visit: Callable[..., Visit], theme: str
) -> None:
    found: dict[str, list[str]] = {}
    people: dict[str | None, Visit] = {}
    for name, (login, path) in prepare(places).items():
        somebody = people.get(login) or visit(login, color_scheme=theme)
        people[login] = somebody
        for width in (DESKTOP, PHONE):
            somebody.go(path, width)
            faults = somebody.faults() + somebody.complaints
            if somebody.overhang() > 0:
                faults.append(f"{somebody.overhang()} px too wide")
            somebody.complaints.clear()
            if faults:
                found[f"{name} at {width} px"] = faults
    assert found == {}


def test_opened_details_and_error_lists_are_free_of_barriers_too(
    prepare: Callable[..., Any], visit: Callable[..., Visit]
) -> None:
    case_id = prepare(lambda world: world.case_at("review_assessment"))
    somebody = visit("hr")
    for path in (
        f"/cases/{case_id}",
        f"/cases/{case_id}/history",
        f"/cases/{case_id}/decisions",
        f"/cases/{case_id}/comments",
    ):
        page = somebody.go(path, PHONE)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        assert somebody.faults() == [], path
        assert somebody.overhang() <= 0, path
    for path in (f"/cases/{case_id}/withdrawal", f"/cases/{case_id}/comments"):
        page = somebody.go(path, PHONE)
        page.locator("main form.stack").evaluate("form => form.submit()")
        page.locator(".error-summary").wait_for()
        assert somebody.faults() == [], path


def test_the_diagram_shows_path_counts_and_its_makers_mark(
    prepare: Callable[..., Any], visit: Callable[..., Visit]
) -> None:
    case_id = prepare(lambda world: world.case_at("review_assessment"))
    page = visit("hr").go(f"/cases/{case_id}/diagram")
    canvas = page.locator("#diagram-canvas")
    assert canvas.locator("[data-element-id=demand_capture].is-done").count() == 1
    assert canvas.locator("[data-element-id=funding_check].is-active").count() == 1
    assert canvas.locator("[data-container-id=funding_check] .mark--active").inner_text() == "1"
    box, drawing = canvas.bounding_box(), canvas.locator("svg").first.bounding_box()
    mark = canvas.locator(".bjs-powered-by svg").bounding_box()
    assert box is not None
    assert drawing is not None
    assert mark is not None
    assert drawing["height"] >= box["height"] - 4
    assert mark["height"] > 10
    page.select_option("#diagram-file", label="Förderprüfung")
    canvas.locator("[data-element-id=review_assessment].is-active").wait_for()


def test_the_diagram_moves_by_keyboard(prepare: Callable[..., Any], visit: Callable[..., Visit]) -> None:
    case_id = prepare(lambda world: world.case_at("works_council_word"))
    page = visit("hr").go(f"/cases/{case_id}/diagram")
    picture = page.locator("#diagram-canvas .viewport").first
    before = picture.get_attribute("transform") or ""
    page.focus("#diagram-canvas svg")
    page.keyboard.press("ArrowRight")
    expect(picture).not_to_have_attribute("transform", before)
    moved = picture.get_attribute("transform") or ""
    page.get_by_role("button", name="Größer").press("Enter")
    expect(picture).not_to_have_attribute("transform", moved)
