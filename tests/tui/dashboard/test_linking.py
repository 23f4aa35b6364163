"""Cursor and zoom over charts that share a clock."""

from __future__ import annotations

import numpy as np

from resim_inspect.charts.model.drawing import Axis, Bars, Plot
from resim_inspect.tui.dashboard.linking import Clock, Linking, OwnCursor, clock_of

NS = 1_000_000_000
DATED = 1_700_000_000 * NS
UTC, LATER = Clock("UTC", DATED), Clock("UTC", DATED + 5 * NS)
RUN = Clock("time in the file", 0)


def plot(kind: str, base: int = 0) -> Plot:
    return Plot(Axis(kind, base=base), Axis())  # type: ignore[arg-type]


def test_dated_times_and_times_of_a_run_are_different_clocks() -> None:
    dated, run = clock_of(plot("time", DATED)), clock_of(plot("time"))
    assert dated is not None
    assert run is not None
    assert dated.name != run.name


def test_charts_without_a_time_axis_have_no_clock() -> None:
    assert clock_of(plot("number")) is None
    assert clock_of(Plot(Axis(title="distance", unit="m"), Axis())) is None
    assert clock_of(plot("category")) is None
    assert clock_of(Bars(("a",), ())) is None
    assert clock_of(None) is None


def test_dated_jobs_share_the_time_since_their_starts() -> None:
    one = clock_of(plot("time", DATED), across_jobs=True)
    other = clock_of(plot("time", DATED + 86_400 * NS), across_jobs=True)
    assert one == other
    assert one != clock_of(plot("time"), across_jobs=True)


def test_an_axis_of_numbers_whose_title_says_time_is_a_clock_of_its_own() -> None:
    times = clock_of(Plot(Axis(title="Time", unit="s"), Axis()))
    assert times == Clock("Time [s]", None)
    assert times.position(times.time(1e-12)) == 1e-12
    assert clock_of(Plot(Axis(title="Time", unit="ms"), Axis())) != times
    assert clock_of(Plot(Axis(title="Timestamps"), Axis())) is None


def test_axes_of_one_title_are_shared_by_the_jobs_of_a_metric() -> None:
    distance = Plot(Axis(title="distance", unit="m"), Axis())
    assert clock_of(distance, across_jobs=True) == Clock("distance [m]", None)


def test_positions_are_exact_to_the_nanosecond() -> None:
    for x in (0.0, 1e-9, 12.345678901, 86_400.000000001):
        assert np.isclose(UTC.position(UTC.time(x)), x, rtol=0, atol=5e-10)
    assert UTC.time(0.000000001) == DATED + 1


def test_the_cursor_is_at_the_same_time_on_other_axes() -> None:
    linking = Linking()
    linking.put_cursor("a", UTC, 7.0)
    assert linking.cursor_x("a", UTC) == 7.0
    assert linking.cursor_x("b", LATER) == 2.0


def test_the_cursor_says_nothing_on_another_clock() -> None:
    linking = Linking()
    linking.put_cursor("a", UTC, 7.0)
    assert linking.cursor_x("b", RUN) is None
    assert linking.cursor_x("b", None) is None


def test_a_cursor_of_an_axis_without_a_clock_is_of_one_card() -> None:
    linking = Linking()
    linking.put_cursor("bars", None, 2.0)
    assert linking.cursor == OwnCursor("bars", 2.0)
    assert linking.cursor_x("bars", None) == 2.0
    assert linking.cursor_x("other", None) is None
    assert linking.cursor_x("run", RUN) is None


def test_a_linked_zoom_is_of_all_charts_on_the_clock() -> None:
    linking = Linking()
    linking.set_window("a", UTC, (5.0, 10.0))
    assert linking.window("b", LATER) == (0.0, 5.0)
    assert linking.window("c", RUN) is None
    assert linking.window("d", None) is None
    linking.set_window("b", LATER, None)
    assert not linking.is_zoomed


def test_an_unlinked_zoom_is_of_one_card() -> None:
    linking = Linking(linked_zoom=False)
    linking.set_window("a", UTC, (5.0, 10.0))
    assert linking.window("a", UTC) == (5.0, 10.0)
    assert linking.window("b", UTC) is None


def test_unlinking_keeps_the_windows_and_linking_takes_that_of_the_chosen_card() -> None:
    linking = Linking()
    linking.set_window("a", RUN, (1.0, 2.0))
    linking.set_window("bars", None, (0.0, 3.0))
    linking.toggle_zoom("a", RUN)
    assert not linking.linked_zoom
    linking.set_window("b", RUN, (4.0, 5.0))
    assert linking.window("a", RUN) == (1.0, 2.0)
    linking.set_window("c", RUN, None)
    assert linking.window("c", RUN) is None
    linking.toggle_zoom("b", RUN)
    assert [linking.window(key, RUN) for key in "abc"] == [(4.0, 5.0)] * 3
    assert linking.window("bars", None) == (0.0, 3.0)
    linking.show_all()
    assert not linking.is_zoomed
    assert linking.window("bars", None) is None
