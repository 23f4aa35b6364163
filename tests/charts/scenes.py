"""One document with all twelve types, small and always the same, and pictures of it."""

from __future__ import annotations

import math
from pathlib import Path

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.charts import PLAIN, DrawOptions, Palette, Picture, draw, render
from resim_inspect.charts.model.drawing import Bars, Plot
from resim_inspect.document import Document

START = 1_760_000_000.0

NAMES = (
    "Closest approach", "Time to collision", "Path", "Latency", "Modes", "Ranges", "Top speed",
    "Altitude", "Camera", "Success by batch", "Report", "Frames",
)  # fmt: skip


def document(folder: Path) -> Document:
    """The document, written into a folder, with its images beside it."""
    build = DocumentBuilder("scenes")
    times = [START + 0.1 * k for k in range(400)]
    clock = build.times("clock", times)
    first = [4 + 3 * math.sin(k / 40) for k in range(400)]
    second = [math.nan if 150 < k < 200 else 6 - k / 100 for k in range(400)]
    first[333] = 9.5
    distances = build.doubles("distance 1", first, unit="m", index=clock)
    two = build.doubles("distance 2", second, unit="m", index=clock)
    bad = ["FAIL_BLOCK" if v < 1.1 else "FAIL_WARN" if v < 1.5 else "PASSED" for v in first]
    one_ok = build.statuses("ok 1", bad, index=clock)
    two_ok = build.statuses("ok 2", two)
    build.double_summary(
        "Closest approach", distances, one_ok, index=188, fails_below=1.1, status="FAIL_BLOCK"
    )
    build.double_over_time(
        "Time to collision",
        [(distances, one_ok), (two, two_ok)],
        limits=[(None, 1.1), (None, 1.1)],
        y_axis="distance",
        legend=["Actor 1", "Actor 2"],
        status="FAIL_BLOCK",
    )
    x = build.doubles("x", [10 * math.cos(k / 20) * k / 120 for k in range(120)], unit="m")
    y = build.doubles("y", [5 * math.sin(k / 20) * k / 120 for k in range(120)], unit="m")
    build.line_plot("Path", [(x, y, build.statuses("path ok", y))], x_axis="east", y_axis="north")
    names = build.strings("cameras", ["front", "left", "right", "rear"])
    for position, values in enumerate(([12.0, 9.5, -3.0, 7.25], [4.0, 6.0, 8.0, math.nan])):
        build.doubles(f"latency {position}", values, unit="ms", index=names)
    bars = [
        (
            build._ref(build._id("data", f"latency {k}")),
            build.statuses(f"latency ok {k}", states, index=names),
        )
        for k, states in enumerate(
            (["FAIL_WARN", "PASSED", "PASSED", "PASSED"], ["PASSED", "PASSED", "FAIL_BLOCK", "RAW"])
        )
    ]
    build.bar_chart("Latency", bars, x_axis="camera", y_axis="latency", legend=["mean", "spread"])
    modes = build.strings(
        "mode",
        ["IDLE"] * 60 + ["DRIVE"] * 200 + ["FAULT"] + ["DRIVE"] * 99 + ["PARK"] * 40,
        index=clock,
    )
    lamps = build.strings("lamp", ["OFF"] * 100 + ["ON"] * 300, index=clock)
    build.states_over_time(
        "Modes",
        [(modes, build.statuses("mode ok", modes)), (lamps, build.statuses("lamp ok", lamps))],
        states=["IDLE", "DRIVE", "PARK", "FAULT", "OFF", "ON"],
        failures=["FAULT"],
    )
    ranges = build.doubles(
        "ranges", [k % 10 + (k % 7) / 7 for k in range(200)] + [99.0, math.nan], unit="m"
    )
    states = ["FAIL_WARN" if k % 10 == 9 else "PASSED" for k in range(202)]
    build.histogram(
        "Ranges",
        ranges,
        build.statuses("range ok", states),
        buckets=[(0, 2), (2, 4), (4, 5), (5, 6), (6, 10)],
        lower=0,
        upper=10,
        x_axis="range",
    )
    build.scalar("Top speed", 44.7, unit="m/s", fails_above=40.0, status="FAIL_WARN")
    build.plotly("Altitude", FIGURE)
    write_image(folder / "images" / "camera.png")
    camera = build.file("camera", "images/camera.png")
    build.image("Camera", camera)
    batches = build.times("batches", [START + 86400.0 * k for k in range(6)])
    parts = {}
    for position, category in enumerate(("passed", "failed")):
        values = [float((k * 3 + position * 5) % 7 + 1) for k in range(6)]
        data = build.doubles(category, values, index=batches)
        parts[category] = (batches, data, build.statuses(f"{category} ok", data))
    build.batchwise_bar_chart(
        "Success by batch", parts, colors=["#2ca02c", "#d62728"], stack=True, y_axis="jobs"
    )
    build.text("Report", TEXT)
    build.image_list("Frames", [camera, build.file("gone", "images/gone.png")])
    build.event("Near miss", 12.5, status="FAIL_WARN")
    build.event("Parked", START + 36.0, absolute=True)
    return build.document(build.write(folder / "metrics.binproto"))


