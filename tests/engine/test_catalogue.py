"""Definitions: refused ones leave nothing, equal ones are one, running cases keep theirs."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa

from app.engine import catalogue
from app.engine.bundle import content_hash, pack, read_folder, unpack
from app.engine.catalogue import DefinitionRefused, ProcessUnknown
from app.engine.models import Case, Definition
from app.platform.db import unit_of_work
from app.platform.settings import ROOT
from tests.engine.deployed import Trial, deploy, picture
from tests.engine.diagrams import bundle, flows, form, node, process, task
from tests.engine.test_specs_unchanged import picture as reachable
from tests.world import NOW, World


def steps(*names: str, key: str) -> bytes:
    """One task after the other."""
    chain = ["begin", *names, "done"]
    return process(
        key,
        node("startEvent", "begin"),
        *(task(name) for name in names),
        node("endEvent", "done"),
        flows(*(f"{one} {two}" for one, two in pairwise(chain))),
    )


def versions(world: World, key: str) -> list[int]:
    """Versions of a process in the database."""
    world.session.rollback()
    statement = sa.select(Definition.version).where(Definition.key == key).order_by(Definition.version)
    return list(world.session.scalars(statement))


def test_a_refused_definition_stores_nothing_and_names_every_finding(world: World) -> None:
    bad = bundle(steps("x", "y", key="main"))
    before = picture(world)
    with pytest.raises(DefinitionRefused) as refused, unit_of_work(world.session):
        catalogue.deploy(world.session, bad, NOW)
    assert picture(world) == before
    assert [(item.rule, item.element) for item in refused.value.findings] == [
        ("form_exists", "x"),
        ("form_exists", "y"),
    ]
    assert {error.pointer for error in refused.value.errors} == {"/0.bpmn"}


def test_a_definition_that_passes_the_gate_and_cannot_be_loaded_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise KeyError("inside the parser")

    monkeypatch.setattr(catalogue, "parse_specs", broken)
    before = picture(world)
    good = bundle(steps("x", key="main"), forms={"x": form("x")})
    with pytest.raises(DefinitionRefused) as refused, unit_of_work(world.session):
        catalogue.deploy(world.session, good, NOW)
    assert [item.rule for item in refused.value.findings] == ["loadable"]
    assert picture(world) == before


def test_the_same_content_twice_is_the_same_version(world: World) -> None:
    first = deploy(world, steps("x", key="same"), main="same")
    before = picture(world)
    second = deploy(world, steps("x", key="same"), main="same")
    assert (first.id, first.version, first.hash) == (second.id, second.version, second.hash)
    assert picture(world) == before
    with unit_of_work(world.session):
        catalogue.deploy_shipped(world.session, ROOT / "processes", ROOT / "forms", NOW + timedelta(days=1))
    assert picture(world) == before, "nothing happens when the shipped process is as it was"


def test_a_changed_file_of_any_kind_is_a_new_version(world: World) -> None:
    files = dict(catalogue.latest(world.session, "training_case").files)
    hashes = {content_hash(files)}
    for name in ("completion.bpmn", "forms/close_case.form", "decisions/sgb3_82.dmn", "process.toml"):
        hashes.add(content_hash({**files, name: files[name] + b"\n"}))
    hashes.add(content_hash({**files, "extra.txt": b""}))
    assert len(hashes) == 6


def test_running_cases_keep_their_version_and_new_ones_take_the_newest(world: World) -> None:
    old = deploy(world, steps("one", "two", "three", key="growing"), main="growing")
    running = Trial.start(world, old)
    running.do("one")
    new = deploy(world, steps("one", "two_new", "three", key="growing"), main="growing")
    assert versions(world, "growing") == [1, 2]
    assert catalogue.latest(world.session, "growing").id == new.id
    world.engine.live.clear()
    assert running.open() == ["two"]
    running.do("two")
    running.do("three")
    assert running.case.status == "completed"
    assert running.case.definition_id == old.id
    assert running.path() == ["begin", "one", "two", "three", "done"]
    assert running.journal("case.started")[0]["version"] == 1
    young = Trial.start(world, catalogue.latest(world.session, "growing"))
    young.do("one")
    assert young.open() == ["two_new"]


def test_going_back_to_an_older_content_is_a_new_version_again(world: World) -> None:
    for names in (("a",), ("b",), ("a",)):
        deploy(world, steps(*names, key="back"), main="back")
    assert versions(world, "back") == [1, 2, 3]
    assert [element.id for element in catalogue.latest(world.session, "back").model.user_tasks()] == ["a"]


def test_an_old_case_of_the_shipped_process_is_walked_to_its_end_after_a_new_version(world: World) -> None:
    case_id = world.case_at("review_assessment")
    files = dict(catalogue.latest(world.session, "training_case").files)
    files["completion.bpmn"] = files["completion.bpmn"].replace(
        b"</bpmn:process>", b"<!-- changed --></bpmn:process>", 1
    )
    with unit_of_work(world.session):
        newest = catalogue.deploy(world.session, files, NOW)
    assert newest.version == 2
    world.engine.live.clear()
    world.walker().to_end(case_id)
    row = world.session.get_one(Case, case_id, populate_existing=True)
    assert (row.status, row.definition_id == newest.id) == ("completed", False)
    _back_to_the_shipped_one(world)


def _back_to_the_shipped_one(world: World) -> None:
    with unit_of_work(world.session):
        catalogue.deploy_shipped(world.session, ROOT / "processes", ROOT / "forms", NOW)


def test_a_definition_from_the_database_is_the_one_from_the_files(world: World) -> None:
    files = read_folder(ROOT / "processes" / "training_case", ROOT / "forms" / "training_case")
    assert unpack(pack(files)) == files
    _back_to_the_shipped_one(world)
    row_id = catalogue.latest(world.session, "training_case").id
    catalogue._loaded.pop(row_id)
    stored, built = catalogue.load(world.session, row_id), catalogue.build(files, row_id, 1)
    assert stored.hash == built.hash == content_hash(files)
    assert stored.model == built.model
    assert stored.manifest == built.manifest
    assert stored.sensitivity == built.sensitivity
    assert stored.forms == built.forms
    assert {key: reachable(model) for key, model in stored.decisions.items()} == {
        key: reachable(model) for key, model in built.decisions.items()
    }
    assert reachable(stored.spec) == reachable(built.spec)
    assert reachable(dict(stored.subprocess_specs)) == reachable(dict(built.subprocess_specs))
    assert catalogue.load(world.session, row_id) is stored, "parsed once"


def test_an_unknown_process_is_not_found(world: World) -> None:
    with pytest.raises(ProcessUnknown):
        catalogue.latest(world.session, "nothing")
    with pytest.raises(ProcessUnknown):
        catalogue.load(world.session, "nothing")
