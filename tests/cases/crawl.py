"""Reading everything: every route that answers GET, with every id it can be asked for, as text to be searched."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any

import openpyxl
import pypdfium2
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.routing import Rule as Route
from werkzeug.test import TestResponse

from app.documents.models import Document
from app.engine.models import Case, Task
from app.identity.models import Organisation, User
from app.platform.mail import Mail
from app.registers.import_models import RegisterImport
from app.registers.models import Employee
from tests.world import World

COLUMNS: Mapping[str, Any] = {
    "case_id": Case.id,
    "task_id": Task.id,
    "document_id": Document.id,
    "employee_id": Employee.id,
    "company_id": Organisation.id,
    "provider_id": Organisation.id,
    "import_id": RegisterImport.id,
    "user_id": User.id,
    "mail_id": Mail.id,
}
"""Arguments of routes and the column that holds their values: a new kind of object needs its line here."""
OTHERS: Mapping[str, Sequence[Any]] = {"page": (1,), "token": ("unknown",)}
LEFT_OUT = frozenset({"static", "definitions_api.get_definition"})
"""Files of the product and of its processes: they hold the law, not anybody's data."""
READ = (200, 302, 303, 403, 404, 409, 410, 415, 422)
MOST = 60
"""Objects of one kind that are tried on one route."""


def reading_routes(world: World) -> list[Route]:
    """Routes that answer GET and may hold data."""
    routes = world.app.url_map.iter_rules()
    return [route for route in routes if "GET" in (route.methods or ()) and route.endpoint not in LEFT_OUT]


def known_ids(world: World) -> dict[str, Sequence[Any]]:
    """Values for every argument: the newest objects, whoever they belong to."""
    world.session.rollback()
    found = {
        name: list(world.session.scalars(sa.select(column).distinct().order_by(column.desc()).limit(MOST)))
        for name, column in COLUMNS.items()
    }
    return {**found, **OTHERS}


def addresses(world: World, ids: Mapping[str, Sequence[Any]]) -> Iterator[str]:
    """Every address of every reading route."""
    adapter = world.app.url_map.bind("localhost")
    for route in reading_routes(world):
        names = sorted(route.arguments)
        for values in islice(product(*(ids[name] for name in names)), MOST):
            given = dict(zip(names, values, strict=True))
            yield from (
                adapter.build(route.endpoint, {**given, **query}, method="GET") for query in queries(route, ids)
            )


def queries(route: Route, ids: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """What a route asks for behind its path: whose employees, for lists and exports of them."""
    if "employee" not in route.endpoint or route.arguments:
        return [{}]
    return [{}, *({"company": company} for company in ids["company_id"])]


def read(client: FlaskClient, address: str) -> str:
    """What stands at an address, papers and tables included; nothing if it is refused."""
    response = client.get(address)
    assert response.status_code in READ, (address, response.status_code, response.text[:300])
    return words_of(response) if response.status_code == 200 else ""


def words_of(response: TestResponse) -> str:
    """Body and headers of an answer as text."""
    head = "\n".join(f"{name}: {value}" for name, value in response.headers)
    if response.mimetype == "application/pdf":
        pages = pypdfium2.PdfDocument(response.data)
        return head + "\n".join(page.get_textpage().get_text_range() for page in pages)
    if response.mimetype.endswith("spreadsheetml.sheet"):
        book = openpyxl.load_workbook(io.BytesIO(response.data))
        return head + "\n".join(str(cell) for sheet in book for row in sheet.values for cell in row)
    return head + response.data.decode("utf-8", "replace")
