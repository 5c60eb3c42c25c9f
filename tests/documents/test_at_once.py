"""Several people and slow lines: nobody waits for somebody's upload, and nothing gets lost between two of them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from app.demo.over_http import HttpClient, HttpFailed
from tests.documents.conftest import Desk
from tests.documents.serving import served

BOUNDARY = "grenze"
HEAD = (f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="langsam.txt"\r\n\r\n').encode()
TAIL = f"\r\n--{BOUNDARY}--\r\n".encode()


def test_who_sends_slowly_holds_nobody_up(desk: Desk) -> None:
    """Half of a file has arrived; meanwhile a colleague starts a case and adds a document. Then the rest comes."""
    case_id = desk.world.case_at("check_completeness")
    with served(desk.world.app) as address:
        slow, quick = HttpClient(address), HttpClient(address)
        slow.token("hr")
        connection = slow._connection
        content = b"x" * 50_000
        connection.putrequest("POST", f"/api/v1/cases/{case_id}/documents")
        connection.putheader("Authorization", f"Bearer {slow.token('hr')}")
        connection.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
        connection.putheader("Content-Length", str(len(HEAD) + len(content) + len(TAIL)))
        connection.endheaders()
        connection.send(HEAD + content[:25_000])
        quick.send_file("hr", f"/cases/{case_id}/documents", {"title": "schnell"}, "a.txt", b"schnell")
        me = quick.ask("hr", "GET", "/me")
        body = {"process": "training_case", "company": me["organisations"][0]["id"], "title": "Zwischendurch"}
        assert quick.ask("hr", "POST", "/cases", body)["status"] == "open"
        connection.send(content[25_000:] + TAIL)
        answer = connection.getresponse()
        assert answer.status == 201
        answer.read()
        listed = quick.ask("hr", "GET", f"/cases/{case_id}/documents")["items"]
    assert [item["title"] for item in listed] == ["langsam", "schnell"]


def test_documents_added_at_once_are_all_there_and_the_history_stays_whole(desk: Desk) -> None:
    case_id = desk.world.case_at("check_completeness")
    with served(desk.world.app) as address:
        clients = [HttpClient(address) for _number in range(4)]
        for client in clients:
            client.token("hr")

        def add(number: int) -> str:
            path, fields = f"/cases/{case_id}/documents", {"title": f"Nr. {number}"}
            content = f"{number % 3}".encode()
            return str(clients[number % 4].send_file("hr", path, fields, "a.txt", content)["id"])

        def some(first: int) -> list[str]:
            return [add(number) for number in range(first, 20, 4)]

        with ThreadPoolExecutor(4) as pool:
            made = [one for ids in pool.map(some, range(4)) for one in ids]
        listed = clients[0].ask("hr", "GET", f"/cases/{case_id}/documents?limit=100")["items"]
        proof = clients[0].ask("hr", "GET", f"/cases/{case_id}/history/verification")
    assert sorted(item["id"] for item in listed) == sorted(made)
    assert proof["valid"]
    assert len({item["sha256"] for item in listed}) == 3


def test_of_two_newer_versions_at_once_one_wins(desk: Desk) -> None:
    case_id = desk.world.case_at("check_completeness")
    first = desk.added("hr", case_id)
    with served(desk.world.app) as address:
        clients = [HttpClient(address) for _number in range(4)]
        for client in clients:
            client.token("hr")
        ready = threading.Barrier(4)

        def replace(client: HttpClient) -> int:
            ready.wait()
            try:
                client.send_file("hr", f"/documents/{first['id']}/versions", {}, "a.txt", b"neu")
            except HttpFailed as error:
                return error.status
            return 201

        with ThreadPoolExecutor(4) as pool:
            statuses = sorted(pool.map(replace, clients))
    assert statuses == [201, 409, 409, 409]
    versions = desk.world.call("hr", "GET", f"/documents/{first['id']}").json["versions"]
    assert [(one["version"], one["state"]) for one in versions] == [(2, "current"), (1, "superseded")]
