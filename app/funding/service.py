"""The funding calculator as a use case: the newest tables, one request, one answer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.decisions.dmn import DmnError, load_model
from app.engine import catalogue
from app.funding.calculator import Models, assess
from app.identity.actor import Actor
from app.identity.policy import permit
from app.platform.problems import FieldError, Unprocessable

PROCESS = "training_case"


class NotAssessable(Unprocessable):
    """The decision tables refuse an entry."""

    code = "not_assessable"


def calculate(session: Session, actor: Actor, request: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Assess all instruments with the tables of the newest process version. Raises NotAssessable."""
    permit(actor, "funding_api.assess_funding")
    return answer(deployed_models(session), request, language)


def answer(models: Models, request: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Assess all instruments. Raises NotAssessable with what a table refuses."""
    try:
        return assess(models, request, language)
    except DmnError as error:
        message = error.message if language == "en" else error.message_de
        raise NotAssessable(errors=[FieldError("", "refused", message)]) from error


def deployed_models(session: Session) -> Models:
    """The decision models of the newest version, by file name without its ending."""
    return {Path(model.filename).stem: model for model in catalogue.latest(session, PROCESS).decisions.values()}


def shipped_models(processes_dir: Path) -> Models:
    """The decision models in the folder of the shipped process: the command line needs no database."""
    folder = processes_dir / PROCESS / "decisions"
    return {path.stem: load_model(path.read_bytes(), path.name) for path in sorted(folder.glob("*.dmn"))}
