"""Overlays of each metric type: both values, their difference, and what has no common scale."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.charts import PLAIN, draw, render
from resim_inspect.charts.analysis.readout import readout
from resim_inspect.charts.build.overlay import REFERENCE, overlaid
from resim_inspect.charts.model.drawing import (
    Bars,
    Drawing,
    DrawOptions,
    Gauge,
    Image,
    Message,
    Plot,
    Table,
)
from resim_inspect.document.enums import MetricType
from tests.comparison.variants import TYPES, Variant, document_of

NAN = math.nan
BASE = Variant(values=(1.0, 2.0, 3.0), index=(0.0, 1.0, 2.0))
STATES = ("IDLE", "FLY", "FAULT")
PICTURES = {MetricType.IMAGE, MetricType.IMAGE_LIST}


def drawn(kind: MetricType, variant: Variant, folder: Path, **options: Any) -> Drawing:
    """The drawing of a metric of a type; numbers become states or grey values where needed."""
    folder.mkdir(parents=True)
    if kind is MetricType.STATES_OVER_TIME:
        states = tuple(STATES[int(value) % 3] if value == value else "" for value in variant.values)
        variant = replace(variant, values=states)
    if kind in PICTURES:
        grey = tuple(int(40 * value) if value == value else 0 for value in variant.values)
        variant = replace(variant, values=grey)
    if kind is MetricType.BAR_CHART:
        variant = replace(variant, index=None)
    document = document_of(kind, variant, folder)
    return draw(document, document.metrics[0], DrawOptions(**options))


def both(kind: MetricType, variant: Variant, folder: Path, *, swapped: bool = False) -> Drawing:
    sides = [
        drawn(kind, BASE, folder / "a"),
        drawn(kind, variant, folder / "b"),
    ]
    if swapped:
        sides.reverse()
    return overlaid(sides[0], sides[1])


def lines(drawing: Drawing, width: int = 100, height: int = 30) -> str:
    picture = render(drawing, width, height, palette=PLAIN)
    return "\n".join("".join(span.text for span in line) for line in picture.lines)


CHANGED = Variant(values=(1.5, 2.0, 7.0), index=(0.0, 1.0, 2.0), text="one\nthree")


@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_both_sides_are_named(kind: MetricType, tmp_path: Path) -> None:
    shown = lines(both(kind, CHANGED, tmp_path))
    assert "before" in shown
    assert "after" in shown or kind in (
        MetricType.DOUBLE_SUMMARY,
        MetricType.STATES_OVER_TIME,
        MetricType.PLOTLY,
        MetricType.HISTOGRAM,
    )


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize(
    "variant",
    [
        Variant(values=(NAN, NAN, NAN), index=(0.0, 1.0, 2.0)),
        Variant(values=(), index=()),
        Variant(unit="km", index=(0.0, 1.0, 2.0)),
        Variant(values=(1e308, -1e308, 3.0), index=(0.0, 1.0, 2.0)),
        Variant(index=(1.7e9, 1.7e9 + 1, 1.7e9 + 2)),
    ],
    ids=["nan", "empty", "unit", "huge", "dated"],
)
@pytest.mark.parametrize("kind", TYPES, ids=str)
def test_no_variant_hides_a_side(
    kind: MetricType, variant: Variant, swapped: bool, tmp_path: Path
) -> None:
    if kind in PICTURES and any(abs(value) > 6 for value in variant.values):
        pytest.skip("grey values end at 255")
    drawing = both(kind, variant, tmp_path, swapped=swapped)
    for width, height in ((100, 30), (40, 12), (20, 6), (1, 1)):
        lines(drawing, width, height)
    if kind is not MetricType.TEXT:
        assert "before" in lines(drawing)


@pytest.mark.parametrize(
    "kind",
    [
        MetricType.DOUBLE_OVER_TIME, MetricType.LINE_PLOT, MetricType.BAR_CHART,
        MetricType.BATCHWISE_BAR_CHART, MetricType.HISTOGRAM,
    ],
    ids=str,
)  # fmt: skip
def test_other_units_have_axes_of_their_own(kind: MetricType, tmp_path: Path) -> None:
    drawing = both(kind, Variant(unit="km", index=BASE.index), tmp_path)
    assert [panel.area and panel.area[0] for panel in drawing.panels] == [0.5, 0.0]
    assert "difference" not in lines(drawing)


def test_numbers_are_on_one_scale_with_their_difference(tmp_path: Path) -> None:
    new, old = both(MetricType.SCALAR, replace(CHANGED, values=(7.5,)), tmp_path).panels
    assert isinstance(new, Gauge)
    assert isinstance(old, Gauge)
    assert (new.value, new.other, new.label) == (7.5, 1.0, "after")
    assert (old.value, old.label, old.detail) == (1.0, "before", "difference +6.5 m (+650%)")
    assert old.fails_above is None
    assert "◇" in lines(Drawing("", "", (new, old)))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "difference: one side has no value"),
        (NAN, "difference: one side is NaN"),
        (1.0, "difference 0"),
        (math.inf, "difference ∞ m"),
    ],
)
def test_numbers_without_a_difference(value: float | None, words: str, tmp_path: Path) -> None:
    values = () if value is None else (value,)
    _, old = both(MetricType.SCALAR, replace(BASE, values=values), tmp_path).panels
    assert isinstance(old, Gauge)
    assert old.detail == words


def test_numbers_of_other_units_have_no_difference(tmp_path: Path) -> None:
    new, old = both(MetricType.SCALAR, replace(BASE, unit="km"), tmp_path).panels
    assert isinstance(new, Gauge)
    assert isinstance(old, Gauge)
    assert new.other is None
    assert old.detail == "unit m → km: the values have no difference"


def test_a_summary_has_numbers_and_its_series(tmp_path: Path) -> None:
    new, old, plot = both(MetricType.DOUBLE_SUMMARY, CHANGED, tmp_path).panels
    assert isinstance(new, Gauge)
    assert isinstance(old, Gauge)
    assert isinstance(plot, Plot)
    assert (new.value, old.value) == (1.5, 1.0)
    assert [one.name for one in plot.read_only_curves] == ["values · difference"]
    np.testing.assert_allclose(plot.read_only_curves[0].y, [0.5, 0.0, 4.0])


def bar_document(folder: Path, names: list[str], **series: list[float]) -> Drawing:
    build = DocumentBuilder(folder.name)
    pairs = []
    index = build.strings("names", names)
    for name, values in series.items():
        data = build.doubles(name, values, unit="m", index=index)
        pairs.append((data, build.statuses(f"{name} status", data)))
    build.bar_chart("Bars", pairs, legend=list(series))
    document = build.document()
    return draw(document, document.metrics[0])


def test_bars_by_category_and_series(tmp_path: Path) -> None:
    # Labels are cut: names with one beginning stay apart.
    long = "x" * 200
    old = bar_document(tmp_path / "a", ["a", "b", long + "1"], left=[1, 2, 3], gone=[4, 5, 6])
    new = bar_document(tmp_path / "b", ["b", "c", long + "2"], left=[5, 6, 7], new=[7, 8, 9])
    main, below = overlaid(old, new).panels
    assert isinstance(main, Bars)
    assert isinstance(below, Bars)
    assert main.keys == ("b", "c", long + "2", "a", long + "1")
    assert [(one.name, one.color_role) for one in main.series] == [
        ("left · before", "dim"), ("left", 0), ("new", 1), ("gone · before", "dim"),
    ]  # fmt: skip
    np.testing.assert_equal(main.series[0].values, [2, NAN, NAN, 1, 3])
    assert main.series[0].has_value is not None
    assert main.series[0].has_value.tolist() == [True, False, False, True, True]
    np.testing.assert_equal(below.series[0].values, [3, NAN, NAN, NAN, NAN])
    read = [(one.series, one.text) for one in readout(main, 0.0).readings]
    assert ("left · difference", "3 m") in read
    assert ("left · before", "2 m") in read


def test_batches_are_matched_by_their_times(tmp_path: Path) -> None:
    year = 365 * 86400.0
    sides = []
    for name, start in (("a", 0.0), ("b", year)):
        (tmp_path / name).mkdir()
        variant = Variant(values=(1.0, 2.0), index=(start, year))
        document = document_of(MetricType.BATCHWISE_BAR_CHART, variant, tmp_path / name)
        sides.append(draw(document, document.metrics[0]))
    main = overlaid(sides[0], sides[1]).panels[0]
    assert isinstance(main, Bars)
    # 1 January of two years: the labels of one side alone would not tell them apart.
    assert len(set(main.categories)) == len(main.categories)
    assert main.keys == tuple(sorted(main.keys))  # type: ignore[type-var]


def test_histograms_have_the_outline_of_the_base(tmp_path: Path) -> None:
    drawing = both(MetricType.HISTOGRAM, CHANGED, tmp_path)
    main, below = drawing.panels
    assert isinstance(main, Plot)
    assert isinstance(below, Plot)
    assert main.curves[0].name == "before"
    assert main.curves[0].color_role == "dim"
    assert [fill.name for fill in main.fills] == ["after"]
    deltas = {(box.x0, box.x1): box.y1 for box in below.boxes}
    counts: dict[str, dict[tuple[float, float], float]] = {}
    for name, variant in (("c", BASE), ("d", CHANGED)):
        plot = drawn(MetricType.HISTOGRAM, variant, tmp_path / name).panels[0]
        assert isinstance(plot, Plot)
        counts[name] = {(box.x0, box.x1): box.y1 for box in plot.boxes}
    for edges in {*counts["c"], *counts["d"]}:
        expected = counts["d"].get(edges, 0.0) - counts["c"].get(edges, 0.0)
        assert deltas.get(edges, 0.0) == expected


def test_texts_are_a_diff(tmp_path: Path) -> None:
    (table,) = both(MetricType.TEXT, CHANGED, tmp_path).panels
    assert isinstance(table, Table)
    texts = [row[0].text for row in table.rows]
    assert texts == ["--- before", "+++ after", "@@ -1,2 +1,2 @@", " one", "-two", "+three"]
    note, _ = both(MetricType.TEXT, BASE, tmp_path / "same").panels
    assert note == Message("The text is the same on both sides.")


def picture(folder: Path, width: int, height: int, *, spot: bool, images: int = 1) -> Drawing:
    """A grey image, or a list of them; with a single pixel of another colour in it."""
    folder.mkdir()
    image = Pillow.new("RGB", (width, height), (200, 200, 200))
    if spot:
        image.putpixel((width // 2, height // 2), (190, 200, 200))
    build = DocumentBuilder(folder.name)
    files = []
    for number in range(images):
        image.save(folder / f"{number}.png")
        files.append(build.file(f"image {number}", f"{number}.png"))
    if images == 1:
        build.image("Camera", files[0])
    else:
        build.image_list("Camera", files)
    document = build.document(build.write(folder / "metrics.binproto"))
    return draw(document, document.metrics[0], DrawOptions(image_index=images - 1))


def test_images_stand_side_by_side_or_one_above_the_other(tmp_path: Path) -> None:
    old = picture(tmp_path / "a", 20, 10, spot=False)
    new = picture(tmp_path / "b", 20, 10, spot=True)
    drawing = overlaid(old, new)
    assert [panel.area for panel in drawing.panels] == [(0, 0, 0.5, 1), (0.5, 0, 1, 1)]
    wide, narrow = lines(drawing, 80, 20), lines(drawing, 40, 20)
    row = next(line for line in wide.splitlines() if "before" in line)
    assert "after" in row
    assert "20 × 10" in wide
    shown = narrow.splitlines()
    before = next(number for number, line in enumerate(shown) if "before" in line)
    after = next(number for number, line in enumerate(shown) if "after" in line)
    assert before < after


@pytest.mark.parametrize(("width", "height"), [(3, 2), (150, 90), (1000, 700), (3000, 20)])
def test_one_different_pixel_is_highlighted(width: int, height: int, tmp_path: Path) -> None:
    old = picture(tmp_path / "a", width, height, spot=False)
    new = picture(tmp_path / "b", width, height, spot=True)
    (panel,) = overlaid(old, new, difference=True).panels
    assert isinstance(panel, Image)
    marked = (panel.pixels == [255, 64, 255]).all(axis=2)
    assert marked.any()
    assert marked.mean() < 0.2 or width < 10
    assert f"{width:,} × {height:,}" in panel.caption
    (same,) = overlaid(old, old, difference=True).panels
    assert isinstance(same, Image)
    assert "no pixel differs" in same.caption
    assert not (same.pixels == [255, 64, 255]).all(axis=2).any()


def test_images_of_other_sizes_have_no_pixel_difference(tmp_path: Path) -> None:
    # Both are made small to the same size before they are drawn.
    old = picture(tmp_path / "a", 3200, 32, spot=False)
    new = picture(tmp_path / "b", 6400, 64, spot=False)
    (panel,) = overlaid(old, new, difference=True).panels
    assert isinstance(panel, Message)
    assert "3,200 × 32" in panel.text
    assert "6,400 × 64" in panel.text


def test_lists_of_images_are_matched_by_number(tmp_path: Path) -> None:
    few = picture(tmp_path / "a", 4, 4, spot=False, images=2)
    many = picture(tmp_path / "b", 4, 4, spot=False, images=3)
    for before, after in ((few, many), (many, few)):
        for difference in (False, True):
            drawing = overlaid(before, after, difference=difference)
            assert (drawing.images, drawing.image_index) == (3, 2)
            messages = [one.text for one in drawing.panels if isinstance(one, Message)]
            word = "before" if before is few else "after"
            assert messages == [f"{word}: image 3 does not exist: this side has 2 images"]


def test_the_words_of_a_reference(tmp_path: Path) -> None:
    sides = [drawn(MetricType.DOUBLE_OVER_TIME, BASE, tmp_path / name) for name in ("a", "b")]
    shown = lines(overlaid(sides[0], sides[1], REFERENCE))
    assert "reference" in shown
    assert "difference, this − reference" in shown
