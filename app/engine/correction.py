"""Correcting an answer: a completed task is opened again while nothing that came later builds on it.

The case goes back to the snapshot before the completion (``whole``), or, where others have worked beside it, the step
alone is taken out of the current one (``undo.without_step``). Either way it is a new step in front: version, snapshot,
journal and rows in one guarded write; nothing of the history is touched. Why so: ADR 0021.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.audit.models import JournalEntry
from app.engine import catalogue, store, undo
from app.engine.catalogue import LoadedDefinition
from app.engine.delegates import is_repeatable
from app.engine.models import Snapshot, Task
from app.engine.undo import Entangled
from app.platform import codec
from app.platform.i18n import _
from app.platform.jobs import Job
from app.platform.problems import Conflict

REOPENED = "task.reopened"
STEP_KINDS = ("task.completed", "message.received", "timer.fired", "incident.retried", REOPENED)
"""Entries with which a step begins; each of them is one version of the case."""
LOOKED_AT = 300
"""Entries read behind a completion; a case that has gone on for longer has left it behind."""


class NotDone(Conflict):
    """Only a task that is done can be corrected; this one is not."""

    code = "not_done"


class NoWayBack(Conflict):
    """This answer can no longer be corrected: what the case was before it is not kept."""

    code = "no_way_back"


class CaseRests(Conflict):
    """The case is suspended; an answer can be corrected once it goes on."""

    code = "case_rests"


class LaterStep(Conflict):
    """This answer can no longer be corrected: what came after it builds on it (%(step)s)."""

    code = "later_step"


class WorkBegun(Conflict):
    """This answer can no longer be corrected: somebody has already begun with what follows from it (%(step)s)."""

    code = "work_begun"


class EffectHappened(Conflict):
    """This answer can no longer be corrected: what follows from it has already had its effect (%(step)s)."""

    code = "effect_happened"


@dataclass(frozen=True)
class Entry:
    """A journal entry as read back."""

    seq: int
    kind: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class Undo:
    """How a completion can be taken back. ``whole``: the case then stands exactly where it stood before. ``first`` and
    ``last``: its journal entries. ``jobs``: keys of what its ``automatic`` steps, named for people, asked for.
    """

    snapshot: dict[str, Any]
    whole: bool
    first: int
    last: int
    answers: Mapping[str, Any] | None
    jobs: tuple[str, ...]
    automatic: str


def plan(session: Session, loaded: Any) -> Undo:
    """How the completed task of ``loaded`` (see ``service.load_task``) can be opened again; writes nothing.

    Raises NotDone, CaseRests, NoWayBack, LaterStep, EffectHappened.
    """
    task, case = loaded.Task, loaded.Case
    if task.state != "completed":
        raise NotDone
    if case.status == "suspended":
        raise CaseRests
    if task.undo_to is None or task.completed_seq is None:
        raise NoWayBack
    definition = catalogue.load(session, case.definition_id)
    entries = _entries(session, case.id, task.completed_seq)
    size = _length_of_step(entries)
    own, later = entries[:size], entries[size:]
    snapshots = _snapshots(session, case.id, (task.undo_to, task.undo_to + 1))
    if not own or task.undo_to not in snapshots:
        raise NoWayBack
    _check_repeatable(own, definition)
    whole = case.version == task.newest_at or _only_tried_again(later, case.version - task.newest_at)
    snapshot = snapshots[task.undo_to]
    if not whole:
        snapshot = _beside(definition, task, case, snapshots, store.decode_snapshot(loaded.blob), later)
    undone = _undo(definition, task, case.id, own, snapshot, whole)
    _check_jobs(session, undone)
    return undone


def _undo(
    definition: LoadedDefinition, task: Task, case_id: str, own: Sequence[Entry], snapshot: dict[str, Any], whole: bool
) -> Undo:
    moved = next(entry.payload for entry in own if entry.kind == "case.moved")
    jobs = (f"{case_id}:{(task.undo_to or 0) + 1}:{number}:{name}" for number, name in enumerate(moved.get("jobs", ())))
    called = (str(entry.payload.get("element", "")) for entry in own if entry.kind == "service.called")
    automatic = ", ".join(definition.element_name(element) for element in called)
    return Undo(snapshot, whole, own[0].seq, own[-1].seq, own[0].payload.get("answers"), tuple(jobs), automatic)


def _entries(session: Session, case_id: str, first: int) -> list[Entry]:
    statement = (
        sa.select(JournalEntry.seq, JournalEntry.kind, JournalEntry.payload)
        .where(JournalEntry.case_id == case_id, JournalEntry.seq >= first)
        .order_by(JournalEntry.seq)
        .limit(LOOKED_AT)
    )
    return [
        Entry(row.seq, row.kind, codec.loads(row.payload) if row.payload else {}) for row in session.execute(statement)
    ]


def _length_of_step(entries: Sequence[Entry]) -> int:
    """How many of ``entries`` belong to the step that begins with the first of them; 0 if its end is not among them."""
    for number, entry in enumerate(entries, start=1):
        if entry.kind == "case.moved":
            trailing = ("incident.opened", "case.ended")
            while number < len(entries) and entries[number].kind in trailing:
                number += 1
            return number
    return 0


def _snapshots(session: Session, case_id: str, versions: Sequence[int]) -> dict[int, dict[str, Any]]:
    statement = sa.select(Snapshot.version, Snapshot.blob).where(
        Snapshot.case_id == case_id, Snapshot.version.in_(versions)
    )
    return {row.version: store.decode_snapshot(row.blob) for row in session.execute(statement)}


def _check_repeatable(own: Sequence[Entry], definition: LoadedDefinition) -> None:
    for entry in own:
        if entry.kind == "service.called" and not is_repeatable(str(entry.payload.get("topic", ""))):
            raise EffectHappened(step=definition.element_name(str(entry.payload["element"])))


def _steps(later: Sequence[Entry]) -> Iterator[tuple[Entry, Sequence[Entry]]]:
    """The steps among ``later``: the entry that each begins with, and the others; what is no step is left out."""
    position = 0
    while position < len(later):
        if later[position].kind not in STEP_KINDS:
            position += 1
            continue
        size = 1 if later[position].kind == REOPENED else _length_of_step(later[position:])
        if not size:
            return
        yield later[position], later[position + 1 : position + size]
        position += size


def _only_tried_again(later: Sequence[Entry], versions: int) -> bool:
    """Whether all that came later are retries of a failed automatic step, without success."""
    steps = list(_steps(later))
    return len(steps) == versions and all(
        begin.kind == "incident.retried" and not _moved(rest) and "service.called" not in {entry.kind for entry in rest}
        for begin, rest in steps
    )


def _moved(rest: Sequence[Entry], *names: str) -> list[Any]:
    """What a step has completed, opened or closed."""
    moves = (entry.payload for entry in rest if entry.kind == "case.moved")
    return [item for move in moves for name in names or ("path", "opened", "closed") for item in move.get(name, ())]


def _beside(
    definition: LoadedDefinition,
    task: Task,
    case: Any,
    snapshots: Mapping[int, dict[str, Any]],
    current: dict[str, Any],
    later: Sequence[Entry],
) -> dict[str, Any]:
    """The current snapshot without the step, if all later steps were taken beside it. Raises LaterStep."""
    before, after, steps = snapshots[task.undo_to or 0], snapshots.get((task.undo_to or 0) + 1), list(_steps(later))
    if after is None or len(steps) != case.version - (task.newest_at or 0):
        raise LaterStep(step=_told(definition, steps[0][0]) if steps else _("a change of the case"))
    output = definition.model.elements[task.element].prop("outputCollection")
    written = undo.written_variables(before, after)
    for begin, rest in steps:
        if not _independent(definition, begin, rest, written):
            raise LaterStep(step=_told(definition, begin))
    try:
        return undo.without_step(before, after, current, output)
    except Entangled:
        raise LaterStep(step=_told(definition, steps[0][0])) from None


def _independent(definition: LoadedDefinition, begin: Entry, rest: Sequence[Entry], written: frozenset[str]) -> bool:
    """Whether a step did nothing but complete (or reopen) a task whose form reads none of the variables ``written``."""
    if begin.kind not in ("task.completed", REOPENED):
        return False
    element = str(begin.payload.get("element", ""))
    form = definition.forms.get(element)
    if form is None or form.reads & written:
        return False
    return (
        all(entry.kind == "case.moved" for entry in rest)
        and all(completed == element for completed, _source in _moved(rest, "path"))
        and set(_moved(rest, "closed")) <= {begin.payload.get("task")}
        and not _moved(rest, "opened")
    )


def _told(definition: LoadedDefinition, entry: Entry) -> str:
    """What a later step was, for people."""
    if entry.kind == "timer.fired":
        names = ", ".join(definition.element_name(str(element)) for element in entry.payload.get("elements", ()))
        return (_("Deadline reached: %(what)s.") % {"what": names}).rstrip(".")
    return definition.element_name(str(entry.payload.get("element", ""))) or str(entry.payload.get("name", entry.kind))


def _check_jobs(session: Session, undone: Undo) -> None:
    """Nothing that the step asked for may have begun. Raises EffectHappened."""
    if undone.jobs:
        waiting = sa.select(sa.func.count()).where(Job.key.in_(undone.jobs), store.NOT_BEGUN)
        if session.scalar(waiting) != len(undone.jobs):
            raise EffectHappened(step=undone.automatic)
