"""Pages as pictures: bounded, harmless, and only of what the reader may see."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

from app.documents import preview, render
from app.documents.render import MAX_PIXELS
from tests.documents import samples
from tests.documents.conftest import Desk


def size_of(picture: bytes) -> tuple[int, int]:
    assert picture.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", picture[16:24])
    return int(width), int(height)


def test_every_page_of_a_pdf_is_shown_as_a_picture(desk: Desk) -> None:
    case_id = desk.world.case_at("check_completeness")
    made = desk.added("hr", case_id, samples.pdf("Seite", pages=2), name="zwei.pdf")
    assert made["pages"] == 2
    shown = desk.world.call("hr", "GET", f"/documents/{made['id']}/preview/2")
    assert shown.mimetype == "image/png"
    assert size_of(shown.data)[0] in (render.WIDTH, render.WIDTH + 1)
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert "Content-Disposition" not in shown.headers
    for page in (0, 3, 10**9):
        answer = desk.world.call("hr", "GET", f"/documents/{made['id']}/preview/{page}")
        assert (answer.status_code, answer.json["code"]) == (404, "no_preview")
    assert desk.world.call("provider", "GET", f"/documents/{made['id']}/preview/1").status_code == 404


def test_a_picture_is_its_own_preview(desk: Desk) -> None:
    case_id = desk.world.case_at("check_completeness")
    made = desk.added("hr", case_id, samples.picture(), name="bild.png")
    shown = desk.world.call("hr", "GET", f"/documents/{made['id']}/preview/1")
    assert (shown.mimetype, shown.data) == ("image/png", samples.picture())
    assert shown.headers["X-Content-Type-Options"] == "nosniff"


def test_text_has_no_preview(desk: Desk) -> None:
    made = desk.added("hr", desk.world.case_at("check_completeness"))
    assert made["pages"] == 0
    assert desk.world.call("hr", "GET", f"/documents/{made['id']}/preview/1").status_code == 404


def test_a_page_as_large_as_a_house_becomes_a_bounded_picture(tmp_path: Path) -> None:
    path = tmp_path / "house.pdf"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 14000] >>"
    path.write_bytes(samples.raw_pdf(samples.CATALOG, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page))
    assert preview.count_pages(path) == 1
    width, height = size_of(preview.page_picture(path, 1))
    assert 0 < width * height <= MAX_PIXELS * 1.05


def test_the_program_that_draws_has_little_memory_and_time(tmp_path: Path) -> None:
    path = tmp_path / "one.pdf"
    path.write_bytes(samples.pdf())
    asked = "import resource, sys; sys.argv = sys.argv[1:]; import runpy\n"
    asked += "try:\n    runpy.run_path(sys.argv[0], run_name='__main__')\nexcept SystemExit:\n"
    asked += "    print(resource.getrlimit(resource.RLIMIT_AS)[0], resource.getrlimit(resource.RLIMIT_CPU)[0])"
    command = [sys.executable, "-c", asked, render.__file__, "count", str(path)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert answer.split() == [f"1{render.MEMORY}", str(render.SECONDS)]
