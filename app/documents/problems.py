"""Why a file or a document is refused; each docstring is the message."""

from __future__ import annotations

from app.platform.problems import Conflict, Forbidden, NotFound, Problem, Unprocessable, UnsupportedType


class FileMissing(Unprocessable):
    """Please choose a file; it is sent as the part "file" of a form (multipart/form-data)."""

    code = "file_missing"


class FileEmpty(Unprocessable):
    """The file is empty."""

    code = "file_empty"


class FileDamaged(Unprocessable):
    """The file cannot be read; it may be damaged. Please save it again and try once more."""

    code = "file_damaged"


class TypeRefused(UnsupportedType):
    """Files of this kind are not accepted. Accepted are PDF, PNG, JPEG, DOCX, XLSX, ODT, plain text and CSV."""

    code = "type_refused"


class NameMismatch(UnsupportedType):
    """The name of the file ends in "%(ending)s", but its content is %(content)s. Please correct the name."""

    code = "name_mismatch"


class ActiveContent(UnsupportedType):
    """The file contains something that could run when it is opened (%(what)s). Please save it without that."""

    code = "active_content"


class ProtectedFile(UnsupportedType):
    """The file is protected by a password and cannot be checked. Please save it without protection."""

    code = "protected_file"


class KindUnknown(Unprocessable):
    """This process knows no such kind of document."""

    code = "kind_unknown"


class ClassTooLow(Unprocessable):
    """Documents of this kind are protected better than that; please choose a stricter class."""

    code = "class_too_low"


class SubjectUnknown(Unprocessable):
    """The document can only be about a participant or a provider of this case."""

    code = "subject_unknown"


class TaskUnknown(Unprocessable):
    """This task is not an open one of this case that you may see."""

    code = "task_unknown"


class NotForYourRole(Forbidden):
    """Your role may see this document, but only who added it or the people in charge of the case may change it."""

    code = "not_your_document"


class OutOfYourSight(Forbidden):
    """Your role does not see documents of this class, so it cannot add one."""

    code = "class_out_of_sight"


class NotCurrent(Conflict):
    """This is no longer the current version of the document, or it has been removed."""

    code = "document_not_current"


class Removed(NotFound):
    """This document has been removed; it can no longer be opened."""

    code = "document_removed"


class NoPreview(NotFound):
    """There is no preview of this page."""

    code = "no_preview"


class StoredFileDamaged(Problem):
    """The stored file is missing or has been altered, so it is not handed out. Please inform the administrators."""

    status = 500
    code = "stored_file_damaged"


class DocumentsMissing(Unprocessable):
    """Documents are missing that this step needs."""

    code = "documents_missing"


class PaperNotReady(Conflict):
    """This paper cannot be made yet: the case does not hold its data so far."""

    code = "paper_not_ready"


class PaperUnknown(NotFound):
    """There is no such paper."""

    code = "paper_unknown"
