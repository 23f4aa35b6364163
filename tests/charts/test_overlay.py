"""Two drawings in one: the base dim, names, times that do not overlap, the difference."""

from __future__ import annotations

import math

import numpy as np
import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.charts import PLAIN, draw, render
from resim_inspect.charts.analysis.readout import extent, readout
from resim_inspect.charts.build.overlay import overlaid
from resim_inspect.charts.model.drawing import Drawing, Plot

NAN = math.nan


def curves(values: dict[str, list[float]], times: list[float]) -> Drawing:
    build = DocumentBuilder()
    clock = build.times("clock", times)
    pairs = []
    for name, series in values.items():
        data = build.doubles(name, series, unit="m", index=clock)
        pairs.append((data, build.statuses(f"{name} status", data)))
    build.double_over_time("Height", pairs, limits=[(5.0, None)] * len(pairs))
    document = build.document()
    return draw(document, document.metrics[0])


def states(*values: str, start: float = 0.0) -> Drawing:
    build = DocumentBuilder()
    clock = build.times("clock", [start + float(second) for second in range(len(values))])
    data = build.strings("mode", list(values), index=clock)
    series = [(data, build.statuses("mode status", data))]
    build.states_over_time("Mode", series, states=["IDLE", "FLY", "FAULT"], failures=["FAULT"])
    document = build.document()
    return draw(document, document.metrics[0])


def plots(drawing: Drawing) -> list[Plot]:
    return [panel for panel in drawing.panels if isinstance(panel, Plot)]


def test_one_curve_on_each_side() -> None:
    times = [0.0, 1.0, 2.0]
    drawing = overlaid(curves({"a": [1.0, 2.0, NAN]}, times), curves({"b": [1.0, 4.0, 3.0]}, times))
    main, below = plots(drawing)
    assert [(one.name, one.color_role) for one in main.curves] == [("before", "dim"), ("after", 0)]
    assert main.curves[0].statuses is None
    assert len(main.reference_lines) == 1
    np.testing.assert_equal(below.curves[0].y, [0.0, 2.0, NAN])
    assert drawing.main is main
    lines = render(drawing, 80, 20, palette=PLAIN).lines
    assert "difference, after − before" in "".join(span.text for line in lines for span in line)


def test_the_difference_has_the_columns_of_the_curves_above_it() -> None:
    times = [float(second) for second in range(8)]
    before = curves({"a": [1000.0 + 100 * at for at in times]}, times)
    after = curves({"a": [1000.0 + 100 * at - at % 3 for at in times]}, times)
    drawing = overlaid(before, after)
    for window in (None, (2.0, 5.0)):
        picture = render(drawing, 80, 30, window=window, palette=PLAIN)
        assert picture.plot is not None
        (below,) = picture.followers
        assert (below.x, below.width) == (picture.plot.x, picture.plot.width)
        assert picture.is_plot_row(below.y)
        assert not picture.is_plot_row(below.y + below.height)
        rows = picture.text.splitlines()
        axes = [row for row in rows if "┬" in row]
        marks = [[at for at, char in enumerate(row) if char == "┬"] for row in axes]
        assert marks[0] == marks[1]


def test_the_cursor_reads_both_sides_and_their_difference() -> None:
    times = [0.0, 1.0, 2.0]
    one, other = curves({"a": [1.0, 2.0, 3.0]}, times), curves({"a": [1.0, 4.0, NAN]}, times)
    main, _ = plots(overlaid(one, other))
    read = [(one.series, one.text) for one in readout(main, 1.1).readings]
    assert read == [("before", "2 m"), ("after", "4 m"), ("difference", "2 m")]
    (missing,) = [one for one in readout(main, 2.0).readings if one.series == "difference"]
    assert missing.value is None
    # What is read only changes neither the axes nor the number of points.
    assert extent(main) == (0.0, 2.0)
    assert len(main.curves) == 2


def test_several_curves_are_matched_by_name() -> None:
    times = [0.0, 1.0]
    one = curves({"left": [1.0, 1.0], "gone": [9.0, 9.0]}, times)
    other = curves({"left": [2.0, 3.0], "new": [0.0, 0.0]}, times)
    main, below = plots(overlaid(one, other))
    assert [curve.name for curve in main.curves] == [
        "left · before",
        "gone · before",
        "left",
        "new",
    ]
    assert [(curve.name, curve.y.tolist()) for curve in below.curves] == [("left", [1.0, 2.0])]


def test_other_times_are_interpolated_within_the_overlap() -> None:
    one = curves({"a": [0.0, 10.0]}, [0.0, 10.0])
    other = curves({"a": [5.0, 5.0, 5.0]}, [5.0, 10.0, 15.0])
    _, below = plots(overlaid(one, other))
    assert below.curves[0].y.tolist() == pytest.approx([0.0, -5.0, NAN], nan_ok=True)


def test_times_that_do_not_overlap_start_together() -> None:
    one = curves({"a": [1.0, 2.0]}, [0.0, 1.0])
    other = curves({"a": [1.0, 5.0]}, [1.7e9, 1.7e9 + 1])
    main, below = plots(overlaid(one, other))
    assert main.curves[0].x.tolist() == main.curves[1].x.tolist()
    assert below.curves[0].y.tolist() == [0.0, 3.0]


def test_states_stand_one_above_the_other() -> None:
    one, other = states("IDLE", "FLY", "FLY"), states("IDLE", "FAULT", "FLY", start=100.0)
    (main,) = plots(overlaid(one, other))
    assert [band.name for band in main.bands] == ["mode · before", "mode"]
    assert main.y.categories == ("mode · before", "mode")
    assert main.bands[0].starts[0] == main.bands[1].starts[0]
    assert {fill.name for fill in main.fills} == {"IDLE", "FLY", "FAULT"}


def test_drawings_of_other_kinds_stand_side_by_side() -> None:
    build = DocumentBuilder()
    build.scalar("Speed", 3.0)
    document = build.document()
    scalar, curve = draw(document, document.metrics[0]), curves({"a": [1.0]}, [0.0])
    for before, after in ((scalar, curve), (curve, scalar)):
        drawing = overlaid(before, after)
        # The panel that is read is the only one with a position.
        assert isinstance(drawing.main, Plot)
        assert [panel.area and panel.area[0] for panel in drawing.panels] == [0.5, 0.0]


def test_series_of_one_name_are_matched_in_their_order() -> None:
    build = DocumentBuilder()
    clock = build.times("clock", [0.0, 1.0])
    first, second = (build.doubles(f"d{n}", [n, n], unit="m", index=clock) for n in (1.0, 5.0))
    pairs = [(data, build.statuses(f"s{n}", data)) for n, data in enumerate((first, second))]
    build.double_over_time("Height", pairs, legend=["a", "a"])
    document = build.document()
    drawing = draw(document, document.metrics[0])
    _, below = plots(overlaid(drawing, drawing))
    assert [curve.y.tolist() for curve in below.curves] == [[0.0, 0.0], [0.0, 0.0]]


def test_empty_curves() -> None:
    empty, full = curves({"a": []}, []), curves({"a": [1.0, 2.0]}, [0.0, 1.0])
    for before, after in ((empty, full), (full, empty), (empty, empty)):
        render(overlaid(before, after), 80, 20, palette=PLAIN)
