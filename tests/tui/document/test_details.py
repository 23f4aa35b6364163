"""Failure definitions in words and signs, with the units of their series."""

from __future__ import annotations

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.document.details import limit_signs, limits


def build() -> DocumentBuilder:
    builder = DocumentBuilder("limits")
    clock = builder.times("clock", [0.0, 1.0])
    pairs = []
    for name, unit in (("left", "m"), ("right", "%")):
        data = builder.doubles(name, [1.0, 2.0], unit=unit, index=clock)
        pairs.append((data, builder.statuses(f"{name} ok", ["PASSED"] * 2, index=clock)))
    builder.scalar("Speed", 17.4, unit="m/s", fails_above=15, fails_below=-2)
    builder.double_over_time("Gap", pairs, limits=[(None, 2), (90, 10)], legend=["left", "right"])
    builder.scalar("Number", 3.0, fails_above=4)
    return builder


@pytest.mark.parametrize(
    ("position", "words", "signs"),
    [
        (0, ["fails above 15 m/s or below -2 m/s"], "< -2 or > 15 m/s"),
        (1, ["left fails below 2 m", "right fails above 90% or below 10%"],
         "< 2 m; < 10 or > 90%"),
        (2, ["fails above 4"], "> 4"),
    ],
)  # fmt: skip
def test_limits_have_the_unit_of_their_values(position: int, words: list[str], signs: str) -> None:
    document = build().document()
    metric = document.metrics[position]
    assert limits(metric, document) == words
    assert limit_signs(metric, document) == signs


def test_units_of_data_are_not_looked_up_without_a_document() -> None:
    document = build().document()
    assert limits(document.metrics[0], None) == ["fails above 15 m/s or below -2 m/s"]
    assert limits(document.metrics[1], None)[0] == "left fails below 2"
