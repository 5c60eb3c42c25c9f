"""Reading BPMN and DMN XML without trusting it: no DTD, no entities, no network, bounded size."""

from __future__ import annotations

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
MAX_BYTES = 2_000_000


class RefusedXml(ValueError):
    """The XML is refused before it is parsed further. ``line`` is 1-based, 0 if unknown."""

    def __init__(self, rule: str, line: int, message_de: str, message_en: str) -> None:
        self.rule, self.line, self.message_de, self.message_en = rule, line, message_de, message_en
        super().__init__(message_en)


def parse(data: bytes) -> etree._Element:
    """The root element of ``data``. Raises :class:`RefusedXml` for DTDs, oversize and malformed XML."""
    if len(data) > MAX_BYTES:
        raise RefusedXml("file_size", 0, "Die Datei ist größer als 2 MB.", "The file is larger than 2 MB.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 0
        raise RefusedXml(
            "well_formed", line, f"Kein wohlgeformtes XML: {error.msg}", f"Not well-formed XML: {error.msg}"
        ) from error
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise RefusedXml("no_dtd", 1, "DOCTYPE und ENTITY sind nicht erlaubt.", "DOCTYPE and ENTITY are not allowed.")
    return root


def local(element: etree._Element) -> str:
    """Tag without namespace; "" for comments."""
    tag: object = element.tag
    return etree.QName(element).localname if isinstance(tag, str) else ""


def line_of(element: etree._Element) -> int:
    """1-based source line, 0 if unknown."""
    line: object = element.sourceline
    return line if isinstance(line, int) else 0
