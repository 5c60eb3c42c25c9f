"""The pages in a real Chromium, on a server of the module's own with a copy of the demo alliance."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextvars import Context
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from app.bootstrap.chromium import chromium_path
from app.demo.alliance import PASSWORD
from app.factory import create_app
from app.platform.db import db
from tests.world import World, world_settings

DESKTOP, PHONE = 1280, 360
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Start the Chromium that set-up has found."""
    return {"executable_path": chromium_path(), "args": FLAGS, "headless": True}


@pytest.fixture(scope="module")
def site(sqlite_world_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, str]]:
    """A served world and its address. Pages do not depend on the database: SQLite stands for both."""
    path = tmp_path_factory.mktemp("site") / "world.db"
    shutil.copy(sqlite_world_template, path)
    app = create_app(world_settings(f"sqlite:///{path}"))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield World(app, f"sqlite:///{path}"), f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def prepare(site: tuple[World, str]) -> Callable[[Callable[[World], Any]], Any]:
    """``prepare(lambda world: …)``: do something in the world's own app context, apart from the server's."""

    def run(action: Callable[[World], Any]) -> Any:
        def inside() -> Any:
            with site[0].app.app_context():
                try:
                    return action(site[0])
                finally:
                    db.session.remove()

        return Context().run(inside)

    return run


class Visit:
    """Somebody in front of the screen."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.context, self.base = context, base
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hear)

    def _hear(self, message: Any) -> None:
        # A refused request is reported in the console, too; tests that provoke one look at the page instead.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(message.text)

    def go(self, path: str, width: int = DESKTOP) -> Page:
        """Open ``path`` and wait until form and diagram stand."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.goto(self.base + path)
        self.settled()
        return self.page

    def settled(self) -> None:
        """Wait for the islands of the page, if it has any."""
        self.page.wait_for_load_state("load")
        if self.page.locator("#task-form").count():
            self.page.locator("#task-form button[type=submit]:not([disabled])").wait_for()
        if self.page.locator("#diagram").count():
            self.page.locator("#diagram-canvas .djs-overlay .mark").first.wait_for()

    def sign_in(self, login: str) -> None:
        """Sign in by the form."""
        self.go("/sign-in")
        self.page.fill("#login", login)
        self.page.fill("#password", PASSWORD)
        self.page.press("#password", "Enter")
        self.page.wait_for_url("**/tasks")

    def faults(self) -> list[str]:
        """What axe finds on the page as it stands."""
        found = Axe().run(self.page).response["violations"]
        return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]

    def overhang(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.fixture
def visit(browser: Browser, site: tuple[World, str]) -> Iterator[Callable[..., Visit]]:
    """``visit("hr")``: somebody signed in, in a browser set to English whose pages are German all the same."""
    contexts: list[BrowserContext] = []

    def start(login: str | None = None, **options: Any) -> Visit:
        context = browser.new_context(locale="en-US", timezone_id="Europe/Berlin", **options)
        contexts.append(context)
        context.add_cookies([{"name": "vorlauf_language", "value": "de", "url": site[1]}])
        somebody = Visit(context, site[1])
        if login is not None:
            somebody.sign_in(login)
        return somebody

    yield start
    for context in contexts:
        context.close()
