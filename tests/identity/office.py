"""What the tests of users share: somebody invited, the link in the newest mail, choosing a password by it."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from werkzeug.test import TestResponse

from app.identity.models import Organisation, User
from app.platform import jobs
from app.platform.clock import utcnow
from app.platform.ids import new_id
from app.platform.mail import Mail
from tests.world import World

GOOD = "drei blaue Pferde laufen"
OTHER = "vier gelbe Kamele trinken"
LINK = re.compile(r"/welcome\?token=([\w-]{43})")


def body(world: World, role: str = "auditor", place: str = "alliance", **changes: Any) -> dict[str, Any]:
    """An invitation that is in order."""
    login = f"neu-{new_id()[-12:]}"
    organisation = world.session.scalar(sa.select(Organisation.id).where(Organisation.short_name == place))
    membership = {"role": role, "organisation": organisation}
    given = {"login": login, "name": "Nora Neumann", "email": f"{login}@example.org", "memberships": [membership]}
    return {**given, **changes}


def invited(world: World, role: str = "auditor", place: str = "alliance", **changes: Any) -> dict[str, Any]:
    """Somebody invited by the administration, as the API describes the account."""
    answer = world.call("admin", "POST", "/users", body(world, role, place, **changes))
    assert answer.status_code == 201, answer.text
    user: dict[str, Any] = answer.get_json()
    return user


def newest_mail(world: World, recipient: str) -> Mail:
    """The newest mail to somebody."""
    world.session.rollback()
    found = world.session.scalar(
        sa.select(Mail)
        .where(Mail.recipient == recipient)
        .order_by(Mail.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    assert found is not None, recipient
    return found


def secret_for(world: World, recipient: str) -> str:
    """The secret of the link in the newest mail to somebody; jobs that write mails are done first."""
    jobs.drain(world.session, utcnow())
    match = LINK.search(newest_mail(world, recipient).body)
    assert match is not None
    return match.group(1)


def redeem(world: World, secret: str, password: str = GOOD, **headers: str) -> TestResponse:
    """Choose a password by a one-time link."""
    return world.call(None, "POST", "/passwords", {"token": secret, "password": password}, **headers)


def joined(world: World, role: str = "auditor", place: str = "alliance", **changes: Any) -> dict[str, Any]:
    """Somebody who has accepted the invitation with the password :data:`GOOD`."""
    user = invited(world, role, place, **changes)
    assert redeem(world, secret_for(world, user["email"])).status_code == 200
    return user


def sign_in(world: World, login: str, password: str = GOOD) -> TestResponse:
    """Ask for a token."""
    return world.call(None, "POST", "/tokens", {"login": login, "password": password})


def bearer(world: World, login: str, password: str = GOOD) -> dict[str, str]:
    """Headers of a new sign-in, for ``call(None, …)``."""
    answer = sign_in(world, login, password)
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.get_json()['token']}"}


def stored(world: World, user_id: str) -> User:
    """The row of a user, read afresh."""
    world.session.rollback()
    found = world.session.get(User, user_id, populate_existing=True)
    assert found is not None
    return found


def changes_of(world: World, user_id: str) -> list[str]:
    """Kinds of the recorded changes of a user, the oldest first."""
    answer = world.call("admin", "GET", f"/identity-changes?user={user_id}&limit=100")
    assert answer.status_code == 200
    return [one["kind"] for one in reversed(answer.get_json()["items"])]
