"""Colours of series and statuses can be told apart, also without a kind of cone."""

from __future__ import annotations

from itertools import combinations

import pytest

from resim_inspect.contrast import MIN_CONTRAST, RGB, contrast
from resim_inspect.document.enums import MetricStatus
from resim_inspect.tui.theme import ink_of, styles_of
from resim_inspect.tui.themes.built_in import BUILT_IN
from resim_inspect.tui.widgets.chart.palette import chart_palette

OWN = {theme.name: theme for theme in BUILT_IN}
COLORBLIND = [name for name in OWN if "colorblind" in name]
WITH_VERDICT = (MetricStatus.PASSED, MetricStatus.FAIL_WARN, MetricStatus.FAIL_BLOCK)
AT_A_GLANCE, SIDE_BY_SIDE = 20.0, 10.0
"""Distances in CIELAB at which two colours are told apart; about 2 is just visible."""
FIRST = 4
"""Number of series that most charts have at most."""

# Matrices of Machado, Oliveira and Fernandes (2009) for the full deficiency, on linear RGB.
VISIONS = {
    "normal": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def seen(color: RGB, vision: str) -> tuple[float, float, float]:
    """The colour in CIELAB as it is seen with a kind of vision."""
    linear = [
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4
        for each in (channel / 255 for channel in color)
    ]
    matrix = VISIONS[vision]
    red, green, blue = (
        min(1.0, max(0.0, sum(a * b for a, b in zip(row, linear, strict=True)))) for row in matrix
    )
    xyz = (
        (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089,
    )
    x, y, z = (each ** (1 / 3) if each > 0.008856 else 7.787 * each + 16 / 116 for each in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one: RGB, other: RGB, vision: str = "normal") -> float:
    """Distance of two colours in CIELAB with a kind of vision."""
    pairs = zip(seen(one, vision), seen(other, vision), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


@pytest.mark.parametrize("vision", [vision for vision in VISIONS if vision != "normal"])
@pytest.mark.parametrize("name", COLORBLIND)
def test_statuses_are_told_apart_without_a_kind_of_cone(name: str, vision: str) -> None:
    styles = styles_of(OWN[name])
    colors = {status: styles.of(status).color for status in WITH_VERDICT}
    for (one, a), (other, b) in combinations(colors.items(), 2):
        assert a is not None
        assert b is not None
        assert distance(ink_of(a), ink_of(b), vision) >= AT_A_GLANCE, (one, other)


@pytest.mark.parametrize("name", OWN)
def test_series_are_told_apart_from_each_other_and_from_statuses(name: str) -> None:
    palette = chart_palette(OWN[name], styles_of(OWN[name]))
    for one, other in combinations(palette.series, 2):
        assert distance(one, other) >= AT_A_GLANCE, (one, other)
    for series in palette.series:
        for status in WITH_VERDICT:
            assert distance(series, palette.status[status]) >= AT_A_GLANCE, (series, status)


@pytest.mark.parametrize("vision", [vision for vision in VISIONS if vision != "normal"])
@pytest.mark.parametrize("name", COLORBLIND)
def test_series_are_told_apart_without_a_kind_of_cone(name: str, vision: str) -> None:
    palette = chart_palette(OWN[name], styles_of(OWN[name]))
    for (i, one), (j, other) in combinations(enumerate(palette.series), 2):
        least = AT_A_GLANCE if max(i, j) < FIRST else SIDE_BY_SIDE
        assert distance(one, other, vision) >= least, (i, j)
    for series in palette.series:
        for status in WITH_VERDICT:
            assert distance(series, palette.status[status], vision) >= SIDE_BY_SIDE, series


@pytest.mark.parametrize("name", OWN)
def test_words_on_areas_of_a_series_can_be_read(name: str) -> None:
    palette = chart_palette(OWN[name], styles_of(OWN[name]))
    for number in range(len(palette.series)):
        area = palette.fill(number)
        assert area.fg is not None
        assert area.bg is not None
        assert contrast(area.fg, area.bg) >= MIN_CONTRAST, number
