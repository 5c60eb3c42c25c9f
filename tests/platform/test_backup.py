"""Copies of the embedded database: whole, refused where they would do harm, and proved after a restore."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from flask import Flask

from app.cases.chains import verify_all
from app.cli import main
from app.demo.direct import DirectDriver
from app.demo.walker import Walker
from app.engine.models import Case
from app.factory import create_app
from app.platform.backup import CopyDamaged, DatabaseInUse, NotEmbedded, TargetExists, back_up, database_file, restore
from app.platform.backup_documents import Carried, beside
from app.platform.db import db
from app.platform.filestore import FileStore
from app.platform.settings import ROOT
from tests.world import NOW, world_settings


@pytest.fixture
def database(sqlite_world_template: Path, tmp_path: Path) -> Path:
    path = tmp_path / "vorlauf.db"
    shutil.copy(sqlite_world_template, path)
    return path


@contextmanager
def opened(path: Path) -> Iterator[Flask]:
    app = create_app(world_settings(f"sqlite:///{path}"))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def start_cases(path: Path, count: int, copied: threading.Event | None = None) -> None:
    with opened(path) as app:
        driver = DirectDriver(db.session(), app.extensions["vorlauf_engine"], NOW)
        for number in range(count):
            driver.start("hr", f"Fall {number}", {})
            if copied is not None and number >= 5 and copied.is_set():
                break


def proved(path: Path) -> tuple[int, tuple[str, ...]]:
    with opened(path):
        found = verify_all(db.session())
    return found.cases, found.broken


def test_a_copy_made_while_people_work_is_whole_and_holds_every_case_that_was_there(
    database: Path, tmp_path: Path
) -> None:
    start_cases(database, 3)
    copied = threading.Event()
    work = threading.Thread(target=start_cases, args=(database, 200, copied))
    work.start()
    for number in range(5):
        back_up(database, tmp_path / f"copy{number}.db")
    copied.set()
    work.join(timeout=60)
    for number in range(5):
        cases, broken = proved(tmp_path / f"copy{number}.db")
        assert cases >= 3
        assert broken == ()


@pytest.mark.sweep
def test_whatever_was_acknowledged_before_a_copy_is_in_the_database_restored_from_it(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command runs as a process of its own while cases are walked from beginning to end."""
    done: list[str] = []
    stop = threading.Event()
    work = threading.Thread(target=walk_cases, args=(database, done, stop))
    work.start()
    address = ["--database", f"sqlite:///{database}"]
    copies: list[tuple[Path, list[str]]] = []
    try:
        for number in range(4):
            before, copy = wait_for(done, 15 * (number + 1)), tmp_path / f"copy{number}.db"
            command = [sys.executable, "-m", "app", "backup", str(copy), *address]
            said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
            assert said.returncode == 0, said.stderr
            copies.append((copy, before))
    finally:
        stop.set()
        work.join(timeout=60)
    assert len(done) > len(copies[-1][1]), "nobody worked while the last copy was made"
    for copy, before in copies:
        restored = copy.with_suffix(".restored")
        assert main(["restore", str(copy), "--database", f"sqlite:///{restored}"]) == 0
        assert "histories proved, 0 broken" in capsys.readouterr().out
        with closing(sqlite3.connect(restored)) as connection:
            found = {key for (key,) in connection.execute("SELECT id FROM task WHERE state = 'completed'")}
            assert set(before) <= found
            broken = connection.execute(
                "SELECT count(*) FROM case_record c LEFT JOIN snapshot s ON s.case_id = c.id AND s.version = c.version "
                "WHERE s.case_id IS NULL"
            )
            assert broken.fetchone() == (0,), "a case without what it goes on from"


def walk_cases(path: Path, done: list[str], stop: threading.Event) -> None:
    """One case after the other, noting each task once it is acknowledged."""
    with opened(path) as app:
        walker = Walker(DirectDriver(db.session(), app.extensions["vorlauf_engine"], NOW))
        while not stop.is_set():
            case_id = walker.driver.start("hr", "Während der Sicherung", {})
            while not stop.is_set() and (found := walker.find(case_id)) is not None:
                walker.do(*found)
                done.append(found[1]["id"])


