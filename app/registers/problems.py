"""What can go wrong in the registers."""

from __future__ import annotations

from app.platform.problems import Conflict, Forbidden, Problem, Unprocessable


class ImplausibleFacts(Unprocessable):
    """Some of these facts cannot be true."""

    code = "implausible"


class StaffNumberTaken(Unprocessable):
    """Somebody in this company has this staff number already."""

    code = "staff_number_taken"


class NameTaken(Unprocessable):
    """There is an organisation with this short name already."""

    code = "short_name_taken"


class NotYourField(Forbidden):
    """Your role may change this entry, but not this part of it."""

    code = "not_your_field"


class NoSuchCompany(Unprocessable):
    """There is no such company, or you may not keep its register."""

    code = "company_unknown"


class ImportNotReady(Conflict):
    """This import cannot be confirmed: it is still being checked, has findings, or is done."""

    code = "import_not_ready"


class FileMissing(Unprocessable):
    """Please choose a file."""

    code = "file_missing"


class FileTooLarge(Problem):
    """The file is larger than allowed: %(megabytes)s MB at most."""

    status = 413
    code = "file_too_large"
