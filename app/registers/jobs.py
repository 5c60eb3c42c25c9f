"""Background work of imports: read a file, check it part by part so that progress shows, take it over at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.platform import codec, db, jobs
from app.platform.clock import local_date
from app.registers import applying
from app.registers.exchange.checking import REGISTERS, check_rows, open_file
from app.registers.exchange.rows import RawRow, Sheet
from app.registers.exchange.table import FileRefused
from app.registers.findings import Finding
from app.registers.import_models import RegisterImport, RegisterImportPart
from app.registers.importing import finish

PART = 500
"""Lines that are checked in one go."""
KEPT_FINDINGS = 500


@jobs.handler("registers.read_import")
def read_import(session: Session, now: datetime, import_id: str) -> None:
    """Read the file of an import and lay its lines out in parts; a file that is no table ends the import."""
    row = _import(session, import_id, "reading")
    if row is None:
        return
    try:
        sheet = open_file(row.content or b"", REGISTERS[row.kind])
    except FileRefused as refused:
        _add_findings(row, [refused.finding])
        finish(session, row, "refused", now)
        return
    row.content, row.total, row.state = None, len(sheet.rows), "checking"
    _add_findings(row, sheet.findings)
    session.flush()
    db.insert(session, RegisterImportPart, _parts(import_id, sheet))
    _defer_check(session, now, import_id, 0)


@jobs.handler("registers.check_import")
def check_import(session: Session, now: datetime, import_id: str, number: int) -> None:
    """Check one part of an import, then have the next one checked; the last one decides."""
    row = _import(session, import_id, "checking")
    if row is None:
        return
    part = session.get_one(RegisterImportPart, (import_id, number))
    held = codec.loads(part.rows)
    raw = [RawRow(line, cells) for line, cells in held["rows"]]
    known, findings = applying.known(session, row, raw)
    checked = check_rows(raw, held["headings"], REGISTERS[row.kind], known, local_date(now))
    _add_findings(row, [*findings, *checked.findings])
    row.checked += len(raw)
    row.added += checked.added
    row.changed += checked.changed
    row.unchanged += checked.unchanged
    part.rows = codec.canonical({"entries": [_plain(entry) for entry in checked.entries]})
    session.flush()
    if row.checked < row.total:
        _defer_check(session, now, import_id, number + 1)
    elif row.finding_count:
        finish(session, row, "refused", now)
    else:
        row.state = "ready"
        session.flush()


@jobs.handler("registers.apply_import")
def apply_import(session: Session, now: datetime, import_id: str) -> None:
    """Take all lines of a confirmed import over, in the one transaction of this job."""
    row = _import(session, import_id, "applying")
    if row is None:
        return
    parts = session.scalars(
        sa.select(RegisterImportPart)
        .where(RegisterImportPart.import_id == import_id)
        .order_by(RegisterImportPart.number)
    )
    fields = REGISTERS[row.kind].by_key
    days = {name for name, field in fields.items() if field.kind == "date"}
    entries = [_typed(entry, days) for part in parts for entry in codec.loads(part.rows)["entries"]]
    row.added, row.changed, row.unchanged = applying.APPLY[row.kind](session, row, entries, now)
    finish(session, row, "done", now)


def _import(session: Session, import_id: str, state: str) -> RegisterImport | None:
    """The import, None if it has been discarded meanwhile."""
    row = session.get(RegisterImport, import_id, populate_existing=True, with_for_update=True)
    return row if row is not None and row.state == state else None


def _defer_check(session: Session, now: datetime, import_id: str, number: int) -> None:
    jobs.defer(session, "registers.check_import", f"{import_id}:{number}", now, import_id=import_id, number=number)


def _add_findings(row: RegisterImport, findings: Sequence[Finding]) -> None:
    kept = codec.loads(row.findings)
    kept += [finding.stored() for finding in findings[: max(0, KEPT_FINDINGS - len(kept))]]
    kept.sort(key=lambda finding: finding["line"] or 0)
    row.findings, row.finding_count = codec.canonical(kept), row.finding_count + len(findings)


def _parts(import_id: str, sheet: Sheet) -> list[dict[str, Any]]:
    pieces = [sheet.rows[index : index + PART] for index in range(0, len(sheet.rows), PART)]
    return [
        {
            "import_id": import_id,
            "number": number,
            "rows": codec.dumps(
                {"headings": sheet.headings, "rows": [(row.line, row.cells) for row in piece]}
            ).decode(),
        }
        for number, piece in enumerate(pieces)
    ]


def _plain(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in entry.items()}


def _typed(entry: Mapping[str, Any], days: set[str]) -> dict[str, Any]:
    return {
        key: date.fromisoformat(value) if key in days and value is not None else value for key, value in entry.items()
    }
