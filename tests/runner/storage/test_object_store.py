"""Files below a URL, folders with a list of their files, and claims without locks."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from runner.errors import CallError, StorageError
from runner.storage import store_claims
from runner.storage.claims import ClaimError
from runner.storage.input_archive import DigestCache
from runner.storage.object_store import ObjectStore, check_url
from runner.storage.store_claims import claimed_in
from runner.storage.stored_files import as_values, download, from_values, list_folder, upload
from runner.workspace.process_identity import current_owner

pytest.importorskip("fsspec")


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    place = f"/{uuid4().hex}" if request.param == "memory" else f"{tmp_path.as_posix()}/store"
    return ObjectStore(f"{request.param}://{place}")


def test_files_are_written_whole_and_created_once(store: ObjectStore, tmp_path: Path) -> None:
    assert store.read("a/b") is None
    assert store.names("a") == []
    store.write("a/b", b"first")
    store.write("a/b", b"second")
    assert store.read("a/b") == b"second"
    assert store.create("a/c", b"mine")
    assert not store.create("a/c", b"other")
    assert store.read("a/c") == b"mine"
    (tmp_path / "given").write_bytes(b"given")
    store.put(tmp_path / "given", "a/d/e")
    # Nothing temporary is left, and a folder is not a file.
    assert store.names("a") == ["b", "c"]
    store.remove("a")
    store.remove("a")
    assert store.names("a") == []


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("bucket/folder", "is not a URL"),
        ("s3://", "is not a URL"),
        ("s3://KEY:hidden@bucket/a", "has a user name, a password or a query"),
        ("sftp://hidden@host/a", "has a user name, a password or a query"),
        ("s3://bucket/a?token=hidden", "has a user name, a password or a query"),
        ("s3://bucket/a b\x1b[2J", "has blanks or control characters"),
        ("s3://[bucket", "is not a valid URL"),
    ],
)
def test_a_wrong_url_is_one_sentence(url: str, says: str) -> None:
    with pytest.raises(CallError, match=says) as caught:
        check_url(url)
    assert "\x1b" not in caught.value.reason
    assert "@" not in caught.value.reason


def test_what_is_missing_for_a_storage_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StorageError, match="has a protocol that fsspec does not know"):
        ObjectStore("nowhere://bucket/a")
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(StorageError, match="needs another package"):
        ObjectStore("s3://bucket/a")
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(StorageError, match=r"--storage needs fsspec\.$"):
        ObjectStore("memory://a")


class NoCredentialsError(Exception):
    """An error as that of a client of S3."""


@pytest.mark.parametrize(
    ("error", "says", "hint"),
    [
        (FileNotFoundError("The specified bucket does not exist"), "does not exist", "bucket"),
        (NoCredentialsError("Unable to locate credentials"), "locate credentials", "environment"),
        (PermissionError("Access Denied"), "Access Denied", "rights"),
        (OSError("https://KEY:hidden@host/a failed\x1b[2J"), "https://host/a failed", ""),
        (TimeoutError(), "TimeoutError", ""),
    ],
)
def test_errors_of_a_storage_are_one_sentence(
    store: ObjectStore, monkeypatch: pytest.MonkeyPatch, error: Exception, says: str, hint: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(store._fs, "pipe_file", fail)
    with pytest.raises(StorageError, match=r"^the storage .* cannot be written") as caught:
        store.write("a", b"")
    assert says in caught.value.reason
    assert hint in caught.value.hint
    assert "hidden" not in caught.value.reason
    assert "\x1b" not in caught.value.reason


def test_a_folder_comes_back_as_it_was_or_not_at_all(store: ObjectStore, tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "logs/empty").mkdir(parents=True)
    (source / "logs/a b.txt").write_text("content")
    (source / "logs/link").symlink_to(source / "logs/a b.txt")
    files = list_folder([("logs", source / "logs")], DigestCache())
    upload(store, "inputs/1", files, source)
    listed = from_values(json.loads(json.dumps(as_values(files))))
    download(store, "inputs/1", listed, tmp_path / "target")
    names = sorted(
        str(p.relative_to(tmp_path / "target")) for p in (tmp_path / "target").rglob("*")
    )
    assert names == ["logs", "logs/a b.txt", "logs/empty", "logs/link"]
    assert (tmp_path / "target/logs/link").read_text() == "content"
    store.write("inputs/1/logs/a b.txt", b"changed")
    with pytest.raises(StorageError, match="has changed since it was listed"):
        download(store, "inputs/1", listed, tmp_path / "again")


@pytest.mark.parametrize(
    "name", ["../a", "/a", "a/../../b", "a//b", "", ".", "C:\\a", "a\\..\\b", "a\0"]
)
def test_a_list_of_files_stays_in_its_folder(name: str) -> None:
    with pytest.raises(ValueError, match="lists a file that is not valid"):
        from_values([[name, "0"]])


def never() -> bool:
    return False


def test_a_claim_is_held_by_one_and_given_back(store: ObjectStore) -> None:
    waited: list[str] = []
    with claimed_in(store, "claim", waited.append, never) as claim:
        assert claim is not None
        claim.renew()
        claim.check()
        with claimed_in(store, "claim", waited.append, lambda: True) as second:
            assert second is None
    assert store.read("claim") is None
    with claimed_in(store, "claim", waited.append, never) as third:
        assert third is not None
        assert third.taken_from == ""


def dead() -> str:
    """The identity of a process of this machine that has ended."""
    return current_owner().rpartition("/")[0] + "/1"


@pytest.mark.parametrize(
    ("identity", "lease"), [(dead, 60.0), (lambda: "node-9/boot/1/417/5", 0.05)]
)
def test_a_claim_of_a_process_that_is_gone_is_taken_over(
    store: ObjectStore,
    monkeypatch: pytest.MonkeyPatch,
    identity: Callable[[], str],
    lease: float,
) -> None:
    monkeypatch.setattr(store_claims, "LEASE", lease)
    monkeypatch.setattr(store_claims, "POLL_INTERVAL", 0.02)
    monkeypatch.setattr(store_claims, "TAKEOVER_DELAY", 0.01)
    store.write("claim", json.dumps({"identity": identity(), "id": "x"}).encode())
    with claimed_in(store, "claim", lambda _: None, never) as claim:
        assert claim is not None
        assert claim.taken_from.startswith("process ")
        # A holder that was frozen for longer than its lease notices that it has lost the job.
        store.write("claim", b'{"identity": "node-3/b/1/4/5", "id": "y"}')
        with pytest.raises(ClaimError, match="another worker has taken the job over"):
            claim.check()
    assert store.read("claim") is not None


def test_a_storage_without_exclusive_creation_reads_back(
    store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise NotImplementedError

    with monkeypatch.context() as patch:
        patch.setattr(store._fs, "open", refuse)
        if "file" in store.url.partition(":")[0]:
            patch.setattr(store._fs, "pipe_file", lambda path, data: Path(path).write_bytes(data))
            patch.setattr(store._fs, "cat_file", lambda path: Path(path).read_bytes())
        else:
            patch.setattr(store._fs, "pipe_file", lambda path, data: written.update({path: data}))
            patch.setattr(store._fs, "cat_file", lambda path: written[path])
            patch.setattr(store._fs, "exists", lambda path: path in written)
        written: dict[str, bytes] = {}
        assert store.create("a", b"mine")
        assert not store.create("a", b"other")