def wait_for(done: list[str], count: int) -> list[str]:
    """What is done, once it is ``count`` tasks."""
    for _ in range(3000):
        if len(done) >= count:
            return list(done)
        time.sleep(0.02)
    raise AssertionError(f"only {len(done)} tasks were done")


def test_restoring_brings_back_what_was_there_and_keeps_what_is(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start_cases(database, 2)
    address = ["--database", f"sqlite:///{database}"]
    assert main(["backup", str(tmp_path / "copy.db"), *address]) == 0
    start_cases(database, 1)
    assert main(["restore", str(tmp_path / "copy.db"), *address]) == 1
    assert "nothing was overwritten" in capsys.readouterr().err
    assert main(["restore", str(tmp_path / "copy.db"), "--replace", *address]) == 0
    assert "2 histories proved, 0 broken" in capsys.readouterr().out
    assert [proved(path)[0] for path in tmp_path.glob("vorlauf.db.before-*")] == [3]


def test_a_history_that_was_altered_in_the_copy_is_named(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start_cases(database, 1)
    back_up(database, tmp_path / "copy.db")
    with sqlite3.connect(tmp_path / "copy.db") as connection:
        connection.execute("UPDATE journal SET kind = 'other' WHERE seq = 1")
        number = connection.execute(f"SELECT number FROM {Case.__tablename__}").fetchone()[0]
    connection.close()
    assert main(["restore", str(tmp_path / "copy.db"), "--database", f"sqlite:///{tmp_path / 'new.db'}"]) == 1
    assert f"1 broken: {number}" in capsys.readouterr().out


def test_a_database_in_use_is_not_replaced(database: Path, tmp_path: Path) -> None:
    back_up(database, tmp_path / "copy.db")
    user = sqlite3.connect(database)
    user.execute("PRAGMA journal_mode=WAL")
    user.execute("SELECT count(*) FROM case_record").fetchone()
    before = database.stat().st_ino
    with pytest.raises(DatabaseInUse):
        restore(tmp_path / "copy.db", database, replace=True)
    user.close()
    assert database.stat().st_ino == before


def test_what_a_lost_database_left_beside_it_does_not_get_into_the_restored_one(database: Path, tmp_path: Path) -> None:
    back_up(database, tmp_path / "copy.db")
    user = sqlite3.connect(database)
    user.execute("PRAGMA journal_mode=WAL")
    user.execute("UPDATE organisation SET name = 'lost'")
    user.commit()
    lost = tmp_path / "lost.db"
    shutil.copy(f"{database}-wal", f"{lost}-wal")
    user.close()
    restore(tmp_path / "copy.db", lost)
    with closing(sqlite3.connect(lost)) as restored:
        assert restored.execute("SELECT count(*) FROM organisation WHERE name = 'lost'").fetchone() == (0,)
        assert restored.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"x" * 5000])
def test_a_file_that_is_no_copy_changes_nothing(database: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "copy.db").write_bytes(content)
    with pytest.raises(CopyDamaged):
        restore(tmp_path / "copy.db", database, replace=True)
    assert proved(database) == (0, ())


