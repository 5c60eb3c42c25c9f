"""A step of the set-up is carried out when it has to be, and only then."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from app.bootstrap.console import SetUpError, progress, run_quietly
from app.bootstrap.steps import Step, carry_out, digest


class Workshop:
    """A step that copies its input, in a folder of its own, and counts how often it did."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = folder / "source"
        self.product = folder / "product"
        self.runs = 0
        self.source.write_text("one")

    def step(self, action: Callable[[], None] | None = None) -> Step:
        return Step(self.folder / "made" / "stamp", (self.source,), (self.product,), action or self.work)

    def work(self) -> None:
        self.runs += 1
        self.product.write_text(self.source.read_text())

    def run(self, action: Callable[[], None] | None = None) -> None:
        carry_out([self.step(action)], tools=self.folder / "tools")


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


def test_a_second_run_does_nothing(workshop: Workshop) -> None:
    workshop.run()
    workshop.run()
    assert workshop.runs == 1


def test_a_changed_input_makes_it_anew(workshop: Workshop) -> None:
    workshop.run()
    workshop.source.write_text("two")
    workshop.run()
    assert (workshop.runs, workshop.product.read_text()) == (2, "two")


def test_a_lost_product_makes_it_anew(workshop: Workshop) -> None:
    workshop.run()
    workshop.product.unlink()
    workshop.run()
    assert workshop.product.read_text() == "one"


def test_a_damaged_stamp_makes_it_anew(workshop: Workshop) -> None:
    workshop.run()
    workshop.step().stamp.write_bytes(b"\xff\xfe")
    workshop.run()
    assert workshop.runs == 2


def test_a_failure_leaves_no_stamp_so_that_the_next_run_tries_again(workshop: Workshop) -> None:
    def fail() -> None:
        raise SetUpError("no network")

    workshop.run()
    workshop.source.write_text("two")
    with pytest.raises(SetUpError):
        workshop.run(fail)
    assert not workshop.step().is_current()
    workshop.run()
    assert workshop.product.read_text() == "two"


def test_a_change_made_while_it_runs_is_not_lost(workshop: Workshop) -> None:
    def work_while_someone_edits() -> None:
        workshop.work()
        workshop.source.write_text("edited meanwhile")

    workshop.run(work_while_someone_edits)
    assert not workshop.step().is_current()


def test_runs_at_the_same_time_make_it_once(workshop: Workshop) -> None:
    together = threading.Barrier(4)

    def run() -> None:
        together.wait()
        workshop.run()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert workshop.runs == 1


def test_the_digest_tells_names_and_contents_apart(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text("12")
    second.write_text("3")
    before = digest([first, second])
    first.write_text("1")
    second.write_text("23")
    assert digest([first, second]) != before
    assert digest([second, first]) == digest([first, second])
    second.unlink()
    assert digest([first, second]) != digest([first])


def test_progress_goes_to_stderr_because_stdout_is_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("fetches a thing"):
        pass
    with pytest.raises(SetUpError), progress("fetches another"):
        raise SetUpError
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[0].startswith("set-up: fetches a thing ... done (")
    assert said.err.splitlines()[1] == "set-up: fetches another ... failed"


def test_a_program_that_fails_is_quoted_with_advice() -> None:
    with pytest.raises(SetUpError, match=r"(?s)ended with code 3:\nno such package\nCheck the network\."):
        run_quietly(["sh", "-c", "echo no such package >&2; exit 3"], advice="Check the network.")


def test_a_program_that_is_not_there_is_named_with_advice() -> None:
    with pytest.raises(SetUpError, match=r"(?s)no-such-program cannot be started.*\nInstall it\."):
        run_quietly(["no-such-program"], advice="Install it.")
