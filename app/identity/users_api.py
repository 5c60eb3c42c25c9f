"""Users, their roles and invitations over HTTP; the pages call the same use cases."""

from __future__ import annotations

from typing import Any

from flask import current_app, request

from app.identity import administration, changes, invitations, memberships, people
from app.identity import users_schemas as schemas
from app.identity.guard import current_actor
from app.identity.memberships import Role
from app.identity.people import UserQuery
from app.platform.api import ApiBlueprint
from app.platform.clock import utcnow
from app.platform.db import db

blueprint = ApiBlueprint("users_api", __name__, "Users, their roles and invitations")
Tagged = tuple[dict[str, Any], int, dict[str, str]]


def _tagged(user: dict[str, Any], status: int = 200, **headers: str) -> Tagged:
    return user, status, {"ETag": f'"{user["etag"]}"', **headers}


def _if_match() -> str | None:
    return request.headers.get("If-Match")


def _site() -> str:
    return str(current_app.config["VORLAUF_SETTINGS"].public_url)


@blueprint.route("/users")
@blueprint.arguments(schemas.UserQueryArguments, location="query")
@blueprint.response(200, schemas.UserPage)
def list_users(arguments: dict[str, Any]) -> dict[str, Any]:
    """Users you administer, by name; as HR those of your company."""
    return people.list_users(db.session(), current_actor(), UserQuery(**arguments), utcnow())


@blueprint.route("/users", methods=["POST"])
@blueprint.arguments(schemas.Invitation)
@blueprint.response(201, schemas.UserFields)
def invite_user(body: dict[str, Any]) -> Tagged:
    """Invite somebody: a link to choose a password is mailed, valid for 7 days. HR invites employees."""
    roles = [Role(**role) for role in body.pop("memberships")]
    wanted = administration.NewUser(**body, roles=roles)
    user = administration.invite(db.session(), current_actor(), wanted, utcnow(), _site())
    return _tagged(user, 201, Location=f"/api/v1/users/{user['id']}")


@blueprint.route("/users/<string:user_id>")
@blueprint.response(200, schemas.UserFields)
def get_user(user_id: str) -> Tagged:
    """One user."""
    session, actor = db.session(), current_actor()
    return _tagged(people.describe(session, actor, people.load(session, actor, user_id), utcnow()))


@blueprint.route("/users/<string:user_id>", methods=["PATCH"])
@blueprint.arguments(schemas.UserChange)
@blueprint.response(200, schemas.UserFields)
def change_user(body: dict[str, str], user_id: str) -> Tagged:
    """Change name, e-mail address or language."""
    session, actor = db.session(), current_actor()
    return _tagged(administration.change_user(session, actor, user_id, body, utcnow(), _if_match()))


@blueprint.route("/users/<string:user_id>/invitation", methods=["POST"])
@blueprint.response(200, schemas.UserFields)
def send_invitation(user_id: str) -> Tagged:
    """Send the invitation again, with a new link; the one before becomes worthless."""
    session, actor = db.session(), current_actor()
    return _tagged(invitations.send_again(session, actor, user_id, utcnow(), _site(), _if_match()))


@blueprint.route("/users/<string:user_id>/invitation", methods=["DELETE"])
@blueprint.response(200, schemas.UserFields)
def revoke_invitation(user_id: str) -> Tagged:
    """Make the link that was mailed worthless."""
    return _tagged(invitations.revoke(db.session(), current_actor(), user_id, utcnow(), _if_match()))


@blueprint.route("/users/<string:user_id>/memberships", methods=["POST"])
@blueprint.arguments(schemas.NewMembership)
@blueprint.response(200, schemas.UserFields)
def add_membership(body: dict[str, Any], user_id: str) -> Tagged:
    """Give one more role."""
    session, actor = db.session(), current_actor()
    return _tagged(memberships.add_role(session, actor, user_id, Role(**body), utcnow(), _if_match()))


@blueprint.route("/users/<string:user_id>/memberships/<string:membership_id>", methods=["DELETE"])
@blueprint.response(200, schemas.UserFields)
def remove_membership(user_id: str, membership_id: str) -> Tagged:
    """Take a role at once; not the last administrator's."""
    session, actor = db.session(), current_actor()
    return _tagged(memberships.remove_role(session, actor, user_id, membership_id, utcnow(), _if_match()))


@blueprint.route("/users/<string:user_id>/deactivate", methods=["POST"])
@blueprint.response(200, schemas.UserFields)
def deactivate_user(user_id: str) -> Tagged:
    """Close the account: sessions, tokens and links are worthless at once. Tasks stay until they are handed over."""
    return _tagged(administration.deactivate(db.session(), current_actor(), user_id, utcnow(), _if_match()))


@blueprint.route("/users/<string:user_id>/activate", methods=["POST"])
@blueprint.response(200, schemas.UserFields)
def activate_user(user_id: str) -> Tagged:
    """Reopen a closed account."""
    return _tagged(administration.activate(db.session(), current_actor(), user_id, utcnow(), _if_match()))


@blueprint.route("/identity-changes")
@blueprint.arguments(schemas.ChangeQuery, location="query")
@blueprint.response(200, schemas.ChangePage)
def list_changes(arguments: dict[str, Any]) -> dict[str, Any]:
    """Who changed what about users, the newest first."""
    current_actor()
    wanted = (arguments.get("user"), arguments.get("cursor"), arguments.get("limit"))
    items, following = changes.listed(db.session(), *wanted)
    return {"items": items, "next": following}
