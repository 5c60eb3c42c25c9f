"""Whatever is changed in the journal behind the service's back is found, and found at the right place."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.audit import journal
from app.audit.verification import BATCH, verify
from app.platform.db import counting, unit_of_work
from tests.audit.conftest import COLUMNS, LENGTH, START, Tampering, make_chain

TEXT = [name for name in COLUMNS if name != "seq"]
UPDATE = "UPDATE journal SET {} = {} WHERE case_id = :case AND seq = :number"


def test_an_untouched_history_is_valid(tampering: Tampering) -> None:
    result = tampering.verify()
    assert result.valid
    assert (result.entries, result.head) == (LENGTH, tampering.chain.head)
    assert (result.first_broken, result.reason) == (None, None)


def test_a_case_without_entries_is_valid(session: Session) -> None:
    result = verify(session, "none", 0, journal.GENESIS)
    assert (result.valid, result.entries, result.head) == (True, 0, journal.GENESIS)


# --- changed values ------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(1, LENGTH + 1))
@pytest.mark.parametrize("column", TEXT)
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_a_changed_character_is_found(tampering: Tampering, column: str, number: int, place: str) -> None:
    old = tampering.rows[number - 1][column] or "x"
    index = {"first": 0, "middle": len(old) // 2, "last": len(old) - 1}[place]
    new = old[:index] + ("0" if old[index] != "0" else "1") + old[index + 1 :]
    change(tampering, column, number, new)
    result = tampering.verify()
    assert (result.valid, result.first_broken) == (False, number)
    assert result.head == (tampering.rows[number - 2]["hash"] if number > 1 else journal.GENESIS)


@pytest.mark.parametrize("number", range(1, LENGTH + 1))
@pytest.mark.parametrize("value", [-1, 0, LENGTH + 1, 2**31 - 1])
def test_a_changed_number_is_found(tampering: Tampering, number: int, value: int) -> None:
    change(tampering, "seq", number, value)
    result = tampering.verify()
    assert (result.valid, result.first_broken, result.reason) == (False, number, "missing")


@pytest.mark.parametrize("number", [1, 3, LENGTH])
@pytest.mark.parametrize("column", ["salt", "digest", "previous", "hash"])
def test_capital_letters_in_a_hash_are_found(tampering: Tampering, column: str, number: int) -> None:
    old = tampering.rows[number - 1][column]
    if old.upper() == old:  # the first entry's previous is all zeros: no letter to change
        assert (column, number) == ("previous", 1)
        return
    change(tampering, column, number, old.upper())
    assert tampering.verify().first_broken == number


@pytest.mark.parametrize("white_space", [" ", "\n", "\t", "\u00a0"])
def test_white_space_behind_the_payload_is_found(tampering: Tampering, white_space: str) -> None:
    change(tampering, "payload", 3, tampering.rows[2]["payload"] + white_space)
    assert (tampering.verify().first_broken, tampering.verify().reason) == (3, "digest")


def test_a_byte_moved_from_the_payload_into_the_salt_is_found(tampering: Tampering) -> None:
    row = tampering.rows[2]
    assert tampering.on_sqlite or len(row["salt"]) == 32  # PostgreSQL has no room for it in the column
    change(tampering, "payload", 3, row["salt"][-1] + row["payload"])
    change(tampering, "salt", 3, row["salt"][:-1])
    assert tampering.verify().first_broken == 3


@pytest.mark.parametrize("column", ["actor_id", "on_behalf_of"])
def test_nobody_and_an_empty_name_are_not_the_same(tampering: Tampering, column: str) -> None:
    number = next(index for index, row in enumerate(tampering.rows, 1) if row[column] is None)
    change(tampering, column, number, "")
    assert tampering.verify().first_broken == number


@pytest.mark.parametrize("column", ["actor_id", "on_behalf_of"])
def test_a_removed_name_is_found(tampering: Tampering, column: str) -> None:
    number = next(index for index, row in enumerate(tampering.rows, 1) if row[column] is not None)
    change(tampering, column, number, None)
    assert tampering.verify().first_broken == number


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    column=st.sampled_from(TEXT),
    number=st.integers(1, LENGTH),
    where=st.integers(0, 400),
    byte=st.integers(0, 255),
)
def test_any_changed_byte_is_found(tampering: Tampering, column: str, number: int, where: int, byte: int) -> None:
    """SQLite stores every byte, also what is no UTF-8; PostgreSQL refuses that itself."""
    old = (tampering.rows[number - 1][column] or "").encode()
    assume(old)
    position = where % len(old)
    assume(old[position] != byte)
    new = old[:position] + bytes([byte]) + old[position + 1 :]
    with tampering.connection.begin_nested() as savepoint:
        if store_bytes(tampering, column, number, new):
            result = tampering.verify()
            assert (result.valid, result.first_broken) == (False, number), result
            savepoint.rollback()
    assert tampering.verify().valid


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(column=st.sampled_from(TEXT), number=st.integers(1, LENGTH), value=st.none() | st.text(max_size=40))
def test_any_other_value_is_found(tampering: Tampering, column: str, number: int, value: str | None) -> None:
    assume(value != tampering.rows[number - 1][column])
    assume(value is None or "\x00" not in value)
    with tampering.connection.begin_nested() as savepoint:
        if tampering.attempt(lambda: change(tampering, column, number, value)):
            result = tampering.verify()
            assert (result.valid, result.first_broken) == (False, number), result
            savepoint.rollback()


def test_a_number_that_became_text_is_found(tampering: Tampering) -> None:
    """SQLite takes it; PostgreSQL's columns have one type."""
    assert tampering.attempt(lambda: change(tampering, "seq", 3, "three")) == tampering.on_sqlite
    assert tampering.verify().first_broken == (3 if tampering.on_sqlite else None)


