"""What a case can show for itself: its history and its proof, its diagram with the path, its decisions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import JournalEntry
from app.audit.verification import Verification, verify
from app.cases import history as histories
from app.cases.access import load_visible, open_tasks
from app.cases.redaction import redact
from app.cases.shown import classes_of, record_view
from app.cases.sight import sight_of
from app.engine import catalogue
from app.identity.actor import Actor
from app.platform import codec, paging
from app.platform.i18n import current_language


def history(
    session: Session, actor: Actor, case_id: str, cursor: str | None, limit: int | None, now: datetime
) -> dict[str, Any]:
    """Journal entries, redacted by the actor's sight; the view is logged."""
    case = load_visible(session, actor, case_id, "cases_api.history").Case
    definition = catalogue.load(session, case.definition_id)
    size = min(limit or paging.DEFAULT_LIMIT, paging.MAX_LIMIT)
    sight = sight_of(session, actor, case, definition)
    page = histories.history_page(session, case_id, definition, sight, cursor, size)
    record_view(session, now, actor, case, classes_of([item["payload"] for item in page["items"]], definition))
    return page


def verification(session: Session, actor: Actor, case_id: str) -> Verification:
    """Whether the case's journal is unaltered."""
    case = load_visible(session, actor, case_id, "cases_api.verification").Case
    return verify(session, case.id, case.journal_seq, case.journal_head)


def diagram(session: Session, actor: Actor, case_id: str) -> dict[str, Any]:
    """The diagrams as files, and per element how often it was completed and is active now."""
    case = load_visible(session, actor, case_id, "cases_api.diagram").Case
    definition = catalogue.load(session, case.definition_id)
    completed, flows = histories.path_counts(histories.moves(session, case.id), definition)
    active: dict[str, int] = {}
    for task in open_tasks(session, [case.id]).get(case.id, []):
        active[task.element] = active.get(task.element, 0) + 1
    if case.status == "open" and case.phase in definition.model.elements:
        active[case.phase] = active.get(case.phase, 0) or 1
    for element in active:
        flows.update(_ways_into(element, completed, definition))
    phases = [phase for phase in definition.manifest.phases if phase in definition.model.processes]
    order = [definition.model.main, *phases, *definition.model.processes]
    files = [
        {
            "name": file,
            "process": process,
            "title": definition.manifest.phase_title(process, current_language()),
            "xml": definition.files[file].decode(),
        }
        for process, file in sorted(definition.model.processes.items(), key=lambda item: order.index(item[0]))
    ]
    main = definition.model.processes[definition.model.main]
    return {"files": files, "main": main, "active": active, "completed": dict(completed), "flows": dict(flows)}


def _ways_into(element: str, completed: Mapping[str, int], definition: catalogue.LoadedDefinition) -> list[str]:
    """The flow by which a waiting element was entered, if only one of its predecessors is completed."""
    ways = [flow for flow in definition.model.flows.values() if flow.target == element and completed.get(flow.source)]
    return [way.id for way in ways] if len(ways) == 1 else []


def decisions(session: Session, actor: Actor, case_id: str, now: datetime) -> dict[str, Any]:
    """Every decision of the case with inputs, matched rules, annotations, outputs and the model's hash; the view is
    logged.
    """
    case = load_visible(session, actor, case_id, "cases_api.decisions").Case
    definition = catalogue.load(session, case.definition_id)
    sight = sight_of(session, actor, case, definition)
    statement = (
        sa.select(JournalEntry)
        .where(JournalEntry.case_id == case_id, JournalEntry.kind == "decision.evaluated")
        .order_by(JournalEntry.seq)
    )
    found = [(entry.seq, entry.at, codec.loads(entry.payload)) for entry in session.scalars(statement) if entry.payload]
    shown = [redact(payload, sight, definition) for _seq, _at, payload in found]
    record_view(session, now, actor, case, classes_of(shown, definition))
    undone = histories.undone_entries(session, case_id)
    items = [
        {"seq": seq, "at": at, "corrected_by": undone.get(seq), **payload}
        for (seq, at, _whole), payload in zip(found, shown, strict=True)
    ]
    return {"items": items, "next": None}
