"""Files to upload: plain ones of every accepted kind, and ones that must be refused."""

from __future__ import annotations

import io
import zipfile
import zlib
from functools import cache

import typst

from app.documents.render import png

PDF_HEAD = b"%PDF-1.7\n"
TEXT = "Müller; 4.800,00 €\n".encode()


@cache
def pdf(text: str = "Angebot der Lernfabrik", pages: int = 1) -> bytes:
    """A plain PDF with ``text`` on every page."""
    source = "#pagebreak()".join(f"#text({text!r})".replace("'", '"') for _page in range(pages))
    made = typst.compile(source.encode(), format="pdf", ignore_system_fonts=True)
    assert isinstance(made, bytes)
    return made


def picture(width: int = 4, height: int = 3) -> bytes:
    """A red PNG."""
    return png(width, height, 3, width * 3, b"\xff\0\0" * width * height)


JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300" + "01" * 64 + "ffc00011080001000103012200021101031101"
    "ffda000c03010002110311003f00d2cf20ffd9"
)


def archive(*parts: tuple[str, bytes]) -> bytes:
    """A ZIP file with these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts:
            made.writestr(name, content)
    return buffer.getvalue()


TYPES = ("[Content_Types].xml", b"<Types/>")
DOCX = archive(TYPES, ("word/document.xml", b"<document/>"))
XLSX = archive(TYPES, ("xl/workbook.xml", b"<workbook/>"))
ODT = archive(("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<content/>"))


def raw_pdf(*objects: bytes) -> bytes:
    """A PDF whose catalogue and further objects are written by hand; readers repair its missing table."""
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, one) for number, one in enumerate(objects, 1))
    return PDF_HEAD + body + b"trailer << /Root 1 0 R >>\n%%EOF\n"


def packed(content: bytes, extra: bytes = b"/Type /ObjStm") -> bytes:
    """Objects in a compressed object stream."""
    data = zlib.compress(content)
    return b"<< %s /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (extra, len(data), data)


CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
ACTIVE_PDFS = {
    "JavaScript": raw_pdf(b"<< /Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> >>"),
    "an escaped name": raw_pdf(b"<< /Type /Catalog /OpenAction << /S /J#61vaScript >> >>"),
    "an object stream": raw_pdf(CATALOG, packed(b"3 0 << /S /JavaScript /JS (x) >>")),
    "an escaped object stream": raw_pdf(CATALOG, packed(b"3 0 << /S /Launch /F (calc.exe) >>", b"/Type /O#62jStm")),
    "a program to start": raw_pdf(b"<< /Type /Catalog /OpenAction << /S /Launch /F (calc.exe) >> >>"),
    "a file inside": raw_pdf(b"<< /Type /Catalog /Names << /EmbeddedFiles 9 0 R >> >>"),
    "an object between marks of a stream": raw_pdf(CATALOG, b"%stream\n<< /S /JavaScript /JS (x) >>\n%endstream"),
    "a form with code": raw_pdf(b"<< /Type /Catalog /AcroForm << /XFA 9 0 R >> >>"),
}
_STORED = zlib.compressobj(0)
_HIDING = _STORED.compress(b"3 0 << >> endstream 4 0 << >>") + _STORED.flush()
HIDING_PDFS = {
    "another filter": raw_pdf(CATALOG, b"<< /Type /ObjStm /Filter /ASCIIHexDecode >>\nstream\n33>\nendstream"),
    "a chain of filters": raw_pdf(
        CATALOG, b"<< /Type /ObjStm /Filter [/ASCIIHexDecode /FlateDecode] >>\nstream\n33>\nendstream"
    ),
    "a filter elsewhere": raw_pdf(CATALOG, b"<< /Type /ObjStm /Filter 9 0 R >>\nstream\n33>\nendstream"),
    "two filters": raw_pdf(CATALOG, packed(b"3 0 << >>", b"/Type /ObjStm /Filter /LZWDecode")),
    "a predictor": raw_pdf(CATALOG, packed(b"3 0 << >>", b"/Type /ObjStm /DecodeParms << /Predictor 12 >>")),
    "an early end": raw_pdf(CATALOG, b"<< /Type /ObjStm /Filter /FlateDecode >>\nstream\n" + _HIDING + b"\nendstream"),
    "a long dictionary": raw_pdf(CATALOG, packed(b"3 0 << /S /Launch >>", b"/Type /ObjStm" + b" " * 200_000)),
}
"""Object streams that are packed so that nobody looks into them."""
LOCKED_PDF = PDF_HEAD + b"1 0 obj\n<< >>\nendobj\ntrailer << /Encrypt 9 0 R >>\n%%EOF\n"
MACROS = {
    "a macro": archive(TYPES, ("word/document.xml", b""), ("word/vbaProject.bin", b"x")),
    "an embedded object": archive(TYPES, ("xl/workbook.xml", b""), ("xl/embeddings/oleObject1.bin", b"x")),
    "a template from elsewhere": archive(
        TYPES,
        ("word/document.xml", b""),
        ("word/_rels/settings.xml.rels", b'<Relationship Type="attachedTemplate" x="1" TargetMode="External"/>'),
    ),
    "a macro in an ODT": archive(
        ("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b""), ("Basic/script.xml", b"x")
    ),
}
REFUSED = {
    "a Windows program": b"MZ\x90\0" + b"\0" * 200,
    "a Linux program": b"\x7fELF" + b"\0" * 200,
    "a shell script": b"#!/bin/sh\nrm -rf /\n",
    "a web page": b"<!DOCTYPE html><html><script>alert(1)</script></html>",
    "a web page behind blanks": b"  \n  <html><body>x</body></html>",
    "a vector picture": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "an XML file": b'<?xml version="1.0"?><a/>',
    "rich text": b"{\\rtf1 hello}",
    "any archive": archive(("readme.txt", b"x")),
    "two office files in one": archive(TYPES, ("word/document.xml", b""), ("xl/workbook.xml", b"")),
    "a PDF that is an archive, too": pdf() + archive(("x.txt", b"x")),
    "a picture that is a PDF, too": picture()[:40] + b"%PDF-1.7" + picture()[40:],
    "a picture with an archive behind it": picture() + archive(("x.txt", b"x")),
    "a moving picture": b"GIF89a" + b"\0" * 100,
    "text with control signs": b"a\0b",
    "a huge picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0\1\0\0\0\1\0\0" + b"\x08\2\0\0\0" + b"\0" * 40 + b"IEND",
}
DAMAGED = {
    "a PDF that is cut off": pdf()[:-900],
    "an archive that is cut off": DOCX[:-30],
    "a picture that is cut off": picture()[:30],
    "a picture without frame": b"\xff\xd8\xff\xe0\0\x10" + b"\0" * 60,
    "a PDF without pages": PDF_HEAD + b"nothing\n%%EOF",
}
