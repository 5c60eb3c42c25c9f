"""Papers made of a case: what stands in them, for whom, as PDF/A, and that no text of a user is more than text."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pypdfium2
import pytest

from app.demo.stories import COMMON
from app.documents.papers import PAPERS
from app.documents.typesetting import pdf_of
from app.platform.filestore import FileStore
from tests.documents.conftest import Desk

MARKS = {"public": "Kurstitel Kranich", "case": "Begründung Kiebitz", "special": "73"}
NAMES = ("Sommerfeld", "Winterstein")
HOSTILE = '#read("/etc/passwd") *fett* \\ $x$ @ref <marke> "Anführung" // Rest'
_CASES: dict[str, str] = {}


@pytest.fixture
def case_id(desk: Desk) -> str:
    """A case just before it is closed, with a marker of each class in its data."""
    if desk.world.url not in _CASES:
        changes: Any = {
            **COMMON,
            "capture_demand": {
                **COMMON["capture_demand"],
                "course_title": MARKS["public"],
                "reason": MARKS["case"],
            },
            "give_evidence": {"disability_degree": 73},
        }
        _CASES[desk.world.url] = desk.world.case_at("close_case", "hr", changes)
    return _CASES[desk.world.url]


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    pages = [document[number].get_textpage().get_text_range() for number in range(len(document))]
    return re.sub(r"\s+", " ", " ".join(pages))


def made(desk: Desk, case_id: str, paper: str, login: str = "hr") -> tuple[dict[str, Any], bytes]:
    answer = desk.world.call(login, "POST", f"/cases/{case_id}/papers/{paper}")
    assert answer.status_code == 200, answer.text
    content = desk.world.call(login, "GET", f"/documents/{answer.json['id']}/content").data
    return answer.json, content


EXPECTED = {
    "demand_sheet": ["Bedarfsblatt", "Ruhlaer Presswerk GmbH", MARKS["public"], MARKS["case"], "2"],
    "agency_questionnaire": [*NAMES, MARKS["special"], "Über 30 Stunden", "168", "Geburtsdatum"],
    "quote_comparison": ["1. Lernfabrik Eisenach GmbH", "96,59", "Campus Digital Ilmenau GmbH", "Gewichte"],
    "collective_application": [
        *NAMES,
        "Unterschrift",
        "Lernfabrik Eisenach GmbH",
        "01.03.2027 – 23.04.2027",
        "1.600 €",
    ],
    "settlement": ["RE-2027-0417", "4.920,00 €", "2.640,00 €", "2.280,00 €"],
}


@pytest.mark.parametrize("paper", PAPERS)
def test_a_paper_says_what_the_case_holds(desk: Desk, case_id: str, paper: str) -> None:
    document, content = made(desk, case_id, paper)
    text = text_of(content)
    assert [wanted for wanted in EXPECTED[paper] if wanted not in text] == []
    assert document["case"]["number"] in text
    assert (document["kind"], document["class"]) == (paper, PAPERS[paper].sensitivity)


@pytest.mark.parametrize("paper", PAPERS)
def test_no_paper_says_more_than_its_readers_may_know(desk: Desk, case_id: str, paper: str) -> None:
    text = text_of(made(desk, case_id, paper)[1])
    sensitivity = PAPERS[paper].sensitivity
    if sensitivity != "special":
        assert "73" not in text.split()
        assert "27.01.1985" not in text, "the birth date"
        assert "3.200" not in text, "the pay"
    if sensitivity in ("public", "case"):
        assert [name for name in NAMES if name in text] == []


@pytest.mark.parametrize("paper", PAPERS)
def test_a_paper_is_an_accessible_pdf_for_the_archive(desk: Desk, case_id: str, paper: str) -> None:
    content = made(desk, case_id, paper)[1]
    metadata = content[content.index(b"<?xpacket begin") : content.index(b"<?xpacket end")].decode()
    assert re.search(r"<pdfaid:part>2</pdfaid:part>", metadata)
    assert re.search(r"<pdfaid:conformance>A</pdfaid:conformance>", metadata)
    assert re.search(r"<pdfuaid:part>1</pdfuaid:part>", metadata)
    assert "<rdf:li>de-DE</rdf:li>" in metadata or "<rdf:li>de</rdf:li>" in metadata


def test_the_same_data_make_the_same_bytes_and_no_new_version(desk: Desk, case_id: str) -> None:
    first, content = made(desk, case_id, "settlement")
    again, same = made(desk, case_id, "settlement", "coordinator")
    assert (again["id"], again["version"], same) == (first["id"], 1, content)


def test_other_data_make_a_new_version_and_an_entry_in_the_history(desk: Desk) -> None:
    case_id = desk.world.case_at("check_completeness")
    first, _content = made(desk, case_id, "demand_sheet")
    walker = desk.world.walker()
    walker.to_end(case_id, "pool_or_alone")
    second, content = made(desk, case_id, "demand_sheet")
    assert (second["version"], second["series"]) == (2, first["id"])
    assert "Stellungnahme" in text_of(content)
    kinds = [entry["kind"] for entry in desk.world.call("hr", "GET", f"/cases/{case_id}/history").json["items"]]
    assert kinds.count("document.added") == 2
    assert desk.world.call("hr", "GET", f"/cases/{case_id}/history/verification").json["valid"]


def test_a_paper_whose_file_is_lost_is_made_again(desk: Desk) -> None:
    case_id = desk.world.case_at("check_completeness")
    document, content = made(desk, case_id, "demand_sheet")
    FileStore(desk.world.engine.settings.documents_folder).path(document["sha256"]).unlink()
    assert made(desk, case_id, "demand_sheet")[1] == content


@pytest.mark.parametrize(
    ("login", "paper", "status", "code"),
    [
        ("coordinator", "agency_questionnaire", 403, "class_out_of_sight"),
        ("works-council", "demand_sheet", 403, "forbidden"),
        ("provider", "quote_comparison", 403, "forbidden"),
        ("hr2", "demand_sheet", 404, "not_found"),
        ("hr", "love_letter", 404, "paper_unknown"),
    ],
)
def test_a_paper_is_made_by_who_may(desk: Desk, case_id: str, login: str, paper: str, status: int, code: str) -> None:
    refused = desk.world.call(login, "POST", f"/cases/{case_id}/papers/{paper}")
    assert (refused.status_code, refused.json["code"]) == (status, code)


def test_a_paper_waits_for_its_data(desk: Desk) -> None:
    case_id = desk.world.case_at("check_completeness")
    refused = desk.world.call("hr", "POST", f"/cases/{case_id}/papers/settlement")
    assert (refused.status_code, refused.json["code"]) == (409, "paper_not_ready")
    listed = desk.world.call("hr", "GET", f"/cases/{case_id}/papers").json["items"]
    assert [item["key"] for item in listed if item["ready"]] == ["demand_sheet"]
    seen = desk.world.call("works-council", "GET", f"/cases/{case_id}/papers").json["items"]
    assert {item["key"] for item in seen} == set(PAPERS) - {"agency_questionnaire"}
    assert not any(item["may_make"] for item in seen)


def test_what_a_user_has_typed_stays_text(desk: Desk) -> None:
    changes = {"capture_demand": {"reason": HOSTILE, "course_title": '"); #panic("x"'}}
    case_id = desk.world.case_at("check_completeness", "hr", changes)
    text = text_of(made(desk, case_id, "demand_sheet")[1])
    assert HOSTILE in text
    assert '"); #panic("x"' in text
    assert "root:" not in text


@pytest.mark.parametrize("sign", ["王", "😀", "👩‍🔧", "\ue000", "𝔘", "\u202e", "\u0378"])
def test_a_sign_that_the_font_does_not_have_does_not_stop_a_paper(sign: str) -> None:
    data = {
        "sections": [],
        "count": 1,
        "number": "FF-1",
        "case_title": f"Ünal {sign} Çelik",
        "company_name": "X",
        "day": [2026, 11, 27],
        "dated": ["Vom", "27.11.2026"],
    }
    content = pdf_of("demand_sheet", data, datetime.date(2026, 11, 27))
    assert "Ünal" in text_of(content)
    assert b"<pdfaid:part>2</pdfaid:part>" in content


def test_papers_of_an_ended_case_can_still_be_made(desk: Desk, case_id: str) -> None:
    walker = desk.world.walker()
    ended = walker.driver.start("hr", "Fertig", {})
    walker.to_end(ended, None, COMMON)
    assert desk.world.call("hr", "POST", f"/cases/{ended}/papers/settlement").status_code == 200
