"""A file that is closed by one thread while another one reads it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from resim_inspect.document.wire import source as sources
from resim_inspect.errors import ChangedError

LARGE = sources.WHOLE + 1


def opened(path: Path) -> sources.FileSource:
    path.write_bytes(b"a" * LARGE)
    source = sources.open_source(path)
    assert isinstance(source, sources.FileSource)
    return source


def test_a_read_never_gets_the_bytes_of_the_next_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = opened(tmp_path / "first")
    (tmp_path / "next").write_bytes(b"b" * LARGE)
    numbers: list[int] = []
    read = sources._pread

    def closed_before(number: int, length: int, offset: int) -> bytes:
        source.close()
        numbers.append(number)
        numbers.append(os.open(tmp_path / "next", os.O_RDONLY))
        return read(number, length, offset)

    monkeypatch.setattr(sources, "_pread", closed_before)
    assert source.read(0, 8) == b"a" * 8
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(numbers[0])
    os.close(numbers[1])
    with pytest.raises(ChangedError, match="has been closed"):
        source.read(0, 8)
    with pytest.raises(ChangedError, match="has been closed"):
        source.verify()


def test_a_file_that_its_server_lost_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = opened(tmp_path / "lost")

    def stale(_: int) -> os.stat_result:
        raise OSError(116, "Stale file handle")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fstat", stale)
        with pytest.raises(ChangedError, match="can no longer be read: Stale file handle"):
            source.verify()
    source.close()
    source.close()
