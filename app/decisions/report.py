"""What ``python3 -m app decisions`` reports: findings of files, one decision explained, the conformance kit's score.

Each report is plain data for ``--json`` and lines for people; exit code 0 means that all is well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.decisions.dmn import DmnError, Evaluation, check_model, load_model
from app.decisions.tck import run_case, tck_cases


@dataclass(frozen=True, slots=True)
class Report:
    """``data`` for machines, ``lines`` for people, ``code`` for the shell."""

    data: Mapping[str, Any]
    lines: Sequence[str]
    code: int


def check(files: Sequence[Path]) -> Report:
    """Everything found in DMN files; code 1 if a finding is an error."""
    found = [finding for path in files for finding in check_model(path.read_bytes(), path.name)]
    lines = [f"{item.file}:{item.line}: {item.severity} ({item.rule}) {item.message_en}" for item in found]
    errors = sum(item.severity == "error" for item in found)
    lines.append(f"{len(files)} files, {errors} errors, {len(found) - errors} warnings")
    return Report({"findings": [asdict(item) for item in found]}, lines, 1 if errors else 0)


def explain(path: Path, decision: str, inputs: Mapping[str, Any]) -> Report:
    """Make one decision and show which rules led to it; code 1 if the file or an input is refused."""
    try:
        made = load_model(path.read_bytes(), path.name).evaluate(decision, inputs)
    except DmnError as error:
        return Report({"error": error.message, "error_de": error.message_de}, [error.message], 1)
    return Report(made.as_record(), list(_explained(made)), 0)


def _explained(made: Evaluation, indent: str = "") -> Iterator[str]:
    record = made.as_record()
    yield f"{indent}{made.decision_name or made.decision_id} = {record['value']}"
    for rule in made.matched:
        yield f"{indent}  rule {rule.index} ({rule.rule_id}) {' · '.join(rule.annotations.values())}".rstrip()
    for required in made.required:
        yield from _explained(required, indent + "    ")


def conformance(folder: Path) -> Report:
    """Passed and failed result nodes of a folder in the format of the DMN TCK; code 1 if one fails or none is there."""
    folders: dict[str, dict[str, int]] = {}
    lines = []
    for case in tck_cases(folder):
        right, value = run_case(case)
        counts = folders.setdefault(case.model.parent.name, {"passed": 0, "failed": 0})
        counts["passed" if right else "failed"] += 1
        if not right:
            lines.append(f"{case.name}: expected {case.expected!r}, got {value!r}")
    passed, failed = (sum(counts[key] for counts in folders.values()) for key in ("passed", "failed"))
    lines.append(f"{passed} of {passed + failed} result nodes as the standard says")
    data = {"passed": passed, "failed": failed, "folders": folders}
    return Report(data, lines, 1 if failed or not passed else 0)
