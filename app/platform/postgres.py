"""A private PostgreSQL 18 for tests, measurements and `walk --database postgres`; never for production.

It listens on 127.0.0.1 only and asks for no password.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from app.platform import postgres_programs
from app.platform.postgres_programs import USER, PostgresUnavailable

_STOP_SECONDS = 20
_START_SECONDS = 60


@dataclass
class PostgresServer:
    """A running server. ``stop`` ends it; so does the end of the process that started it."""

    port: int
    process: subprocess.Popen[bytes]
    work: Path
    """Temporary folder with log and, unless kept elsewhere, the data; removed by ``stop``."""
    _owner: int = field(default_factory=os.getpid)

    @property
    def url(self) -> str:
        """SQLAlchemy address of the database ``postgres``."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        """SQLAlchemy address of one database."""
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str, template: str | None = None) -> str:
        """Create a database, as a copy of ``template`` if given, and return its address."""
        command = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template:
            command += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        with _connect(self.port) as connection:
            connection.execute(command)
        return self.url_of(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, also when connections to it are still open."""
        with _connect(self.port) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def stop(self) -> None:
        """End the server in order: clients are disconnected, data is written. May be called again."""
        if os.getpid() != self._owner:  # a forked child runs our atexit too
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(_STOP_SECONDS)
        shutil.rmtree(self.work, ignore_errors=True)


def start(fsync: bool = False, data: Path | None = None) -> PostgresServer:
    """Start a server on a free port and wait until it answers.

    ``fsync``: survive a power loss as a production server does; off is several times faster. ``data``: an
    absolute folder that is kept, instead of a temporary one. As root the server runs as ``nobody``, who then
    needs to reach and own ``data``. Raises PostgresUnavailable.
    """
    package = postgres_programs.package_folder()
    work = Path(tempfile.mkdtemp(prefix="vorlauf-postgres-"))
    try:
        account = postgres_programs.unprivileged_account(work)
        programs = postgres_programs.runnable(package, work, account)
        data = data or work / "data"
        if not (data / "PG_VERSION").exists():
            postgres_programs.initialise(programs, data, account)
        return _launch(programs, data, work, fsync, account)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise


def _launch(programs: Path, data: Path, work: Path, fsync: bool, account: dict[str, Any]) -> PostgresServer:
    durable = "on" if fsync else "off"
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "fsync": durable,
        "synchronous_commit": durable,
        "full_page_writes": durable,
        "max_connections": "100",
        "shared_buffers": "64MB",
    }
    port = _free_port()
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (work / "log").open("wb") as log:
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, "-p", str(port), *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,  # a Ctrl-C in the terminal is for us, not for the server
            **account,
        )
    server = PostgresServer(port, process, work)
    atexit.register(server.stop)
    _wait_until_ready(server)
    return server


def _wait_until_ready(server: PostgresServer) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            _connect(server.port).close()
            return
        except psycopg.OperationalError as error:
            if server.process.poll() is not None or time.monotonic() > deadline:
                log = (server.work / "log").read_text("utf-8", errors="replace").strip()
                server.stop()
                raise PostgresUnavailable(f"PostgreSQL did not start:\n{log}") from error
        time.sleep(0.02)


def _connect(port: int) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(host="127.0.0.1", port=port, user=USER, dbname="postgres", autocommit=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
