"""Adding, opening, replacing and removing documents, as people and machines do it."""

from __future__ import annotations

import hashlib

import pytest

from app.audit.models import JournalEntry
from app.platform import codec
from app.platform.filestore import FileStore
from tests.documents import samples
from tests.documents.conftest import Desk


def test_an_uploaded_quote_is_in_the_case_with_its_hash_and_in_the_history(desk: Desk) -> None:
    case_id = desk.world.case_at("check_completeness")
    content = samples.pdf()
    made = desk.added("coordinator", case_id, content, name="Angebot Lernfabrik.pdf", kind="quote")
    digest = hashlib.sha256(content).hexdigest()
    assert (made["sha256"], made["size"], made["media_type"]) == (digest, len(content), "application/pdf")
    assert (made["title"], made["class"], made["version"], made["state"]) == (
        "Angebot Lernfabrik",
        "case",
        1,
        "current",
    )
    listed = desk.world.call("hr", "GET", f"/cases/{case_id}/documents").json["items"]
    assert [item["id"] for item in listed] == [made["id"]]
    entry = desk.world.session.query(JournalEntry).filter_by(case_id=case_id, kind="document.added").one()
    assert codec.loads(entry.payload)["case_document"][0]["sha256"] == digest
    assert desk.world.call("hr", "GET", f"/cases/{case_id}/history/verification").json["valid"]


def test_a_document_is_handed_out_as_a_download_without_any_right(desk: Desk) -> None:
    case_id = desk.world.case_at("check_completeness")
    made = desk.added("hr", case_id, samples.TEXT, name="Müller Übersicht.csv", kind="letter")
    answer = desk.world.call("hr", "GET", f"/documents/{made['id']}/content")
    assert answer.data == samples.TEXT
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert "filename*=UTF-8''M%C3%BCller%20%C3%9Cbersicht.csv" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.mimetype == "text/csv"


def test_the_same_content_is_stored_once(desk: Desk) -> None:
    case_id = desk.world.case_at("check_completeness")
    content = samples.pdf("doppelt")
    first = desk.added("hr", case_id, content, name="eins.pdf")
    second = desk.added("hr", case_id, content, name="zwei.pdf")
    folder = desk.world.engine.settings.documents_folder
    stored = list(folder.rglob(first["sha256"]))
    assert first["sha256"] == second["sha256"]
    assert [path.relative_to(folder).as_posix() for path in stored] == [
        f"{first['sha256'][:2]}/{first['sha256'][2:4]}/{first['sha256']}"
    ]
    assert not list(folder.glob(".part-*")), "nothing half written is left"


def test_a_newer_version_replaces_the_older_one_which_stays_readable(desk: Desk) -> None:
    case_id = desk.world.case_at("check_completeness")
    first = desk.added("hr", case_id, b"erste Fassung", name="plan.txt", title="Plan")
    second = desk.post("hr", f"/documents/{first['id']}/versions", b"zweite Fassung", "plan2.txt").json
    assert (second["version"], second["title"], second["series"]) == (2, "Plan", first["id"])
    assert [one["state"] for one in second["versions"]] == ["current", "superseded"]
    assert desk.world.call("hr", "GET", f"/documents/{first['id']}/content").data == b"erste Fassung"
    again = desk.post("hr", f"/documents/{first['id']}/versions", b"dritte", "plan3.txt")
    assert (again.status_code, again.json["code"]) == (409, "document_not_current")


def test_a_removed_document_keeps_its_place_but_cannot_be_opened(desk: Desk) -> None:
    case_id = desk.world.case_at("check_completeness")
    made = desk.added("hr", case_id, b"falsche Person", name="irrtum.txt")
    assert desk.world.call("hr", "DELETE", f"/documents/{made['id']}", {"reason": " "}).status_code == 422
    removed = desk.world.call("hr", "DELETE", f"/documents/{made['id']}", {"reason": "Falscher Fall"})
    assert (removed.json["state"], removed.json["removed_reason"]) == ("removed", "Falscher Fall")
    opened = desk.world.call("hr", "GET", f"/documents/{made['id']}/content")
    assert (opened.status_code, opened.json["code"]) == (404, "document_removed")
    assert desk.titles("hr", case_id) == set()
    everything = desk.world.call("hr", "GET", f"/cases/{case_id}/documents?state=all").json["items"]
    assert [item["state"] for item in everything] == ["removed"]
    assert desk.world.call("hr", "DELETE", f"/documents/{made['id']}", {"reason": "nochmal"}).status_code == 409
    kinds = [entry["kind"] for entry in desk.world.call("hr", "GET", f"/cases/{case_id}/history").json["items"]]
    assert kinds[-2:] == ["document.added", "document.removed"]
    store = FileStore(desk.world.engine.settings.documents_folder)
    assert store.intact(made["sha256"]), "the file stays until the end of retention"


