"""Rows of a file among the inputs: read where they are in view, searched, and followed."""

from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from resim_inspect.inputs.records import record_file
from resim_inspect.inputs.records.record_file import RecordFile
from resim_inspect.inputs.records.search import SearchStep
from resim_inspect.tui.clipboard import clipboard_file
from resim_inspect.tui.inputs.files import FileEntry, preview
from resim_inspect.tui.inputs.records.record_list import RecordList
from resim_inspect.tui.inputs.records.row_search import RowSearch
from resim_inspect.tui.widgets.dialogs import DetailRows, DetailsDialog
from tests.tui.conftest import press, settle, started, text
from tests.tui.inputs.records.rows_app import (
    inputs_with,
    lines,
    look_again,
    until_shown,
    viewing,
)
from tests.tui.test_keymap import flight

TABLE = "time,state,note\n" + "".join(
    f"{row / 10},{'CRUISE' if row % 100 else 'TURN'},{'long ' * 30 if row == 3 else row}\n"
    for row in range(5_000)
)


async def test_a_table_is_read_where_it_is_in_view(tmp_path: Path) -> None:
    inputs_with(tmp_path, "a.csv", TABLE.encode())
    async with viewing(tmp_path) as (pilot, rows):
        assert "1,234" not in text(pilot)
        assert "5,000 rows" in text(pilot)
        assert lines(rows)[1].split() == ["2", "0.1", "CRUISE", "1"]
        await press(pilot, "end")
        assert lines(rows)[-1].split() == ["▌5,000", "499.9", "CRUISE", "4999"]
        await press(pilot, "colon", *"1,234", "enter")
        assert rows.cursor == 1_233
        assert any(line.split()[1:] == ["123.3", "CRUISE", "1233"] for line in lines(rows))
        # Numbers are aligned to the right, texts to the left.
        await press(pilot, "home")
        assert lines(rows)[10][8:] == "  1.0  CRUISE  10"


async def test_a_long_cell_is_read_and_copied_in_full(tmp_path: Path) -> None:
    inputs_with(tmp_path, "a.csv", TABLE.encode())
    async with viewing(tmp_path, (80, 24)) as (pilot, rows):
        await press(pilot, "down", "down", "down", "right", "right")
        assert "note: long long" in text(pilot)
        assert "…" in lines(rows)[3]
        await press(pilot, "y")
        assert pilot.app.clipboard == "long " * 30
        await press(pilot, "enter")
        dialog = pilot.app.screen
        assert isinstance(dialog, DetailsDialog)
        details = dialog.query_one(DetailRows)
        assert details.details == [("time", "0.3"), ("state", "CRUISE"), ("note", "long " * 30)]
        assert details.copy_text(details.cursor) == "long " * 30


async def test_a_search_goes_through_the_file_from_the_cursor(
    tmp_path: Path, notices: list[str]
) -> None:
    inputs_with(tmp_path, "a.csv", TABLE.encode())
    async with viewing(tmp_path) as (pilot, rows):
        await press(pilot, "colon", *"4850", "enter", "slash", *"turn", "enter")
        assert rows.cursor == 4_900
        assert rows.columns.selected == 1
        assert "match 50 of 50" in text(pilot)
        assert notices == ["50 rows found; n goes to the next."]
        await press(pilot, "n")
        assert rows.cursor == 0
        await press(pilot, "n", "f3")
        assert rows.cursor == 200
        await press(pilot, "N", "N", "shift+f3")
        assert rows.cursor == 4_900
        await press(pilot, "slash", *"nothing [b]", "enter")
        assert notices[-1] == "No row has nothing [b]."


async def test_rows_are_counted_while_the_first_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that is not counted yet is awaited, by its number."""
    may_go_on, extend = threading.Event(), RecordFile.extend

    def gated(records: RecordFile) -> bool:
        assert may_go_on.wait(60)
        return extend(records)

    monkeypatch.setattr(RecordFile, "extend", gated)
    monkeypatch.setattr(record_file, "PIECE", 1_000)
    inputs_with(tmp_path, "a.csv", TABLE.encode())
    async with started(tmp_path) as pilot:
        await pilot.press("end", "enter")
        await until_shown(pilot, "at least")
        assert "% read" in text(pilot)
        await pilot.press("colon", *"4000", "enter")
        await until_shown(pilot, "going to row 4,000")
        may_go_on.set()
        await settle(pilot)
        assert "5,000 rows" in text(pilot)
        assert "▌4,000" in text(pilot)


@pytest.fixture
def _endless_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that finds a row and goes on."""

    def endless(*_: object) -> Iterator[SearchStep]:
        for number in range(3_000):
            yield SearchStep((7,) if number == 0 else (), 0.25, False)
            threading.Event().wait(0.01)

    monkeypatch.setattr("resim_inspect.tui.inputs.records.reading.search_rows", endless)


