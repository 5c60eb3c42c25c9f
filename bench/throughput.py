"""How many tasks several clients complete in a second, all of them different, beside bare transactions.

Everything but the completions themselves (starting cases, reading forms) happens between the bursts that are timed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import Barrier
from threading import Barrier as AnyBarrier
from typing import Any

from app.demo.over_http import HttpFailed
from app.demo.serving import served
from app.platform import codec
from app.platform.settings import Settings
from bench import bare
from bench.client import Client, answers_to
from bench.report import Measurement
from bench.world import MEASURING

LIMIT_RATE = 150.0
LIMIT_BARE = 4.0
"""A step may take as long as four bare transactions, or 1/150 s: whichever is longer."""
CLIENTS = 4

Span = tuple[float, float, int]
"""Began, ended, how many."""
Call = tuple[str, bytes, dict[str, str]]
"""Path, body, headers."""
_together: AnyBarrier | None = None


def measure(database: str, settings: Settings, bare_url: str, cases: int, rounds: int) -> list[Measurement]:
    """Time of a completion with four clients at once, against the limit."""
    with served(settings, MEASURING) as address:
        at_once(_complete, (address, 1, rounds))  # warm: statements compiled and prepared on every connection
        step, _ = at_once(_complete, (address, cases, rounds))
    floor, _ = at_once(_write_bare, (bare_url, cases * rounds))
    limit = max(1 / LIMIT_RATE, LIMIT_BARE * floor)
    return [
        Measurement("complete alone, per second", 1 / step, "1/s", None, database, CLIENTS),
        Measurement("bare 3-row transaction, per second", 1 / floor, "1/s", None, database, CLIENTS),
        Measurement("complete alone, time a step", step * 1e3, "ms", limit * 1e3, database, CLIENTS),
        Measurement("complete alone / bare transaction", step / floor, "x", None, database, CLIENTS),
    ]


def at_once(work: Callable[..., list[Span]], arguments: tuple[Any, ...]) -> tuple[float, int]:
    """Run ``work(number, *arguments)`` in four processes; seconds a piece over all bursts, and how many pieces."""
    with ProcessPoolExecutor(CLIENTS, initializer=_begin, initargs=(Barrier(CLIENTS),)) as pool:
        futures = [pool.submit(work, number, *arguments) for number in range(CLIENTS)]
        spans = [future.result() for future in futures]
    return time_apiece(spans)


def time_apiece(spans: Sequence[Sequence[Span]]) -> tuple[float, int]:
    """Bursts side by side: from the first beginning to the last end, over the pieces of all clients."""
    elapsed, pieces = 0.0, 0
    for burst in zip(*spans, strict=True):
        elapsed += max(ended for _, ended, _ in burst) - min(began for began, _, _ in burst)
        pieces += sum(count for _, _, count in burst)
    return elapsed / pieces, pieces


def _begin(barrier: AnyBarrier) -> None:
    global _together
    _together = barrier


def _wait() -> None:
    assert _together is not None
    _together.wait(300)


def _write_bare(number: int, url: str, rounds: int) -> list[Span]:
    began: list[float] = []

    def ready() -> None:
        _wait()
        began.append(time.perf_counter())

    bare.postgres_times(url, rounds, number, ready)
    return [(began[0], time.perf_counter(), rounds)]


def _complete(number: int, address: str, cases: int, rounds: int) -> list[Span]:
    client = Client(address, address)
    client.sign_in()
    opened = [client.start(f"Durchsatz {number}-{index}") for index in range(cases)]
    spans: list[Span] = []
    for _ in range(rounds):
        calls = [_call(client, case["tasks"][0]) for case in opened]
        _wait()
        began = time.perf_counter()
        for call in calls:
            status, answer, _ = client.http.send("POST", *call)
            if status != 200:
                raise HttpFailed(status, "POST", call[0], answer)
        spans.append((began, time.perf_counter(), len(calls)))
        opened = [client.http.ask("coordinator", "GET", f"/cases/{case['id']}") for case in opened]
    return spans


def _call(client: Client, task: dict[str, Any]) -> Call:
    """The completion of ``task``, ready to be sent: clients take turns with the server on the same processors."""
    login, path = client.login_for(task), f"/tasks/{task['id']}"
    answers = answers_to(client.http.ask(login, "GET", path))
    headers = {"Authorization": f"Bearer {client.http.token(login)}", "Content-Type": "application/json"}
    return f"/api/v1{path}/complete", codec.dumps({"data": answers}), headers
