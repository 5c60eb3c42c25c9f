"""Which way a case takes after the funding check."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from app.decisions.dmn import load_model

FILE = Path(__file__).parents[2] / "processes" / "training_case" / "decisions" / "funding_path.dmn"


def path_for(fundable: bool, review: bool, none: bool) -> object:
    inputs = {"any_fundable": fundable, "any_review": review, "all_not_fundable": none}
    return load_model(FILE.read_bytes(), FILE.name).evaluate("funding_path", inputs).value


@pytest.mark.parametrize(
    ("fundable", "review", "none", "path"),
    [
        (True, False, False, "sgb3_82"),
        (True, True, False, "review"),
        (False, True, False, "review"),
        (False, False, True, "none"),
        (False, False, False, "none"),
        (True, False, True, "review"),  # contradictory: a person looks at it
    ],
)
def test_a_case_takes_the_path_its_people_allow(fundable: bool, review: bool, none: bool, path: str) -> None:
    assert path_for(fundable, review, none) == path


def test_every_combination_has_exactly_one_path() -> None:
    paths = {path_for(*flags) for flags in itertools.product((True, False), repeat=3)}
    assert paths == {"sgb3_82", "review", "none"}