@pytest.mark.usefixtures("_endless_search")
async def test_a_search_is_stopped(tmp_path: Path) -> None:
    inputs_with(tmp_path, "a.txt", b"x\n" * 20)
    async with viewing(tmp_path) as (pilot, rows):
        await press(pilot, "slash", "x")
        pilot.app.simulate_key("enter")
        await until_shown(pilot, "searching 25%: 1 match")
        await until_shown(pilot, "x stop")
        assert rows.cursor == 7
        await press(pilot, "x")
        assert not rows.is_searching
        assert "match 1 of 1 in 25% of the file" in text(pilot)


@pytest.mark.usefixtures("_endless_search")
async def test_escape_stops_a_search_beside_a_document(tmp_path: Path) -> None:
    async with started(flight(tmp_path)) as pilot:
        await press(pilot, "5", "end", "enter")
        await press(pilot, "slash", "x")
        pilot.app.simulate_key("enter")
        await until_shown(pilot, "searching 25%: 1 match")
        await press(pilot, "escape")
        rows = pilot.app.focused
        assert isinstance(rows, RecordList)
        assert not rows.is_searching


async def test_the_end_of_a_file_that_grows_is_followed(tmp_path: Path) -> None:
    path = inputs_with(tmp_path, "log.txt", b"".join(b"line %d\n" % row for row in range(90)))
    async with viewing(tmp_path) as (pilot, rows):
        await press(pilot, "f")
        assert "following" in text(pilot)
        assert lines(rows)[-1].endswith("line 89")
        with path.open("ab") as file:
            file.write(b"line 90\nhalf")
        await look_again(pilot, rows)
        assert lines(rows)[-1].endswith("half")
        with path.open("ab") as file:
            file.write(b" a line\n")
        await look_again(pilot, rows)
        assert lines(rows)[-1].endswith("half a line")
        await press(pilot, "up")
        assert "following" not in text(pilot)
        with path.open("ab") as file:
            file.write(b"more\n")
        await look_again(pilot, rows)
        assert rows.count == 93
        assert lines(rows)[-1].endswith("half a line")
        await press(pilot, "f")
        assert lines(rows)[-1].endswith("more")
        # Reading the folder again leaves the rows where they are.
        await press(pilot, "f5")
        assert rows.following
        assert lines(rows)[-1].endswith("more")


async def test_the_name_of_a_file_that_is_gone_is_cleaned(tmp_path: Path) -> None:
    path = inputs_with(tmp_path, "a\x1b]0;x\x07.csv", TABLE.encode())
    async with viewing(tmp_path) as (pilot, rows):
        path.unlink()
        await look_again(pilot, rows)
        assert "a�]0;x�.csv is gone" in text(pilot)
        assert "\x1b" not in text(pilot)
        assert rows.note.startswith("a�]0;x�.csv is gone")


async def test_a_name_that_is_not_text_is_copied(tmp_path: Path, notices: list[str]) -> None:
    inputs_with(tmp_path, os.fsdecode(b"\xff.csv"), TABLE.encode())
    async with started(tmp_path) as pilot:
        await press(pilot, "end", "y")
        assert clipboard_file().read_text() == str(tmp_path / "logs" / "?.csv")
        assert stat.S_IMODE(clipboard_file().stat().st_mode) == 0o600
        assert notices[0].endswith(f"also in {clipboard_file()}")


