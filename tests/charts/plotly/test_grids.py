"""Heat maps, two-dimensional histograms and images of plotly figures."""

from __future__ import annotations

import base64
import io
import math
from typing import Any

import numpy as np
import pytest

from resim_inspect.charts import PLAIN, render
from resim_inspect.charts.model.drawing import Heatmap, Image, Message
from tests.charts.plotly.figures import drawn, figure_text, packed, plot


def grid(trace: dict[str, Any], layout: dict[str, Any] | None = None) -> Heatmap:
    found = plot([trace], layout).heatmap
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("function", "values"),
    [("sum", [[3, 9], [5, 0]]), ("avg", [[3, 4.5], [5, math.nan]]),
     ("max", [[3, 7], [5, math.nan]]),
     ("count", [[1, 2], [1, 0]])],
)  # fmt: skip
def test_a_plane_histogram_has_what_its_function_says(
    function: str, values: list[list[float]]
) -> None:
    trace = {
        "type": "histogram2d", "x": ["Mon", "Mon", "Tue", "Tue"], "y": ["am", "pm", "am", "am"],
        "z": [3, 5, 7, 2], "histfunc": function,
    }  # fmt: skip
    assert np.array_equal(grid(trace).z, np.array(values), equal_nan=True)


def test_lists_of_x_y_and_z_make_a_grid() -> None:
    found = grid({"type": "heatmap", "x": list("abab"), "y": list("ppqq"), "z": [1, 2, 3, 4]})
    assert found.z.tolist() == [[1, 2], [3, 4]]
    sparse = grid({"type": "heatmap", "x": [1, 9], "y": [5, 6], "z": [1, 2]})
    assert np.array_equal(sparse.z, [[1, math.nan], [math.nan, 2]], equal_nan=True)


def test_columns_of_different_widths_keep_their_edges() -> None:
    trace = {"type": "heatmap", "x": [0, 1, 5, 6], "y": [0, 1], "z": [[1, 2, 3], [4, 5, 6]]}
    drawing = drawn([trace])
    found = plot([trace]).heatmap
    assert found is not None
    assert found.x_edges is not None
    assert found.x_edges.tolist() == [0, 1, 5, 6]
    picture = render(drawing, 80, 20, palette=PLAIN)
    assert picture.plot is not None
    middle = picture.at(picture.plot.x + picture.plot.width // 2, picture.plot.y)
    assert middle is not None
    assert middle.readings[0].text == "5"
    early = picture.at(picture.plot.x + picture.plot.width // 10, picture.plot.y)
    assert early is not None
    assert early.readings[0].text == "4"


def test_the_lowest_value_does_not_look_like_none() -> None:
    trace = {"type": "heatmap", "z": [[0, None, 100]], "x": list("abc")}
    rows = figure_text(drawn([trace]), 60, 12).split("\n")
    row = next(row for row in rows if "┤" in row).split("┤")[1].ljust(56)
    third = len(row) // 3
    assert row[third // 2] == "░"
    assert row[third + third // 2] == " "
    assert row[-third // 2] == "█"


def image(trace: dict[str, Any]) -> Image:
    panel = drawn([{"type": "image", **trace}]).panels[0]
    assert isinstance(panel, Image), panel
    return panel


RED_GREEN = [[[255, 0, 0], [0, 255, 0]]]


@pytest.mark.parametrize(
    ("trace", "colors"),
    [
        ({"z": RED_GREEN}, RED_GREEN),
        ({"z": packed(RED_GREEN, "u1", shape="1, 2, 3")}, RED_GREEN),
        ({"z": [[[255, 0, 0, 0.5]]], "colormodel": "rgba"}, [[[255, 128, 128]]]),
        ({"z": [[[0, 255, 0, 255]]], "colormodel": "rgba256"}, [[[0, 255, 0]]]),
        ({"z": [[[120, 100, 50]]], "colormodel": "hsl"}, [[[0, 255, 0]]]),
        ({"z": [[[1, 0.5, 0]]], "zmax": [1, 1, 1]}, [[[255, 128, 0]]]),
    ],
)
def test_images_have_their_colours(trace: dict[str, Any], colors: list[Any]) -> None:
    assert image(trace).pixels.tolist() == colors


def test_an_image_inside_of_the_figure_is_decoded() -> None:
    from PIL import Image as Pillow

    file = io.BytesIO()
    Pillow.new("RGB", (3, 2), (10, 20, 30)).save(file, "PNG")
    source = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    found = image({"source": source})
    assert found.pixels.shape == (2, 3, 3)
    assert found.pixels[0, 0].tolist() == [10, 20, 30]


@pytest.mark.parametrize(
    "trace",
    [{}, {"z": [[1, 2]]}, {"source": "https://example.org/a.png"}, {"source": "data:image/png,x"},
     {"source": "data:image/png;base64,AAAA"}],
)  # fmt: skip
def test_an_image_that_cannot_be_read_says_so(trace: dict[str, Any]) -> None:
    panel = drawn([{"type": "image", **trace}]).panels[0]
    assert isinstance(panel, Message)
    assert "not drawn" in panel.text


def test_a_broken_image_inside_of_the_figure_leaves_the_terminal_alone(
    capfd: pytest.CaptureFixture[str],
) -> None:
    from PIL import Image as Pillow

    file = io.BytesIO()
    Pillow.effect_noise((400, 300), 50).save(file, "TIFF", compression="tiff_lzw")
    content = bytearray(file.getvalue())
    content[len(content) // 3 : len(content) // 3 + 60] = bytes(range(60))
    source = "data:image/tiff;base64," + base64.b64encode(content).decode()
    assert isinstance(drawn([{"type": "image", "source": source}]).panels[0], Message)
    written = capfd.readouterr()
    assert (written.out, written.err) == ("", "")
