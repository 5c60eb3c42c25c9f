"""The folder of files: whole or not at all, each content once, altered files noticed."""

from __future__ import annotations

import hashlib
import io
import stat
from pathlib import Path

import pytest

from app.platform.filestore import FileStore, FileTooLarge


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "documents")


def keep(store: FileStore, content: bytes) -> str:
    with store.staged(io.BytesIO(content), 1000) as staged:
        store.keep(staged)
    return staged.sha256


def test_a_kept_file_lies_under_its_hash_for_nobody_but_the_owner(store: FileStore) -> None:
    digest = keep(store, b"hello")
    assert digest == hashlib.sha256(b"hello").hexdigest()
    path = store.folder / digest[:2] / digest[2:4] / digest
    assert path.read_bytes() == b"hello"
    assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    assert stat.S_IMODE(store.folder.stat().st_mode) & 0o077 == 0


def test_what_is_not_kept_leaves_nothing(store: FileStore) -> None:
    with store.staged(io.BytesIO(b"refused"), 1000) as staged:
        assert staged.size == 7
    with pytest.raises(RuntimeError), store.staged(io.BytesIO(b"failed"), 1000):
        raise RuntimeError
    assert list(store.folder.iterdir()) == []


def test_more_than_the_limit_is_noticed_before_all_of_it_is_read(store: FileStore) -> None:
    source = io.BytesIO(b"x" * 10_000_000)
    with pytest.raises(FileTooLarge), store.staged(source, 1000):
        pass
    assert source.tell() < 1_000_000
    assert list(store.folder.iterdir()) == []


def test_an_altered_file_is_not_intact_and_is_put_right_by_the_same_content(store: FileStore) -> None:
    digest = keep(store, b"original")
    store.path(digest).write_bytes(b"altered")
    assert not store.intact(digest)
    assert keep(store, b"original") == digest
    assert store.intact(digest)


def test_a_missing_file_is_not_intact(store: FileStore) -> None:
    assert not store.intact("0" * 64)
