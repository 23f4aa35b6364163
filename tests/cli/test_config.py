"""`resim-inspect config`: what is in force, where it comes from, and errors of the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from resim_inspect.building.sample import write_sample
from resim_inspect.cli import main
from resim_inspect.tui import keymap

FILE = """\
theme = "mine"
grouping = "type"
mouse = false
[keys]
chart.fit = ["F", "ctrl+f5"]
"""
COLORS = (
    *("foreground", "background", "panel", "accent", "quiet", "rule"),
    *("pick", "pick-away", "success", "warning", "error", "raw"),
)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A config.toml with a theme beside it, in an environment without other settings."""
    monkeypatch.delenv("TEXTUAL_THEME", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "themes").mkdir()
    theme = "[colors]\n" + "".join(f'{name} = "#ffffff"\n' for name in COLORS)
    (tmp_path / "themes/mine.toml").write_text(theme, "utf-8")
    path = tmp_path / "config.toml"
    path.write_text(FILE, "utf-8")
    return path


def printed(capsys: pytest.CaptureFixture[str], *words: str | Path) -> str:
    assert main(["config", *map(str, words)]) == 0
    return capsys.readouterr().out


def document(capsys: pytest.CaptureFixture[str], *words: str | Path) -> Any:
    values = json.loads(printed(capsys, *words, "--format", "json"))
    assert values["format"] == 1
    return values


def test_values_with_their_lines(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, "--config", file).splitlines()
    assert lines[0] == str(file)
    assert [line.split() for line in lines[1:]] == [
        ["theme", "mine", "config.toml:1"],
        ["grouping", "type", "config.toml:2"],
        ["time", "auto", "default"],
        ["images", "auto", "default"],
        ["mouse", "false", "config.toml:3"],
        ["keys.chart.fit", "F", "ctrl+f5", "config.toml:5"],
    ]


def test_values_as_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    values = document(capsys, "--config", file)
    settings = {each["name"]: each for each in values["settings"]}
    assert settings["mouse"] == {
        "name": "mouse",
        "value": False,
        "source": "file",
        "file": str(file),
        "line": 3,
    }
    assert [(each["name"], each["keys"]) for each in values["keys"]] == [
        ("chart.fit", ["F", "ctrl+f5"])
    ]


