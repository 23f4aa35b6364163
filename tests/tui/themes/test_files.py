"""Themes of the user: read, checked by their schema, and a sentence for each fault."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from resim_inspect.settings import SettingsError
from resim_inspect.settings.schema_check import shipped_schema
from resim_inspect.tui.themes.built_in import BUILT_IN
from resim_inspect.tui.themes.files import (
    SCHEMA,
    known_theme_names,
    read_theme,
    theme_named,
    user_theme_names,
)

COLORS = shipped_schema(SCHEMA)["properties"]["colors"]["properties"]
WHOLE = "[colors]\n" + "".join(f'{name} = "#{number:06x}"\n' for number, name in enumerate(COLORS))


def written(folder: Path, content: str, name: str = "mine") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.toml"
    path.write_text(content, "utf-8")
    return path


def test_a_theme_has_the_colours_of_its_file(tmp_path: Path) -> None:
    theme = read_theme(written(tmp_path, f'series = ["#abcdef"]\n{WHOLE}'))
    assert (theme.name, theme.dark, theme.series) == ("mine", True, ("#abcdef",))
    assert (theme.foreground, theme.background) == ("#000000", "#000001")
    assert theme.variables["pick-away"] == "#000007"


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (WHOLE.replace("accent", "acent"), 5, '"acent" is not a key of [colors]; did you mean'),
        (WHOLE.replace('accent = "#000003"\n', ""), 1, '[colors] has no "accent", which is requi'),
        (WHOLE.replace('"#000003"', '"teal"'), 5, 'colors.accent is "teal", and a colour is writ'),
        ("", 0, 'the file has no "colors", which is required.'),
        ("[colors", 1, "the file is not valid TOML"),
    ],
)
def test_a_fault_is_a_sentence_with_its_line(
    content: str, line: int, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError) as raised:
        read_theme(written(tmp_path, content))
    assert reason in str(raised.value)
    assert raised.value.line == line
    assert "--no-config" in raised.value.hint


def test_themes_are_found_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "themes"
    assert user_theme_names(folder) == []
    written(folder, WHOLE)
    assert user_theme_names(folder) == ["mine"]
    assert {"mine", "nord", "resim-dark"} <= set(known_theme_names(folder))
    assert not [name for name in known_theme_names(folder) if "ansi" in name]
    mine = theme_named("mine", folder)
    assert mine is not None
    assert mine.panel == "#000002"
    assert theme_named("resim-dark", folder) is BUILT_IN[0]
    assert theme_named("other", folder) is None


def test_the_name_of_a_built_in_theme_is_taken(tmp_path: Path) -> None:
    written(tmp_path, WHOLE, "resim-dark")
    with pytest.raises(SettingsError, match="has the name of a theme that is built in"):
        theme_named("resim-dark", tmp_path)


def test_what_is_not_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "odd.toml").mkdir()
    with pytest.raises(SettingsError, match="must be a file"):
        theme_named("odd", tmp_path)


def test_the_schema_is_valid_and_asks_for_every_colour() -> None:
    schema = shipped_schema(SCHEMA)
    Draft202012Validator.check_schema(schema)
    assert schema["properties"]["colors"]["required"] == list(COLORS)
    assert all(each["description"].endswith(".") for each in COLORS.values()), json.dumps(COLORS)
