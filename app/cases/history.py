"""What happened in a case: readable, redacted, provable; and the path through the diagram."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.journal import entries
from app.audit.models import JournalEntry
from app.cases.present import result_in_words
from app.cases.redaction import Sight, redact
from app.engine.catalogue import LoadedDefinition
from app.engine.correction import REOPENED
from app.engine.models import Task
from app.identity.models import User
from app.platform import codec
from app.platform.i18n import _
from app.platform.paging import position_in_list

ERASED_PAYLOAD: dict[str, Any] = {}


def history_page(
    session: Session,
    case_id: str,
    definition: LoadedDefinition,
    sight: Sight,
    cursor: str | None,
    limit: int,
) -> dict[str, Any]:
    """Entries behind ``cursor`` (the last seen seq), oldest first. Raises BadCursor."""
    found = entries(session, case_id, position_in_list(cursor), limit + 1)
    shown = found[:limit]
    undone = undone_entries(session, case_id)
    names = user_names(session, {entry.actor_id for entry in shown} | {entry.on_behalf_of for entry in shown})
    own = _own_tasks(session, case_id, sight)
    following = str(shown[-1].seq) if len(found) > limit else None
    return {"items": [_view(entry, definition, sight, own, names, undone) for entry in shown], "next": following}


def _own_tasks(session: Session, case_id: str, sight: Sight) -> frozenset[str]:
    """Tasks about the reader: what was entered there is the reader's own data."""
    if not sight.own:
        return frozenset()
    about_me = sa.select(Task.id).where(Task.case_id == case_id, Task.subject_id.in_(sorted(sight.own)))
    return frozenset(session.scalars(about_me))


def user_names(session: Session, ids: Iterable[str | None]) -> dict[str, str]:
    """User id → name, in one statement."""
    wanted = sorted({key for key in ids if key})
    if not wanted:
        return {}
    return {row.id: row.name for row in session.execute(sa.select(User.id, User.name).where(User.id.in_(wanted)))}


def _view(
    entry: JournalEntry,
    definition: LoadedDefinition,
    sight: Sight,
    own: frozenset[str],
    names: Mapping[str, str],
    undone: Mapping[int, int],
) -> dict[str, Any]:
    payload = codec.loads(entry.payload) if entry.payload else ERASED_PAYLOAD
    seen = sight.of_own() if payload.get("task") in own else sight
    return {
        "seq": entry.seq,
        "at": entry.at,
        "actor": None if entry.actor_id is None else {"id": entry.actor_id, "name": _who(entry.actor_id, names)},
        "on_behalf_of": None if entry.on_behalf_of is None else names.get(entry.on_behalf_of, ""),
        "kind": entry.kind,
        "summary": summarise(entry.kind, payload, definition),
        "payload": redact(payload, seen, definition),
        "hash": entry.hash,
        "corrected_by": undone.get(entry.seq),
    }


def _who(actor_id: str, names: Mapping[str, str]) -> str:
    """A user's name; whoever had no account has acted by a link, whose id says so by itself."""
    return _("Participant by link") if actor_id.startswith("link") else names.get(actor_id, "")


def undone_entries(session: Session, case_id: str) -> dict[int, int]:
    """Number of every entry that a correction has taken back → number of the entry that says so."""
    statement = sa.select(JournalEntry.seq, JournalEntry.payload).where(
        JournalEntry.case_id == case_id, JournalEntry.kind == REOPENED
    )
    found = {}
    for row in session.execute(statement.order_by(JournalEntry.seq)):
        first, last = codec.loads(row.payload)["undone"] if row.payload else (0, -1)
        found.update(dict.fromkeys(range(first, last + 1), row.seq))
    return found


