"""What holds for every page: policy, headers, frame, error pages."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import Visitor, main_text, tree
from tests.world import World

PAGES = ("/sign-in", "/tasks", "/tasks?view=visible", "/cases", "/cases/new", "/nowhere")


@pytest.fixture
def pages(world: World, visitor: Visitor):
    """Every kind of page as the coordinator gets it."""
    case_id = world.case_at("check_completeness")
    task = world.open_task(case_id, "check_completeness")
    parts = [f"/cases/{case_id}{part}" for part in ("", "/history", "/diagram", "/decisions", "/withdrawal")]
    parts += [f"/cases/{case_id}/{part}" for part in ("participant-withdrawal", "provider-cancellation")]
    signed_in, stranger = visitor("coordinator"), visitor()
    paths = [*PAGES, f"/tasks/{task['id']}", *parts]
    return {path: (stranger if path == "/sign-in" else signed_in).get(path) for path in paths}


def test_scripts_come_from_us_and_carry_the_nonce_of_this_answer(pages) -> None:
    nonces = set()
    for path, answer in pages.items():
        policy = answer.headers["Content-Security-Policy"]
        nonce = re.search(r"script-src 'nonce-([\w-]+)'", policy)
        assert nonce is not None, path
        nonces.add(nonce[1])
        scripts = tree(answer).xpath("//script")
        assert scripts, path
        for script in scripts:
            assert script.get("nonce") == nonce[1], path
            assert script.get("src", "").startswith("/static/vendor/"), path
            assert not (script.text or "").strip(), path
    assert len(nonces) == len(pages)


def test_the_policy_allows_nothing_from_elsewhere_and_no_eval(pages) -> None:
    for path, answer in pages.items():
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'"), path
        assert "unsafe-eval" not in policy, path
        assert "http" not in policy, path
        assert ("unsafe-inline" in policy) == path.endswith("/diagram"), path
        assert answer.headers["Cache-Control"] == "no-store", path


def test_no_page_has_inline_handlers_styles_or_foreign_addresses(pages) -> None:
    for path, answer in pages.items():
        page = tree(answer)
        assert page.xpath("//@*[starts-with(name(), 'on')]") == [], path
        assert page.xpath("//style | //*[@style]") == [], path
        addresses = page.xpath("//@src | //@href | //@action")
        assert [address for address in addresses if not address.startswith(("/", "#"))] == [], path


def test_every_page_has_language_title_heading_and_a_way_past_the_header(pages) -> None:
    titles = set()
    for path, answer in pages.items():
        page = tree(answer)
        assert page.get("lang") == "de", path
        assert page.xpath("//title/text()")[0].endswith("– Vorlauf"), path
        titles.add(page.xpath("//title/text()")[0])
        assert len(page.xpath("//h1")) == 1, path
        assert page.xpath("//body/a[1]/@href") == ["#main"], path
    assert len(titles) == len(pages)


def test_the_header_says_who_i_am_and_in_which_capacity(visitor: Visitor) -> None:
    header = " ".join(tree(visitor("hr").get("/tasks")).xpath("//header")[0].text_content().split())
    assert "Petra Lindenlaub" in header
    assert "Personalabteilung, Ruhlaer Presswerk GmbH" in header


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [("/nowhere", 404, "Nicht gefunden"), ("/cases/1", 404, "Nicht gefunden"), ("/sign-out", 405, "")],
)
def test_errors_are_pages_in_the_same_frame(visitor: Visitor, path: str, status: int, title: str) -> None:
    answer = visitor("hr").get(path)
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert title in main_text(answer)
    assert "Petra Lindenlaub" in answer.text
    assert "Zu meinen Aufgaben" in main_text(answer)


def test_a_request_that_is_too_large_gets_a_page_that_says_so(visitor: Visitor) -> None:
    answer = visitor("hr").post("/cases/new", data={"title": "x" * 3_000_000})
    assert answer.status_code == 413
    assert "Bitte kürzen Sie Ihre Eingabe" in main_text(answer)


def test_a_database_that_is_gone_gets_a_page_that_says_so(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlalchemy as sa

    from app.inbox import service

    def fail(*_args: object) -> None:
        raise sa.exc.OperationalError("SELECT 1", {}, OSError("gone"))

    monkeypatch.setattr(service, "list_tasks", fail)
    answer = visitor("hr").get("/tasks")
    assert answer.status_code == 503
    assert "Bitte warten Sie einen Moment" in main_text(answer)
    assert "SELECT" not in answer.text


def test_a_bug_shows_a_request_id_and_nothing_of_the_inside(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.inbox import service

    def fail(*_args: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(service, "list_tasks", fail)
    answer = visitor("hr").get("/tasks")
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] in main_text(answer)
    assert "secret detail" not in answer.text


def test_static_files_may_be_kept_because_their_address_changes_with_them(visitor: Visitor) -> None:
    client = visitor()
    address = tree(client.get("/sign-in")).xpath("//link[@rel='icon']/@href")[0]
    assert re.search(r"\?v=[0-9a-f]{12}$", address)
    assert "immutable" in client.get(address).headers["Cache-Control"]
    assert "immutable" not in client.get(address.split("?")[0]).headers.get("Cache-Control", "")
