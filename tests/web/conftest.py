"""People at the pages: signed in by cookie, as a browser is."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from app.identity.guard import SESSION_COOKIE
from tests.world import World

Visitor = Callable[..., FlaskClient]


class FreshClient(FlaskClient):
    """A client whose requests begin outside the test's app context, as they do in a server: with an empty ``g``."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        """One request."""
        return Context().run(super().open, *args, **options)


@pytest.fixture
def visitor(world: World) -> Visitor:
    """``visitor("hr")``: a client with that login's session cookie; without a login, one without."""

    def open_one(login: str | None = None, language: str = "de") -> FlaskClient:
        client = FreshClient(world.app, world.app.response_class, use_cookies=True)
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        client.set_cookie("vorlauf_language", language)
        if login is not None:
            client.set_cookie(SESSION_COOKIE, world.token(login))
        return client

    return open_one


def tree(response: TestResponse) -> html.HtmlElement:
    """The page as a tree."""
    return html.document_fromstring(response.text)


def main_text(response: TestResponse) -> str:
    """The words of the page's main part, white space folded."""
    return " ".join(tree(response).get_element_by_id("main").text_content().split())
