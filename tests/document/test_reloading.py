"""Files that are rewritten: waited for while they are half-written, and for changes to end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document.reloading.loading import load_when_written
from resim_inspect.document.reloading.signatures import Debounce
from resim_inspect.errors import EmptyFileError, TruncatedError, UnreadableError


def flight() -> bytes:
    build = DocumentBuilder("flight")
    build.scalar("Distance", 812.0, unit="m")
    build.scalar("Max speed", 44.7, unit="m/s")
    return build.bytes()


class Clock:
    """A clock that advances only by `sleep`, and actions at some of its times."""

    def __init__(self, *happenings: Callable[[], object]) -> None:
        self.now = 0.0
        self.happenings = list(happenings)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.happenings:
            self.happenings.pop(0)()


def test_a_half_written_file_is_waited_for(tmp_path: Path) -> None:
    path, data = tmp_path / "m.binproto", flight()
    path.write_bytes(b"")
    clock = Clock(
        lambda: path.write_bytes(data[:20]),
        lambda: path.write_bytes(data[:-3]),
        lambda: path.write_bytes(data),
    )
    loaded = load_when_written(path, clock=clock, sleep=clock.sleep)
    assert [metric.name for metric in loaded.document.metrics] == ["Distance", "Max speed"]


@pytest.mark.parametrize(("end", "error"), [(0, EmptyFileError), (-3, TruncatedError)])
def test_a_file_that_stays_broken_is_given_up(
    tmp_path: Path, end: int, error: type[Exception]
) -> None:
    path = tmp_path / "m.binproto"
    path.write_bytes(flight()[:end])
    clock = Clock()
    with pytest.raises(error):
        load_when_written(path, timeout=2.0, clock=clock, sleep=clock.sleep)
    assert 2.0 <= clock.now < 3.0


def test_a_file_that_is_replaced_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "m.binproto"
    clock = Clock(lambda: None, lambda: path.write_bytes(flight()))
    assert load_when_written(path, clock=clock, sleep=clock.sleep).document.size
    path.unlink()
    with pytest.raises(UnreadableError):
        load_when_written(path, clock=Clock(), sleep=clock.sleep, timeout=0.0)


def test_a_change_is_waited_for_until_it_ends_or_takes_too_long() -> None:
    debounce = Debounce(5.0)
    states = [(1, 1, at) for at in range(20)]
    assert [debounce.is_due(states[0], 0.0), debounce.is_due(states[0], 0.5)] == [False, True]
    due = [debounce.is_due(states[at], 0.5 * at) for at in range(12)]
    assert due.index(True) == 10
