"""The OpenAPI description holds: generated calls, right and wrong ones, are answered as it says."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from tests.contract.stage import Stage

CHECKS = {
    "checks": {
        "positive_data_acceptance": {
            "expected-statuses": ["2xx", "3xx", 401, 403, 404, 409, 412, 415, 422, 428, 429],
        },
        "missing_required_header": {"expected-statuses": [400, 401, 403, 406, 415, 422, 428]},
        "unsupported_method": {"enabled": False},
        "negative_data_rejection": {"enabled": False},
        "ignored_auth": {"enabled": False},
    }
}
"""Well-formed values may name nothing or the wrong thing (404, 409, 422), and a file may be of any kind (415): the
description cannot know which.

Wrong input is tried in test_bad_input.py; 405, sign-in and scope in test_shapes.py and test_matrix.py.
"""
LEFT_OUT = {"revoke_token"}
"""It would end the sign-in of all calls after it."""
BOUNDED = settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def try_out(operation: Any, ids: dict[str, str], headers: dict[str, str]) -> None:
    """Generated calls of one operation, on objects that exist."""

    @BOUNDED
    @given(case=operation.as_strategy())
    def call(case: Any) -> None:
        named = case.path_parameters or {}
        case.path_parameters = {name: ids.get(name, value) for name, value in named.items()}
        case.call_and_validate(headers=headers)

    call()


@pytest.mark.sweep
@pytest.mark.parametrize("login", ["coordinator", "hr"])
def test_every_call_is_answered_as_described(stage: Stage, login: str) -> None:
    near = {"case_id": stage.case("give_evidence"), "task_id": stage.task("give_evidence")}
    near["document_id"] = stage.world.driver().upload("hr", near["case_id"], None, "letter")["id"]
    spare = {"case_id": stage.world.case_at("check_completeness")}
    config = schemathesis.Config.from_dict(CHECKS)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", stage.world.app, config=config)
    headers = {"Authorization": f"Bearer {stage.world.token(login)}"}
    operations: list[Any] = [found.ok() for found in schema.get_all_operations()]
    kept = [operation for operation in operations if operation.definition.raw["operationId"] not in LEFT_OUT]
    for operation in kept:
        try_out(operation, spare if "withdraw" in operation.path else near, headers)
    assert len(kept) >= 20
