"""Thawed cases kept in memory: a hit saves the thaw, a miss costs one.

Correct with any number of processes, because the version guard of the write decides: an entry is only used for
exactly the
version that was read from the database, taken out while it is stepped, and put back after the commit.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from app.engine.workflow import CaseWorkflow

MAX_TASKS = 400
"""A workflow that has grown beyond this many task objects is thawed afresh: its history is not needed to go on."""


class LiveCache:
    """Least recently used cases, by id and version; safe for threads."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._entries: OrderedDict[str, tuple[int, CaseWorkflow]] = OrderedDict()
        self._lock = Lock()

    def take(self, case_id: str, version: int) -> CaseWorkflow | None:
        """Remove and return the workflow of exactly this version, None if it is not there."""
        with self._lock:
            entry = self._entries.pop(case_id, None)
        return entry[1] if entry is not None and entry[0] == version else None

    def put(self, case_id: str, version: int, workflow: CaseWorkflow) -> None:
        """Keep ``workflow``, which is in the state of ``version``, unless the case has ended or it has grown too
        large.
        """
        if self.size <= 0 or workflow.completed or workflow.size() > MAX_TASKS:
            return
        with self._lock:
            self._entries[case_id] = (version, workflow)
            self._entries.move_to_end(case_id)
            while len(self._entries) > self.size:
                self._entries.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
