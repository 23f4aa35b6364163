"""The user's settings in the app: theme, grouping, time, keys, and themes chosen in the palette."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.filtering.catalog import Grouping
from resim_inspect.settings import SettingsError
from resim_inspect.settings.user import UserSettings
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.document.metrics.metric_list import MetricList
from resim_inspect.tui.key_hints import key_of
from resim_inspect.tui.open.opening import open_path
from resim_inspect.tui.preferences.loading import make_preferences
from resim_inspect.tui.preferences.model import Preferences
from resim_inspect.tui.preferences.theme_in_force import remember_theme, theme_choice
from resim_inspect.tui.themes.built_in import BUILT_IN
from resim_inspect.tui.user_state import state_file
from resim_inspect.tui.widgets.chart.view import ChartView
from tests.tui.conftest import press, running, settle, text

LIGHT = UserSettings(Path("/config.toml"), theme="resim-light")
NAMES = [theme.name for theme in BUILT_IN]


def app_with(folder: Path, preferences: Preferences) -> InspectApp:
    build = DocumentBuilder("own")
    build.scalar("Speed", 1.0, status="FAIL_BLOCK")
    path = build.write(folder / "metrics.binproto")
    return InspectApp(open_path(path), preferences=preferences, watch=False)


async def chosen(pilot: Pilot[Any], name: str) -> None:
    """Choose a theme as the palette does, and wait until it is kept."""
    app = pilot.app
    assert isinstance(app, InspectApp)
    app.choose_theme(name)
    await settle(pilot)


async def test_settings_are_in_force(tmp_path: Path) -> None:
    settings = UserSettings(
        tmp_path / "config.toml",
        theme="resim-high-contrast",
        grouping="type",
        time="absolute",
        keys={"app.help": ("f6",), "metrics.filter": ("ctrl+y",)},
    )
    app = app_with(tmp_path, make_preferences(settings, environ={}))
    async with running(app, (120, 40)) as pilot:
        assert app.theme == "resim-high-contrast"
        assert app.screen.query_one(MetricList).grouping is Grouping.TYPE
        assert app.screen.query_one(ChartView).options.time == "absolute"
        assert "^y filter" in text(pilot)
        assert "F6 help" in text(pilot)
        former = app.screen
        await press(pilot, "f1", "question_mark")
        assert app.screen is former
        await press(pilot, "f6")
        assert "^y" in text(pilot)
        assert app.screen is not former
    assert key_of("app.help") == "F6"
    async with running(app_with(tmp_path, Preferences()), (80, 24)):
        assert key_of("app.help") == "?"


async def test_a_theme_chosen_in_the_app_stays_until_the_file_has_another(tmp_path: Path) -> None:
    preferences = make_preferences(LIGHT, environ={})
    app = app_with(tmp_path, preferences)
    async with running(app, (80, 24)) as pilot:
        assert app.theme == "resim-light"
        await chosen(pilot, "nord")
        assert app.theme == "nord"
    assert theme_choice(LIGHT, {}, None)[:2] == ("nord", "app")
    assert make_preferences(LIGHT, environ={}).theme.name == "nord"
    assert theme_choice(LIGHT, {"TEXTUAL_THEME": "dracula"}, None)[:2] == ("dracula", "environment")
    assert theme_choice(LIGHT, {"TEXTUAL_THEME": "unknown"}, None)[:2] == ("nord", "app")
    other = LIGHT._replace(theme="resim-dark")
    assert theme_choice(other, {}, None)[:2] == ("resim-dark", "file")
    assert theme_choice(None, {}, None)[:2] == ("auto", "default")


async def test_a_theme_that_cannot_be_kept_is_told(tmp_path: Path, notices: list[str]) -> None:
    folder = state_file("theme").parent
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("a file where the state folder would be", "utf-8")
    async with running(app_with(tmp_path, Preferences()), (80, 24)) as pilot:
        await chosen(pilot, "nord")
        assert pilot.app.theme == "nord"
        assert "it cannot be saved: Not a directory." in notices[-1]


@pytest.mark.parametrize("content", ["", "[]", '{"theme": 3}', '{"theme": "gone"}', "\0"])
def test_a_damaged_choice_is_left_out(content: str) -> None:
    path = state_file("theme")
    path.parent.mkdir(parents=True)
    path.write_text(content, "utf-8")
    assert theme_choice(None, {}, None)[:2] == ("auto", "default")


async def test_auto_is_the_terminals_background_again(tmp_path: Path) -> None:
    remember_theme("nord", None)
    preferences = make_preferences(None, environ={})._replace(background="light")
    app = app_with(tmp_path, preferences)
    async with running(app, (80, 24)) as pilot:
        assert app.theme == "nord"
        await chosen(pilot, "auto")
        assert app.theme == "resim-light"
    assert json.loads(state_file("theme").read_text("utf-8"))["theme"] == "auto"


async def test_a_broken_theme_is_a_notice(tmp_path: Path, notices: list[str]) -> None:
    (tmp_path / "themes").mkdir()
    (tmp_path / "themes/odd.toml").write_text("[colors]\nink = 1", "utf-8")
    app = app_with(tmp_path, make_preferences(UserSettings(tmp_path / "config.toml"), environ={}))
    async with running(app, (80, 24)) as pilot:
        assert "odd" in app.theme_names()
        await chosen(pilot, "odd")
        assert app.theme == "resim-dark"
    assert ["odd.toml:2" in each for each in notices] == [True]
    assert not state_file("theme").exists()


def test_an_unknown_theme_is_an_error_with_its_line() -> None:
    settings = UserSettings(Path("/config.toml"), theme="nrod", lines={("theme",): 4})
    with pytest.raises(SettingsError, match='"nrod" does not exist; did you mean "nord"') as raised:
        make_preferences(settings, environ={})
    assert raised.value.line == 4


def test_the_flag_wins_over_the_file() -> None:
    settings = UserSettings(Path("/config.toml"), images="half")
    assert make_preferences(settings, environ={}).images == "half"
    assert make_preferences(settings, images="auto", environ={}).images == "auto"
