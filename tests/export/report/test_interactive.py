"""Interactive charts agree with the drawings that the terminal shows."""

from __future__ import annotations

import base64
import json
import math
import random
from typing import Any

import numpy as np
import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.building.sample import sample_bytes
from resim_inspect.charts import Drawing, draw
from resim_inspect.charts.html_page import as_json
from resim_inspect.charts.model.drawing import Bars, Plot
from resim_inspect.document.opening import parse_document
from resim_inspect.export.report.chart_tables import panel_tables
from resim_inspect.export.report.interactive import panel_figure
from resim_inspect.export.report.interactive.curves import MAX_POINTS
from tests.charts import fuzz


def values(coded: Any) -> np.ndarray:
    """The numbers of an array as plotly reads them."""
    if isinstance(coded, dict):
        assert coded["dtype"] == "f8"
        return np.frombuffer(base64.b64decode(coded["bdata"]), "<f8")
    return np.array([math.nan if one is None else one for one in coded], float)


def drawing_of(build: DocumentBuilder) -> Drawing:
    document = build.document()
    return draw(document, document.metrics[0])


def figure_of(build: DocumentBuilder) -> tuple[dict[str, Any], tuple[str, ...]]:
    made = panel_figure(drawing_of(build).panels[0])
    assert made is not None
    json.loads(as_json(made.figure))
    return made.figure, made.notes


def curve(y: list[float], statuses: list[str] | None = None, **options: Any) -> DocumentBuilder:
    """A document with one curve over time, a sample each 10 ms."""
    build = DocumentBuilder("curve")
    clock = build.times("clock", [0.01 * k for k in range(len(y))])
    data = build.doubles("distance", y, unit="m", index=clock)
    ok = build.statuses("ok", statuses or ["PASSED"] * len(y), index=clock)
    build.double_over_time("Distance", [(data, ok)], **options)
    return build


def test_gaps_limits_units_and_failing_samples_are_in_the_figure() -> None:
    y = [1.0, 2.0, math.nan, 4.0, math.nan, 6.0, 7.0]
    statuses = ["PASSED", "FAIL_WARN", "PASSED", "FAIL_BLOCK", "PASSED", "PASSED", "PASSED"]
    figure, notes = figure_of(curve(y, statuses, limits=[(5.0, None)], y_axis="clearance"))
    line, warn, block = figure["data"]
    drawn = values(line["y"])
    assert [v for v in drawn if v == v] == [1.0, 2.0, 4.0, 6.0, 7.0]
    assert np.isnan(drawn).sum() == 2
    assert " m" in line["hovertemplate"]
    assert (values(warn["y"]).tolist(), values(block["y"]).tolist()) == ([2.0], [4.0])
    assert warn["marker"]["color"] == "@status-fail-warn"
    assert block["marker"]["color"] == "@status-fail-block"
    assert figure["layout"]["yaxis"]["title"]["text"] == "clearance [m]"
    (shape,) = figure["layout"]["shapes"]
    assert (shape["y0"], shape["y1"]) == (5.0, 5.0)
    assert figure["layout"]["annotations"][0]["text"] == "fails above 5 m"
    assert notes == ()


def test_decimation_keeps_extremes_and_failing_samples_and_says_so() -> None:
    n = 60_000
    y = [math.sin(k / 500) for k in range(n)]
    y[12_345], y[54_321] = 9.0, -9.0
    statuses = ["PASSED"] * n
    statuses[33_333] = "FAIL_WARN"
    figure, (note,) = figure_of(curve(y, statuses))
    line, warn = figure["data"]
    drawn = values(line["y"])
    assert len(drawn) <= 1.2 * MAX_POINTS
    assert (drawn.max(), drawn.min()) == (9.0, -9.0)
    assert values(warn["x"]).tolist() == [333.33]
    assert f"of {n:,} points are drawn" in note


def test_states_are_bars_from_their_start_to_their_end() -> None:
    build = DocumentBuilder("states")
    clock = build.times("clock", [0.0, 1.0, 2.0, 3.0])
    states = build.strings("mode", ["idle", "run", "run", "fault"], index=clock)
    ok = build.statuses("ok", ["PASSED", "PASSED", "PASSED", "FAIL_WARN"], index=clock)
    build.states_over_time(
        "Mode", [(states, ok)], states=["idle", "run", "fault"], failures=["fault"]
    )
    figure, _ = figure_of(build)
    bars = {trace["name"]: trace for trace in figure["data"]}
    assert [(bars[name]["base"], bars[name]["x"]) for name in ("idle", "run")] == [
        ([0.0], [1.0]),
        ([1.0], [2.0]),
    ]
    assert bars["fault"]["marker"]["color"] == "@status-fail-block"
    assert bars["fault"]["marker"]["line"]["width"] == [2.5]
    assert bars["fault"]["x"] == pytest.approx([0.012])


@pytest.mark.filterwarnings("error")
def test_any_panel_becomes_json_and_tables() -> None:
    figures = 0
    for seed in range(300):
        panel = fuzz.panel(random.Random(seed))
        made = panel_figure(panel)
        if made is not None:
            figures += 1
            assert "</" not in as_json(made.figure)
        assert all(text.count("<tr>") > 0 for text in panel_tables(panel))
    assert figures > 200


@pytest.mark.parametrize("name", ["</script>", '<a href="javascript:x">', "%{y}<extra>", "$x$"])
def test_names_are_no_markup_and_no_template(name: str) -> None:
    build = DocumentBuilder("names")
    clock = build.times("clock", [0.0, 1.0])
    data = build.doubles(name, [1.0, 2.0], unit=name, index=clock)
    ok = build.statuses("ok", ["PASSED"] * 2, index=clock)
    build.double_over_time(name, [(data, ok)], y_axis=name)
    figure, _ = figure_of(build)
    (trace,) = figure["data"]
    texts = [trace["name"], figure["layout"]["yaxis"]["title"]["text"]]
    assert all(sign not in text for text in texts for sign in ("<", "%{", "$"))
    assert trace["hovertemplate"].count("%{") == 1
    assert "</" not in as_json(figure)


def test_every_native_chart_of_the_sample_has_the_numbers_of_its_drawing() -> None:
    document = parse_document(sample_bytes())
    charts = 0
    for metric in document.metrics:
        if metric.type.name == "PLOTLY":
            continue
        for panel in draw(document, metric).panels:
            made = panel_figure(panel)
            assert (made is None) is not isinstance(panel, Plot | Bars)
            if isinstance(panel, Bars) and made is not None:
                for series, trace in zip(panel.series, made.figure["data"], strict=True):
                    shown = [v for key in "xy" for v in trace[key]]
                    assert set(series.values.tolist()) <= set(shown)
            if isinstance(panel, Plot) and made is not None:
                names = [trace["name"] for trace in made.figure["data"]]
                assert all(line.name in names for line in panel.curves)
                assert all(fill.name in names for fill in panel.fills if panel.bands)
            charts += made is not None
    assert charts >= 8
