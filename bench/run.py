"""The whole measurement: both databases, 1 and 4 clients, yardsticks beside them."""

from __future__ import annotations

import http.client
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.demo.serving import free_port, gunicorn_command, served
from app.platform import postgres
from app.platform.settings import ROOT, Settings
from bench import bare, inbox, loops, registers, report, throughput
from bench.client import Times, run_client
from bench.report import Measurement, p50, p95
from bench.world import MEASURING, prepared

LIMIT_STATEMENTS = {"complete": 8, "get_task": 5}
LIMIT_HELLO = 12.0


@dataclass(frozen=True)
class Plan:
    """How much is measured: cases walked by each of 1 and 4 clients, bare transactions, cases of the loop, open tasks
    of the two inboxes and calls to each, cases and rounds of the burst.
    """

    walked: Mapping[int, int]
    bare: int
    loops: int
    few: int
    many: int
    calls: int
    burst: tuple[int, int]


WHOLE = Plan({1: 8, 4: 4}, 400, 6, 1_000, 100_000, 40, (20, 20))
QUICK = Plan({1: 2, 4: 1}, 100, 2, 1_000, 20_000, 15, (6, 6))
"""For everyday: the same limits on fewer rows and rounds, in a third of the time."""


def main(*, as_json: bool = False, quick: bool = False) -> int:
    """Measure and print; 1 where a limit is missed."""
    plan = QUICK if quick else WHOLE
    found: list[Measurement] = []
    with _hello_server() as hello, tempfile.TemporaryDirectory(prefix="vorlauf-bench-") as folder:
        found += measure_database("sqlite", lambda name: f"sqlite:///{Path(folder) / name}.db", hello, plan)
        times = bare.sqlite_times(Path(folder) / "bare.db", plan.bare)
        found.append(Measurement("bare 3-row transaction p50", p50(times) * 1e3, "ms", None, "sqlite", 1))
        server = postgres.start(fsync=True)
        try:
            found += measure_database("postgresql", server.create_database, hello, plan)
            bare_url = server.create_database("bare")
            bare.postgres_tables(bare_url, throughput.CLIENTS + 1)
            times = bare.postgres_times(bare_url, plan.bare, throughput.CLIENTS)
            found.append(Measurement("bare 3-row transaction p50", p50(times) * 1e3, "ms", None, "postgresql", 1))
            found += throughput.measure("postgresql", prepared(server.create_database("burst")), bare_url, *plan.burst)
        finally:
            server.stop()
    print(report.as_json(found) if as_json else report.as_table(found))
    return 1 if any(item.missed for item in found) else 0


@contextmanager
def _hello_server() -> Iterator[str]:
    port = free_port()
    command = gunicorn_command(Settings(), "127.0.0.1", port, workers=1)
    command[command.index("wsgi:app")] = "bench.hello:app"
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        for _ in range(200):
            try:
                http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect()
                break
            except OSError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def measure_database(name: str, create: Callable[[str], str], hello: str, plan: Plan) -> list[Measurement]:
    """All figures of one kind of database; ``create`` makes an empty one and returns its address."""
    settings = prepared(create("bench"))
    found: list[Measurement] = []
    for clients, cases in plan.walked.items():
        with served(settings, MEASURING) as address:
            run_client(address, hello, 1)  # warm: definitions parsed, statements compiled
            with ProcessPoolExecutor(clients) as pool:
                runs = list(pool.map(run_client, [address] * clients, [hello] * clients, [cases] * clients))
        found += figures(name, clients, runs)
    found.append(registers.import_5000_employees(create("import"), name))
    found += loops.measure(name, prepared(create("loops")), plan.loops)
    few, many = prepared(create("few")), prepared(create("many"))
    return found + inbox.measure(name, (few, plan.few), (many, plan.many), plan.calls)


def figures(database: str, clients: int, runs: list[Times]) -> list[Measurement]:
    """Medians, 95th percentiles, throughput, statements and commits of one load."""
    found: list[Measurement] = []
    hello = p50([value for run in runs for value in run.seconds["hello"]])
    found.append(Measurement("hello p50", hello * 1e3, "ms", None, database, clients))
    elapsed = max(run.ended for run in runs) - min(run.began for run in runs)
    for kind in ("get_task", "complete", "inbox"):
        seconds = [value for run in runs for value in run.seconds[kind]]
        statements = max(run.statements[kind] for run in runs)
        found += [
            Measurement(f"{kind} p50", p50(seconds) * 1e3, "ms", None, database, clients),
            Measurement(f"{kind} p95", p95(seconds) * 1e3, "ms", None, database, clients),
            Measurement(f"{kind} per second", len(seconds) / elapsed, "1/s", None, database, clients),
            Measurement(f"{kind} statements, most", statements, "", LIMIT_STATEMENTS.get(kind), database, clients),
        ]
        if kind == "complete":
            commits = {count for run in runs for count in run.commits[kind]}
            found.append(Measurement("complete commits other than 1", len(commits - {1}), "", 0, database, clients))
            limit = LIMIT_HELLO if database == "sqlite" and clients == 1 else None
            found.append(Measurement("complete p50 / hello p50", p50(seconds) / hello, "x", limit, database, clients))
    return found
