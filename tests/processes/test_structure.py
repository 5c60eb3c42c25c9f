"""What the diagrams promise: one id from diagram to test, forms and roles for tasks, every domain step."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from app.identity.roles import ROLES

from .bundle import CAMUNDA, FORMS, PROCESS, elements, ids, manifest, nodes, processes, properties
from .diagram_model import BPMN

SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")

PROPERTIES = {"organisation", "subject", "four_eyes", "outputCollection", "outputKey", "title"}

DOMAIN_STEPS = {
    "1 capture demand": {"capture_demand", "register_demand"},
    "2 check completeness": {"check_completeness", "completeness_result", "demand_capture_declined"},
    "3 works council's word": {
        "has_council",
        "works_council_word",
        "works_council_overdue",
        "remind_works_council",
        "council_silent",
        "decide_without_council",
    },
    "4 pool or go alone": {"pool_or_alone", "pool_overdue", "remind_pool"},
    "5 evidence per participant": {"give_evidence", "company_evidence"},
    "6 assess": {"assess_participants", "determine_path", "path_found", "decide_self_pay"},
    "7 review": {"review_assessment", "review_result", "four_eyes_needed", "second_review", "apply_review"},
    "8 request quotes": {"request_quotes", "send_quote_requests", "quote_half_time", "remind_providers"},
    "9 quote": {"give_quote", "quote_deadline_passed", "rank_quotes"},
    "10 compare and choose": {"compare_quotes", "choose_provider", "confirm_choice", "certificate_covers"},
    "11 plan short-time work": {"short_time_work_planned", "plan_short_time"},
    "12 align": {"align_short_time", "confirm_alignment", "confirm_alignment_council", "alignment_result"},
    "13 apply": {
        *{"reassess", "apply_for_funding", "application_due_soon", "escalate_application"},
        *{"course_begun", "missed_deadline"},
    },
    "14 decision": {
        *{"record_decision", "agency_decision", "decision_result", "after_refusal", "refusal_path"},
        *{"objection_ended", "record_objection", "without_objection", "change_instrument"},
    },
    "15 enrol, seat contract": {"enrol_participants", "confirm_seat_contract"},
    "16 monthly attendance": {"record_attendance", "attendance_overdue", "more_months"},
    "17 certificate, goal reached": {"issue_certificate", "confirm_goal"},
    "18 settlement": {"settle_course", "settlement_overdue", "remind_settlement"},
    "19 close": {"close_case", "close_file"},
    "at any time: withdrawal": {"case_work", "withdrawal", "confirm_withdrawal", "case_withdrawn"},
}


def test_every_id_is_snake_case_and_used_once() -> None:
    used = Counter(
        element.attrib["id"] for process in processes().values() for element in process.iter() if element.get("id")
    )
    assert [key for key in used if not SNAKE_CASE.fullmatch(key)] == []
    # A phase is one name for three things: the called process, its file and the call in the main diagram.
    assert {key for key, times in used.items() if times > 1} == set(manifest()["phases"])


def test_a_phase_is_a_called_process_a_file_and_a_call() -> None:
    main, phases = manifest()["main"], list(manifest()["phases"])
    assert {process.get("id") for process in processes().values()} == set(processes())
    assert set(processes()) == {main, *phases}
    calls = [call.attrib["id"] for call in processes()[main].iter(BPMN + "callActivity")]
    assert calls == phases
    assert [call.get("calledElement") for call in elements("callActivity")] == phases
    assert manifest()["key"] == PROCESS.name == main


def test_every_flow_is_named_after_its_ends_and_listed_there() -> None:
    incoming, outgoing = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for flow in elements("sequenceFlow"):
        source, target = flow.attrib["sourceRef"], flow.attrib["targetRef"]
        assert flow.attrib["id"] == f"flow_{source}_{target}"
        outgoing[source, flow.attrib["id"]] += 1
        incoming[target, flow.attrib["id"]] += 1
    listed = {"incoming": Counter[tuple[str, str]](), "outgoing": Counter[tuple[str, str]]()}
    for node in nodes():
        for way, found in listed.items():
            found.update((node.attrib["id"], entry.text or "") for entry in node.findall(BPMN + way))
    assert listed == {"incoming": incoming, "outgoing": outgoing}


def test_every_user_task_has_its_form_and_every_form_its_task() -> None:
    tasks = ids("userTask")
    for task in elements("userTask"):
        assert task.get(CAMUNDA + "formKey") == f"form:{task.attrib['id']}"
        assert (task.get(CAMUNDA + "dueDate") or "").startswith("=")
    assert {path.stem for path in FORMS.glob("*.form")} == tasks


def test_every_task_goes_to_known_roles() -> None:
    used = set()
    for task in elements("userTask"):
        groups = task.attrib[CAMUNDA + "candidateGroups"].split(",")
        assert 1 <= len(groups) <= 2
        used.update(groups)
        if groups == ["provider"]:
            assert properties(task)["organisation"].startswith("=")
    assert used <= set(ROLES)
    assert used == set(manifest()["roles"])
    assert manifest()["owner"] in ROLES


def test_every_property_of_a_task_is_a_known_one() -> None:
    for task in elements("userTask"):
        found = properties(task)
        assert set(found) <= PROPERTIES, task.get("id")
        assert found.get("four_eyes", "review_assessment") in ids("userTask")
        loop = task.find(BPMN + "multiInstanceLoopCharacteristics")
        assert (loop is not None) == ("outputCollection" in found) == ("outputKey" in found)


def test_every_exclusive_split_asks_a_question_and_has_a_default_way() -> None:
    for gateway in elements("exclusiveGateway"):
        key = gateway.attrib["id"]
        flows = {flow.attrib["id"]: flow for flow in elements("sequenceFlow") if flow.get("sourceRef") == key}
        if len(flows) == 1:
            assert len(gateway.findall(BPMN + "incoming")) > 1, f"{key} neither splits nor joins"
            continue
        assert len(gateway.findall(BPMN + "incoming")) == 1, f"{key} splits and joins at once"
        assert (gateway.get("name") or "").endswith("?"), key
        default = gateway.get("default")
        assert default in flows, f"{key} has no default"
        for flow in flows.values():
            condition = flow.find(BPMN + "conditionExpression")
            assert flow.get("name"), flow.get("id")
            assert (condition is None) == (flow.get("id") == default)
            if condition is not None:
                assert condition.get("language") == "feel"
                assert not (condition.text or "=").startswith("=")


def test_what_a_reader_sees_has_a_name() -> None:
    for node in nodes():
        joins = node.tag.endswith("Gateway") and len(node.findall(BPMN + "outgoing")) == 1
        if not joins and node.tag != BPMN + "parallelGateway":
            assert node.get("name"), node.get("id")


@pytest.mark.parametrize("step", DOMAIN_STEPS)
def test_a_step_of_the_domain_is_in_the_diagrams(step: str) -> None:
    assert DOMAIN_STEPS[step] <= {node.attrib["id"] for node in nodes()}


def test_every_task_belongs_to_a_step_of_the_domain() -> None:
    told = set().union(*DOMAIN_STEPS.values())
    assert ids("userTask", "businessRuleTask") <= told
    assert [step.split()[0] for step in DOMAIN_STEPS][:-1] == [str(number) for number in range(1, 20)]


def test_every_end_of_a_case_has_a_result() -> None:
    main = processes()[manifest()["main"]]
    inside = {end.attrib["id"] for end in main.iter(BPMN + "endEvent")} - {"case_closed"}
    assert set(manifest()["results"]) == inside
    assert len(set(manifest()["results"].values())) == len(inside)


def test_titles_are_there_in_both_languages() -> None:
    for title in (manifest()["title"], *manifest()["phases"].values()):
        assert set(title) == {"de", "en"}
        assert all(title.values())
    for key, process in processes().items():
        expected = manifest()["phases"].get(key, manifest()["title"])
        assert process.get("name") == expected["de"]
    for call in elements("callActivity"):
        assert call.get("name") == manifest()["phases"][call.attrib["id"]]["de"]
