"""Opening of files that are valid, broken, huge, foreign, or change while they are open."""

from __future__ import annotations

import os
import random
from contextlib import suppress
from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.building.sample import write_sample
from resim_inspect.document import Document, DocumentError, open_document, parse_document
from resim_inspect.document.enums import MetricStatus
from resim_inspect.document.wire.scan import encode_varint
from resim_inspect.errors import (
    ChangedError,
    EmptyFileError,
    TooLargeError,
    TruncatedError,
    UnreadableError,
)


def build(count: int = 200_000) -> DocumentBuilder:
    builder = DocumentBuilder()
    clock = builder.times("clock", [step * 10_000_000 for step in range(count // 10)])
    speed = builder.doubles("speed", [0.5] * count, unit="m/s")
    builder.doubles("by time", [0.25] * (count // 10), index=clock)
    builder.histogram("Speeds", speed, builder.statuses("ok", speed), buckets=[(0, 1)])
    return builder


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = build().write(tmp_path / "metrics.binproto")
    assert path.stat().st_size > 1 << 20
    return path


def test_a_large_file_is_read_only_where_it_is_looked_at(file: Path) -> None:
    with open_document(file) as document:
        assert set(document.deferred) == {0, 1, 2, 3}
        assert document.message.ByteSize() < 2000
        speed = document.data_named("speed")
        assert speed is not None
        assert document.length(speed) == 200_000
        assert document.series(speed).doubles.sum() == 100_000
        clock = document.index_of(document.data[2])
        assert clock is not None
        assert document.series(clock).times[-1] == 19_999 * 10_000_000
        assert document.series(clock) is document.series(clock)


def test_the_cache_has_a_cap(file: Path) -> None:
    with open_document(file, cache_bytes=2_000_000) as document:
        first = document.series(document.data[1])
        assert document.series(document.data[1]) is first
        document.series(document.data[3])
        assert document.series(document.data[1]) is not first


@pytest.mark.parametrize("how", ["rewrite", "shorten", "append"])
def test_a_file_that_is_rewritten_in_place_is_an_error_not_a_crash(file: Path, how: str) -> None:
    with open_document(file) as document:
        if how == "rewrite":
            file.write_bytes(build(300_000).bytes())
        elif how == "shorten":
            os.truncate(file, 1000)
        else:
            with file.open("ab") as stream:
                stream.write(b"\x20\x01")
        with pytest.raises(ChangedError):
            document.series(document.data[1])
        with pytest.raises(ChangedError):
            document.length(document.data[3])


def test_a_file_that_is_replaced_stays_what_it_was(file: Path, tmp_path: Path) -> None:
    with open_document(file) as document:
        other = build(300_000).write(tmp_path / "new")
        other.replace(file)
        assert len(document.series(document.data[1])) == 200_000


def test_a_closed_document_says_so(file: Path) -> None:
    document = open_document(file)
    document.close()
    with pytest.raises(ChangedError, match="closed"):
        document.series(document.data[1])


def test_truncation_anywhere_is_an_error_or_a_shorter_file(tmp_path: Path) -> None:
    whole = build(2000).bytes()
    count = len(parse_document(whole).data)
    path = tmp_path / "cut.binproto"
    rng = random.Random(1)
    refused = 0
    for size in {1, 2, 3, len(whole) - 1, *(rng.randrange(1, len(whole)) for _ in range(150))}:
        path.write_bytes(whole[:size])
        error = _error(path)
        if error is None:
            # Cut between two records: a shorter file, and no one can tell.
            assert len(open_document(path).data) < count
            continue
        refused += 1
        assert isinstance(error, TruncatedError)
        assert error.offset is not None
        assert 0 <= error.offset <= size
        assert "is cut short" in str(error)
        assert error.path == path
    assert refused > 100


def _error(path: Path) -> DocumentError | None:
    try:
        open_document(path)
    except DocumentError as error:
        return error
    return None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"speed,time\n1,2\n", "it is text"),
        ("größe: 12 m\n".encode(), "it is text"),
        ("größe: 12 m\n".encode("latin-1"), "it is text"),
        ("speed,time\n1,2\n".encode("utf-16"), "it is text in UTF-16"),
        ("\ufeffspeed,time\n1,2\n".encode(), "it is text"),
        (b"\nspeed,time\n1,2\n", "it is text"),
        (b"\n\n\nspeed: 3\n", "it is text"),
        ("speed\u202e,time\u2066\n1,2\n".encode(), "it is text"),
        (b"\x1b[32mINFO\x1b[0m the flight has begun\n", "it is text"),
        (b"the flight\x07 has\x00 begun\x7f, and it has ended\f\n", "it is text"),
        pytest.param(("a" + "é" * 300).encode(), "it is text", id="longer than the head"),
        (b"\x1f\x8b\x08\x00rest", "gzip"),
        (b"\x89PNG\r\n\x1a\nrest", "PNG image"),
        (b"\x0a\x05ab", "needs 5 bytes, of which 2 are there"),
        (b"\x1a\x03\x1a\x01\xff", "is damaged at byte 4: JobMetrics.metrics_data.name"),
        (b"\x32\x01a", "has no field of a metrics file"),
        (b"\x00\x00\x00", "has the number 0"),
        (b"\x0f\x01", "wire type 7"),
        (b"\x0b\x08\x01", "group that does not end"),
    ],
)
def test_what_is_not_a_metrics_file_is_told_in_one_sentence(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(DocumentError) as caught:
        open_document(path)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.path == path
    if "it is " in sentence:
        assert caught.value.offset == 0
    assert isinstance(caught.value, EmptyFileError) == (content == b"")


def test_no_beginning_of_a_metrics_file_is_taken_for_text(tmp_path: Path) -> None:
    data = write_sample(tmp_path).read_bytes()
    for length in range(1, 2_000):
        with suppress(DocumentError):
            parse_document(data[:length])
            continue
        with pytest.raises(DocumentError, match=r"cut short|needs .* bytes|is damaged"):
            parse_document(data[:length])


def test_random_bytes_never_crash_or_hang() -> None:
    rng = random.Random(7)
    opened = 0
    for _ in range(3000):
        data = rng.randbytes(rng.randrange(1, 200))
        try:
            opened += isinstance(parse_document(data, threshold=8), Document)
        except DocumentError:
            continue
    assert opened < 300


def test_places_that_are_no_files(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="does not exist"):
        open_document(tmp_path / "nothing")
    with pytest.raises(UnreadableError, match="is a folder"):
        open_document(tmp_path)
    with pytest.raises(UnreadableError, match="cannot be opened"):
        open_document("a\0b")
    with pytest.raises(UnreadableError):
        open_document(tmp_path / ("x" * 5000))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this platform")
def test_a_pipe_is_refused_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnreadableError, match="pipe or device"):
        open_document(tmp_path / "pipe")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything"
)
def test_a_file_without_permission(file: Path) -> None:
    file.chmod(0)
    with pytest.raises(UnreadableError, match="permission denied"):
        open_document(file)


def _sparse(path: Path, doubles: int) -> None:
    """A file with one series of zeros, of which the disk holds nothing."""
    leaf = b"\x0a" + encode_varint(doubles * 8)
    series = b"\x0a" + encode_varint(len(leaf) + doubles * 8) + leaf
    head = b"\x1a\x05speed"
    body = head + b"\x52" + encode_varint(len(series) + doubles * 8) + series
    with path.open("wb") as stream:
        stream.write(b"\x1a" + encode_varint(len(body) + doubles * 8) + body)
        stream.truncate(stream.tell() + doubles * 8)
        stream.seek(0, os.SEEK_END)
        stream.write(b"\x20\x01")


def test_files_over_2_gib_open(tmp_path: Path) -> None:
    path = tmp_path / "large.binproto"
    _sparse(path, 290_000_000)
    assert path.stat().st_size > 1 << 31
    with open_document(path) as document:
        assert document.status is MetricStatus.PASSED
        assert document.data[0].name == "speed"
        assert document.length(document.data[0]) == 290_000_000


def test_what_must_be_parsed_in_one_piece_has_protobufs_limit(tmp_path: Path) -> None:
    path = tmp_path / "large.binproto"
    body = b"\x12" + encode_varint((1 << 31) + 10)
    with path.open("wb") as stream:
        stream.write(body)
        stream.truncate(len(body) + (1 << 31) + 10)
    # Without reading 2 GiB: the size alone tells.
    with pytest.raises(TooLargeError, match="2 GiB"):
        open_document(path)
