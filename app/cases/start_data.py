"""What may be known of a case when it is started: entries of its first form, checked as that form does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.engine.catalogue import LoadedDefinition
from app.forms.definition import FormDefinition
from app.forms.problems import answers_at
from app.platform.clock import local_date
from app.platform.i18n import _
from app.platform.problems import FieldError, Unprocessable
from app.registers import reading as registers


class StartDataRefused(Unprocessable):
    """A new case takes only the entries that the first form asks for."""

    code = "start_data"


def checked_start_data(
    session: Session, definition: LoadedDefinition, company_id: str, data: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """``data`` with every entry in the type its form gives it; empty ones are left out.

    Raises StartDataRefused for entries the process does not take, InvalidAnswers for wrong ones.
    """
    refused = sorted(set(data) - set(definition.manifest.start))
    if refused:
        message = _("This field is not known here.")
        raise StartDataRefused([FieldError(f"/data/{_escaped(key)}", "unknown_field", message) for key in refused])
    checked: dict[str, Any] = {}
    for task in definition.model.user_tasks():
        form = definition.forms[task.id]
        given = {key: value for key, value in data.items() if key in form.level.keys and key not in checked}
        if given:
            with answers_at("/data"):
                checked |= form.validate_given(given, _options(session, form, company_id, local_date(now)))
    return {key: value for key, value in checked.items() if value is not None}


def _options(session: Session, form: FormDefinition, company_id: str, day: date) -> dict[str, list[dict[str, Any]]]:
    sources = {
        "employees": lambda: registers.employee_options(session, company_id, day),
        "providers": lambda: registers.provider_options(session, day),
    }
    return {key: sources[key]() for key in form.values_keys if key in sources}


def _escaped(key: str) -> str:
    """As part of a JSON pointer (RFC 6901), shortened."""
    return key[:80].replace("~", "~0").replace("/", "~1")
