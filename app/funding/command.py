"""The calculator on the command line: the same request and answer as over HTTP."""

from __future__ import annotations

from pathlib import Path

import marshmallow as ma

from app.funding.schemas import AssessmentAnswer, AssessmentRequest
from app.funding.service import NotAssessable, answer, shipped_models
from app.platform import codec


def run(text: str, processes_dir: Path, language: str) -> tuple[int, str]:
    """Exit code and JSON: 0 with the answer, 1 with the errors of a request that cannot be assessed."""
    try:
        request = AssessmentRequest().load(codec.loads(text))
        found = answer(shipped_models(processes_dir), request, language)
    except codec.MalformedJson as error:
        return 1, _errors({"_schema": [str(error)]})
    except ma.ValidationError as error:
        return 1, _errors(error.messages)
    except NotAssessable as error:
        return 1, _errors({"_schema": [item.message for item in error.errors]})
    return 0, codec.dumps(AssessmentAnswer().dump(found)).decode()


def _errors(messages: object) -> str:
    return codec.dumps({"errors": messages}).decode()
