"""What is accepted and what is refused: told from the content, whatever the name says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.documents.content import recognise
from app.documents.problems import ActiveContent, FileDamaged, NameMismatch, ProtectedFile, TypeRefused
from app.documents.rules import clean_name, stricter
from app.platform.filestore import FileStore
from app.platform.settings import ROOT
from tests.documents import samples
from tests.documents.conftest import Desk

ACCEPTED = {
    "angebot.pdf": (samples.pdf(), "application/pdf"),
    "bild.png": (samples.picture(), "image/png"),
    "bild.jpeg": (samples.JPEG, "image/jpeg"),
    "brief.docx": (samples.DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "liste.xlsx": (samples.XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "brief.odt": (samples.ODT, "application/vnd.oasis.opendocument.text"),
    "liste.csv": ("Name;Stunden\nMüller;38\n".encode(), "text/csv"),
    "windows.csv": ("Name;Stunden\nMüller;38\n".encode("cp1252"), "text/csv"),
    "notiz.txt": (b"Bitte anrufen.", "text/plain"),
    "GROSS.PDF": (samples.pdf(), "application/pdf"),
}


LOOK = """
import sys, pathlib
from app.documents.content import recognise
from app.documents.problems import FileDamaged
try:
    recognise(pathlib.Path(sys.argv[1]), "a.pdf")
    print("accepted")
except FileDamaged:
    print("FileDamaged")
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file"


@pytest.mark.parametrize("name", ACCEPTED)
def test_every_accepted_kind_is_recognised(file: Path, name: str) -> None:
    content, media_type = ACCEPTED[name]
    file.write_bytes(content)
    found = recognise(file, name)
    assert (found.media_type, found.filename) == (media_type, name)


def test_a_name_without_ending_gets_the_one_that_fits(file: Path) -> None:
    file.write_bytes(samples.pdf())
    assert recognise(file, "Angebot").filename == "Angebot.pdf"


@pytest.mark.parametrize("name", ["angebot.docx", "angebot.exe", "angebot.pdf.html", "angebot.png"])
def test_a_name_that_says_something_else_is_refused(file: Path, name: str) -> None:
    file.write_bytes(samples.pdf())
    with pytest.raises(NameMismatch):
        recognise(file, name)


@pytest.mark.parametrize("what", samples.REFUSED)
def test_what_could_run_or_is_no_document_is_refused(file: Path, what: str) -> None:
    file.write_bytes(samples.REFUSED[what])
    with pytest.raises(TypeRefused):
        recognise(file, "harmlos")


@pytest.mark.parametrize("what", samples.ACTIVE_PDFS)
def test_a_pdf_with_something_active_is_refused(file: Path, what: str) -> None:
    file.write_bytes(samples.ACTIVE_PDFS[what])
    with pytest.raises(ActiveContent):
        recognise(file, "formular.pdf")


@pytest.mark.parametrize("what", samples.HIDING_PDFS)
def test_a_pdf_that_hides_its_objects_is_refused(file: Path, what: str) -> None:
    file.write_bytes(samples.HIDING_PDFS[what])
    with pytest.raises(FileDamaged):
        recognise(file, "formular.pdf")


def test_a_plain_object_stream_is_fine(file: Path) -> None:
    file.write_bytes(samples.raw_pdf(samples.CATALOG, samples.packed(b"3 0 << /Type /Page >>")))
    assert recognise(file, "formular.pdf").media_type == "application/pdf"


CRAFTED = [b"stream\n", b"/Type /ObjStm stream\n", b"#41", b"<< obj /ObjStm "]
CRAFTED.append(b"obj" + b"/ObjStm" * 9000 + b"stream ")


