"""Running diagrams in memory: our workflow with freeze → JSON → thaw, and plain SpiffWorkflow as the oracle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from app.engine.frontier import freeze, thaw
from app.engine.model import ProcessModel, read_model
from app.engine.spiff_events import NamedMessage
from app.engine.spiff_parser import parse_specs
from app.engine.spiff_specs import is_instance
from app.engine.workflow import FEEL, CaseContext, CaseWorkflow
from app.engine.xml import parse
from app.platform import codec

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CASE = {"number": "FF-2026-000001", "company": "c", "created": "2026-11-23T09:00:00.000000Z"}
Call = Callable[[Any], bool | None]


class PlainWorkflow(CaseContext, BpmnWorkflow):
    """SpiffWorkflow as it is: tree iteration, whole history, nothing frozen. Only variables and clock are ours."""

    def __init__(self, spec: Any, subprocess_specs: Mapping[str, Any], variables: dict[str, Any]) -> None:
        self.variables = variables
        self.trace, self.incidents = [], []
        super().__init__(spec, dict(subprocess_specs), script_engine=FEEL)

    def run_automatic_steps(self) -> None:
        """Spiff's own loop, until timers that are due have fired as well."""
        for _ in range(3):
            self.do_engine_steps()

    def workflows(self) -> list[Any]:
        """This one and its active children."""
        return [self, *self.get_active_subprocesses()]

    def open_user_tasks(self) -> list[Any]:
        """Ready tasks for people."""
        return list(self.get_tasks(state=TaskState.READY, manual=True))


class Specs:
    """Parsed diagrams, shared by all runs."""

    def __init__(self, main: str, files: Mapping[str, bytes]) -> None:
        roots = {name: parse(data) for name, data in files.items() if name.endswith(".bpmn")}
        self.model: ProcessModel = read_model(main, roots)
        self.spec, self.subprocess_specs = parse_specs(self.model, roots)


class Run:
    """One run of a diagram; every verb is one step."""

    def __init__(
        self, specs: Specs, call: Call, variables: Mapping[str, Any] | None = None, *, plain: bool = False
    ) -> None:
        self.specs, self.call, self.now = specs, call, NOW
        kind = PlainWorkflow if plain else CaseWorkflow
        self.workflow: Any = kind(specs.spec, specs.subprocess_specs, dict(variables or {}))
        self.snapshot_bytes = 0
        self._step(lambda: None)

    def _step(self, act: Callable[[], None]) -> None:
        self.workflow.begin(self.now, CASE, self.call)
        act()
        self.workflow.run_automatic_steps()

    def freeze_and_thaw(self) -> None:
        """Through JSON and back, as between two requests."""
        text = codec.dumps(freeze(self.workflow))
        self.snapshot_bytes = len(text)
        self.workflow = thaw(codec.loads(text), self.specs.spec, self.specs.subprocess_specs)

    def do(self, element: str, answers: Mapping[str, Any] | None = None, index: int = 0) -> None:
        """Complete the ``index``-th open task of ``element``."""

        def act() -> None:
            task = self.tasks(element)[index]
            if is_instance(task):
                task.internal_data["answers"] = dict(answers or {})
            else:
                self.workflow.variables.update(answers or {})
            task.run()

        self._step(act)

    def tasks(self, element: str) -> list[Any]:
        """Open tasks of one element, by their place in the list for multi-instance."""
        found = [task for task in self.workflow.open_user_tasks() if task.task_spec.bpmn_id == element]
        return sorted(found, key=lambda task: task.internal_data.get("index", 0))

    def message(self, name: str) -> None:
        """Send a message."""
        self._step(lambda: self.workflow.send_event(BpmnEvent(NamedMessage(name), payload={})))

    def change(self, **variables: Any) -> None:
        """An automatic step sets variables; running lists follow, as they do then."""

        def act() -> None:
            self.workflow.variables.update(variables)
            self.workflow.follow_lists()

        self._step(act)

    def pass_time(self, moment: datetime) -> None:
        """Move the clock and let timers fire."""
        self.now = moment
        self._step(lambda: None)

    def open(self) -> list[str]:
        """Element ids of open tasks, sorted."""
        return sorted(task.task_spec.bpmn_id for task in self.workflow.open_user_tasks())

    def waiting(self) -> list[tuple[str, str | None]]:
        """Waiting events with their due times, sorted."""
        events = self.workflow.event_manager.tasks.values()
        return sorted((task.task_spec.bpmn_id, task.internal_data.get("due")) for task in events)

    @property
    def done(self) -> bool:
        """Whether the case has ended."""
        return bool(self.workflow.is_completed())

    @property
    def variables(self) -> dict[str, Any]:
        """The case's variables."""
        return dict(self.workflow.variables)
