"""Taking files in before the transaction begins: slow senders and long checks must not hold up who else writes.

The file is read from the form part ``file``, checked and staged; why it is refused is only said once the use case has
let its sender through (:func:`taken`).
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import BinaryIO, cast

from flask import Flask, current_app, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from app.documents.content import recognise
from app.documents.preview import count_pages
from app.documents.problems import FileEmpty, FileMissing
from app.documents.rules import clean_name
from app.documents.service import Received
from app.platform.db import db, release_read
from app.platform.filestore import FileStore, FileTooLarge, megabytes
from app.platform.problems import Problem
from app.platform.settings import Settings

UPLOADS = frozenset(
    {
        "documents_api.add_document",
        "documents_api.add_version",
        "pages.add_document",
        "pages.add_version",
    }
)
"""Endpoints that take a file."""
FORM_BYTES = 100_000
"""What a form may hold beside its file."""


def init_app(app: Flask) -> None:
    """Receive files for :data:`UPLOADS`; must be registered after the guard, so that only users send any."""

    @app.before_request
    def _receive() -> None:
        if request.endpoint in UPLOADS and request.method == "POST":
            request.max_content_length = _settings().max_document_bytes + FORM_BYTES
            release_read(db.session())
            g.upload_stack = ExitStack()
            try:
                g.upload = _received(g.upload_stack)
            except Problem as problem:
                g.upload = problem
            except RequestEntityTooLarge as error:  # then nothing of the form can be read, whoever sent it
                raise _too_large() from error

    @app.teardown_request
    def _forget(_error: BaseException | None) -> None:
        stack = g.pop("upload_stack", None)
        if stack is not None:
            stack.close()


def taken() -> Received:
    """The file of this request. Raises why it was refused."""
    upload = cast("Received | Problem", g.upload)
    if isinstance(upload, Problem):
        raise upload
    return upload


def file_store() -> FileStore:
    """Where this installation keeps its files."""
    return FileStore(_settings().documents_folder)


def _settings() -> Settings:
    return cast(Settings, current_app.config["VORLAUF_SETTINGS"])


def _too_large() -> FileTooLarge:
    return FileTooLarge(megabytes=megabytes(_settings().max_document_bytes))


def _received(stack: ExitStack) -> Received:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise FileMissing
    staged = stack.enter_context(file_store().staged(cast(BinaryIO, sent.stream), _settings().max_document_bytes))
    sent.stream.seek(0)
    if staged.size == 0:
        raise FileEmpty
    found = recognise(staged.path, clean_name(sent.filename))
    pages = count_pages(staged.path) if found.media_type == "application/pdf" else None
    return Received(staged, found.media_type, found.filename, pages)
