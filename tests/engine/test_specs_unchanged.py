"""Parsed diagrams are shared by all cases: running one must not change them."""

from __future__ import annotations

import random
from typing import Any

from tests.engine import shipped
from tests.engine.running import Run, Specs


def picture(value: Any, seen: set[int] | None = None) -> Any:
    """Everything that can be reached from ``value``, as plain nested data."""
    seen = seen if seen is not None else set()
    if isinstance(value, str | int | float | bool | type(None)):
        return value
    if isinstance(value, dict):
        return {str(key): picture(item, seen) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [picture(item, seen) for item in value]
    if id(value) in seen or callable(value) or not hasattr(value, "__dict__"):
        return type(value).__name__
    seen.add(id(value))
    return {"type": type(value).__name__, **{key: picture(item, seen) for key, item in vars(value).items()}}


def spec_picture(specs: Specs) -> Any:
    """The main process and all others."""
    return {name: picture(spec) for name, spec in {"": specs.spec, **specs.subprocess_specs}.items()}


def test_running_cases_leaves_the_specs_as_they_were_parsed() -> None:
    specs = shipped.specs()
    before = spec_picture(specs)
    assert len(str(before)) > 50_000, "the picture must really show the specs"
    seen: set[str] = set()
    for seed in range(60):
        chance, run = random.Random(seed), Run(specs, shipped.delegate(seed))
        for _ in range(150):
            if run.done:
                break
            seen.add(shipped.random_step(chance, [run]))
            run.freeze_and_thaw()
    tasks = {element.id for element in specs.model.user_tasks()}
    assert tasks <= seen, f"never done: {sorted(tasks - seen)}"
    assert spec_picture(specs) == before


def test_the_picture_notices_a_changed_spec() -> None:
    files = {path.name: path.read_bytes() for path in shipped.FOLDER.glob("*.bpmn")}
    specs = Specs("training_case", files)
    before = spec_picture(specs)
    specs.subprocess_specs["funding_check"].task_specs["give_evidence"].collection = "others"
    assert spec_picture(specs) != before
