"""Markers planted in a case: one in every free text of every form, in the register, in comments; and reading it all."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import sqlalchemy as sa
from werkzeug.test import TestResponse

from app.cases.summary import components
from app.engine import catalogue
from app.identity.policy import POLICY
from app.platform.db import Base, unit_of_work
from app.registers.models import Employee
from tests.world import World

TABLES = {
    "case_id": "case_record",
    "company_id": "organisation",
    "import_id": "register_import",
    "provider_id": "organisation",
    "user_id": "user_account",
}
"""Arguments of routes whose table is not called like them."""
FIXED: Mapping[str, tuple[Any, ...]] = {
    "key": ("training_case",),
    "version": (1,),
    "page": (1,),
    "login": ("employee", "hr"),
}
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


@dataclass(frozen=True)
class Answer:
    """What one request has shown."""

    address: str
    request_id: str
    text: str


def everything(world: World, login: str, below: tuple[str, ...] = ("/",)) -> Iterator[Answer]:
    """All that ``login`` gets from every reading route ``below`` some paths, with every id there is."""
    client = world.client(login)
    for address in [address for address in addresses(world) if address.startswith(below)]:
        response = client.get(address)
        yield Answer(address, response.headers["X-Request-Id"], _words(response, address))


def addresses(world: World) -> Iterator[str]:
    """Every address that answers GET and needs a sign-in."""
    adapter = world.app.url_map.bind("localhost")
    world.session.rollback()
    for route in world.app.url_map.iter_rules():
        if "GET" in (route.methods or ()) and not POLICY[route.endpoint].public:
            names = sorted(route.arguments)
            for values in product(*(values_of(world, name) for name in names)):
                yield adapter.build(route.endpoint, dict(zip(names, values, strict=True)), method="GET")


def values_of(world: World, argument: str) -> list[Any]:
    """Values for an argument of a route: ``thing_id`` is every id in the table ``thing``. A new kind of argument has
    to be made known here.
    """
    if argument in FIXED:
        return list(FIXED[argument])
    name = TABLES.get(argument, argument.removesuffix("_id"))
    assert name in Base.metadata.tables, f"no values for the argument {argument}"
    return list(world.session.scalars(sa.select(Base.metadata.tables[name].c.id)))


def _words(response: TestResponse, address: str) -> str:
    assert response.status_code < 500, (address, response.status_code)
    if response.status_code != 200:
        return ""
    if response.data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(response.data)) as folder:
            return "\n".join(folder.read(name).decode("utf-8", "replace") for name in folder.namelist())
    return response.data.decode("utf-8", "replace")
