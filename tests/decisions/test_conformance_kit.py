"""The DMN conformance kit, level 2: every result node, where the kit lies beside this repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.decisions.tck import TckCase, run_case, tck_cases

KIT = Path(__file__).parents[3] / "shared" / "conformance" / "dmn-tck"

if KIT.is_dir():
    CASES = list(tck_cases(KIT))

    @pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
    def test_the_standard_expects_this_value(case: TckCase) -> None:
        right, value = run_case(case)
        assert right, f"expected {case.expected!r}, got {value!r}"

    def test_the_kit_is_complete() -> None:
        assert len(CASES) == 126
