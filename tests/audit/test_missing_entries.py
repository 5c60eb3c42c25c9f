"""Entries that were removed, added, moved or swapped are found."""

from __future__ import annotations

import pytest

from app.audit import journal
from tests.audit.conftest import LENGTH, Tampering, change, insert


@pytest.mark.parametrize("number", range(1, LENGTH + 1))
def test_a_deleted_entry_is_found(tampering: Tampering, number: int) -> None:
    tampering.execute(
        "DELETE FROM journal WHERE case_id = :case AND seq = :number",
        case=tampering.chain.case_id,
        number=number,
    )
    result = tampering.verify()
    assert (result.valid, result.first_broken, result.entries) == (False, number, LENGTH - 1)


def test_a_history_that_vanished_is_found(tampering: Tampering) -> None:
    tampering.execute("DELETE FROM journal WHERE case_id = :case", case=tampering.chain.case_id)
    assert (tampering.verify().first_broken, tampering.verify().entries) == (1, 0)


def test_a_deleted_entry_whose_gap_was_closed_is_found(tampering: Tampering) -> None:
    case = tampering.chain.case_id
    tampering.execute("DELETE FROM journal WHERE case_id = :case AND seq = 3", case=case)
    for number in range(4, LENGTH + 1):
        change(tampering, "seq", number, number - 1)
    assert tampering.verify().first_broken == 3


@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 5), (1, LENGTH), (LENGTH - 1, LENGTH)])
def test_swapped_entries_are_found(tampering: Tampering, one: int, other: int) -> None:
    change(tampering, "seq", one, 99)
    change(tampering, "seq", other, one)
    change(tampering, "seq", 99, other)
    assert tampering.verify().first_broken == one


@pytest.mark.parametrize("columns", [("payload",), ("payload", "salt"), ("payload", "salt", "digest")])
def test_payloads_that_changed_places_are_found(tampering: Tampering, columns: tuple[str, ...]) -> None:
    for column in columns:
        change(tampering, column, 2, tampering.rows[3][column])
        change(tampering, column, 4, tampering.rows[1][column])
    assert tampering.verify().first_broken == 2


@pytest.mark.parametrize("number", range(1, LENGTH + 1))
def test_an_inserted_entry_is_found(tampering: Tampering, number: int) -> None:
    for later in range(LENGTH, number - 1, -1):
        change(tampering, "seq", later, later + 1)
    before = tampering.rows[number - 2]["hash"] if number > 1 else journal.GENESIS
    insert(tampering, journal.Chain(tampering.chain.case_id, number - 1, before))
    result = tampering.verify()
    assert (result.valid, result.first_broken) == (False, number + 1), "the entry itself fits; the next one does not"


def test_an_entry_added_at_the_end_is_found(tampering: Tampering) -> None:
    insert(tampering, journal.Chain(tampering.chain.case_id, LENGTH, tampering.chain.head))
    result = tampering.verify()
    assert (result.first_broken, result.reason, result.entries) == (LENGTH + 1, "surplus", LENGTH + 1)


def test_an_entry_added_before_the_first_is_found(tampering: Tampering) -> None:
    insert(tampering, journal.Chain(tampering.chain.case_id, -1, journal.GENESIS))
    assert (tampering.verify().first_broken, tampering.verify().reason) == (0, "surplus")


def test_a_rewritten_entry_with_its_own_hash_made_right_breaks_the_next_one(tampering: Tampering) -> None:
    row = {**tampering.rows[2], "payload": "{}"}
    row["digest"] = journal.digest_of(row["salt"], "{}")
    row["hash"] = journal.hash_of(row["previous"], row)
    for column in ("payload", "digest", "hash"):
        change(tampering, column, 3, row[column])
    assert (tampering.verify().first_broken, tampering.verify().reason) == (4, "previous")


def test_a_rewritten_end_does_not_fit_the_case(tampering: Tampering) -> None:
    row = {**tampering.rows[-1], "payload": "{}"}
    row["digest"] = journal.digest_of(row["salt"], "{}")
    row["hash"] = journal.hash_of(row["previous"], row)
    for column in ("payload", "digest", "hash"):
        change(tampering, column, LENGTH, row[column])
    assert (tampering.verify().first_broken, tampering.verify().reason) == (LENGTH, "head")


def test_a_history_cannot_be_passed_off_as_another_cases(tampering: Tampering) -> None:
    tampering.execute("UPDATE journal SET case_id = 'stolen' WHERE case_id = :case", case=tampering.chain.case_id)
    tampering.chain = journal.Chain("stolen", LENGTH, tampering.chain.head)
    assert tampering.verify().first_broken == 1
