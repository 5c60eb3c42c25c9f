"""Whatever is changed in the journal behind the service's back is found, and found at the right place."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.audit import journal
from app.audit.verification import BATCH, verify
from app.platform.db import counting, unit_of_work
from tests.audit.conftest import COLUMNS, LENGTH, UPDATE, Tampering, change, make_chain

TEXT = [name for name in COLUMNS if name != "seq"]


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


def test_a_long_history_is_verified_in_one_pass(session: Session) -> None:
    chain, rows = make_chain(2 * BATCH + 7)
    with unit_of_work(session):
        journal.write(session, rows)
    with counting() as counter:
        result = verify(session, chain.case_id, chain.seq, chain.head)
    assert (result.valid, result.entries) == (True, 2 * BATCH + 7)
    assert counter.statements == 2, "the entries and their number"


def store_bytes(tampering: Tampering, column: str, number: int, value: bytes) -> bool:
    """Store bytes as text; False if the database refuses them."""
    expression = "CAST(:value AS TEXT)" if tampering.on_sqlite else "convert_from(:value, 'UTF8')"
    statement = UPDATE.format(column, expression)
    accepted = tampering.attempt(
        lambda: tampering.execute(statement, value=value, case=tampering.chain.case_id, number=number)
    )
    assert accepted or not tampering.on_sqlite
    return accepted
