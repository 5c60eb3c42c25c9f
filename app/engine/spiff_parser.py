"""From checked BPMN files in the camunda dialect to SpiffWorkflow specs with our semantics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, full_tag
from SpiffWorkflow.bpmn.parser.event_parsers import BoundaryEventParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.task_parsers import (
    CallActivityParser,
    ConditionalGatewayParser,
    GatewayParser,
    SubWorkflowParser,
)
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser

from app.engine import spiff_specs as specs
from app.engine.model import ProcessModel
from app.engine.spiff_events import DueTimer, NamedMessage


class _Process(ProcessParser):
    def create_spec(self) -> Any:
        spec = super().create_spec()
        spec.end.__class__ = specs.CaseEndJoin
        return spec


class _Task(TaskParser):
    """User, service and business rule tasks, each possibly multi-instance."""

    task: Any

    def _add_multiinstance_task(self, loop_characteristics: Any) -> None:
        element = self.process_parser.parser.model.elements[self.bpmn_id]
        original = self.spec.task_specs.pop(self.task.name)
        self.task = specs.CaseMultiInstance(
            self.spec,
            original.name,
            collection=element.collection,
            element_variable=element.element_variable,
            output_collection=element.prop("outputCollection"),
            sequential=element.sequential,
            output_key=element.prop("outputKey"),
            **self.bpmn_attributes,
        )
        self._copy_task_attrs(original)
        original.completed_event.connect(self.task.merge_child)


class _Gateway(ConditionalGatewayParser):
    def parse_condition(self, sequence_flow: Any) -> str | None:
        text = super().parse_condition(sequence_flow)
        return None if text is None else str(text).strip()


class _Boundary(BoundaryEventParser):
    def parse_timer_event(self, event: Any) -> DueTimer:
        element = self.process_parser.parser.model.elements[self.bpmn_id]
        return DueTimer(name=self.bpmn_id, expression=element.timer[1])

    def parse_message_event(self, message_event: Any) -> NamedMessage:
        element = self.process_parser.parser.model.elements[self.bpmn_id]
        return NamedMessage(element.message)


class CaseParser(BpmnParser):
    """Parses only what the gate lets through."""

    PROCESS_PARSER_CLASS = _Process
    OVERRIDE_PARSER_CLASSES: ClassVar[dict[str, Any]] = {
        full_tag("userTask"): (_Task, specs.CaseUserTask),
        full_tag("serviceTask"): (_Task, specs.CaseServiceTask),
        full_tag("businessRuleTask"): (_Task, specs.CaseServiceTask),
        full_tag("exclusiveGateway"): (_Gateway, specs.CaseExclusiveGateway),
        full_tag("parallelGateway"): (GatewayParser, specs.CaseParallelGateway),
        full_tag("callActivity"): (CallActivityParser, specs.CaseCallActivity),
        full_tag("subProcess"): (SubWorkflowParser, specs.CaseSubProcess),
        full_tag("boundaryEvent"): (_Boundary, specs.CaseBoundaryEvent),
    }

    def __init__(self, model: ProcessModel) -> None:
        super().__init__()
        self.model = model


def parse_specs(model: ProcessModel, roots: Mapping[str, etree._Element]) -> tuple[Any, dict[str, Any]]:
    """The main process's spec and the specs of all processes it uses, by id."""
    parser = CaseParser(model)
    for file, root in roots.items():
        parser.add_bpmn_xml(root, file)
    return parser.get_spec(model.main), parser.get_subprocess_specs(model.main)
