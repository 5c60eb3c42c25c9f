"""Cases in words and as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.engine.catalogue import LoadedDefinition
from app.engine.models import Case, Task
from app.identity.roles import ROLES
from app.platform.clock import BERLIN
from app.platform.i18n import _


def where_in_words(case: Case, definition: LoadedDefinition, tasks: Sequence[Task], language: str) -> str:
    """One sentence: which phase, who has it, since when."""
    if case.status != "open":
        return ended_in_words(case)
    phase = definition.manifest.phase_title(case.phase, language)
    if not tasks:
        return _("%(phase)s: an automatic step is being worked on.") % {"phase": phase}
    groups: Counter[tuple[str, str]] = Counter((task.role, definition.element_name(task.element)) for task in tasks)
    parts = []
    for (role, name), count in groups.items():
        who = ROLES[role].name(language) if role in ROLES else role
        parts.append(f"{who} ({name}{f' × {count}' if count > 1 else ''})")
    since = min(task.created_at for task in tasks).astimezone(BERLIN)
    values = {"phase": phase, "who": ", ".join(parts), "since": since.strftime("%d.%m.%Y")}
    return _("%(phase)s: waiting for %(who)s since %(since)s.") % values


def ended_in_words(case: Case) -> str:
    """How a case has ended, or that it rests."""
    return _("Suspended.") if case.status == "suspended" else result_in_words(case.result)


def result_in_words(result: str | None) -> str:
    """What came of a case."""
    texts = {
        "completed": _("Completed: the training has taken place and is settled."),
        "withdrawn": _("Withdrawn."),
        "declined": _("Declined: the demand was not accepted."),
        "not_fundable": _("Ended: not fundable, and the company does not pay itself."),
        "refused": _("Ended: the employment agency has refused the application."),
    }
    return texts.get(result or "") or _("Ended.")


def case_view(row: Any, definition: LoadedDefinition, tasks: Sequence[Task], language: str) -> dict[str, Any]:
    """A case row (``Case``, ``company_name``) as plain data."""
    case: Case = row.Case
    return {
        "id": case.id,
        "number": case.number,
        "process": case.process,
        "version": definition.version,
        "status": case.status,
        "phase": case.phase,
        "phase_title": definition.manifest.phase_title(case.phase, language),
        "company": {"id": case.company_id, "name": row.company_name},
        "title": case.title,
        "result": case.result,
        "where": where_in_words(case, definition, tasks, language),
        "created_at": case.created_at,
        "updated_at": case.updated_at,
        "ended_at": case.ended_at,
        "etag": str(case.version),
    }


def phases_view(
    case: Case, definition: LoadedDefinition, completed: Mapping[str, int], language: str
) -> list[dict[str, str]]:
    """Every phase with its state: done, current, ahead, or skipped."""
    found = []
    passed = False
    for key in reversed(list(definition.manifest.phases)):
        current = case.status == "open" and key == case.phase
        state = "current" if current else "done" if completed.get(key) else "skipped" if passed else "ahead"
        if case.status != "open" and state == "ahead":
            state = "skipped"
        passed = passed or current or bool(completed.get(key))
        found.append({"key": key, "title": definition.manifest.phase_title(key, language), "state": state})
    return found[::-1]


def task_brief(task: Task, definition: LoadedDefinition, seen: bool, language: str, now: datetime) -> dict[str, Any]:
    """An open task on the page of its case; of tasks out of sight no person and no organisation is named."""
    return {
        "id": task.id,
        "element": task.element,
        "name": definition.task_name(task.element, task.name) if seen else definition.element_name(task.element),
        "role": task.role,
        "role_name": ROLES[task.role].name(language) if task.role in ROLES else task.role,
        "organisation_id": task.organisation_id if seen else None,
        "assignee_id": task.assignee_id if seen else None,
        "created_at": task.created_at,
        "due_at": task.due_at,
        "overdue": task.due_at is not None and task.due_at < now,
    }