def test_without_the_file_the_defaults_apply(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = printed(capsys, "--no-config").splitlines()
    assert lines[0] == "config.toml is left out: only defaults apply."
    assert {line.split()[-1] for line in lines[1:]} == {"default"}
    assert main(["config", "--no-config", "--config", str(file)]) == 2


def test_every_action_is_listed(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entries = document(capsys, "--config", file, "--keys")["keys"]
    assert {each["name"] for each in entries} == set(keymap.BINDINGS)
    fit = next(each for each in entries if each["name"] == "chart.fit")
    assert (fit["default"], fit["keys"], fit["line"]) == (["f"], ["F", "ctrl+f5"], 5)
    text = printed(capsys, "--config", file, "--keys")
    assert len(text.splitlines()) == 1 + len(keymap.BINDINGS)
    assert "  chart.reset " in text
    assert "? f1" in text
    assert "question_mark" not in text


def test_themes_are_listed_and_checked(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entries = {
        each["name"]: each for each in document(capsys, "--config", file, "--themes")["themes"]
    }
    mine = file.parent / "themes/mine.toml"
    assert entries["mine"] == {"name": "mine", "background": "light", "file": str(mine)}
    assert entries["resim-light"]["file"] is None
    (file.parent / "themes/broken.toml").write_text("[colors]\nink = 1\n", "utf-8")
    assert main(["config", "--config", str(file), "--themes"]) == 2
    assert "broken.toml:2" in capsys.readouterr().err


def test_a_folder_of_themes_that_cannot_be_read_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, themes = tmp_path / "config.toml", tmp_path / "themes"
    file.write_text('theme = "mine"\n', "utf-8")
    themes.write_text("", "utf-8")
    assert main(["config", "--config", str(file)]) == 2
    said = capsys.readouterr().err
    assert 'config.toml:1: the theme "mine" was not found, since the folder of themes' in said
    assert f"{themes} cannot be read: " in said
    assert main(["config", "--config", str(file), "--themes"]) == 2
    assert f"{themes}: the folder cannot be read: " in capsys.readouterr().err


def test_the_path_is_printed_without_reading(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("broken", "utf-8")
    assert printed(capsys, "--config", file, "--path") == f"{file}\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            '\ntheme = "resim-ligth"',
            ':2: the theme "resim-ligth" does not exist; did you mean "res',
        ),
        ('[keys]\nchart.fit = "l"', ":2: keys.chart.fit has"),
        ('[keys]\nchart.fut = "x"', ':2: "fut" is not a key of [keys.chart]; did you mean "fit"?'),
        ("moose = true", ':1: "moose" is not a key of the file; did you mean "mouse"?'),
    ],
)
def test_a_fault_is_one_sentence_with_a_hint(
    content: str, words: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(content, "utf-8")
    assert main(["config", "--config", str(file)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    sentence, hint = captured.err.splitlines()
    assert sentence.startswith(f"resim-inspect: {file}{words}")
    assert hint == "  Correct the file, or leave it out with --no-config."


def test_all_faults_of_the_file_are_told_by_their_lines(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (
        *('theme = "resim-ligth"', "moose = true", "grouping = 3", "mouse = true", "[keys]"),
        *('chart.fit = ["F", "7x", "8x"]', 'chart.fut = "x"', 'chart.reset = "l"'),
    )
    file.write_text("\n".join(lines), "utf-8")
    for words in ([], ["--keys"], ["--themes"], ["--format", "json"]):
        assert main(["config", "--config", str(file), *words]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        *told, hint = captured.err.splitlines()
        assert [int(each.split(":")[2]) for each in told] == [1, 2, 3, 6, 6, 7, 8]
        assert all(each.startswith(f"resim-inspect: {file}:") for each in told)
        assert hint == "  Correct the file, or leave it out with --no-config."


def test_all_faults_of_all_themes_are_told(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    themes = file.parent / "themes"
    sound = (themes / "mine.toml").read_text("utf-8")
    (themes / "a.toml").write_text(sound + 'ink = "#000000"\nred = 1\n', "utf-8")
    (themes / "b.toml").write_text("broken", "utf-8")
    (themes / "resim-dark.toml").write_text(sound, "utf-8")
    assert main(["config", "--config", str(file), "--themes"]) == 2
    *told, hint = capsys.readouterr().err.splitlines()
    assert sorted(each.split(": ")[1] for each in told) == [
        f"{themes}/a.toml:14",
        f"{themes}/a.toml:15",
        f"{themes}/b.toml:1",
        f"{themes}/resim-dark.toml",
    ]
    assert hint.startswith("  Correct the file, or choose another theme")
    # The theme in force has no fault.
    assert main(["config", "--config", str(file)]) == 0
    file.write_text('theme = "a"', "utf-8")
    capsys.readouterr()
    assert main(["config", "--config", str(file)]) == 2
    assert capsys.readouterr().err.count(f"{themes}/a.toml:") == 2


@pytest.mark.parametrize(
    "content",
    [
        "broken",
        "moose = true",
        'theme = "resim-ligth"',
        'theme = "bad"',
        '[keys]\nchart.fit = "l"',
    ],
)
def test_every_way_in_refuses_a_fault_with_the_same_sentence(
    content: str, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (file.parent / "themes/bad.toml").write_text("[colors]", "utf-8")
    file.write_text(content, "utf-8")
    sample = write_sample(file.parent / "sample")
    monkeypatch.setattr("resim_inspect.cli._can_show", lambda: True)
    told = set()
    for words in (["config"], ["--plain", str(sample)], ["web", str(sample)], [str(sample)]):
        assert main([*words, "--config", str(file)]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        told.add(captured.err.splitlines()[0])
    assert len(told) == 1


def test_plain_lines_need_no_settings(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text("broken", "utf-8")
    sample = write_sample(file.parent / "sample")
    assert main(["--plain", "--no-config", str(sample)]) == 0
    assert capsys.readouterr().out.startswith("The file is ")


def test_the_schema_names_every_action(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schema = json.loads(printed(capsys, "--schema"))
    Draft202012Validator.check_schema(schema)
    groups = schema["properties"]["keys"]["properties"]
    names = {f"{group}.{name}" for group, table in groups.items() for name in table["properties"]}
    assert names == set(keymap.BINDINGS)
    validator = Draft202012Validator(schema)
    assert validator.is_valid({"keys": {"chart": {"fit": ["F"]}}})
    assert not validator.is_valid({"keys": {"chart": {"fut": ["F"]}}})
    assert not validator.is_valid({"keys": {"chart": {"fit": []}}})


def test_the_example_of_the_documentation_is_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (Path(__file__).parents[2] / "docs/configuration.md").read_text("utf-8")
    blocks = [block.split("```")[0] for block in text.split("```toml\n")[1:]]
    config, theme = blocks
    (tmp_path / "themes").mkdir()
    (tmp_path / "themes/own.toml").write_text(theme, "utf-8")
    path = tmp_path / "config.toml"
    path.write_text(config, "utf-8")
    assert "config.toml:9" in printed(capsys, "--config", path)
    assert "own " in printed(capsys, "--config", path, "--themes")
