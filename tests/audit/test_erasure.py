"""An erased payload leaves the chain whole, if a later entry says so."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from app.audit import journal
from tests.audit.conftest import LENGTH, Tampering, change, insert


def blank(tampering: Tampering, number: int) -> None:
    change(tampering, "payload", number, "")
    change(tampering, "salt", number, "")


def continued(tampering: Tampering, *payloads: dict[str, Any]) -> None:
    """Go on with the chain as the service would."""
    tampering.chain = journal.Chain(tampering.chain.case_id, tampering.chain.seq, tampering.chain.head)
    for payload in payloads:
        insert(tampering, tampering.chain, journal.ERASED, payload)


def test_an_erased_payload_is_valid_if_a_later_entry_says_so(tampering: Tampering) -> None:
    continued(tampering, {"entries": [2, 4], "reason": "retention"})
    blank(tampering, 2)
    blank(tampering, 4)
    assert tampering.verify().valid


def test_a_blanked_payload_that_no_entry_names_is_found(tampering: Tampering) -> None:
    continued(tampering, {"entries": [2], "reason": "retention"})
    blank(tampering, 2)
    blank(tampering, 3)
    assert (tampering.verify().first_broken, tampering.verify().reason) == (3, "erased")


def test_an_erasure_does_not_excuse_what_comes_after_it(tampering: Tampering) -> None:
    continued(tampering, {"entries": [LENGTH + 2]}, {"entries": [1]})
    blank(tampering, LENGTH + 2)
    assert tampering.verify().first_broken == LENGTH + 2


@pytest.mark.parametrize("column", ["payload", "salt"])
def test_erasing_only_half_is_found(tampering: Tampering, column: str) -> None:
    continued(tampering, {"entries": [2]})
    change(tampering, column, 2, "")
    assert (tampering.verify().first_broken, tampering.verify().reason) == (2, "digest")


@pytest.mark.parametrize("column", ["digest", "hash", "kind", "actor_id", "at"])
def test_an_erased_entry_keeps_everything_else(tampering: Tampering, column: str) -> None:
    continued(tampering, {"entries": [2]})
    blank(tampering, 2)
    change(tampering, column, 2, "")
    assert tampering.verify().first_broken == 2


def test_the_witness_of_an_erasure_cannot_be_erased_itself(tampering: Tampering) -> None:
    continued(tampering, {"entries": [2]}, {"entries": [LENGTH + 1]})
    blank(tampering, 2)
    blank(tampering, LENGTH + 1)
    assert tampering.verify().first_broken == LENGTH + 1


def test_an_erasure_leaves_nothing_to_guess(tampering: Tampering) -> None:
    """Without the salt, trying every likely payload against the digest does not tell which one it was."""
    row = tampering.rows[1]
    guessed = hashlib.sha256(row["payload"].encode()).hexdigest()
    assert guessed != row["digest"]
    assert hashlib.sha256((row["salt"] + row["payload"]).encode()).hexdigest() == row["digest"]
