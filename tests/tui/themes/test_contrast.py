"""Words in colour can be read in every theme: a contrast of at least 4.5 on each background."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.theme import Theme

from resim_inspect.charts.model import style
from resim_inspect.contrast import MIN_CONTRAST, MIN_CONTRAST_OF_SERIES, contrast, legible, rgb_of
from resim_inspect.document.enums import MetricStatus
from resim_inspect.tui.theme import backgrounds_of, ink_of, rule_of, styles_of
from resim_inspect.tui.themes.built_in import BUILT_IN, theme_of
from resim_inspect.tui.themes.files import shared_themes
from resim_inspect.tui.widgets.chart.palette import chart_palette

THEMES = shared_themes()
OWN = {theme.name: theme for theme in BUILT_IN}


def contrasts(theme: Theme) -> dict[tuple[str, str], float]:
    """Contrast of every word in colour of a theme, by word and background; charts included."""
    styles = styles_of(theme)
    words = {status.name: each for status, each in styles.status.items()}
    words |= {f"severity {severity.name}": each for severity, each in styles.severity.items()}
    behind = backgrounds_of(theme)
    found = {
        (word, name): contrast(ink_of(each.color), background)
        for word, each in words.items()
        if each.color is not None
        for name, background in behind.items()
    }
    palette = chart_palette(theme, styles)
    for status, color in palette.status.items():
        filled = palette.fill(status)
        assert filled.fg is not None
        found[status.name, "chart"] = contrast(color, behind["background"])
        found[status.name, "chart fill"] = contrast(filled.fg, color)
    return found


@pytest.mark.parametrize("name", THEMES)
def test_every_status_word_can_be_read(name: str) -> None:
    table = contrasts(THEMES[name])
    for status in MetricStatus:
        cells = [f"{where} {table[status.name, where]:5.2f}" for where in WHERE]
        print(f"{name:24} {status.name:16} {'   '.join(cells)}")  # noqa: T201
    assert {key: value for key, value in table.items() if value < MIN_CONTRAST} == {}


WHERE = ("background", "panel", "pick", "pick-away", "chart", "chart fill")


@pytest.mark.parametrize("name", OWN)
def test_the_colours_of_built_in_themes_need_no_correction(name: str) -> None:
    theme, behind = OWN[name], backgrounds_of(OWN[name]).values()
    for color in (theme.success, theme.warning, theme.error, theme.accent, theme.foreground):
        assert color is not None
        assert min(contrast(rgb_of(color), each) for each in behind) >= MIN_CONTRAST, color
    for variable in ("quiet", "raw"):
        color = theme.variables[variable]
        assert min(contrast(rgb_of(color), each) for each in behind) >= MIN_CONTRAST, color


@pytest.mark.parametrize("name", THEMES)
def test_curves_and_bars_stand_out(name: str) -> None:
    theme = THEMES[name]
    behind = backgrounds_of(theme)["background"]
    palette = chart_palette(theme, styles_of(theme))
    assert min(contrast(each, behind) for each in palette.series) >= MIN_CONTRAST_OF_SERIES


def test_a_pale_theme_of_a_user_is_made_legible() -> None:
    colors = dict.fromkeys(
        (*("foreground", "accent", "quiet", "rule", "success", "warning", "error", "raw"),),
        "#909090",
    )
    colors |= {"background": "#808080", "panel": "#858585", "pick": "#7a7a7a"}
    table = contrasts(theme_of("pale", {**colors, "pick-away": "#828282"}))
    assert (
        min(value for (_, where), value in table.items() if where != "chart fill") >= MIN_CONTRAST
    )


def test_a_colour_that_is_legible_stays() -> None:
    assert legible((200, 200, 200), [(0, 0, 0)]) == (200, 200, 200)
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


def test_the_palettes_of_a_terminal_are_those_of_the_dark_and_the_light_theme() -> None:
    dark, light = BUILT_IN[0], BUILT_IN[1]
    assert chart_palette(dark, styles_of(dark)) is style.DARK
    assert chart_palette(light, styles_of(light)) is style.LIGHT


DOCUMENTATION = Path(__file__).parents[3] / "docs/configuration.md"


def test_the_names_of_built_in_themes_are_those_of_the_documentation() -> None:
    text = DOCUMENTATION.read_text("utf-8")
    assert [name for name in OWN if f"`{name}`" not in text] == []


def lowest_contrasts(theme: Theme) -> dict[str, float]:
    """Lowest contrast of what is written and drawn in a theme, on all backgrounds it has there."""
    styles, behind = styles_of(theme), backgrounds_of(theme)
    inks = {status.name: styles.of(status) for status in SHOWN}
    inks |= {"text": styles.text, "keys, titles": styles.accent, "hints, units": styles.quiet}
    lowest = {
        name: min(contrast(ink_of(style.color), each) for each in behind.values())
        for name, style in inks.items()
        if style.color is not None
    }
    series = chart_palette(theme, styles).series
    lowest["curves, bars"] = min(contrast(each, behind["background"]) for each in series)
    return lowest


HIGH = 7.0
"""Contrast of text that WCAG 2 asks for at level AAA."""


def test_the_theme_of_high_contrast_has_it_everywhere() -> None:
    theme = OWN["resim-high-contrast"]
    assert {name: value for name, value in lowest_contrasts(theme).items() if value < HIGH} == {}
    named = chart_palette(theme, styles_of(theme)).named
    lines = {"rule": rgb_of(rule_of(theme)), **named}
    black = backgrounds_of(theme)["background"]
    assert {
        name: value for name, value in lines.items() if contrast(value, black) < MIN_CONTRAST
    } == {}


SHOWN = [status for status in MetricStatus if status is not MetricStatus.UNSET]


def test_the_table_of_contrasts_is_that_of_the_documentation() -> None:
    columns = [lowest_contrasts(theme) for theme in OWN.values()]
    rows = [
        f"| {name:14} | {' | '.join(f'{int(column[name] * 10) / 10:6}' for column in columns)} |"
        for name in columns[0]
    ]
    text = DOCUMENTATION.read_text("utf-8")
    assert [row for row in rows if row not in text] == [], "\n".join(rows)
