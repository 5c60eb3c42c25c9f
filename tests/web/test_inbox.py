"""The inbox as each role sees it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.platform.db import unit_of_work
from tests.web.conftest import Visitor, main_text, tree
from tests.world import NOW, World


def names(page) -> list[str]:
    return [" ".join(link.text_content().split()) for link in page.xpath("//a[contains(@class, 'work__name')]")]


def task_of(world: World, element: str) -> dict:
    return world.open_task(world.case_at(element), element)


def test_hr_finds_its_task_with_case_company_and_days(world: World, visitor: Visitor) -> None:
    task = task_of(world, "capture_demand")
    page = visitor("hr").get("/tasks", query_string={"q": task["case"]["number"]})
    text = main_text(page)
    assert names(tree(page)) == ["Bedarf erfassen"]
    assert task["case"]["number"] in text
    assert "Ruhlaer Presswerk GmbH" in text
    assert "23.11.2026" in text
    assert "noch niemand" in text


def test_claiming_and_releasing_go_back_to_where_the_button_was(world: World, visitor: Visitor) -> None:
    task, client = task_of(world, "capture_demand"), visitor("hr")
    here = f"/tasks?view=group&q={task['case']['number']}"
    button = tree(client.get(here)).xpath(f"//form[@action='/tasks/{task['id']}/claim']")[0]
    assert button.xpath(".//button/@aria-label")[0].startswith("Übernehmen: Bedarf erfassen")
    answer = client.post(button.get("action"), data={"next": button.xpath(".//input[@name='next']/@value")[0]})
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert "Sie haben die Aufgabe übernommen." in main_text(page)
    assert names(tree(client.get(f"/tasks?view=mine&q={task['case']['number']}"))) == ["Bedarf erfassen"]
    release = tree(page).xpath(f"//form[@action='/tasks/{task['id']}/release']")[0]
    answer = client.post(release.get("action"), data={"next": here})
    assert answer.location == f"{here}&notice=released"
    assert "wieder bei der Gruppe" in main_text(client.get(answer.location))


def test_a_confirmation_has_fixed_words_only(visitor: Visitor) -> None:
    page = visitor("hr").get("/tasks", query_string={"notice": "<b>Bitte überweisen</b>"})
    assert "überweisen" not in page.get_data(as_text=True).replace("notice=", "")


def test_an_overdue_task_says_so_in_words(world: World, visitor: Visitor) -> None:
    task = task_of(world, "capture_demand")
    with unit_of_work(world.session):
        from app.engine.models import Task

        world.session.get_one(Task, task["id"]).due_at = NOW - timedelta(days=400)
    client = visitor("hr")
    text = main_text(client.get("/tasks", query_string={"q": task["case"]["number"]}))
    assert "überfällig seit" in text
    text = main_text(client.get("/tasks", query_string={"q": task["case"]["number"], "due": "overdue"}))
    assert "Bedarf erfassen" in text


def test_filters_stand_in_the_address_and_in_the_form(visitor: Visitor) -> None:
    page = tree(visitor("coordinator").get("/tasks?view=visible&role=hr&due=week&sort=-created_at&q=xyz"))
    chosen = {select.name: select.value for select in page.xpath("//form[@role='search']//select")}
    assert chosen == {"role": "hr", "company": "", "due": "week", "sort": "-created_at"}
    assert page.get_element_by_id("filter-q").value == "xyz"
    assert "Zu diesen Filtern passt keine Aufgabe." in page.text_content()


@pytest.mark.parametrize(
    "query",
    [
        "view=nope&sort=drop&due=yesterday&role=king&company=x",
        "q=%25%27%22&company=%27--",
        "q=" + "ä" * 3000,
    ],
)
def test_nonsense_in_the_address_is_no_error(visitor: Visitor, query: str) -> None:
    assert visitor("coordinator").get(f"/tasks?{query}").status_code == 200


def test_a_broken_page_mark_is_explained(visitor: Visitor) -> None:
    answer = visitor("hr").get("/tasks?cursor=%FF%FFbroken")
    assert answer.status_code == 422
    assert "ungültig" in main_text(answer)


def test_only_those_who_see_more_get_the_list_of_all(visitor: Visitor) -> None:
    for login, sees_all in (
        ("coordinator", True),
        ("hr", True),
        ("auditor", True),
        ("provider", False),
        ("employee", False),
    ):
        views = tree(visitor(login).get("/tasks")).xpath("//nav[@class='tabs']//a/@href")
        assert any("view=visible" in view for view in views) is sees_all, login


def test_an_empty_inbox_says_what_to_do(visitor: Visitor) -> None:
    assert "Es wartet nichts auf Sie." in main_text(visitor("cluster-partner").get("/tasks"))
    text = main_text(visitor("provider2").get("/tasks?view=mine"))
    assert "Ihnen ist gerade keine Aufgabe zugewiesen." in text
    assert "Übernehmen Sie eine" in text


def test_a_long_list_is_shown_page_by_page_without_gaps(world: World, visitor: Visitor) -> None:
    driver, client = world.driver(), visitor("hr6")
    for number in range(27):
        driver.start("hr6", f"Lange Liste {number:02}", {})
    seen: list[str] = []
    address = "/tasks?q=Lange+Liste&sort=created_at"
    while address:
        page = tree(client.get(address))
        seen += page.xpath("//ul[@id='items']/li//a/@href")
        following = page.xpath("//p[@id='more']/a/@href")
        address = following[0] if following else ""
    assert len(seen) == len(set(seen)) == 27
