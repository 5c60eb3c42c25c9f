"""Frozen and thawed after every step, a case does exactly what SpiffWorkflow does with the whole history in memory."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from tests.engine import shipped
from tests.engine.running import Run

WALKS = 300
LONGEST = 250


def walk(seed: int) -> tuple[Counter[str], int]:
    """One random walk, both ways side by side; returns what was done and the largest snapshot."""
    chance = random.Random(seed)
    plain = Run(shipped.specs(), shipped.delegate(seed), plain=True)
    ours = Run(shipped.specs(), shipped.delegate(seed))
    done: Counter[str] = Counter()
    largest = 0
    for number in range(LONGEST):
        ours.freeze_and_thaw()
        largest = max(largest, ours.snapshot_bytes)
        where = f"seed {seed}, step {number}, after {list(done)[-3:]}"
        assert ours.open() == plain.open(), where
        assert ours.waiting() == plain.waiting(), where
        assert ours.variables == plain.variables, where
        assert ours.done == plain.done, where
        assert [*ours.workflow.incidents, *plain.workflow.incidents] == [], where
        if plain.done:
            return done, largest
        assert plain.open(), f"nobody can go on: {where}"
        done[shipped.random_step(chance, [plain, ours])] += 1
    pytest.fail(f"seed {seed} did not end within {LONGEST} steps")


@pytest.mark.sweep
@pytest.mark.parametrize("block", range(6))
def test_three_hundred_random_walks_show_no_difference(block: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(block * 50, block * 50 + WALKS // 6):
        done, largest = walk(seed)
        seen += done
        assert largest < 10_000
    for needed in ("timer", "message withdrawal", "message agency_decision", "after_refusal", "confirm_withdrawal"):
        assert seen[needed], f"no walk of this block contained: {needed}"


def test_a_wrong_thaw_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison can fail: a snapshot that forgets waiting events is found at once."""
    from app.engine import frontier

    original = frontier._rows
    monkeypatch.setattr(frontier, "_rows", lambda flow: [row for row in original(flow) if row[2] != "withdrawal"])
    with pytest.raises(AssertionError, match="seed 1"):
        walk(1)