async def test_changes_of_the_file_are_told_in_a_sentence(
    tmp_path: Path, notices: list[str]
) -> None:
    path = inputs_with(tmp_path, "a.csv", TABLE.encode())
    async with viewing(tmp_path) as (pilot, rows):
        await press(pilot, "end")
        path.write_text("k,l\n1,2\n")
        await look_again(pilot, rows)
        assert notices == ["The file has become shorter; this is its new content."]
        assert lines(rows) == ["▌1    1    2"]
        path.unlink()
        for _ in range(3):
            await look_again(pilot, rows)
        assert notices[1:] == ["a.csv is gone; the rows that were read last are shown."]
        assert "is gone" in text(pilot)
        assert lines(rows) == ["▌1    1    2"]
        path.write_bytes(b"a\0b")
        await look_again(pilot, rows)
        assert notices[2:] == ["The file does not contain text."]
        path.write_text("k,l\n3,4\n5,6\n")
        await look_again(pilot, rows)
        assert len(notices) == 4
        assert [line.split()[-2:] for line in lines(rows)] == [["3", "4"], ["5", "6"]]
        assert "It is not" not in text(pilot)


HOSTILE = {
    "empty": ("a.csv", b"", "the file is empty"),
    "names alone": ("a.csv", b"a,b\n", "no rows below the names"),
    "control": ("a.csv", b"a,b\n\x1b[31m,\xff\n", "�[31m"),
    "ragged": ("a.csv", b"a,b\n1\n", "This row has 1 cell; the header has 2 names."),
    "not JSON": ("a.jsonl", b"{}\n{broken\n", "{broken"),
    "deep": ("a.jsonl", b"[" * 90_000 + b"\n", "This row is nested too deeply"),
    "one line": ("a.txt", b"x" * 3_000_000, "1 line"),
    "colours": ("a.txt", b"\x1b[31mred\x1b[0m\n", "red"),
    "binary": ("a.txt", b"a\0b", "not a text file; its first bytes:"),
}
"""Name of a file, its bytes, and what the screen says, by what is unusual."""


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_files_are_shown(name: str, tmp_path: Path) -> None:
    file, data, expected = HOSTILE[name]
    inputs_with(tmp_path, file, data)
    async with started(tmp_path) as pilot:
        await press(pilot, "end", "enter")
        assert expected in text(pilot)
        assert "\x1b" not in text(pilot)
        await press(pilot, "l", "f", "y", "enter")


async def test_five_thousand_columns_are_gone_through(tmp_path: Path) -> None:
    names = ",".join(f"column {number}" for number in range(5_000))
    inputs_with(tmp_path, "a.csv", f"{names}\n{names}\n".encode() * 60)
    async with viewing(tmp_path, (80, 24)) as (pilot, rows):
        assert "→ 4,99" in text(pilot)
        for _ in range(12):
            await press(pilot, "l")
        assert rows.columns.selected == 12
        assert "column 12: column 12" in text(pilot)
        await press(pilot, "slash", *"column 4999", "enter")
        assert rows.columns.selected == 4_999


async def test_a_file_without_permission_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, notices: list[str]
) -> None:
    """The right to read a file is lost while it is in view, or was never there."""
    inputs_with(tmp_path, "a.csv", TABLE.encode())
    original = os.open

    def refused(path: Any, *args: Any, **options: Any) -> int:
        if str(path).endswith("a.csv"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return original(path, *args, **options)

    async with viewing(tmp_path) as (pilot, rows):
        monkeypatch.setattr(os, "open", refused)
        await look_again(pilot, rows)
        assert notices == ["a.csv cannot be read: permission denied."]
        assert "cannot be read: permission denied" in text(pilot)
        assert rows.count == 5_000
    path = tmp_path / "logs" / "a.csv"
    assert preview(FileEntry(path, 0, False, 9)).lines == ("Permission denied",)


async def test_lines_of_text_are_shifted_sideways(tmp_path: Path) -> None:
    inputs_with(tmp_path, "a.txt", ("0123456789" * 30 + "\n").encode())
    async with viewing(tmp_path, (80, 24)) as (pilot, rows):
        await press(pilot, "l")
        assert lines(rows)[0].split()[1].startswith("6789")
        await press(pilot, "h", "h")
        assert lines(rows)[0].split()[1].startswith("0123")


def test_matches_are_gone_through_in_the_order_of_the_rows() -> None:
    search = RowSearch("x", 50)
    search.add(SearchStep((60, 70), 0.5, False))
    assert search.next_row(70, 1) == 60
    search.add(SearchStep((10, 20), 1.0, True))
    search.is_running = False
    assert [search.next_row(row, 1) for row in (10, 15, 20, 60, 70)] == [20, 20, 60, 70, 10]
    assert [search.next_row(row, -1) for row in (10, 15, 60)] == [70, 10, 20]
    assert search.words(60) == "match 3 of 4"
    assert search.words(61) == "4 matches"
