"""JSON: numbers stay exact, text for digests is canonical, malformed input is one kind of error."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.platform import codec
from app.platform.codec import MalformedJson

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=20,
)


@given(values)
def test_what_is_written_comes_back(value: Any) -> None:
    assert codec.loads(codec.dumps(value)) == value
    assert codec.loads(codec.canonical(value)) == value


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), scalars))
def test_canonical_text_does_not_depend_on_the_order(value: dict[str, Any]) -> None:
    backwards = dict(reversed(value.items()))
    assert codec.canonical(value) == codec.canonical(backwards)


def test_numbers_are_exact_and_never_float() -> None:
    found = codec.loads('{"price": 0.1, "whole": 3, "long": 12345678901234567890.123456789, "exp": 1e2}')
    assert {type(value) for value in found.values()} == {Decimal, int}
    assert found["price"] == Decimal("0.1")
    assert str(found["long"]) == "12345678901234567890.123456789"
    assert codec.dumps({"price": Decimal("0.10")}) == b'{"price":0.10}'


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"nul",
        b'{"a":1,}',
        b"{'a':1}",
        b"NaN",
        b"Infinity",
        b'{"a": NaN}',
        b'"\xff"',
        b'"\\ud800"',
        b"\xef\xbb\xbf{}",
        b"1 2",
        b"01",
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
)
def test_malformed_text_is_one_kind_of_error(text: bytes) -> None:
    with pytest.raises(MalformedJson):
        codec.loads(text)


def test_canonical_text_is_fixed() -> None:
    """Digests in the database were made of exactly this text: it must never change."""
    value = {"b": [1, Decimal("2.50"), None, True], "a": 'Grüße "x" / \n', "ä": {}}
    assert codec.canonical(value) == '{"a":"Grüße \\"x\\" / \\n","b":[1,2.50,null,true],"ä":{}}'
