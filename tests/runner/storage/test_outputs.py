"""Outputs: what is taken, what is refused, and that nothing half-taken stays."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.errors import OutputsError, StorageError
from runner.storage.fs import disk_errors
from runner.storage.output_extraction import Caps, take_archive, take_folder


def archive(*entries: tuple[str, bytes | None], **about: object) -> bytes:
    """A tar of `outputs/` with files; None is a folder."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        top = tarfile.TarInfo("outputs")
        top.type = tarfile.DIRTYPE
        tar.addfile(top)
        for name, content in entries:
            info = tarfile.TarInfo(name)
            if content is None:
                info.type = tarfile.DIRTYPE
            else:
                info.size = len(content)
            for key, value in about.items():
                setattr(info, key, value)
            tar.addfile(info, io.BytesIO(content or b""))
    return data.getvalue()


def pieces(data: bytes, size: int = 700) -> Iterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


def test_files_and_folders_come_out_as_they_were(tmp_path: Path) -> None:
    data = archive(("outputs/a", b"1" * 5000), ("outputs/d", None), ("outputs/d/e f", b""))
    taken = take_archive(pieces(data), tmp_path / "out", Caps())
    assert (taken.files, taken.size, taken.names) == (2, 5000, ("a", "d/e f"))
    assert (tmp_path / "out" / "a").read_bytes() == b"1" * 5000
    assert (tmp_path / "out" / "d" / "e f").read_bytes() == b""
    mask = os.umask(0)
    os.umask(mask)
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o777 & ~mask


@pytest.mark.parametrize(
    "name",
    ["outputs/../a", "/outputs/a", "/etc/a", "other/a", "outputs/a/../../b", "outputs/./a",
     "outputs//a", "outputs/a\nb", "outputs/a\x1b[2J", "outputs/\u202ea", "outputs/a\\b",
     "outputs/" + "a" * 256, "outputs/" + "d/" * 40 + "a"],
)  # fmt: skip
def test_names_that_leave_or_lie_are_refused(tmp_path: Path, name: str) -> None:
    data = archive(("outputs/fine", b"1"), (name, b"2"), ("outputs/metrics.binproto", b"3"))
    taken = take_archive(pieces(data), tmp_path / "o", Caps())
    assert taken.refused.isprintable()
    assert taken.refused.endswith(".")
    # The other files are kept.
    assert taken.names == ("fine", "metrics.binproto")
    assert [path.name for path in tmp_path.iterdir()] == ["o"]
    assert sorted(path.name for path in (tmp_path / "o").iterdir()) == ["fine", "metrics.binproto"]


@pytest.mark.parametrize(
    ("name", "reason", "advice"),
    [
        ("a\\b", "has a backslash, which separates folders on Windows", "no backslash"),
        ("a\u202eb", "has the character U+202E, right-to-left override", "printable"),
        ("a\x1bb", "has the character U+001B, a control character", "printable"),
        ("a\udcffb", "is not valid UTF-8", "in UTF-8"),
        ("a" * 256, "is longer than 255 bytes", "shorter"),
        ("d/" * 40 + "a", "is nested too deeply: it is in more than 32 folders", "fewer levels"),
    ],
)
def test_a_refused_name_is_explained(tmp_path: Path, name: str, reason: str, advice: str) -> None:
    data = archive((f"outputs/{name}", b"2"))
    taken = take_archive(pieces(data), tmp_path / "o", Caps())
    assert reason in taken.refused
    assert advice in taken.hint
    assert taken.files == 0


@pytest.mark.parametrize(
    ("kind", "says"),
    [(tarfile.SYMTYPE, "a link"), (tarfile.LNKTYPE, "hard link"), (tarfile.FIFOTYPE, "pipe"),
     (tarfile.CHRTYPE, "device"), (tarfile.BLKTYPE, "device")],
)  # fmt: skip
def test_only_regular_files_are_taken(tmp_path: Path, kind: bytes, says: str) -> None:
    data = archive(("outputs/a", b""), ("outputs/b", b""), type=kind, linkname="/etc/passwd")
    taken = take_archive(pieces(data), tmp_path / "out", Caps())
    assert says in taken.refused
    assert "; 1 more is left out." in taken.refused
    assert list((tmp_path / "out").iterdir()) == []


def test_of_outputs_over_a_limit_the_metrics_are_kept(tmp_path: Path) -> None:
    data = archive(("outputs/big", b"1" * 60), ("outputs/metrics.binproto", b"2" * 50))
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        info = tarfile.TarInfo("metrics.binproto")
        info.size = 50
        tar.addfile(info, io.BytesIO(b"2" * 50))
    alone = plain.getvalue()
    taken = take_archive(pieces(data), tmp_path / "a", Caps(total=55), lambda: pieces(alone))
    assert (taken.names, "have more than 55 B" in taken.refused) == (("metrics.binproto",), True)
    taken = take_archive(pieces(data), tmp_path / "b", Caps(total=40), lambda: pieces(alone))
    assert taken.names == ()
    assert list((tmp_path / "b").iterdir()) == []
    source = tmp_path / "source"
    source.mkdir()
    (source / "metrics.binproto").write_bytes(b"2" * 50)
    (source / "big").write_bytes(b"1" * 60)
    taken = take_folder(source, tmp_path / "c", Caps(total=55))
    assert (taken.names, "have more than 55 B" in taken.refused) == (("metrics.binproto",), True)


