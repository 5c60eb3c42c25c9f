"""Markers planted in a case: one in every free text of every form, in the register, in comments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app.cases.summary import components
from app.engine import catalogue
from app.platform.db import unit_of_work
from app.registers.models import Employee
from tests.world import World

WAYS: Mapping[str, Mapping[str, Any]] = {
    "works_council_word": {"works_council_statement": "consent"},
    "review_assessment": {"review": "correct", "corrected_path": "sgb3_82"},
    "confirm_goal": {"goal_reached": "partly"},
}
"""Answers that open a free text on the way."""
OPENED = frozenset({"works_council_remark", "review_reason", "goal_note", "course_place"})
"""The conditional free texts that are then shown."""
CLOSED = frozenset({"pool_companies", "refusal_reason"})
"""Free texts in groups that the examples leave closed: what is entered there is dropped."""


@dataclass(frozen=True)
class Planted:
    """A marker: its class, whether it is about the employee who can sign in, and the login that entered it."""

    text: str
    sensitivity: str
    about_me: bool = False
    by: str = ""


@dataclass
class Planting:
    """Walks one case and plants as it goes."""

    world: World
    planted: list[Planted] = field(default_factory=list)

    def add(self, sensitivity: str, *, about_me: bool = False, by: str = "") -> str:
        """A new marker; none is the beginning of another."""
        text = f"Zq{len(self.planted):03d}{sensitivity}qZ"
        self.planted.append(Planted(text, sensitivity, about_me, by))
        return text

    def register(self) -> tuple[str, str]:
        """Values of the register that nobody else has: ids of the employee who can sign in and of a colleague."""
        me = next(iter(self.world.driver().actor("employee").employee_ids))
        rows = self.world.session.scalars(
            sa.select(Employee).where(Employee.company_id == self.world.organisation("hr"))
        )
        colleague = next(row.id for row in rows if row.last_name == "Köllner")
        facts = {"birth_date": date(1957, 3, 4), "monthly_gross": Decimal("3777.31")}
        change = sa.update(Employee).where(Employee.id == colleague).values(**facts)
        with unit_of_work(self.world.session):
            self.world.session.execute(change)
        self.planted += [Planted("1957-03-04", "special"), Planted("3777.31", "special")]
        return me, colleague

    def answers(self, login: str, task: Mapping[str, Any]) -> dict[str, Any]:
        """A marker for every free text of the task's form; the others stay as in the examples."""
        definition = catalogue.latest(self.world.session, "training_case")
        found = dict(WAYS.get(task["element"], {}))
        about_me = "Sommerfeld" in task["name"]
        for component in components(definition.forms[task["element"]].localised("de")):
            free = component["type"] in ("textfield", "textarea") and "pattern" not in component.get("validate", {})
            shown = component["key"] in OPENED or not component.get("conditional")
            if free and shown and component["key"] not in CLOSED:
                sensitivity = component["properties"]["sensitivity"]  # from the form, not from what is tested here
                found[component["key"]] = self.add(sensitivity, about_me=about_me, by=login)
        return found

    def comment(self, case_id: str, login: str, audience: str) -> str:
        """A comment with a marker of its own, which stands in no list: its readers are the audience."""
        text = f"Zk{login.replace('-', '')}{audience}kZ"
        answer = self.world.call(login, "POST", f"/cases/{case_id}/comments", {"text": text, "audience": audience})
        assert answer.status_code == 201, answer.text
        return text