def summarise(kind: str, payload: Mapping[str, Any], definition: LoadedDefinition) -> str:
    """One sentence for people; names of persons stay out of it, they have their own sensitivity."""
    step = definition.element_name(str(payload.get("element", "")))
    fixed = {
        "case.started": _("Case started."),
        "task.completed": _("Done: %(task)s.") % {"task": step},
        REOPENED: _("Opened again for correction: %(task)s.") % {"task": step},
        "service.called": _("Automatic step: %(step)s.") % {"step": step},
        "incident.opened": _("An automatic step failed and will be tried again: %(step)s.") % {"step": step},
        "incident.retried": _("Failed step tried again."),
        "message.received": _("Message received: %(name)s.") % {"name": _message_name(payload, definition)},
        "case.ended": result_in_words(payload.get("result")),
        "comment.added": _("Comment written."),
        "comment.withdrawn": _("Comment withdrawn."),
        "document.added": _("Document added."),
        "document.removed": _("Document removed."),
        "tasks.handed_over": _("Tasks handed over: %(tasks)s.") % {"tasks": _steps_named(payload, definition)},
        "case.follow_up_due": _("The follow-up after six months is due."),
        "link.issued": _("A link was handed out to a participant."),
        "link.revoked": _("A link for a participant was revoked."),
        "link.used": _("A participant has confirmed by a link."),
        "participant.consented": _("A participant has consented."),
        "participant.withdrawal_declared": _("A participant has withdrawn."),
    }
    if kind == "decision.evaluated":
        table = payload.get("decision_name") or payload.get("decision_id", "")
        return _("Decision table evaluated: %(table)s.") % {"table": table}
    if kind == "timer.fired":
        names = ", ".join(definition.element_name(str(element)) for element in payload.get("elements", ()))
        return _("Deadline reached: %(what)s.") % {"what": names}
    if kind == "case.moved":
        opened = dict.fromkeys(definition.element_name(item["element"]) for item in payload.get("opened", ()))
        return _("Next: %(tasks)s.") % {"tasks": ", ".join(opened)} if opened else _("The case has moved on.")
    return fixed.get(kind, kind)


def _steps_named(payload: Mapping[str, Any], definition: LoadedDefinition) -> str:
    """The steps of ``tasks`` in a payload, each once."""
    return ", ".join(dict.fromkeys(definition.element_name(item["element"]) for item in payload.get("tasks", ())))


def _message_name(payload: Mapping[str, Any], definition: LoadedDefinition) -> str:
    """What the diagram calls the event that catches the message."""
    name = str(payload.get("name", ""))
    events = (element for element in definition.model.elements.values() if element.message == name)
    return next((definition.element_name(event.id) for event in events if event.name), name)


def moves(session: Session, case_id: str) -> list[Mapping[str, Any]]:
    """The payloads of all ``case.moved`` entries that no correction has taken back, in order."""
    statement = (
        sa.select(JournalEntry.seq, JournalEntry.kind, JournalEntry.payload)
        .where(JournalEntry.case_id == case_id, JournalEntry.kind.in_(("case.moved", REOPENED)))
        .order_by(JournalEntry.seq)
    )
    found: dict[int, Mapping[str, Any]] = {}
    for row in session.execute(statement):
        payload = codec.loads(row.payload) if row.payload else {}
        if row.kind == REOPENED:
            first, last = payload.get("undone", (0, -1))
            found = {seq: moved for seq, moved in found.items() if not first <= seq <= last}
        else:
            found[row.seq] = payload
    return [moved for moved in found.values() if moved]


def path_counts(moved: Sequence[Mapping[str, Any]], definition: LoadedDefinition) -> tuple[Counter[str], Counter[str]]:
    """How often each element was completed and each sequence flow taken."""
    elements: Counter[str] = Counter()
    flows: Counter[str] = Counter()
    for payload in moved:
        for element, source in payload.get("path", ()):
            elements[element] += 1
            _count(flows, definition, source, element)
        for element, source in payload.get("joined", ()):  # tokens that waited at a parallel gateway
            _count(flows, definition, source, element)
    return elements, flows


def _count(flows: Counter[str], definition: LoadedDefinition, source: str, element: str) -> None:
    flow = definition.model.flow_between.get((source, element))
    if flow is not None:
        flows[flow] += 1


def steps_in_order(moved: Sequence[Mapping[str, Any]], definition: LoadedDefinition) -> list[str]:
    """Names of the completed tasks in order: the diagram's path in words."""
    shown = ("userTask", "serviceTask", "businessRuleTask", "boundaryEvent")
    return [
        definition.element_name(element)
        for payload in moved
        for element, _source in payload.get("path", ())
        if (found := definition.model.elements.get(element)) is not None and found.type in shown
    ]