def test_caps_are_checked_by_the_header_before_anything_is_read(tmp_path: Path) -> None:
    header = tarfile.TarInfo("outputs/huge")
    header.size = 1 << 40

    def stream() -> Iterator[bytes]:
        yield archive()[:512]
        yield header.tobuf(tarfile.GNU_FORMAT)
        # Enough for the reader's buffer; a runner that wants more than that fails the test.
        yield b"\0" * (1 << 21)
        raise AssertionError("the content was read")

    assert "1.1 TB" in take_archive(stream(), tmp_path / "huge", Caps()).refused
    many = archive(*((f"outputs/{n}", b"") for n in range(12)))
    taken = take_archive(pieces(many), tmp_path / "many", Caps(files=10))
    assert "more than 10 files" in taken.refused
    two = archive(("outputs/a", b"1" * 60), ("outputs/b", b"1" * 60))
    assert "more than 100 B" in take_archive(pieces(two), tmp_path / "two", Caps(total=100)).refused
    metrics = archive(("outputs/metrics.binproto", b"1" * 60))
    taken = take_archive(pieces(metrics), tmp_path / "metrics", Caps(metrics=50))
    assert "metrics.binproto has 60 B" in taken.refused
    # Nothing of what exceeds a limit is kept.
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_name_twice_and_a_stream_that_breaks_off(tmp_path: Path) -> None:
    twice = archive(("outputs/a", b"1"), ("outputs/a", b"2"))
    assert "twice" in take_archive(pieces(twice), tmp_path / "twice", Caps()).refused
    assert (tmp_path / "twice" / "a").read_bytes() == b"1"
    whole = archive(("outputs/a", b"1" * 5000))
    for cut in (600, 1030, 3000):
        with pytest.raises(OutputsError):
            take_archive(pieces(whole[:cut]), tmp_path / "out", Caps())
        assert not (tmp_path / "out").exists()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.binary(max_size=2000), flips=st.lists(st.integers(0, 4000), max_size=4))
def test_no_bytes_write_outside(tmp_path: Path, data: bytes, flips: list[int]) -> None:
    mixed = bytearray(archive(("outputs/a", data), ("outputs/d/b", data)))
    for place in flips:
        mixed[place % len(mixed)] ^= 0x55
    into = tmp_path / "deep" / "out"
    into.parent.mkdir(exist_ok=True)
    try:
        take_archive(pieces(bytes(mixed)), into, Caps(total=10_000))
    except OutputsError:
        assert not into.exists()
    else:
        assert all(p.is_dir() or p.is_file() for p in into.rglob("*"))
        import shutil

        shutil.rmtree(into)
    assert [p.name for p in tmp_path.iterdir()] == ["deep"]


def linked(folder: Path) -> None:
    (folder / "a").symlink_to("/etc/hostname")


def piped(folder: Path) -> None:
    os.mkfifo(folder / "a")


def sparse(folder: Path) -> None:
    with (folder / "a").open("wb") as file:
        file.truncate(1 << 40)


def within(folder: Path) -> None:
    (folder / "d").mkdir()
    (folder / "d" / "e").symlink_to("/etc")


@pytest.mark.parametrize(
    ("make", "says"),
    [(linked, "is a link"), (piped, "is a pipe"), (sparse, "1.1 TB"), (within, '"d/e" is a link')],
)
def test_a_folder_is_taken_by_the_same_rules(
    tmp_path: Path, make: Callable[[Path], None], says: str
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "metrics.binproto").write_bytes(b"12")
    assert take_folder(source, tmp_path / "fine", Caps()).size == 2
    make(source)
    taken = take_folder(source, tmp_path / "out", Caps())
    assert says in taken.refused
    assert taken.names == ("metrics.binproto",)
    (tmp_path / "link").symlink_to(source)
    with pytest.raises(OutputsError, match="is no longer a directory"):
        take_folder(tmp_path / "link", tmp_path / "out", Caps())


def test_a_folder_that_exists_is_never_written_to(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(StorageError):
        take_archive(pieces(archive()), tmp_path / "out", Caps())


def test_a_full_disk_has_a_name(tmp_path: Path) -> None:
    import errno

    with pytest.raises(StorageError, match="the disk is full"), disk_errors(tmp_path / "x"):
        raise OSError(errno.ENOSPC, "No space left on device")
