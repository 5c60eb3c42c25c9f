"""The only place that parses DMN XML: no DTD, no entities, no network, a cap on size."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from app.decisions.findings import DmnError, Finding

MAX_BYTES: Final = 1_000_000
MODEL_NAMESPACES: Final = frozenset(
    {
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    }
)

Element = etree._Element


def _refused(filename: str, line: int, en: str, de: str) -> DmnError:
    return DmnError.of_findings(filename, [Finding(filename, line, "", "xml", de, en)])


def read_definitions(data: bytes, filename: str) -> Element:
    """The `<definitions>` element of a DMN file; raises DmnError for anything that is not plain DMN XML."""
    if len(data) > MAX_BYTES:
        raise _refused(filename, 1, "the file is larger than 1 MB", "die Datei ist größer als 1 MB")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise _refused(filename, line, f"no XML: {error.msg}", f"kein XML: {error.msg}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _refused(filename, 1, "a DOCTYPE is not allowed", "ein DOCTYPE ist nicht erlaubt")
    name = etree.QName(root)
    if name.localname != "definitions" or name.namespace not in MODEL_NAMESPACES:
        raise _refused(
            filename,
            line_of(root),
            "the file holds no DMN definitions (DMN 1.2 to 1.5)",
            "die Datei enthält keine DMN-Definitionen (DMN 1.2 bis 1.5)",
        )
    return root


def local_name(element: Element) -> str:
    """Name of the element without its namespace; empty for comments and the like."""
    tag: object = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Element, *names: str) -> list[Element]:
    """Child elements of these names."""
    return [child for child in element if local_name(child) in names]


def child(element: Element, *names: str) -> Element | None:
    """First child element of these names."""
    return next(iter(children(element, *names)), None)


def text_of(element: Element | None) -> str:
    """The text of an element's `<text>` child, without blanks around it."""
    if element is None:
        return ""
    holder = child(element, "text")
    return "".join(texts(holder)).strip() if holder is not None else ""


def texts(element: Element) -> Iterator[str]:
    """All text inside an element."""
    return (str(part) for part in element.itertext())


def line_of(element: Element) -> int:
    """Line of an element in its file."""
    line: object = element.sourceline
    return line if isinstance(line, int) else 1
