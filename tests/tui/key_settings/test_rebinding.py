"""The user's keys: names, conflicts, and what they do in the app."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from resim_inspect.settings import SettingsError
from resim_inspect.settings.faults import Key
from resim_inspect.settings.user import UserSettings
from resim_inspect.tui import keymap
from resim_inspect.tui.key_hints import key_of
from resim_inspect.tui.key_settings.focus_paths import FOCUS_PATHS
from resim_inspect.tui.key_settings.key_names import (
    KeyNameError,
    canonical,
    types_text,
    written_key,
)
from resim_inspect.tui.key_settings.rebinding import checked_keys, conflicts, textual_keymap
from resim_inspect.tui.keys.binding import rebind

PATH = Path("/config.toml")


@pytest.fixture(autouse=True)
def _default_keys() -> Iterator[None]:
    yield
    rebind({})


def test_every_binding_is_on_a_focus_path() -> None:
    declared = {binding.id for path in FOCUS_PATHS for table in path for binding in table}
    missing = sorted(set(keymap.BINDINGS) - {id for id in declared if id})
    assert missing == [], "tui/key_settings/focus_paths.py lacks the tables of these bindings"


def test_every_binding_has_a_unique_id_of_a_group_and_a_name() -> None:
    ids = [binding.id or "" for table in keymap.TABLES for binding in dict.fromkeys(table)]
    for id in ids:
        group, _, name = id.partition(".")
        assert group in keymap.GROUPS, id
        assert name, id
        assert name.replace("_", "").isalnum(), id
    assert {ids.count(id) for id in keymap.BINDINGS} <= {1, 2}, "BROWSE is in two tables"


@pytest.mark.parametrize("id", keymap.BINDINGS)
def test_every_binding_can_have_an_unused_key(id: str) -> None:
    rebound = checked_keys(UserSettings(PATH, keys={id: ("hyper+f9",)}))
    assert rebound == {id: ("hyper+f9",)}
    assert textual_keymap(rebound)[id] == "hyper+f9"
    binding = keymap.BINDINGS[id]
    rebind(rebound)
    assert (binding.keys, key_of(id)) == (("hyper+f9",), "hyper-F9")
    assert binding.default_keys == tuple(binding.key.split(","))


def test_the_defaults_conflict_nowhere() -> None:
    defaults = {id: binding.default_keys for id, binding in keymap.BINDINGS.items()}
    assert list(conflicts(defaults)) == []
    assert all(canonical(key) == key for keys in defaults.values() for key in keys)


def test_two_bindings_can_change_their_keys_with_one_another() -> None:
    keys = {"chart.left": ("right",), "chart.right": ("left",)}
    assert checked_keys(UserSettings(PATH, keys=keys)) == keys


def test_bindings_that_share_a_key_of_a_rebound_one_keep_it() -> None:
    assert textual_keymap({"dialog.close": ("ctrl+g",)})["quick_open.close"] == "escape"


@pytest.mark.parametrize(
    ("id", "key", "reason"),
    [
        ("chart.fitt", "x", '"fitt" is not a key of [keys.chart]; did you mean "fit"?'),
        ("dashboard.pin", "x", "[keys.dashboard]; elsewhere there is cards.pin"),
        ("chrt.fit", "x", '"chrt" is not a group of keys; did you mean "chart"?'),
        ("chart.fit", "crtl+x", 'but "crtl" is not the name of a modifier; did you mean "ctrl"?'),
        ("chart.fit", "pgup", 'but "pgup" is not the name of a key; did you mean "pageup"?'),
        ("chart.fit", "\x1b", "invisible characters cannot be keys"),
        ("chart.fit", "l", 'has "l", which is also the key of chart.right (Cursor right)'),
        ("document.reload", "ctrl+w", "which is also the key of app.close"),
        ("chart.fit", "ctrl+q", "quits the app in every place"),
        ("quick_open.down", "j", "types a character into the text field"),
        ("dialog.close", "x", "has no key that works in a text field"),
    ],
)
def test_a_fault_is_a_sentence_with_its_line(id: str, key: str, reason: str) -> None:
    lines: dict[Key, int] = {("keys", *id.split(".")): 7, ("keys", id.split(".")[0]): 7}
    with pytest.raises(SettingsError) as raised:
        checked_keys(UserSettings(PATH, keys={id: (key,)}, lines=lines))
    assert reason in str(raised.value)
    assert raised.value.line == 7
    assert "\x1b" not in str(raised.value)


@pytest.mark.parametrize(
    ("written", "name", "typed"),
    [
        *(("+", "plus", True), ("ctrl++", "ctrl+plus", False), ("shift+a", "A", True)),
        *(("PageUp", "pageup", False), ("ctrl+X", "ctrl+x", False), ("é", "é", True)),
        *(("ctrl+i", "tab", False), ("F5", "f5", False), ("space", "space", True)),
        *(("shift+ctrl+up", "ctrl+shift+up", False), ("slash", "slash", True)),
    ],
)
def test_keys_are_named_as_textual_reports_them(written: str, name: str, typed: bool) -> None:
    assert canonical(written) == name
    assert types_text(name) is typed


@pytest.mark.parametrize("written", ["", "+x", "ctrl+", " ", "shift+1", "a b", "<any>", "any"])
def test_other_words_name_no_key(written: str) -> None:
    with pytest.raises(KeyNameError):
        canonical(written)


@pytest.mark.parametrize("name", ["question_mark", "grave_accent", "ctrl+o", "f1", "plus", "A"])
def test_a_listed_key_can_be_written_in_the_file(name: str) -> None:
    assert canonical(written_key(name)) == name
    assert written_key("grave_accent") == "`"