FIGURE = {
    "data": [
        {"type": "scatter", "name": "flown", "mode": "lines", "x": list(range(30)),
         "y": [math.sqrt(k) * 10 for k in range(30)]},
        {"type": "bar", "name": "wind", "x": list(range(0, 30, 3)), "y": [k % 4 for k in range(10)],
         "yaxis": "y2"},
        {"type": "surface", "z": [[1, 2], [3, 4]]},
    ],
    "layout": {
        "xaxis": {"title": {"text": "time [s]"}},
        "yaxis": {"title": {"text": "altitude <b>[m]</b>"}},
        "yaxis2": {"overlaying": "y", "side": "right", "title": "wind"},
        "shapes": [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 40, "y1": 40,
                    "name": "ceiling"}],
        "annotations": [{"x": 20, "y": 20, "text": "gust"}],
    },
}  # fmt: skip

TEXT = """# Flight report

The drone **arrived**, but *slowly*:

- gust at `41.3 s`
- wind from the [west](https://example.org/wind)

| phase | used |
|-------|-----:|
| climb | 9.4 Wh |
| land | 0.2 Wh |

> Not for navigation.
"""


def write_image(path: Path) -> None:
    """A small picture with four coloured quarters."""
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("RGB", (32, 24), (200, 60, 60))
    image.paste((60, 60, 200), (16, 0, 32, 12))
    image.paste((60, 180, 60), (0, 12, 16, 24))
    image.paste((240, 220, 60), (16, 12, 32, 24))
    image.save(path)


def picture(
    document: Document,
    name: str,
    width: int = 100,
    height: int = 24,
    palette: Palette = PLAIN,
    options: DrawOptions | None = None,
) -> Picture:
    """One metric as a picture."""
    metric = document.metric_named(name)
    assert metric is not None
    return render(draw(document, metric, options or DrawOptions()), width, height, palette=palette)


def canvas(shown: Picture) -> list[str]:
    """The rows of the canvas only."""
    plot = shown.plot
    assert plot is not None
    rows = shown.text.split("\n")[plot.y : plot.y + plot.height]
    return [row[plot.x : plot.x + plot.width].ljust(plot.width) for row in rows]


def row_of(shown: Picture, value: float) -> int:
    """The canvas row in which a value of the left axis lies."""
    assert shown.y_range is not None
    assert shown.plot is not None
    low, high = shown.y_range
    part = (value - low) / (high - low)
    return shown.plot.height - 1 - min(shown.plot.height - 1, int(part * shown.plot.height))


def drawn_rows(shown: Picture, but: str = "") -> list[int]:
    """The rows in which something of the data is drawn; threshold and event lines apart."""
    aside = set(" ┄┊▼" + but)
    return [k for k, row in enumerate(canvas(shown)) if set(row) - aside]


def only(document: Document, **options: object) -> tuple[Plot | Bars, Picture]:
    drawing = draw(document, document.metrics[0], DrawOptions(**options))  # type: ignore[arg-type]
    main = drawing.main
    assert main is not None, drawing.panels
    return main, render(drawing, 100, 24, palette=PLAIN)