@pytest.mark.parametrize("column", TEXT)
def test_text_that_became_bytes_is_found(tampering: Tampering, column: str) -> None:
    """SQLite takes it as it is; PostgreSQL writes it out in hexadecimal, where that fits."""
    number, old = next((n, row[column]) for n, row in enumerate(tampering.rows, 1) if row[column] is not None)
    accepted = tampering.attempt(lambda: change(tampering, column, number, old.encode()))
    assert accepted or not tampering.on_sqlite
    assert tampering.verify().first_broken == (number if accepted else None)


# --- missing, surplus, swapped -------------------------------------------------------------------


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


# --- erasure -------------------------------------------------------------------------------------


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


# --- cost ----------------------------------------------------------------------------------------


def test_a_long_history_is_verified_in_one_pass(session: Session) -> None:
    chain, rows = make_chain(2 * BATCH + 7)
    with unit_of_work(session):
        journal.write(session, rows)
    with counting() as counter:
        result = verify(session, chain.case_id, chain.seq, chain.head)
    assert (result.valid, result.entries) == (True, 2 * BATCH + 7)
    assert counter.statements == 2, "the entries and their number"


# --- tools ---------------------------------------------------------------------------------------


def change(tampering: Tampering, column: str, number: int, value: Any) -> None:
    statement = UPDATE.format(column, ":value")
    tampering.execute(statement, value=value, case=tampering.chain.case_id, number=number)


def store_bytes(tampering: Tampering, column: str, number: int, value: bytes) -> bool:
    """Store bytes as text; False if the database refuses them."""
    expression = "CAST(:value AS TEXT)" if tampering.on_sqlite else "convert_from(:value, 'UTF8')"
    statement = UPDATE.format(column, expression)
    accepted = tampering.attempt(
        lambda: tampering.execute(statement, value=value, case=tampering.chain.case_id, number=number)
    )
    assert accepted or not tampering.on_sqlite
    return accepted


def insert(
    tampering: Tampering, chain: journal.Chain, kind: str = "note", payload: dict[str, Any] | None = None
) -> None:
    row = chain.append(START, None, None, kind, payload or {})
    names = ", ".join(COLUMNS)
    values = ", ".join(f":{name}" for name in COLUMNS)
    tampering.execute(f"INSERT INTO journal ({names}) VALUES ({values})", **row)
