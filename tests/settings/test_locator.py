"""Lines of keys in TOML texts of every style."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from resim_inspect.settings.faults import Key
from resim_inspect.settings.locator import key_lines

NAMES = st.sampled_from(["a", "b-c", "d_1", "e f", "g.h", "#i", "[j]", 'k"l', "m=n", "é", "7", ""])
SCALARS = st.sampled_from(
    [
        "1",
        "-2.5e3",
        "true",
        "1979-05-27 07:32:00",
        "inf",
        '"x"',
        '"# ] } , = \\" \\\\"',
        "'C:\\dir # no'",
        '"""one\ntwo # "" three\\\n   four"""',
        '"""ends with quotes"""""',
        "'''raw\n[table]\nkey = 1'''",
    ]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=6,
)
TABLES = st.dictionaries(NAMES, st.dictionaries(NAMES, VALUES, max_size=4), max_size=4)
COMMENTS = st.sampled_from(["", "# a = 1\n", "\n\n", "  # [x]\n"])


class Writer:
    """A TOML text in the making, and the lines that its keys must have."""

    def __init__(self) -> None:
        self.text = ""
        self.lines: dict[Key, int] = {}

    def put(self, text: str) -> None:
        self.text += text

    def key(self, key: Key, word: str) -> None:
        self.lines.setdefault(key, self.text.count("\n") + 1)
        self.put(word)

    def value(self, value: Any, key: Key, pause: str) -> None:
        if isinstance(value, list):
            self.put("[")
            for position, item in enumerate(value):
                self.put(pause and f"\n{pause}")
                self.lines[(*key, position)] = self.text.count("\n") + 1
                self.value(item, (*key, position), pause)
                self.put(",")
            self.put("]")
        elif isinstance(value, dict):
            self.put("{")
            for position, (name, item) in enumerate(value.items()):
                self.put(", " if position else " ")
                self.key((*key, name), quoted(name))
                self.put(" = ")
                self.value(item, (*key, name), pause)
            self.put("}")
        else:
            self.put(value)


def quoted(name: str) -> str:
    return json.dumps(name)


@given(TABLES, COMMENTS)
def test_every_key_has_its_line(tables: Mapping[str, Mapping[str, Any]], pause: str) -> None:
    writer = Writer()
    for table, pairs in tables.items():
        writer.put(pause)
        writer.put("[")
        writer.key((table,), quoted(table))
        writer.put("]\n")
        for name, value in pairs.items():
            writer.put(pause)
            writer.key((table, name), quoted(name))
            writer.put(" = ")
            writer.value(value, (table, name), pause)
            writer.put(" # end\n")
    tomllib.loads(writer.text)
    assert key_lines(writer.text) == writer.lines


def test_dotted_keys_and_tables_of_a_list() -> None:
    text = 'a.b."c" = 1\na.d = [[1,\n2], {e = 3}]\n[[f.g]]\nh = 1\n[[f.g]]\nh = 2\n'
    assert key_lines(text) == {
        ("a",): 1,
        ("a", "b"): 1,
        ("a", "b", "c"): 1,
        ("a", "d"): 2,
        ("a", "d", 0): 2,
        ("a", "d", 0, 0): 2,
        ("a", "d", 0, 1): 3,
        ("a", "d", 1): 3,
        ("a", "d", 1, "e"): 3,
        ("f",): 4,
        ("f", "g"): 4,
        ("f", "g", 0): 4,
        ("f", "g", 0, "h"): 5,
        ("f", "g", 1): 6,
        ("f", "g", 1, "h"): 7,
    }
