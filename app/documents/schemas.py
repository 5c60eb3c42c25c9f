"""Shapes of the document API."""

from __future__ import annotations

import marshmallow as ma
from flask_smorest.fields import Upload

from app.cases.schemas import Words
from app.documents.rules import CLASSES
from app.platform.api import Text


class CaseOfDocument(ma.Schema):
    """The case a document belongs to."""

    id = ma.fields.String(required=True)
    number = ma.fields.String(required=True)
    title = ma.fields.String(required=True)


class NamedPerson(ma.Schema):
    """A person or an organisation by id and name."""

    id = ma.fields.String(required=True)
    name = ma.fields.String(required=True)


class DocumentFields(ma.Schema):
    """A version of a document; ``pages`` counts those with a preview."""

    id = ma.fields.String(required=True)
    case = ma.fields.Nested(CaseOfDocument, required=True)
    task = ma.fields.String(required=True, allow_none=True)
    element = ma.fields.String(required=True, allow_none=True)
    series = ma.fields.String(required=True, metadata={"description": "The id of the first version."})
    version = ma.fields.Integer(required=True)
    kind = ma.fields.String(required=True)
    kind_name = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    sensitivity = ma.fields.String(
        required=True, attribute="class", data_key="class", validate=ma.validate.OneOf(CLASSES)
    )
    subject = ma.fields.Nested(NamedPerson, required=True, allow_none=True)
    filename = ma.fields.String(required=True)
    media_type = ma.fields.String(required=True)
    size = ma.fields.Integer(required=True)
    sha256 = ma.fields.String(required=True)
    pages = ma.fields.Integer(required=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf(["current", "superseded", "removed"]))
    uploaded_by = ma.fields.Nested(NamedPerson, required=True)
    at = ma.fields.AwareDateTime(format="iso", required=True)
    removed_reason = ma.fields.String(required=True, allow_none=True)
    removed_at = ma.fields.AwareDateTime(format="iso", required=True, allow_none=True)


class DocumentDetail(DocumentFields):
    """A document with all its versions that the caller may see, the newest first."""

    versions = ma.fields.List(ma.fields.Nested(DocumentFields), required=True)


class DocumentPage(ma.Schema):
    """One page of documents; ``next`` is the cursor of the following page."""

    items = ma.fields.List(ma.fields.Nested(DocumentFields), required=True)
    next = ma.fields.String(allow_none=True, required=True)


class DocumentQuery(ma.Schema):
    """Filter and paging of the list."""

    state = ma.fields.String(load_default="current", validate=ma.validate.OneOf(["current", "all"]))
    cursor = Text(validate=ma.validate.Length(max=200))
    limit = ma.fields.Integer(validate=ma.validate.Range(1, 100))


class NewDocumentFields(ma.Schema):
    """What is said about a new document, beside the file; all of it may be left out."""

    kind = Text(load_default="other", validate=ma.validate.Length(1, 40), metadata={"example": "quote"})
    title = Words(load_default="", validate=ma.validate.Length(max=200))
    sensitivity = ma.fields.String(data_key="class", load_default=None, validate=ma.validate.OneOf(CLASSES))
    subject = Text(load_default=None, validate=ma.validate.Length(1, 36))
    task = Text(load_default=None, validate=ma.validate.Length(1, 36))


class FilePart(ma.Schema):
    """The file itself."""

    file = Upload(metadata={"description": "PDF, PNG, JPEG, DOCX, XLSX, ODT, plain text or CSV."})


class Removal(ma.Schema):
    """Why a document is taken out of use."""

    reason = Words(required=True, validate=ma.validate.Length(1, 500))


class PaperList(ma.Schema):
    """The papers that can be made of a case."""

    items = ma.fields.List(ma.fields.Dict(), required=True)