@pytest.mark.parametrize("part", CRAFTED, ids=range(len(CRAFTED)))
def test_looking_through_a_crafted_file_comes_to_an_end(file: Path, part: bytes) -> None:
    """20 MB of what would make a careless search start over at every byte, for hours."""
    file.write_bytes(samples.PDF_HEAD + part * (20_000_000 // len(part)) + b"%%EOF")
    command = [sys.executable, "-c", LOOK, str(file)]
    done = subprocess.run(command, cwd=ROOT, timeout=60, check=True, capture_output=True, text=True)
    assert done.stdout.strip() in ("accepted", "FileDamaged")


@pytest.mark.parametrize("what", samples.MACROS)
def test_an_office_file_with_something_active_is_refused(file: Path, what: str) -> None:
    file.write_bytes(samples.MACROS[what])
    with pytest.raises(ActiveContent):
        recognise(file, "brief")


def test_a_locked_file_is_refused_because_nobody_can_look_into_it(file: Path) -> None:
    file.write_bytes(samples.LOCKED_PDF)
    with pytest.raises(ProtectedFile):
        recognise(file, "geheim.pdf")


def test_a_stream_that_unpacks_to_too_much_is_refused(file: Path) -> None:
    file.write_bytes(samples.raw_pdf(samples.CATALOG, samples.packed(b"\0" * 70_000_000)))
    with pytest.raises(ActiveContent):
        recognise(file, "bombe.pdf")


@pytest.mark.parametrize("what", samples.DAMAGED)
def test_a_damaged_file_is_refused(desk: Desk, what: str) -> None:
    case_id = desk.world.case_at("check_completeness")
    refused = desk.send("hr", case_id, samples.DAMAGED[what], name="datei")
    assert (refused.status_code, refused.json["code"]) == (422, "file_damaged")
    assert desk.titles("hr", case_id) == set()


@pytest.mark.parametrize(
    ("content", "name", "status", "code"),
    [
        (b"", "leer.txt", 422, "file_empty"),
        (b"<html></html>", "seite.txt", 415, "type_refused"),
        (samples.pdf(), "bild.png", 415, "name_mismatch"),
        (samples.ACTIVE_PDFS["JavaScript"], "a.pdf", 415, "active_content"),
        (samples.LOCKED_PDF, "a.pdf", 415, "protected_file"),
    ],
)
def test_the_answer_says_why(desk: Desk, content: bytes, name: str, status: int, code: str) -> None:
    case_id = desk.world.case_at("check_completeness")
    refused = desk.send("hr", case_id, content, name=name)
    assert (refused.status_code, refused.json["code"]) == (status, code)
    assert not list(desk.world.engine.settings.documents_folder.glob(".part-*"))


def test_a_call_without_file_is_refused(desk: Desk) -> None:
    case_id = desk.world.case_at("check_completeness")
    refused = desk.world.call("hr", "POST", f"/cases/{case_id}/documents", {})
    assert (refused.status_code, refused.json["code"]) == (422, "file_missing")
    assert desk.send("hr", case_id, name="").json["code"] == "file_missing"


@pytest.mark.parametrize("more", [1, 200_000])
def test_a_file_above_the_limit_is_413_and_leaves_nothing(desk: Desk, more: int) -> None:
    case_id = desk.world.case_at("check_completeness")
    limit = desk.world.engine.settings.max_document_bytes
    refused = desk.send("hr", case_id, b"a" * (limit + more))
    assert (refused.status_code, refused.json["code"]) == (413, "file_too_large")
    assert "20 MB" in refused.json["detail"]
    assert desk.titles("hr", case_id) == set()
    exactly = desk.send("hr", case_id, b"a" * limit)
    assert exactly.status_code == 201


def test_a_stranger_to_the_case_learns_nothing_from_a_refused_file(desk: Desk) -> None:
    case_id = desk.world.case_at("check_completeness")
    before = set(desk.world.engine.settings.documents_folder.rglob("*"))
    assert desk.send("hr2", case_id, b"<html></html>").status_code == 404
    assert desk.send("hr2", case_id, b"fremde Datei").status_code == 404
    assert desk.send("auditor", case_id, b"fremde Datei").status_code == 403
    assert set(desk.world.engine.settings.documents_folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Angebot.pdf", "Angebot.pdf"),
        ("..\\..\\windows\\Angebot.pdf", "Angebot.pdf"),
        ("../../etc/passwd", "passwd"),
        ("Gehalt\u202efdp.exe", "Gehaltfdp.exe"),
        ("a\0b\nc.txt", "abc.txt"),
        ("  .  ", "Unterlage"),
        ("", "Unterlage"),
        ("CON.txt", "_CON.txt"),
        ("a<b>:c|d?.txt", "abcd.txt"),
        ("x" * 300 + ".pdf", "x" * 117 + ".pdf"),
        ("Übersicht  März.csv", "Übersicht März.csv"),
    ],
)
def test_names_are_cleaned(sent: str, kept: str) -> None:
    assert clean_name(sent) == kept


def test_a_class_can_be_made_stricter_but_not_weaker() -> None:
    assert stricter(None, "case") == "case"
    assert stricter("special", "case") == "special"
    assert stricter("public", "case") is None


@pytest.mark.parametrize("name", ["../../etc/passwd", "A" * 64, "a" * 63])
def test_only_a_hash_names_a_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        FileStore(tmp_path).path(name)
