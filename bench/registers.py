"""How long 5,000 employees take from the upload to the last entry: read, checked and taken over."""

from __future__ import annotations

import time
from datetime import timedelta

from app.demo.direct import DirectDriver
from app.factory import create_app
from app.platform import jobs
from app.platform.clock import utcnow
from app.platform.db import db, unit_of_work
from app.registers import importing
from app.registers.exchange.export import as_xlsx
from app.registers.fields import EMPLOYEE_FIELDS
from bench.report import Measurement
from bench.world import prepared

EMPLOYEES = 5000
LIMIT_SECONDS = 30.0
HR = "hr5"
"""HR of a company whose people no other measurement asks for."""


def workbook(count: int = EMPLOYEES) -> bytes:
    """An XLSX file of ``count`` employees."""
    row = {field.key: field.default for field in EMPLOYEE_FIELDS}
    row |= {"first_name": "Vorname", "weekly_hours": 38, "monthly_gross": 3000, "has_qualification": True}
    row["birth_date"] = utcnow().date().replace(year=1980, day=1)
    rows = [{**row, "staff_number": f"B{number}", "last_name": f"Nachname {number}"} for number in range(count)]
    return as_xlsx(EMPLOYEE_FIELDS, rows, "de")


def import_5000_employees(url: str, database: str) -> Measurement:
    """Upload, check, confirm and take over, as the jobs do it; raises if not everybody is there afterwards."""
    content, app = workbook(), create_app(prepared(url))
    with app.app_context():
        session, now = db.session(), utcnow()
        actor = DirectDriver(session, app.extensions["vorlauf_engine"], now).actor(HR)
        company = actor.grants[0].organisation_id
        began = time.perf_counter()
        with unit_of_work(session):
            found = importing.upload(session, actor, "employees", company, "people.xlsx", content, now)
        jobs.drain(session, now + timedelta(seconds=1))
        with unit_of_work(session):
            importing.confirm(session, actor, "employees", found["id"], now)
        jobs.drain(session, now + timedelta(seconds=1))
        seconds = time.perf_counter() - began
        done = importing.get_import(session, actor, "employees", found["id"])
        db.session.remove()
        db.engine.dispose()
    if (done["state"], done["added"]) != ("done", EMPLOYEES):
        raise RuntimeError(f"import ended as {done['state']} with {done['added']} people")
    return Measurement("import_5000_employees", seconds, "s", LIMIT_SECONDS, database, 1)
