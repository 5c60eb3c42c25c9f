"""The page on which the tasks of somebody who leaves are handed over."""

from __future__ import annotations

import sqlalchemy as sa

from app.engine.models import Task
from tests.inbox.test_claims_and_drafts import colleague
from tests.web.conftest import Visitor, main_text, tree
from tests.world import World


def test_hr_chooses_who_leaves_and_who_follows(world: World, visitor: Visitor) -> None:
    gone = colleague(world, "hr-geht", "hr", of="hr")
    task = world.open_task(world.case_at("capture_demand"), "capture_demand")
    world.call(gone, "POST", f"/tasks/{task['id']}/claim")
    client = visitor("hr")
    assert tree(client.get("/tasks")).xpath("//a[@href='/tasks/hand-over']")
    page = tree(client.get("/tasks/hand-over"))
    leaving = page.xpath("//select[@id='from_user']/option")
    assert [(one.get("value"), one.text) for one in leaving if one.get("value") == gone] == [
        (gone, "Hr-Geht (hr-geht), 1 Aufgabe")
    ]
    offered = page.xpath("//select[@id='to_user']/option/@value")
    assert {"", "hr", "works-council"} <= set(offered)
    assert "hr2" not in offered
    empty = client.post("/tasks/hand-over", data={})
    assert empty.status_code == 422
    assert "Bitte wählen Sie aus, wessen Aufgaben übergeben werden." in main_text(empty)
    done = client.post("/tasks/hand-over", data={"from_user": gone, "to_user": "hr", "reason": "geht"})
    assert done.status_code == 200
    assert "Jetzt bei" in main_text(done)
    assert f"{task['case']['number']} · Bedarf erfassen" in main_text(done)
    again = client.post("/tasks/hand-over", data={"from_user": gone, "to_user": "hr", "reason": "geht"})
    assert "Es war keine Aufgabe mehr zu übergeben." in main_text(again)


def test_what_went_back_to_the_group_is_named(world: World, visitor: Visitor) -> None:
    gone = colleague(world, "hr-geht-auch", "hr", of="hr")
    task = world.open_task(world.case_at("capture_demand"), "capture_demand")
    world.call(gone, "POST", f"/tasks/{task['id']}/claim")
    sent = {"from_user": gone, "to_user": "works-council", "reason": "geht"}
    done = main_text(visitor("admin").post("/tasks/hand-over", data=sent))
    assert "Zurück bei den Gruppen: 1" in done
    assert "darf diese Aufgaben nicht erledigen" in done
    assert task["case"]["title"] not in done
    assert world.session.scalar(sa.select(Task.assignee_id).where(Task.id == task["id"])) is None


def test_unknown_people_are_explained_at_the_field(visitor: Visitor) -> None:
    answer = visitor("hr").post("/tasks/hand-over", data={"from_user": "hr2", "to_user": "", "reason": "geht"})
    assert answer.status_code == 422
    assert tree(answer).get_element_by_id("from_user-error") is not None


def test_others_are_not_offered_the_page(visitor: Visitor) -> None:
    client = visitor("works-council")
    assert "Aufgaben übergeben" not in main_text(client.get("/tasks"))
    assert client.get("/tasks/hand-over").status_code == 403
