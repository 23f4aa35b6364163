"""The log of a build: without secrets, with its ends, in whole lines."""

from __future__ import annotations

import base64
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.execution.log_capture import MAX_EMITTED_LINES, MAX_LINE, LogSink
from runner.redact import Redactor, Secrets, names_a_secret
from runner.workspace.live_log import live_path

SECRET = "s3cr3t/+ value="


def redacted(data: bytes, size: int, secrets: Secrets) -> bytes:
    redactor = Redactor(secrets)
    shown = b"".join(redactor.feed(data[i : i + size]) for i in range(0, len(data), size))
    return shown + redactor.end()


@given(st.integers(1, 40), st.binary(max_size=60), st.binary(max_size=60))
def test_a_secret_is_hidden_however_it_is_cut(size: int, before: bytes, after: bytes) -> None:
    shown = redacted(before + SECRET.encode() + after, size, Secrets([SECRET]))
    assert SECRET.encode() not in shown
    assert b"[redacted]" in shown


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
def test_encoded_secrets_are_hidden(before: str) -> None:
    secrets = Secrets([SECRET])
    inner = base64.b64encode(SECRET.encode()).decode()[4:-4]
    for text in (
        quote(SECRET, safe=""),
        base64.b64encode((before + SECRET + "tail").encode()).decode(),
        base64.urlsafe_b64encode((before + SECRET).encode()).decode(),
    ):
        shown = secrets.hide_text(f"x {text} y")
        assert "[redacted]" in shown
        assert inner not in shown


@given(st.lists(st.binary(max_size=30), max_size=20))
def test_nothing_else_is_changed_or_lost(chunks: list[bytes]) -> None:
    redactor = Redactor(Secrets(["never-said-anywhere"]))
    shown = b"".join(redactor.feed(chunk) for chunk in chunks) + redactor.end()
    assert shown == b"".join(chunks)


def test_a_stream_is_not_held_up_by_what_cannot_be_a_secret() -> None:
    redactor = Redactor(Secrets(["token-1234"]))
    assert redactor.feed(b"progress 1\n") == b"progress 1\n"
    assert redactor.feed(b"the tok") == b"the "
    assert redactor.feed(b"ens\n") == b"tokens\n"


def test_names_that_speak_of_secrets() -> None:
    for name in ("RESIM_TOKEN", "AWS_SECRET_ACCESS_KEY", "db_password", "API_KEY", "GH_AUTH"):
        assert names_a_secret(name)
    for name in ("PATH", "HOME", "PYTHONPATH", "COLOR", "KEYBOARD"):
        assert not names_a_secret(name)
    assert "secret" not in repr(Secrets(["a-secret"]))


def test_a_long_log_keeps_its_beginning_and_end(tmp_path: Path) -> None:
    log = LogSink(tmp_path / "log", Secrets(), limit=1 << 18)
    for number in range(100_000):
        log.write(1, b"line %d\n" % number)
    log.close()
    text = (tmp_path / "log").read_text()
    assert text.startswith("line 0\nline 1\n")
    assert text.endswith("line 99999\n")
    assert "of the log were left out here" in text
    assert len(text) < 1.2 * (1 << 18)
    assert log.tail(2) == ("line 99998", "line 99999")


def test_lines_are_whole_clean_and_not_too_many() -> None:
    lines: list[str] = []
    log = LogSink(None, Secrets(), on_line=lines.append)
    log.write(1, b"caf\xc3")
    log.write(2, b"err\x1b[2J\r\n")
    log.write(1, b"\xa9 1%\r 99%\n\xff" + b"x" * 50_000)
    log.close()
    assert lines[0] == "err�[2J"
    assert lines[1] == " 99%"
    assert len(lines[2]) <= MAX_LINE
    many: list[str] = []
    log = LogSink(None, Secrets(), on_line=many.append)
    log.write(1, b"\n" * (2 * MAX_EMITTED_LINES))
    log.close()
    assert len(many) == MAX_EMITTED_LINES + 1


def test_a_disk_that_fails_does_not_stop_the_build() -> None:
    log = LogSink(Path("/dev/full"), Secrets())
    log.write(1, b"x" * 100)
    log.write(1, b"the end\n")
    log.close()
    assert log.problem is not None
    assert "the disk is full" in str(log.problem)
    assert log.tail()[-1].endswith("the end")


def test_a_log_at_its_limit_can_be_followed(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    live_path(path).write_text("of a run that was killed")
    sink = LogSink(path, Secrets(), limit=200_000)
    assert not live_path(path).exists()
    for number in range(40_000):
        sink.write(1, b"line %06d\n" % number)
        if number % 10_000 == 9_999 and number > 20_000:
            position, newest = live_path(path).read_bytes().split(b"\n", 1)
            assert newest.endswith(b"line %06d\n" % number)
            assert len(newest) < 200_000
            assert path.stat().st_size + int(position) + len(newest) == 12 * (number + 1)
    sink.close()
    assert not live_path(path).exists()
    assert path.read_bytes().endswith(b"line 039999\n")


@pytest.mark.skipif(sys.platform == "win32", reason="a device")
def test_nothing_is_made_beside_a_device() -> None:
    sink = LogSink(Path("/dev/null"), Secrets(), limit=1000)
    sink.write(1, b"x" * 100_000 + b"\n")
    assert not live_path(Path("/dev/null")).exists()
    sink.close()
