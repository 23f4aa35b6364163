"""The user's config.toml: where it is, its values, and a sentence for each fault."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from resim_inspect.settings import SettingsError
from resim_inspect.settings.schema_check import shipped_schema
from resim_inspect.settings.user import (
    HINT,
    SCHEMA,
    UserSettings,
    check_settings,
    load_user_settings,
    user_config_path,
)

WHOLE = """\
theme = "resim-light"
grouping = "type"
time = "relative"
images = "half"
mouse = false

[keys]
chart.zoom_in = ["plus", "z"]
app.quit = "ctrl+x"
"""


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "config.toml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Path of the user's own file, whose folder exists."""
    monkeypatch.setattr(
        "resim_inspect.settings.user.user_config_path", lambda: tmp_path / "config.toml"
    )
    return tmp_path / "config.toml"


def test_every_value_is_read_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, WHOLE)
    read = load_user_settings(path)
    assert (read.theme, read.grouping, read.time, read.images, read.mouse) == (
        *("resim-light", "type", "relative", "half"),
        False,
    )
    assert read.keys == {"chart.zoom_in": ("plus", "z"), "app.quit": ("ctrl+x",)}
    assert read.origin("keys", "app", "quit").line == 9
    assert read.origin("mouse").line == 5


def test_a_missing_file_is_fine_unless_it_is_named(own: Path, tmp_path: Path) -> None:
    assert load_user_settings() == UserSettings(own, is_missing=True)
    with pytest.raises(SettingsError, match="does not exist"):
        load_user_settings(tmp_path / "other.toml")


def test_an_empty_file_sets_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, "")
    assert load_user_settings(path) == UserSettings(path)


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("mouse = true\ntheem = 'x'", 2, '"theem" is not a key of the file; did you mean "theme"?'),
        ("theme = 3", 1, "theme must be a string, not the number 3."),
        ("grouping = 'typ'", 1, 'grouping is "typ"; did you mean "type"?'),
        ("[keys]\nchart = 'x'", 2, "keys.chart must be a table, not the string"),
        ("[keys]\nchart.zoom_in = []", 2, "keys.chart.zoom_in is empty."),
        ("[keys]\nchart.zoom_in = ''", 2, "keys.chart.zoom_in is empty."),
        ("theme = ", 1, "the file is not valid TOML"),
        (b"\n\xff = 1", 2, "the file is not UTF-8 text."),
        (b"#" * (1 << 20) + b"##", 0, "the file is larger than 1 MiB."),
        ("a = " + "[" * 5000, 0, "the file is nested too deeply."),
    ],
)
def test_a_fault_is_one_sentence_with_its_line(
    tmp_path: Path, content: str | bytes, line: int, reason: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        load_user_settings(written(tmp_path, content))
    assert reason in str(raised.value)
    assert raised.value.line == line
    assert raised.value.hint == HINT


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("[keys]\n'cards.pin' = 'x'", "cards.pin"),
        ("'keys.cards.pin' = ['x']", "keys.cards.pin"),
        ("['keys.cards']\npin = 'x'", "keys.cards"),
    ],
)
def test_a_quoted_name_with_dots_is_told_to_lose_its_quotes(
    tmp_path: Path, content: str, name: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        load_user_settings(written(tmp_path, content))
    assert raised.value.hint.startswith(f"Write {name} without quotes")


@pytest.mark.parametrize("name", ["a.", ".a", "a b.c", "a.\x1b[31m", "a" * 200 + ".b"])
def test_no_other_quoted_name_is_repeated_in_the_hint(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load_user_settings(written(tmp_path, f"{json.dumps(name)} = 1"))
    assert raised.value.hint == HINT


@pytest.mark.skipif(os.name != "posix", reason="pipes and links of POSIX")
@pytest.mark.parametrize("kind", ["folder", "pipe", "link"])
def test_what_is_not_a_file_is_refused(own: Path, kind: str) -> None:
    if kind == "folder":
        own.mkdir()
    elif kind == "pipe":
        os.mkfifo(own)
    else:
        own.symlink_to("nowhere")
    with pytest.raises(SettingsError, match="must be a file") as raised:
        load_user_settings()
    assert "--no-config" in raised.value.hint


@pytest.mark.skipif(os.name != "posix", reason="owners of POSIX")
def test_a_file_of_another_user_is_refused_unless_it_is_named(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(own.parent, WHOLE)
    user = own.stat().st_uid
    monkeypatch.setattr(os, "getuid", lambda: user + 1)
    if user == 0:
        assert load_user_settings().mouse is False
        os.chown(own, 4321, -1)
    with pytest.raises(SettingsError, match="belongs to another user"):
        load_user_settings()
    assert load_user_settings(own).mouse is False


def test_a_folder_that_hides_its_file_is_a_fault(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error is made here, since the tests may run as root, who may look everywhere."""
    closed = {own}

    def lstat(path: Path) -> os.stat_result:
        if path in closed:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return os.lstat(path)

    monkeypatch.setattr(Path, "lstat", lstat)
    with pytest.raises(SettingsError, match=r"cannot be read: Permission denied\.") as raised:
        load_user_settings()
    assert "--no-config" in raised.value.hint
    # The home of another user: nothing in it is this user's.
    own.parent.rmdir()
    assert load_user_settings().is_missing


def test_the_path_is_in_the_folder_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    assert user_config_path().name == "config.toml"
    assert user_config_path().parent.name == "resim-inspect"


WORDS = st.sampled_from(["", "type", "auto", "half", "resim-dark", "plus", "x y"])
ANY = st.one_of(
    WORDS,
    st.booleans(),
    st.integers(-1, 3),
    st.lists(st.one_of(WORDS, st.integers(0, 1)), max_size=2),
    st.dictionaries(WORDS, WORDS, max_size=2),
)
NAMES = [*shipped_schema(SCHEMA)["properties"], "theem"]
KEYS = st.dictionaries(
    st.sampled_from(["chart", "app"]),
    st.one_of(ANY, st.dictionaries(st.sampled_from(["quit", "fit"]), ANY, max_size=2)),
    max_size=2,
)


@given(st.dictionaries(st.sampled_from(NAMES), st.one_of(ANY, KEYS), max_size=3))
@settings(max_examples=150, deadline=None)
def test_the_reader_accepts_what_the_schema_accepts(values: dict[str, Any]) -> None:
    accepted = not check_settings(values, Path("/config.toml"), {}).faults
    valid = Draft202012Validator(shipped_schema(SCHEMA)).is_valid(values)
    assert accepted == valid, json.dumps(values)
