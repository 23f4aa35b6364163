"""Files of saved views: whole round trips, and files that are damaged, foreign or hostile."""

from __future__ import annotations

import json
import math
import os
import random
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from resim_inspect.tui.dashboard.state import DashboardState, Move
from resim_inspect.tui.session_state import store
from resim_inspect.tui.session_state.last_session import (
    ComparedPair,
    LastSession,
    read_last_session,
    write_last_session,
)
from resim_inspect.tui.session_state.model import (
    SavedItem,
    SavedPane,
    SavedSession,
    SavedTable,
    session_from_json,
)
from resim_inspect.tui.session_state.store import forget_view, read_view, view_file, write_view
from resim_inspect.tui.session_state.writer import StateWriter
from resim_inspect.tui.user_state import state_file
from resim_inspect.tui.widgets.chart.chart_state import ChartState, fitting_view
from resim_inspect.tui.widgets.chart.viewport import View
from resim_inspect.tui.workspace.column_layout import ColumnLayout

FULL = SavedSession(
    pane="data",
    panes=(
        (
            "metrics",
            SavedPane(
                query="name:speed",
                item=SavedItem("Max\x1b[2J speed", "0f", 7),
                grouping="tag",
                folded=(("tag", ("a", "b\n")), ("type", ("scalar",))),
                side_width=46,
                is_side_hidden=True,
                time="relative",
                chart=ChartState((1.5, 2.5), (-1.0, 3.0), True, True, 1_700_000_000_000_000_000),
            ),
        ),
        ("data", SavedPane(is_chart=True)),
    ),
    table=SavedTable(ColumnLayout(hidden=frozenset({"metric a"})), "job-3", "metric b", "x", True),
    dashboard=DashboardState(pins=("Speed",), moves=(Move("a", "b"),), page=2),
)
WHOLE = json.loads(json.dumps(FULL.to_json()))
JUNK: list[Any] = [
    *(None, True, -1, 0, 10**400, 1.5, -0.0, math.nan, math.inf, "", "x" * 100_000, "\0", "\ud800"),
    *("\x1b]0;owned\x07", "‮", [], [[]], [None, 1], [1, 2, 3], {}, {"": {}}, {"metrics": []}),
    *([math.nan, 1], ["a", "b"], [2, 1], [1, 10**400], {"name": 3}, [["tag"]], [[[], []]]),
]


def junk_of(value: Any, chance: random.Random) -> Any:
    """The value with parts of it replaced by junk."""
    if chance.random() < 0.15:
        return chance.choice(JUNK)
    if isinstance(value, dict):
        return {key: junk_of(each, chance) for key, each in value.items()}
    if isinstance(value, list):
        return [junk_of(each, chance) for each in value] * chance.choice((1, 1, 2))
    return value


def test_a_view_survives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "a\nb\udcff" / "metrics.binproto"
    write_view(path, FULL)
    assert read_view(path) == FULL
    assert read_view(tmp_path / "other") is None
    forget_view(path)
    forget_view(path)
    assert read_view(path) is None


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_a_link_and_its_target_are_one_path(tmp_path: Path) -> None:
    path = tmp_path / "metrics.binproto"
    path.touch()
    (tmp_path / "link").symlink_to(path)
    write_view(tmp_path / "link", FULL)
    assert read_view(path) == FULL


def test_junk_in_any_place_gives_a_view_of_checked_values() -> None:
    chance = random.Random(7)
    for _ in range(3_000):
        view = session_from_json(junk_of(WHOLE, chance))
        # What was read can be written, and is the same when it is read again.
        assert session_from_json(json.loads(json.dumps(view.to_json(), allow_nan=False))) == view
        for _, pane in view.panes:
            assert pane.query.isprintable()
            assert pane.side_width is None or 0 < pane.side_width <= 1_000
            assert pane.time in {None, "auto", "relative", "absolute"}
            for window in (pane.chart.window, pane.chart.y_window):
                assert window is None or (window[0] < window[1] and all(map(math.isfinite, window)))
    for value in JUNK:
        assert session_from_json(value) == SavedSession()


def _text(content: str) -> Callable[[Path], object]:
    return lambda file: file.write_text(content)


def _document(**changes: object) -> Callable[[Path], object]:
    """The file as it was written, with other members."""
    return lambda file: file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def _replaced(make: Callable[[Path], object]) -> Callable[[Path], object]:
    def spoil(file: Path) -> None:
        file.unlink()
        make(file)

    return spoil


def _link(file: Path) -> None:
    real = file.with_name("real.json")
    file.rename(real)
    file.symlink_to(real)