def test_a_file_that_was_altered_on_the_disk_is_not_handed_out(desk: Desk) -> None:
    case_id = desk.world.case_at("check_completeness")
    made = desk.added("hr", case_id, b"unverfaelscht", name="beleg.txt")
    path = FileStore(desk.world.engine.settings.documents_folder).path(made["sha256"])
    path.write_bytes(b"verfaelscht")
    answer = desk.world.call("hr", "GET", f"/documents/{made['id']}/content")
    assert (answer.status_code, answer.json["code"]) == (500, "stored_file_damaged")
    path.unlink()
    assert desk.world.call("hr", "GET", f"/documents/{made['id']}/content").status_code == 500
    desk.added("hr", case_id, b"unverfaelscht", name="beleg.txt")
    assert desk.world.call("hr", "GET", f"/documents/{made['id']}/content").data == b"unverfaelscht"


def test_the_same_call_twice_adds_one_document(desk: Desk) -> None:
    case_id = desk.world.case_at("check_completeness")
    key = {"Idempotency-Key": f"upload-{case_id}"}
    first = desk.send("hr", case_id, b"einmal", headers=key)
    second = desk.send("hr", case_id, b"einmal", headers=key)
    other = desk.send("hr", case_id, b"etwas anderes", headers=key)
    assert (first.status_code, second.status_code, other.status_code) == (201, 201, 422)
    assert first.json["id"] == second.json["id"]
    assert len(desk.world.call("hr", "GET", f"/cases/{case_id}/documents").json["items"]) == 1


def test_a_stale_version_is_refused(desk: Desk) -> None:
    case_id = desk.world.case_at("check_completeness")
    made = desk.added("hr", case_id)
    stale = {"headers": {"If-Match": '"stale"'}}
    assert desk.send("hr", case_id, **stale).status_code == 412
    assert desk.post("hr", f"/documents/{made['id']}/versions", b"x", "x.txt", **stale).status_code == 412
    removal = desk.world.call("hr", "DELETE", f"/documents/{made['id']}", {"reason": "x"}, If_Match='"stale"')
    assert removal.status_code == 412


def test_long_lists_are_paged(desk: Desk) -> None:
    case_id = desk.world.case_at("check_completeness")
    for number in range(5):
        desk.added("hr", case_id, title=f"Nr. {number}")
    seen, cursor = [], ""
    while cursor is not None:
        page = desk.world.call("hr", "GET", f"/cases/{case_id}/documents?limit=2{cursor and f'&cursor={cursor}'}").json
        seen += [item["title"] for item in page["items"]]
        cursor = page["next"]
    assert seen == ["Nr. 4", "Nr. 3", "Nr. 2", "Nr. 1", "Nr. 0"]


def test_nothing_is_added_to_a_case_that_has_ended(desk: Desk) -> None:
    walker = desk.world.walker()
    case_id = walker.driver.start("hr", "Abgelehnt", {})
    walker.to_end(case_id, None, {"check_completeness": {"completeness": "decline", "completeness_note": "Zu spät."}})
    refused = desk.send("hr", case_id)
    assert (refused.status_code, refused.json["code"]) == (409, "case_ended")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"kind": "unknown"}, "kind_unknown"),
        ({"kind": "quote", "class": "public"}, "class_too_low"),
        ({"subject": "nobody"}, "subject_unknown"),
        ({"task": "none"}, "task_unknown"),
        ({"class": "secret"}, "choice"),
    ],
)
def test_what_is_said_about_a_document_has_to_fit(desk: Desk, fields: dict[str, str], code: str) -> None:
    refused = desk.send("hr", desk.world.case_at("check_completeness"), **fields)
    assert refused.status_code == 422
    assert [error["code"] for error in refused.json["errors"]] == [code]
