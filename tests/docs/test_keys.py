"""The keys that the pages name: those of the app's bindings, and all of what a page is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from resim_inspect.tui.key_settings.key_names import canonical
from resim_inspect.tui.keymap import BINDINGS
from runner.commands.shared.watch_call import KEYS as WATCH_KEYS
from tests.docs.keys_of_pages import KEYS_OF_PAGES, NOT_KEYS, WATCHING, WHOLE_GROUPS
from tests.docs.test_pages import PAGES, ROOT

ARROWS = {"↑": "up", "↓": "down", "←": "left", "→": "right"}
NAMES = {"Esc": "escape", "PgUp": "pageup", "PgDn": "pagedown"} | ARROWS
KEY = re.compile(
    r"(?:(?:Ctrl|Shift)\+)*(?:[!-~↑↓←→]|Esc|Enter|Space|Tab|PgUp|PgDn|Home|End|Backspace|F\d{1,2})"
)
BARE = re.compile(r"\b(?:Esc|PgUp|PgDn|F\d{1,2}|(?:Ctrl|Shift)[+-](?![CP]\b)\w+)\b")
"""A key outside of code. Ctrl-C is the interrupt of a terminal, and Ctrl+P that of a browser."""
CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"\]\([^)]*\)")


def prose(page: Path) -> str:
    """The text of a page without its blocks of code."""
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)


def keys_of(page: Path) -> list[str]:
    return list(dict.fromkeys(code for code in CODE.findall(prose(page)) if KEY.fullmatch(code)))


def textual_name(key: str) -> str:
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    return canonical("+".join([*modifiers, NAMES.get(last, last)]))


def keys_by_name() -> dict[str, tuple[str, ...]]:
    """Keys of every binding of the app, and of every action of a watch in the terminal."""
    watch = {f"{WATCHING}{action.name}": (key,) for key, action in WATCH_KEYS.items()}
    return {id: binding.default_keys for id, binding in BINDINGS.items()} | watch


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_key_on_a_page_is_that_of_its_binding(page: Path) -> None:
    name = page.relative_to(ROOT).as_posix()
    declared = KEYS_OF_PAGES.get(name, {})
    faults = []
    other = NOT_KEYS.get(name, ())
    found = keys_of(page)
    for key in found:
        if key not in declared and key not in other:
            faults.append(f"{name} names `{key}`; say in keys_of_pages.py which binding it is")
    for key in (*declared, *other):
        if key not in found:
            faults.append(f"{name} does not name `{key}`; take it out of keys_of_pages.py")
    for key, ids in declared.items():
        for id in ids.split():
            actual = keys_by_name().get(id)
            if actual is None:
                faults.append(f"{name} names `{key}` for {id}, which is not a binding")
            elif textual_name(key) not in actual:
                faults.append(f"{name} names `{key}` for {id}, which has {' '.join(actual)}")
    assert faults == []


@pytest.mark.parametrize("page", WHOLE_GROUPS)
def test_a_page_names_every_binding_of_its_groups(page: str) -> None:
    named = {id for ids in KEYS_OF_PAGES[page].values() for id in ids.split()}
    own = {id for id in keys_by_name() if id.partition(".")[0] in WHOLE_GROUPS[page]}
    assert own - named == set()


def key_tables(page: Path) -> Iterator[str]:
    """Yield the tables of a page of which each row begins with a key of the keyboard."""
    for table in re.findall(r"(?:^\|.*\n)+", prose(page), re.M):
        header, _, *rows = table.splitlines()
        firsts = [CODE.search(row.split(" | ")[0]) for row in rows]
        if header.startswith("| key") and all(
            first and KEY.fullmatch(first[1]) for first in firsts
        ):
            yield table


def test_every_page_with_a_table_of_keys_has_the_groups_that_it_is_about() -> None:
    names = {page.relative_to(ROOT).as_posix() for page in PAGES}
    assert set(KEYS_OF_PAGES) - names == set()
    tables = {page.relative_to(ROOT).as_posix() for page in PAGES if any(key_tables(page))}
    assert tables
    assert tables - set(WHOLE_GROUPS) == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_keys_are_written_as_code(page: Path) -> None:
    """Keys are compared with the bindings only where they are written as code."""
    assert BARE.findall(CODE.sub("", LINK.sub("]", prose(page)))) == []
