"""Opening a document is a look at what it holds; it is logged by the document's own class."""

from __future__ import annotations

import pytest

from tests.documents import samples
from tests.documents.conftest import Desk


def kinds(desk: Desk, case_id: str, login: str) -> list[tuple[str, list[str]]]:
    found = desk.world.call("auditor", "GET", f"/audit/access?case={case_id}&actor={login}&limit=100").json["items"]
    return [(entry["kind"], entry["classes"]) for entry in reversed(found)]


@pytest.mark.parametrize("sensitivity", ["personal", "special"])
def test_every_way_to_a_protected_document_is_logged(desk: Desk, sensitivity: str) -> None:
    case_id = desk.world.case_at("check_completeness")
    made = desk.added("hr", case_id, samples.pdf("Seite"), name="seite.pdf", **{"class": sensitivity})
    base, login = f"/documents/{made['id']}", "funding-adviser"
    for path in (f"/cases/{case_id}/documents", base, f"{base}/preview/1", f"{base}/content"):
        assert desk.world.call(login, "GET", path).status_code == 200
    shown = [sensitivity]
    assert kinds(desk, case_id, login) == [("view", shown), ("view", shown), ("view", shown), ("download", shown)]


def test_a_document_that_is_about_nobody_leaves_no_entry(desk: Desk) -> None:
    case_id = desk.world.case_at("check_completeness")
    made = desk.added("hr", case_id, **{"class": "case"})
    assert desk.world.call("coordinator", "GET", f"/documents/{made['id']}/content").status_code == 200
    assert kinds(desk, case_id, "coordinator") == []


def test_who_may_not_open_it_has_seen_nothing(desk: Desk) -> None:
    case_id = desk.world.case_at("check_completeness")
    made = desk.added("hr", case_id, **{"class": "special"})
    assert desk.world.call("coordinator", "GET", f"/documents/{made['id']}/content").status_code == 404
    assert kinds(desk, case_id, "coordinator") == []
