"""Employees over HTTP: list, look at, add, change."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from app.identity.guard import current_actor
from app.platform.api import ApiBlueprint
from app.platform.clock import utcnow
from app.platform.db import db
from app.registers import employees, schemas
from app.registers.employees import EmployeeQuery

blueprint = ApiBlueprint("employees_api", __name__, "Employees of companies, with facts that hold from a day on")


def _tagged(view: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    return view, 200, {"ETag": f'"{view["etag"]}"'}


@blueprint.route("/employees")
@blueprint.arguments(schemas.EmployeeArguments, location="query")
@blueprint.response(200, schemas.EmployeePage)
def list_employees(arguments: dict[str, Any]) -> dict[str, Any]:
    """People in your sight, by last name: your company's, or yourself."""
    return employees.list_employees(db.session(), current_actor(), EmployeeQuery(**arguments), utcnow())


@blueprint.route("/employees", methods=["POST"])
@blueprint.arguments(schemas.NewEmployee)
@blueprint.response(201, schemas.EmployeeDetail)
def add_employee(new: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Add a person to your company's register."""
    employee = employees.add_employee(db.session(), current_actor(), new, utcnow())
    address = url_for("employees_api.get_employee", employee_id=employee["id"])
    return employee, 201, {"Location": address, "ETag": f'"{employee["etag"]}"'}


@blueprint.route("/employees/<string:employee_id>")
@blueprint.response(200, schemas.EmployeeDetail)
def get_employee(employee_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """One person with the facts of today and of other days."""
    return _tagged(employees.get_employee(db.session(), current_actor(), employee_id, utcnow()))


@blueprint.route("/employees/<string:employee_id>", methods=["PATCH"])
@blueprint.arguments(schemas.EmployeeChange)
@blueprint.response(200, schemas.EmployeeDetail)
def change_employee(changed: dict[str, Any], employee_id: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Change a person from ``valid_from`` on, or correct the facts of today."""
    tag = request.headers.get("If-Match")
    return _tagged(employees.change_employee(db.session(), current_actor(), employee_id, changed, utcnow(), tag))
