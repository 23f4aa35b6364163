"""Pickers of names: letters find, keys that type nothing move, and copying copies the name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from textual.screen import Screen
from textual.widgets import Input

import resim_inspect.tui
from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.tui.widgets.dialogs import ChoiceDialog
from resim_inspect.tui.widgets.quick_open import Hits, NamePicker
from resim_inspect.tui.widgets.row_list import RowList
from resim_inspect.tui.widgets.searchable_list import SearchableList
from tests.tui.conftest import opened, press, text

NAMES = ["Max speed", "", "Mean height", *(f"Height {number}" for number in range(300))]


def subclasses(kind: type[RowList]) -> Iterator[type[RowList]]:
    """All classes below one, at any depth."""
    for found in kind.__subclasses__():
        yield found
        yield from subclasses(found)


def test_every_list_says_what_copying_a_row_copies() -> None:
    for module in pkgutil.walk_packages(resim_inspect.tui.__path__, "resim_inspect.tui."):
        importlib.import_module(module.name)
    kinds = {kind for kind in subclasses(RowList) if not kind.__subclasses__()}
    assert SearchableList not in kinds
    assert len(kinds) > 20
    mute = [
        kind.__name__
        for kind in kinds
        if kind.__module__.startswith("resim_inspect.")
        and kind.copy_text is RowList.copy_text
        and kind.action_copy is RowList.action_copy
    ]
    assert not mute


@pytest.mark.parametrize(
    ("keys", "copied"),
    [
        (("ctrl+y",), "Mean height"),
        (("down", "ctrl+y"), "Height 0"),
        (("pagedown", "pageup", "up", "up", "ctrl+y"), "Max speed"),
        ((*"ight299", "ctrl+y"), "Height 299"),
        ((*"speed", "ctrl+u", "ctrl+y"), "Mean height"),
    ],
)
async def test_keys_of_a_picker(keys: tuple[str, ...], copied: str) -> None:
    async with opened(DocumentBuilder("empty")) as pilot:
        await pilot.app.push_screen(NamePicker("Metric", "metric", NAMES, current=2))
        await press(pilot, *keys)
        assert pilot.app.clipboard == copied


async def test_letters_find_a_name_and_enter_chooses_it() -> None:
    chosen: list[int | None] = []
    async with opened(DocumentBuilder("empty")) as pilot:
        pilot.app.push_screen(NamePicker("Metric", "metric", NAMES), chosen.append)
        await press(pilot, *"jkyq")
        assert pilot.app.screen.query_one(Input).value == "jkyq"
        assert "no metric has these letters in its name" in text(pilot)
        await press(pilot, "ctrl+u")
        assert pilot.app.screen.query_one(Hits).count == len(NAMES), "no letters hide no name"
        assert "(no name)" in text(pilot)
        await press(pilot, *"max", "enter")
    assert chosen == [0]


def choices() -> Screen[int | None]:
    """A dialog with two rows."""
    return ChoiceDialog("Metric", ["Max speed", "Mean height"], 1)


async def test_a_copied_choice_is_without_the_mark_of_the_cursor() -> None:
    async with opened(DocumentBuilder("empty")) as pilot:
        await pilot.app.push_screen(choices())
        await press(pilot, "y")
        assert pilot.app.clipboard == "Mean height"