def test_a_copy_never_overwrites_a_file_and_is_for_its_owner_only(database: Path, tmp_path: Path) -> None:
    back_up(database, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0
    with pytest.raises(TargetExists):
        back_up(database, tmp_path / "copy.db")


def test_a_server_database_is_left_to_its_own_tools() -> None:
    with pytest.raises(NotEmbedded):
        database_file("postgresql://localhost/vorlauf")


# -- documents ---------------------------------------------------------------------------------------------------------


def add_documents(path: Path, count: int, copied: threading.Event | None = None) -> list[str]:
    """A case with documents, each with a content of its own; their hashes."""
    hashes = []
    with opened(path) as app:
        driver = DirectDriver(db.session(), app.extensions["vorlauf_engine"], NOW)
        case_id = driver.start("hr", "Fall mit Unterlagen", {})
        for number in range(count):
            hashes.append(driver.upload("hr", case_id, None, "letter", f"Brief {number}".encode())["sha256"])
            if copied is not None and number >= 3 and copied.is_set():
                break
    return hashes


def test_documents_travel_with_a_copy_and_are_proved_after_a_restore(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hashes = add_documents(database, 3)
    assert main(["backup", str(tmp_path / "copy.db"), "--database", f"sqlite:///{database}"]) == 0
    assert "with 3 documents beside it" in capsys.readouterr().out
    elsewhere = tmp_path / "elsewhere" / "vorlauf.db"
    assert main(["restore", str(tmp_path / "copy.db"), "--database", f"sqlite:///{elsewhere}"]) == 0
    assert "3 documents proved, 0 missing or altered" in capsys.readouterr().out
    store = FileStore(elsewhere.parent / "documents")
    assert [store.intact(sha256) for sha256 in hashes] == [True, True, True]
    assert beside(tmp_path / "copy.db").stat().st_mode & 0o077 == 0


def test_a_copy_made_while_people_add_documents_holds_every_file_it_names(database: Path, tmp_path: Path) -> None:
    copied = threading.Event()
    work = threading.Thread(target=add_documents, args=(database, 200, copied))
    work.start()
    taken = [back_up(database, tmp_path / f"copy{number}.db", database.parent / "documents") for number in range(5)]
    copied.set()
    work.join(timeout=60)
    assert [one.lost for one in taken] == [()] * 5
    for number, one in enumerate(taken):
        restored = tmp_path / f"restored{number}" / "vorlauf.db"
        found = restore(tmp_path / f"copy{number}.db", restored, documents=restored.parent / "documents")
        assert found.documents == one


def test_documents_that_were_lost_or_altered_in_the_copy_are_named(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hashes = add_documents(database, 3)
    back_up(database, tmp_path / "copy.db", database.parent / "documents")
    kept = FileStore(beside(tmp_path / "copy.db"))
    kept.path(hashes[0]).unlink()
    kept.path(hashes[1]).write_bytes(b"altered")
    elsewhere = tmp_path / "elsewhere" / "vorlauf.db"
    assert main(["restore", str(tmp_path / "copy.db"), "--database", f"sqlite:///{elsewhere}"]) == 1
    said = capsys.readouterr().out
    assert "1 histories proved, 0 broken" in said
    assert "3 documents proved, 2 missing or altered" in said
    store = FileStore(elsewhere.parent / "documents")
    assert [store.intact(sha256) for sha256 in hashes] == [False, False, True]


def test_a_restore_over_what_is_there_puts_altered_documents_right(database: Path, tmp_path: Path) -> None:
    (sha256,) = add_documents(database, 1)
    documents = database.parent / "documents"
    back_up(database, tmp_path / "copy.db", documents)
    FileStore(documents).path(sha256).write_bytes(b"altered")
    restore(tmp_path / "copy.db", database, replace=True, documents=documents)
    assert FileStore(documents).intact(sha256)


def test_a_copy_says_which_documents_were_already_lost(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (sha256,) = add_documents(database, 1)
    FileStore(database.parent / "documents").path(sha256).unlink()
    assert main(["backup", str(tmp_path / "copy.db"), "--database", f"sqlite:///{database}"]) == 1
    assert sha256 in capsys.readouterr().err
    assert (tmp_path / "copy.db").exists()


def test_verifying_names_each_document_that_is_not_what_the_history_says(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, third = add_documents(database, 3)
    verify = ["documents", "verify", "--database", f"sqlite:///{database}"]
    assert main(verify) == 0
    assert "3 documents proved, 0 missing or altered." in capsys.readouterr().out
    store = FileStore(database.parent / "documents")
    store.path(first).unlink()
    store.path(second).write_bytes(b"altered")
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE document SET sha256 = ? WHERE sha256 = ?", (first, third))
    connection.close()
    assert main(verify) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "3 documents proved, 3 missing or altered."
    assert sorted(line.split("  ")[-1] for line in lines[1:]) == ["altered", "missing", "unlike history"]


def test_a_copy_from_before_there_were_documents_is_carried_without(tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    with sqlite3.connect(old) as connection:
        connection.execute("CREATE TABLE case_record (id TEXT)")
    connection.close()
    assert back_up(old, tmp_path / "copy.db", tmp_path / "documents") == Carried(0, ())
