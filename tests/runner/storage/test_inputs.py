"""Inputs of a build: listed, digested, packed."""

from __future__ import annotations

import io
import os
import tarfile
import time
from pathlib import Path

import pytest

from runner.errors import RunnerError
from runner.storage.input_archive import (
    DigestCache,
    archive_chunks,
    inputs_digest,
    must_be_copied,
    walk,
)


def tree(folder: Path) -> Path:
    """A folder with two files, one of them deeper."""
    (folder / "deep").mkdir(parents=True)
    (folder / "b.txt").write_text("b")
    (folder / "deep" / "a.txt").write_text("a" * 5000)
    return folder


def digest(folder: Path, cache: DigestCache | None = None) -> str:
    return inputs_digest((("logs", folder),), cache or DigestCache())


def test_a_walk_is_sorted_follows_links_and_ends(tmp_path: Path) -> None:
    root = tree(tmp_path / "logs")
    (root / "c").symlink_to(root / "b.txt")
    (root / "round").symlink_to(root)
    (root / "nowhere").symlink_to(tmp_path / "nothing")
    os.mkfifo(root / "pipe")
    names = [item.name for item in walk(root, "logs")]
    assert names == ["logs", "logs/b.txt", "logs/c", "logs/deep", "logs/deep/a.txt"]
    with pytest.raises(RunnerError, match="cannot be read"):
        list(walk(tmp_path / "missing", "logs"))


def test_a_digest_follows_names_and_contents_alone(tmp_path: Path) -> None:
    root = tree(tmp_path / "one")
    same = tree(tmp_path / "two")
    before = digest(root)
    assert before == digest(same)
    os.utime(root / "b.txt", (1, 1))
    assert digest(root) == before
    (root / "b.txt").write_text("B")
    assert digest(root) != before
    (same / "b.txt").rename(same / "c.txt")
    assert digest(same) != before


def test_a_memory_spares_reading_and_notices_changes(tmp_path: Path) -> None:
    root = tree(tmp_path / "logs")
    later = time.time_ns() + 10_000_000_000
    first = DigestCache(None, later)
    value = digest(root, first)
    path = tmp_path / "memory.json"
    path.write_bytes(first.as_bytes() or b"")
    second = DigestCache(path, later)
    # Not readable any more, and not read: the cache knows it.
    content = (root / "b.txt").stat()
    assert digest(root, second) == value
    assert second.as_bytes() is None
    (root / "b.txt").write_text("x")
    os.utime(root / "b.txt", ns=(content.st_atime_ns, content.st_mtime_ns))
    assert digest(root, DigestCache(path, later)) != value


def test_what_changed_just_now_is_not_remembered(tmp_path: Path) -> None:
    root = tree(tmp_path / "logs")
    cache = DigestCache(None, time.time_ns())
    digest(root, cache)
    assert cache.as_bytes() is None


@pytest.mark.parametrize("data", [b"", b"[]", b'{"files": 1}', b'{"files": {"logs/b.txt": 3}}'])
def test_a_broken_memory_is_none(tmp_path: Path, data: bytes) -> None:
    root = tree(tmp_path / "logs")
    (tmp_path / "cache").write_bytes(data)
    assert digest(root, DigestCache(tmp_path / "cache")) == digest(root)


def test_what_a_mount_would_hide_is_copied(tmp_path: Path) -> None:
    root = tree(tmp_path / "logs")
    for path in (root, *root.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert not must_be_copied(root)
    link = tmp_path / "link"
    link.symlink_to(root)
    assert not must_be_copied(link)
    (root / "b.txt").chmod(0o600)
    assert must_be_copied(root)
    (root / "b.txt").chmod(0o644)
    (root / "deep").chmod(0o700)
    assert must_be_copied(root)
    (root / "deep").chmod(0o755)
    (root / "c").symlink_to("/etc/hostname")
    assert must_be_copied(root)


def test_an_archive_holds_everything_readable_for_all(tmp_path: Path) -> None:
    root = tree(tmp_path / "logs")
    (root / "b.txt").chmod(0o600)
    (root / ("long" * 60)).write_text("name")
    (root / "c").symlink_to(root / "b.txt")
    data = b"".join(archive_chunks((("inputs", 0o755),), (("inputs/logs", root),)))
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        members = {member.name: member for member in tar}
        assert all(member.isreg() or member.isdir() for member in members.values())
        assert members["inputs/logs/b.txt"].mode == 0o444
        assert members["inputs/logs/c"].size == 1
        deep = tar.extractfile("inputs/logs/deep/a.txt")
        assert deep is not None
        assert deep.read() == b"a" * 5000
        assert f"inputs/logs/{'long' * 60}" in members
