"""Reading everything: every route that answers GET, with every id it can be asked for, as text to be searched."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import pypdfium2
import sqlalchemy as sa
from werkzeug.routing import Rule as Route
from werkzeug.test import TestResponse

from app.platform.db import Base
from tests.world import World

TABLES = {
    "case_id": "case_record",
    "company_id": "organisation",
    "import_id": "register_import",
    "provider_id": "organisation",
    "user_id": "user_account",
}
"""Arguments of routes whose table is not called like them."""
FIXED: Mapping[str, tuple[Any, ...]] = {"key": ("training_case",), "version": (1,), "page": (1,), "token": ("unknown",)}
READ = (200, 302, 303, 403, 404, 409, 410, 415, 422)
LAW = frozenset({"definitions_api.get_definition"})
"""Files of the processes: they hold the law, not anybody's data."""


@dataclass(frozen=True)
class Answer:
    """What one request has shown."""

    address: str
    request_id: str
    text: str


def everything(
    world: World, login: str, below: tuple[str, ...] = ("/",), left_out: frozenset[str] = frozenset()
) -> Iterator[Answer]:
    """All that ``login`` gets from every reading route ``below`` some paths, with every id there is."""
    client = world.client(login)
    for address in [address for address in addresses(world, left_out) if address.startswith(below)]:
        response = client.get(address)
        assert response.status_code in READ, (address, response.status_code, response.text[:300])
        text = words_of(response) if response.status_code == 200 else ""
        yield Answer(address, response.headers["X-Request-Id"], text)


def addresses(world: World, left_out: frozenset[str] = frozenset()) -> Iterator[str]:
    """Every address that answers GET."""
    adapter = world.app.url_map.bind("localhost")
    world.session.rollback()
    for route in world.app.url_map.iter_rules():
        if "GET" not in (route.methods or ()) or route.endpoint in {"static", *left_out}:
            continue
        names = sorted(route.arguments)
        for values in product(*(values_of(world, name) for name in names)):
            given = dict(zip(names, values, strict=True))
            for query in queries(world, route):
                yield adapter.build(route.endpoint, {**given, **query}, method="GET")


def values_of(world: World, argument: str) -> list[Any]:
    """Values for an argument of a route: ``thing_id`` is every id in the table ``thing``. A new kind of argument has
    to be made known here.
    """
    if argument in FIXED:
        return list(FIXED[argument])
    name = TABLES.get(argument, argument.removesuffix("_id"))
    assert name in Base.metadata.tables, f"no values for the argument {argument}"
    return list(world.session.scalars(sa.select(Base.metadata.tables[name].c.id)))


def queries(world: World, route: Route) -> list[dict[str, Any]]:
    """What a route asks for behind its path: whose employees, for lists and exports of them."""
    if "employee" not in route.endpoint or route.arguments:
        return [{}]
    return [{}, *({"company": company} for company in values_of(world, "company_id"))]


def words_of(response: TestResponse) -> str:
    """Body and headers of an answer as text, papers and tables included."""
    head = "\n".join(f"{name}: {value}" for name, value in response.headers)
    if response.mimetype == "application/pdf":
        pages = pypdfium2.PdfDocument(response.data)
        return head + "\n".join(page.get_textpage().get_text_range() for page in pages)
    if response.data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(response.data)) as folder:
            return head + "\n".join(folder.read(name).decode("utf-8", "replace") for name in folder.namelist())
    return head + response.data.decode("utf-8", "replace")
