"""The page on exports describes every column, and its lines are calls that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from resim_inspect.commands.export import FORMATS, TABLES
from resim_inspect.export import FORMATS as WRITERS
from resim_inspect.export import TABLES as ALL_TABLES

PAGE = (Path(__file__).parents[2] / "docs" / "export.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ALL_TABLES)
def test_every_column_is_described(name: str) -> None:
    section = PAGE.split(f"\n### {name}\n")[1].split("\n### ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.+) \|$", section, re.MULTILINE)
    assert rows == [tuple(column) for column in ALL_TABLES[name].columns]


def test_the_command_names_the_formats_and_tables_that_exist() -> None:
    assert set(FORMATS) == set(WRITERS)
    assert set(TABLES) == set(ALL_TABLES)
    for name in ("--by-job", "--no-guard", "--wide", "--metric"):
        assert name in PAGE


def test_every_format_is_described() -> None:
    heading = PAGE.split("\n## Formats\n")[1].strip().splitlines()[0]
    assert set(re.findall(r"\w+", heading.casefold())) == set(FORMATS)
