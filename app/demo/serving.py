"""Starting a served Vorlauf as a process of its own and waiting until it is ready."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from app.platform.settings import ROOT, Settings, variable_name

READY_SECONDS = 120
"""For a busy machine; a server that has ended is noticed at once."""


class NotReady(Exception):
    """The server did not become ready."""


def gunicorn_command(settings: Settings, host: str, port: int, workers: int | None = None) -> list[str]:
    """Command line of the server: threads in one process for SQLite, two processes for PostgreSQL."""
    count = workers or (1 if settings.database_url.startswith("sqlite") else 2)
    return [
        *(sys.executable, "-m", "gunicorn", "wsgi:app"),
        *("--bind", f"{host}:{port}", "--worker-class", "gthread", "--workers", str(count), "--threads", "8"),
        *("--graceful-timeout", "5", "--keep-alive", "75", "--log-level", "warning", "--no-control-socket"),
    ]


def free_port() -> int:
    """A port on 127.0.0.1 that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(settings: Settings, extra: Mapping[str, str] | None = None, workers: int | None = None) -> Iterator[str]:
    """A running server for ``settings``; yields its address and ends it afterwards. Raises :class:`NotReady`."""
    port = free_port()
    environment = {**os.environ, variable_name("database_url"): settings.database_url, **(extra or {})}
    process = subprocess.Popen(gunicorn_command(settings, "127.0.0.1", port, workers), cwd=ROOT, env=environment)
    try:
        wait_until_ready(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    """Ask /readyz until it answers 200. Raises :class:`NotReady`."""
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise NotReady(f"the server ended with code {process.returncode}")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise NotReady(f"no answer within {READY_SECONDS} s")
