"""One random walk: what is done next, what must hold after every step, and how it must end."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.cases.leavers import OWN_ENDPOINTS, PARTICIPANT_WITHDRAWAL, PROVIDER_CANCELLED, WITHDRAWAL
from app.cases.scope import grant_for
from app.cases.service import message_form
from app.engine.catalogue import LoadedDefinition
from app.forms.definition import FormDefinition
from app.identity.actor import Actor

WANDERING = 60
"""Steps after which only examples are answered: they lead to an end."""
ROUNDS = 12
"""So often the examples of one task are answered; who goes round in a circle, as where no certificate of the only quote
covers the course, then decides otherwise.
"""
LONGEST = 200
CALM = (0, 0, 0, 8, 16, 24)
"""Steps at the beginning along the examples: so late parts of a case are wandered through as often as early ones."""
TIMER, MESSAGE = 0.2, 0.15
LEAVING = {WITHDRAWAL: 0.006, PROVIDER_CANCELLED: 0.02, PARTICIPANT_WITHDRAWAL: 0.006}
"""How often time passes, a message comes, somebody leaves (all, the provider, one person), where that is possible."""
ONE_OF_SEVERAL, FROM_LIST = 0.02, 0.2
"""How often one of several participants leaves, and how often while several have still to answer the same list."""


@dataclass(frozen=True)
class Waiting:
    """An event a case waits for."""

    kind: str
    name: str
    due_at: datetime | None


class RandomWalk:
    """The choices; how they are carried out is left to the two kinds of walk. ``told`` is the walk in words."""

    def __init__(self, definition: LoadedDefinition, actors: Mapping[str, Actor], seed: int) -> None:
        self.definition, self.actors, self.chance = definition, actors, random.Random(seed)
        self.told: list[str] = []
        self.done: Counter[str] = Counter()
        self.calm = self.chance.choice(CALM)
        self.reviewers: dict[str, str] = {}

    # -- carried out elsewhere ------------------------------------------------------------------------------------

    def open_tasks(self) -> Sequence[Any]:
        """Open tasks, with the columns that decide who may do them."""
        raise NotImplementedError

    def waits(self) -> Sequence[Waiting]:
        """What the case waits for."""
        raise NotImplementedError

    def incidents(self) -> Sequence[str]:
        """What went wrong and is not mended."""
        raise NotImplementedError

    def result(self) -> str | None:
        """The result of a case that has ended."""
        raise NotImplementedError

    def complete(self, task: Any, login: str, form: FormDefinition, chance: random.Random | None) -> None:
        """``login`` does the task."""
        raise NotImplementedError

    def send(self, name: str, form: FormDefinition | None) -> None:
        """A message arrives."""
        raise NotImplementedError

    def variables(self) -> Mapping[str, Any]:
        """The data of the case."""
        raise NotImplementedError

    def withdraw(self) -> None:
        """HR withdraws."""
        raise NotImplementedError

    def cancel_provider(self) -> None:
        """The chosen provider cancels."""
        raise NotImplementedError

    def leave(self, employee: str) -> None:
        """One participant withdraws, the last one with the case."""
        raise NotImplementedError

    def pass_time(self, until: datetime) -> None:
        """It is ``until`` now, and timers fire."""
        raise NotImplementedError

    def check(self) -> None:
        """What else must hold after every step."""

    # -- the walk -------------------------------------------------------------------------------------------------

    def to_end(self) -> str:
        """Walk; the result of the case. Raises AssertionError with seed and walk."""
        for number in range(LONGEST):
            self.check_here()
            if self.result() is not None:
                return self._ended()
            self.step(straight=number < self.calm or number >= WANDERING)
        raise AssertionError(f"no end within {LONGEST} steps")

    def check_here(self) -> None:
        """Nothing has failed, somebody can go on, and nobody's task is nobody's."""
        wrong = list(self.incidents())
        assert wrong == [], f"incidents: {wrong}"
        self.check()
        tasks = self.open_tasks()
        if self.result() is None:
            assert tasks or any(wait.due_at for wait in self.waits()), "a dead end"
        nobodys = [task.element for task in tasks if not self.able(task)]
        assert nobodys == [], f"tasks that nobody may do: {nobodys}"

    def able(self, task: Any) -> list[str]:
        """Logins that may do ``task``."""
        barred = self.reviewers.get(task.four_eyes or "")
        return [
            login
            for login, actor in self.actors.items()
            if grant_for(actor, task) is not None and actor.user_id != barred
        ]

    def step(self, *, straight: bool) -> None:
        """Do one thing."""
        tasks, waits = self.open_tasks(), self.waits()
        due = [wait.due_at for wait in waits if wait.due_at is not None]
        names = sorted({wait.name for wait in waits if wait.kind == "message"} - OWN_ENDPOINTS)
        if due and (not tasks or (not straight and self.chance.random() < TIMER)):
            self._tell("timer", min(due).isoformat())
            self.pass_time(min(due) + timedelta(minutes=1))
        elif not straight and names and self.chance.random() < MESSAGE:
            name = self.chance.choice(names)
            self._tell("message", name)
            self.send(name, message_form(self.definition, name))
        elif straight or not self._somebody_leaves({wait.name for wait in waits}, {task.subject_id for task in tasks}):
            self._work(self.chance.choice(sorted(tasks, key=self.place)), straight)

    def _somebody_leaves(self, awaited: set[str], asked: set[str | None]) -> bool:
        """Whether chance makes somebody leave, while tasks about ``asked`` are open. Before there are participants none
        of them can.
        """
        people = sorted(row["employee"] for row in self.variables().get("participants") or [])
        possible = awaited if people else awaited - {PARTICIPANT_WITHDRAWAL}
        often = dict(LEAVING)
        if len(people) > 1:
            often[PARTICIPANT_WITHDRAWAL] = FROM_LIST if len(asked.intersection(people)) > 1 else ONE_OF_SEVERAL
        left = next((name for name in often if name in possible and self.chance.random() < often[name]), None)
        if left is None:
            return False
        self._tell("message", left)
        if left == PARTICIPANT_WITHDRAWAL:
            self.leave(self.chance.choice(people))
        elif left == PROVIDER_CANCELLED:
            self.cancel_provider()
        else:
            self.withdraw()
        return True

    def place(self, task: Any) -> Any:
        """Where a task stands among the open ones; the same for the same seed."""
        return task.element, task.place

    def _work(self, task: Any, straight: bool) -> None:
        login = self.chance.choice(self.able(task))
        self._tell(task.element, login)
        by_example = straight and self.done[task.element] <= ROUNDS
        self.complete(task, login, self.definition.forms[task.element], None if by_example else self.chance)
        self.reviewers[task.element] = self.actors[login].user_id

    def _tell(self, what: str, more: str) -> None:
        self.done[what if what != "message" else f"message {more}"] += 1
        self.told.append(f"{what} {more}")

    def _ended(self) -> str:
        result = str(self.result())
        assert result in self.definition.manifest.results.values(), f"{result} is no declared end"
        assert not self.open_tasks(), "an ended case has open tasks"
        assert not self.waits(), "an ended case waits"
        return result


def walked(walk: RandomWalk, seed: int) -> str:
    """Walk to the end; what goes wrong names seed and walk."""
    try:
        return walk.to_end()
    except Exception as error:
        way = "\n  ".join(walk.told)
        raise AssertionError(f"seed {seed}, step {len(walk.told)}: {error!r}\n  {way}") from error
