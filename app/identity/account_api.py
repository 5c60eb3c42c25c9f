"""My own account over HTTP: password, sign-ins, language; and what works without sign-in: forgotten, one-time link."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, request

from app.identity import account, credentials
from app.identity import users_schemas as schemas
from app.identity.guard import current_actor, presented_token
from app.platform.api import ApiBlueprint
from app.platform.clock import utcnow
from app.platform.db import db
from app.platform.http import writes_late

blueprint = ApiBlueprint("account_api", __name__, "One's own account: password, sign-ins, language")


def _site() -> str:
    return str(current_app.config["VORLAUF_SETTINGS"].public_url)


def _client() -> str:
    return request.remote_addr or ""


@blueprint.route("/me/account")
@blueprint.response(200, schemas.Account)
def get_account() -> dict[str, str]:
    """Login, name, e-mail address and language of mine."""
    return account.own(db.session(), current_actor())


@blueprint.route("/me/account", methods=["PATCH"])
@blueprint.arguments(schemas.OwnChange)
@blueprint.response(200, schemas.Account)
def change_account(body: dict[str, str]) -> dict[str, str]:
    """Change the language of the mails that I get."""
    return account.choose_language(db.session(), current_actor(), body["language"], utcnow())


@blueprint.route("/me/password", methods=["POST"])
@blueprint.doc(responses={"429": "TOO_MANY_REQUESTS"})
@blueprint.arguments(schemas.PasswordChange)
@blueprint.response(204)
@writes_late
def change_password(body: dict[str, str]) -> Response:
    """Change the password; all other sign-ins end. An Idempotency-Key is not recorded here: no trace of a password
    is kept, and a repeat fails by itself.
    """
    actor, token = current_actor(), presented_token() or ""
    session = db.session()
    credentials.change_password(session, actor, body["current"], body["new"], token, utcnow(), _client(), _site())
    return Response(status=204)


@blueprint.route("/me/sign-ins")
@blueprint.response(200, schemas.SignIns)
def list_sign_ins() -> dict[str, Any]:
    """Where I am signed in."""
    return {"items": credentials.sign_ins(db.session(), current_actor(), presented_token() or "", utcnow())}


@blueprint.route("/me/sign-ins", methods=["DELETE"])
@blueprint.response(200, schemas.Ended)
def end_sign_ins() -> dict[str, int]:
    """Sign out everywhere but here."""
    token = presented_token() or ""
    return {"ended": credentials.sign_out_elsewhere(db.session(), current_actor(), token, utcnow())}


@blueprint.route("/password-resets", methods=["POST"])
@blueprint.public
@blueprint.doc(responses={"429": "TOO_MANY_REQUESTS"})
@blueprint.arguments(schemas.Forgotten)
@blueprint.response(202)
def request_reset(body: dict[str, str]) -> Response:
    """Forgotten the password: a link is mailed, valid for an hour. The answer is the same for unknown logins."""
    credentials.request_reset(db.session(), body["login"], utcnow(), _client())
    return Response(status=202)


@blueprint.route("/passwords", methods=["POST"])
@blueprint.public
@blueprint.doc(responses={"404": "NOT_FOUND"})
@blueprint.arguments(schemas.Redemption)
@blueprint.response(200, schemas.Redeemed)
@writes_late
def redeem_link(body: dict[str, str]) -> dict[str, str]:
    """Choose a password by the one-time link of an invitation or a reset."""
    return {"login": credentials.redeem(db.session(), body["token"], body["password"], utcnow(), _site())}