SPOILT: dict[str, Callable[[Path], object]] = {
    "empty": _text(""),
    "truncated": lambda file: file.write_text(file.read_text()[:-20]),
    "bytes": lambda file: file.write_bytes(b"\xff\x00\xfe"),
    "an array": _text("[]"),
    "deep": _text("[" * 30_000),
    "huge": lambda file: file.write_text(file.read_text() + " " * store.MAX_BYTES),
    "NaN": lambda file: file.write_text(file.read_text().replace("1.5", "NaN")),
    "another format": _document(format=2),
    "another path": _document(path="/etc/passwd"),
    "a path of another type": _document(path=["x"]),
    "a folder": _replaced(lambda file: file.mkdir()),
    "unreadable": lambda file: file.chmod(0),
}
if sys.platform != "win32":
    SPOILT |= {"a pipe": _replaced(os.mkfifo), "a link": _link}
    SPOILT["a device"] = _replaced(lambda file: file.symlink_to("/dev/zero"))
    SPOILT["a loop"] = _replaced(lambda file: file.symlink_to(file))


@pytest.mark.parametrize("name", SPOILT)
def test_a_file_that_is_not_as_written_is_left_alone(name: str, tmp_path: Path) -> None:
    if name == "unreadable" and (sys.platform == "win32" or os.geteuid() == 0):
        pytest.skip("may read everything")
    path = tmp_path / "metrics.binproto"
    write_view(path, FULL)
    SPOILT[name](view_file(path))
    started = time.monotonic()
    assert read_view(path) is None
    assert time.monotonic() - started < 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs owners of files")
def test_a_file_of_another_user_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "metrics.binproto"
    write_view(path, FULL)
    monkeypatch.setattr(os, "geteuid", lambda: 12_345)
    assert read_view(path) is None


def test_the_newest_files_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MAX_FILES", 3)
    paths = [tmp_path / f"{number}.binproto" for number in range(5)]
    for number, path in enumerate(paths):
        write_view(path, FULL)
        os.utime(view_file(path), (number, number))
    left = view_file(paths[0]).with_name(".view.json.0123456789ab.tmp")
    left.touch()
    os.utime(left, (1, 1))
    write_view(paths[2], FULL)
    assert [read_view(path) is not None for path in paths] == [False, False, True, True, True]
    assert not left.exists()


def test_a_view_that_is_too_large_replaces_none(tmp_path: Path) -> None:
    path = tmp_path / "metrics.binproto"
    write_view(path, FULL)
    pins = tuple(f"metric {number:04}" for number in range(10_000))
    write_view(path, SavedSession(dashboard=DashboardState(pins=pins)))
    assert read_view(path) is None


@pytest.mark.parametrize(
    ("state", "base", "view"),
    [
        (ChartState((2.0, 3.0)), 0, View((2.0, 3.0))),
        (ChartState((-1.0, 3.0)), 0, View()),
        (ChartState((8.0, 11.0)), 0, View()),
        (ChartState((0.0, 10.0)), 0, View()),
        (ChartState((5.0, 5.0)), 0, View()),
        (ChartState((5.0, math.nan)), 0, View()),
        (ChartState((-math.inf, math.inf)), 0, View()),
        (ChartState((2.0, 3.0), base=4 * 10**9), 3 * 10**9, View((3.0, 4.0))),
        (ChartState((2.0, 3.0), base=4 * 10**9), 10**18, View()),
        (ChartState(None, (1.0, 2.0), True), 0, View(None, (1.0, 2.0), True)),
        (ChartState(None, (200.0, 300.0)), 0, View()),
        (ChartState(None, (1.0, 1.0 + 1e-12)), 0, View()),
        (ChartState(None, (-1e300, 1e300)), 0, View()),
    ],
)
def test_a_zoom_applies_to_data_that_have_it(state: ChartState, base: int, view: View) -> None:
    assert fitting_view(state, base, (0.0, 10.0), (0.0, 5.0)) == view
    without_y = fitting_view(state, base, (0.0, 10.0), None)
    assert without_y == View(view.window)


def test_the_last_session_survives_its_file(tmp_path: Path) -> None:
    assert read_last_session() == LastSession()
    paths = [tmp_path / name for name in ("a", "b", "c")]
    for path in paths[:2]:
        path.touch()
    pair = ComparedPair(paths[0], paths[1], is_batch=True)
    write_last_session(LastSession(tuple(paths), pair))
    assert read_last_session() == LastSession((paths[0], paths[1]), pair)
    write_last_session(LastSession(tuple(paths), ComparedPair(paths[0], paths[2])))
    assert read_last_session() == LastSession((paths[0], paths[1]))
    for value in JUNK:
        content = {"format": 1, "opened": value, "compared": {"base": value, "other": value}}
        state_file("last-session").write_text(json.dumps(content))
        last = read_last_session()
        assert last.compared is None
        assert all(isinstance(each, Path) for each in last.opened)


def test_the_end_does_not_wait_for_a_slow_disk() -> None:
    failures: list[Exception] = []
    writer, free = StateWriter(failures.append), threading.Event()

    def fail() -> None:
        raise PermissionError("no")

    writer.submit(fail)
    assert writer.finish(5)
    assert [str(each) for each in failures] == ["no"]
    writer.submit(free.wait)
    assert not writer.finish(0.05)
    free.set()
    assert writer.finish(5)
