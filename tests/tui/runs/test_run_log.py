"""The log of a run: hostile bytes, and files that grow, are cut or replaced."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from resim_inspect.inputs.terminal_text import displayed_line
from resim_inspect.tui.runs.log_buffer import LogBuffer
from resim_inspect.tui.runs.log_tail import MAX_LINE, LogPiece, LogTail
from runner.execution.log_capture import LogSink
from runner.redact import Secrets
from runner.workspace.live_log import live_path
from tests.soak import FACTOR

HOSTILE = (
    "plain",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07after",
    "\x1bPq#0~~\x1b\\picture",
    "a\x1b[2Jb",
    "10 %\r20 %\r30 %",
    "tab\tstop",
    "bell\x07 and null\x00",
    "Zürich 飛行機 🛩",
    "right‮left",
    "",
)
"""Lines that builds write, or would to harm a terminal."""


def lines_of(pieces: list[LogPiece]) -> list[str]:
    """All lines of some pieces, the unfinished one at the end."""
    lines = [line for piece in pieces for line in piece.lines]
    return [*lines, *([pieces[-1].unfinished] if pieces and pieces[-1].unfinished else [])]


def lines_of_pieces(pieces: list[LogPiece]) -> list[str]:
    """All whole lines of some pieces, of which none was skipped."""
    assert not any(piece.skipped for piece in pieces)
    return [line for piece in pieces for line in piece.lines]


def read_all(tail: LogTail) -> list[LogPiece]:
    """Read until nothing is new."""
    return list(iter(tail.read, None))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"\x1b[1;31mERROR\x1b[0m: no speeds", "ERROR: no speeds"),
        (b"\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        (b"\x1b]0;owned\x07text", "text"),
        (b"10 %\r20 %\r\n".rstrip(b"\n"), "20 %"),
        (b"\x1b", "�"),
        (b"\x1b[", "�["),
        (b"a\x00b", "a�b"),
        (b"\xff\xfe", "��"),
        ("right‮left".encode(), "right�left"),
        (b"a\tb", "a       b"),
    ],
)
def test_a_line_is_shown_without_control_sequences(line: bytes, expected: str) -> None:
    assert displayed_line(line.decode("utf-8", "replace")) == expected


def test_lines_do_not_depend_on_the_pieces_they_arrive_in(tmp_path: Path) -> None:
    rng = random.Random(5)
    for _ in range(30 * FACTOR):
        data = "\n".join(rng.choices(HOSTILE, k=rng.randrange(1, 30))).encode()
        path = tmp_path / "log.txt"
        path.write_bytes(b"")
        tail, pieces, at = LogTail(path), [], 0
        while at < len(data):
            step = rng.randrange(1, 40)
            with path.open("ab") as file:
                file.write(data[at : at + step])
            at += step
            piece = tail.read()
            assert piece is not None
            assert not piece.restarted
            assert "\x1b" not in "".join([*piece.lines, piece.unfinished])
            pieces.append(piece)
        expected = [displayed_line(line.decode("utf-8", "replace")) for line in data.split(b"\n")]
        assert lines_of(pieces) == (expected if expected[-1] else expected[:-1])
        path.unlink()


def test_a_line_of_a_megabyte_is_read_in_parts(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    text = "é" * 500_000
    path.write_text(text, encoding="utf-8")
    tail = LogTail(path)
    pieces = read_all(tail)
    assert "".join(lines_of(pieces)) == text
    assert max(map(len, lines_of(pieces))) <= MAX_LINE
    with path.open("ab") as file:
        file.write(b"\nend\n")
    pieces += read_all(tail)
    assert "".join(line for piece in pieces for line in piece.lines) == text + "end"


def test_half_a_character_waits_for_its_other_half(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    data = "flight 飛".encode()
    path.write_bytes(data[:-1])
    tail = LogTail(path)
    first = tail.read()
    assert first is not None
    assert first.unfinished == "flight "
    path.write_bytes(data)
    second = tail.read()
    assert second is not None
    assert second.unfinished == "flight 飛"


def test_a_progress_bar_without_line_breaks_stays_one_line(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(b"".join(b"%7d of 99999\r" % step for step in range(5000)) + b"the end")
    pieces = read_all(LogTail(path))
    assert lines_of(pieces) == ["the end"]


def test_only_the_end_of_a_large_log_is_read(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(b"".join(b"line %06d\n" % number for number in range(1000)))
    tail = LogTail(path, budget=1000, first=1000)
    piece = tail.read()
    assert piece is not None
    assert piece.lines[-1] == "line 000999"
    assert len(piece.lines) == 83
    assert piece.skipped == 12_000 - 83 * 12
    assert tail.read() is None
    with path.open("ab") as file:
        file.write(b"half a li")
    tail.read()
    with path.open("ab") as file:
        file.write(b"ne\n" + b"more\n" * 1000)
    piece = tail.read()
    assert piece is not None
    assert set(piece.lines) == {"more"}
    assert 5 * len(piece.lines) + piece.skipped == len(b"half a line\n") + 5000


@pytest.mark.parametrize("length", [3, 12, 40])
def test_a_log_that_is_written_anew_is_read_from_its_start(tmp_path: Path, length: int) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(b"one\ntwo\nthree\n")
    tail = LogTail(path)
    tail.read()
    path.write_bytes(b"x" * length + b"\n")
    piece = tail.read()
    assert piece is not None
    assert piece.restarted
    assert piece.lines == ["x" * length]


def test_a_log_may_be_missing(tmp_path: Path) -> None:
    tail = LogTail(tmp_path / "log.txt")
    assert tail.read() is None
    (tmp_path / "log.txt").write_bytes(b"here\n")
    piece = tail.read()
    assert piece is not None
    assert piece.lines == ["here"]


@pytest.mark.parametrize("width", [0, 1, 7, 80])
def test_rows_and_lines_of_a_buffer_agree(width: int) -> None:
    rng = random.Random(width)
    buffer = LogBuffer(max_lines=40, max_characters=600)
    buffer.wrap_to(width)
    expected: list[str] = []
    unfinished = False
    for _ in range(60 * FACTOR):
        before = buffer.rows
        new = ["".join(rng.choices("ab飛é ", k=rng.randrange(30))) for _ in range(rng.randrange(9))]
        open_line = rng.choice(("", "open"))
        expected = [*expected[: -1 if unfinished else None], *new, *([open_line] * bool(open_line))]
        dropped = buffer.append(LogPiece(new, open_line))
        unfinished = bool(open_line)
        assert buffer.lines == expected[-len(buffer.lines) :]
        assert len(buffer.lines) <= 40
        assert dropped <= before + 300
        expected = list(buffer.lines)
        again = LogBuffer()
        again.append(LogPiece(expected))
        again.wrap_to(width)
        assert buffer.rows == again.rows
        parts: dict[int, str] = {}
        for row in range(buffer.rows):
            line, part = buffer.line_at(row)
            assert buffer.row_of(line) == row - part
            parts[line] = parts.get(line, "") + buffer.part(line, part)
        assert [parts[line] for line in range(len(expected))] == expected


@pytest.mark.parametrize("end", [3_000, 9_000, 30_000])
def test_a_log_past_its_limit_is_followed_without_repeats(tmp_path: Path, end: int) -> None:
    path = tmp_path / "log.txt"
    sink = LogSink(path, Secrets(), limit=100_000)
    tail, lines = LogTail(path), list[str]()
    for number in range(end):
        sink.write(1, b"line %06d\n" % number)
        if number % 997 == 0:
            lines += lines_of_pieces(read_all(tail))
    sink.close()
    assert not live_path(path).exists()
    lines += lines_of_pieces(read_all(tail))
    assert lines == [f"line {number:06d}" for number in range(end)]


def test_bytes_that_a_follower_missed_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    sink = LogSink(path, Secrets(), limit=100_000)
    tail, seen = LogTail(path), 0
    for number in range(100_000):
        sink.write(1, b"line %06d\n" % number)
        if number in {5_000, 40_000}:
            seen += sum(piece.skipped + 12 * len(piece.lines) for piece in read_all(tail))
            assert seen == 12 * (number + 1)
    sink.close()
    (piece,) = read_all(tail)
    assert piece.lines[-1] == "line 099999"
    assert piece.size == path.stat().st_size
    assert seen + piece.skipped + 12 * len(piece.lines) == 12 * 100_000


def test_another_run_ends_what_is_followed_of_the_first(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    first = LogSink(path, Secrets(), limit=100_000)
    first.write(1, b"head\n")
    first.write(1, b"x" * 200_000 + b"\n")
    tail = LogTail(path)
    assert read_all(tail)[0].lines == ["head"]
    second = LogSink(path, Secrets(), limit=100_000)
    second.write(1, b"again\n")
    (piece,) = read_all(tail)
    assert (piece.lines, piece.restarted) == (["again"], True)
    first.close()
    second.close()


def test_a_buffer_tells_that_it_dropped_lines() -> None:
    buffer = LogBuffer(max_lines=3)
    buffer.append(LogPiece(["head", "one", "two"]))
    assert not buffer.has_dropped
    buffer.append(LogPiece(["three"], skipped=5))
    assert buffer.lines == ["two", "… 5 B of the log are not shown here …", "three"]
    assert buffer.has_dropped
