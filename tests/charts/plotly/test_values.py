"""Values of plotly figures: packed arrays, dates, texts and colours, decoded within a budget."""

from __future__ import annotations

import math
from typing import Any

import pytest

from resim_inspect.charts.plotly import colors, decode
from resim_inspect.document.packed_arrays import Budget, unpack
from tests.charts.plotly.figures import drawn, figure_text, packed


@pytest.mark.parametrize("kind", ["i1", "u1", "i2", "u2", "i4", "u4", "f4", "f8"])
def test_packed_arrays_of_every_type(kind: str) -> None:
    found = unpack({"y": packed([1, 2, 100], kind)}, Budget())
    assert found["y"].tolist() == [1, 2, 100]


def test_packed_arrays_of_two_dimensions_have_their_shape_as_text() -> None:
    found = unpack(packed(range(6), "f8", shape="2, 3"), Budget())
    assert found.tolist() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize(
    ("dates", "title"),
    [
        (["2024-03-18T10:00:00", "2024-03-18T10:05:00"], "2024-03-18"),
        (["2024-03-18 10:00:00Z", "2024-03-18 10:05:00Z"], "2024-03-18 UTC"),
        (["2024-03-18T10:00:00+00:00", "2024-03-18T10:05:00+00:00"], "2024-03-18 UTC"),
        (["2024-03-18T10:00:00-0700", "2024-03-18T10:05:00-0700"], "2024-03-18 UTC-0700"),
        (["2024-03-18T10:00:00Z", "2024-03-18T10:05:00"], "2024-03-18"),
        (["2024-03-18", "2024-03-28"], "2024"),
        ([1.7e12, 1.7000001e12], "2023-11-14 UTC"),
    ],
)
def test_no_time_zone_is_named_that_the_dates_do_not_name(dates: list[Any], title: str) -> None:
    layout = {"xaxis": {"type": "date", "title": "Time"}}
    lines = figure_text(drawn([{"x": dates, "y": [1, 2]}], layout)).split("\n")
    assert lines[-1].rstrip().endswith(f" Time {title}")


@pytest.mark.parametrize(
    "broken",
    [
        {"dtype": "O", "bdata": "AAAA"},
        {"dtype": "f8", "bdata": "!!!"},
        {"dtype": "f8", "bdata": 3.0},
        packed([1.0, 2.0], "f8", shape="9, 9"),
        packed([1.0, 2.0], "f8") | {"shape": [None]},
        packed([1.0, 2.0], "f8") | {"shape": [[2]]},
        packed([1.0, 2.0], "f8") | {"shape": math.inf},
    ],
)
def test_broken_packed_arrays_are_empty(broken: dict[str, Any]) -> None:
    assert len(decode.numbers(unpack(broken, Budget()))) == 0


def test_packed_arrays_have_a_budget() -> None:
    budget = Budget(100)
    assert len(unpack(packed(range(10), "f8"), budget)) == 10
    assert len(unpack(packed(range(10), "f8"), budget)) == 0


def test_nan_survives_in_packed_arrays_and_null_is_one() -> None:
    found = decode.numbers(unpack(packed([1.0, math.nan], "f8"), Budget()))
    assert math.isnan(found[1])
    assert math.isnan(decode.numbers([1.0, None])[1])


def test_dates() -> None:
    day = 86_400 * 10**9
    values = ["1970-01-02", "1970-01-02T00:00:01Z", "1970-01-02 00:00:00.5", None, "soon"]
    found = decode.dates(values).tolist()
    assert found[:3] == [day, day + 10**9, day + 5 * 10**8]
    assert found[3:] == [decode.NO_DATE] * 2
    assert decode.dates([500.0]).tolist() == [5 * 10**8]


def test_texts_lose_their_html_and_what_is_no_text() -> None:
    assert decode.text("<b>a</b><br>b &amp; c\x1b[31m") == "a b & c�[31m"
    assert decode.text({"text": "t"}) == "t"
    assert decode.text("1 < 2") == "1 < 2"


def test_colours() -> None:
    assert colors.color("#ff8000") == (255, 128, 0)
    assert colors.color("rgba(1, 2, 3, 0.5)") == (1, 2, 3)
    assert colors.color("blue") == (0, 0, 255)
    assert colors.color("no colour") is None
    assert colors.scale_color([[0, "#000000"], [1, "#ffffff"]], 0.5) == (128, 128, 128)
