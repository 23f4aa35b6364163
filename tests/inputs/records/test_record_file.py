"""Rows of CSV, JSON lines and text: the same however a file is cut, and what they say of faults."""

from __future__ import annotations

import csv
import io
import json
import os
import random
from pathlib import Path

import pytest

from resim_inspect.inputs.recording import RecordingError
from resim_inspect.inputs.records.opening import open_records
from resim_inspect.inputs.records.record_file import MAX_RECORD, FileChangedError, RecordFile
from resim_inspect.inputs.records.table_page import MAX_LINE, MAX_READ
from resim_inspect.tui.inputs.records.record_columns import RecordColumns
from tests.inputs.records.small_pieces import SetPieces, cells_of, count_all, counted
from tests.inputs.records.small_pieces import _set_pieces as _set_pieces
from tests.soak import FACTOR

CELLS = ("a", "1", "x,y", 'q"q', "two\nlines", "", "é" * 3, " b ")
SCRAPS = (b'"', b",", b"\n", b"a", b"bb", b'""', b'"x\ny"', b',"', b"\r\n", b"\xff", b"\0")


@pytest.mark.parametrize("piece", [64, 100, 1000])
def test_rows_are_those_of_the_csv_module(
    piece: int, tmp_path: Path, set_pieces: SetPieces
) -> None:
    rng, path = random.Random(piece), tmp_path / "a.csv"
    set_pieces(piece, 16)
    for _ in range(20 * FACTOR):
        rows = [rng.choices(CELLS, k=3) for _ in range(rng.randrange(1, 60))]
        text = io.StringIO()
        csv.writer(text).writerows([("k", "l", "m"), *rows])
        path.write_bytes(text.getvalue().encode())
        records = counted(path)
        assert records.format.header == ("k", "l", "m")
        assert records.rows == len(rows)
        assert cells_of(records) == [tuple(row) for row in rows]


def test_rows_of_garbage_do_not_depend_on_how_it_is_read(
    tmp_path: Path, set_pieces: SetPieces
) -> None:
    rng, path = random.Random(7), tmp_path / "a.csv"
    for _ in range(60 * FACTOR):
        path.write_bytes(b"".join(rng.choices(SCRAPS, k=rng.randrange(150))))
        answers = set()
        for first_read in (8, 16, 100):
            set_pieces(100, first_read)
            records = counted(path)
            page = records.page(0, 10_000)
            assert len(page.rows) == records.rows
            answers.add((tuple(cells_of(records)), page))
        assert len(answers) == 1


def test_a_file_that_grows_has_the_rows_of_the_whole(tmp_path: Path, set_pieces: SetPieces) -> None:
    rng, path = random.Random(8), tmp_path / "a.jsonl"
    set_pieces(100, 16)
    for _ in range(30 * FACTOR):
        lines = [json.dumps({"n": n, "text": "x" * rng.randrange(70)}) for n in range(20)]
        data = "\n".join(lines).encode()
        path.write_bytes(data[:10])
        records = counted(path)
        for at in range(10, len(data), 170):
            with path.open("ab") as file:
                file.write(data[at : at + 170])
            count_all(records)
        assert records.rows == 20
        assert [cells[0] for cells in cells_of(records)] == [str(n) for n in range(20)]


def test_a_quotation_mark_that_is_not_closed_swallows_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('name,size\nscreen 5",6\n"pipe,5\n' + "x,1\n" * 100_000)
    records = counted(path)
    assert records.rows == 100_002
    first = records.page(0, 3).rows
    # In the middle of a cell a quotation mark is a plain character.
    assert first[0].cells == ('screen 5"', "6")
    assert first[0].problem == ""
    assert "not valid CSV" in first[1].problem
    assert first[2].cells == ("x", "1")


def test_ragged_rows_say_so(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1\n1,2,3\n\n1,2\n")
    page = counted(path).page(0, 10)
    assert [row.problem for row in page.rows] == [
        "This row has 1 cell; the header has 2 names.",
        "This row has 3 cells; the header has 2 names.",
        "",
        "",
    ]
    assert page.names == ("a", "b", "#3")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_and_numbers_are_known(delimiter: str, tmp_path: Path) -> None:
    rows = [("name", "value"), ("a, b c", "1.5"), ("long name", "-12"), ("", "nan")]
    path = tmp_path / "a.csv"
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    records = counted(path)
    assert records.format.delimiter == delimiter
    page = records.page(0, 10)
    assert [row.cells for row in page.rows] == rows[1:]
    columns = RecordColumns()
    columns.learn(page)
    assert [(columns.width(n), columns.is_right(n)) for n in range(2)] == [(9, False), (5, True)]


def test_a_first_row_with_numbers_is_no_header(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("1,x\n2,y\n")
    records = counted(path)
    assert records.rows == 2
    assert records.page(0, 9).names == ("#1", "#2")


def test_a_byte_order_mark_belongs_to_no_cell(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'\xef\xbb\xbf"a\nb",c\n1,2\n')
    assert counted(path).format.header == ("a\nb", "c")


def test_json_lines_have_columns_by_key_and_compact_values(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    lines = ['{"a": 1}', '{"b": {"c": [1, 2]}, "a": "é"}', "[1, null]", "{broken", "", '"text"']
    path.write_text("\n".join(lines), encoding="utf-8")
    page = counted(path).page(0, 10)
    assert page.names == ("a", "b", "value")
    assert [row.cells for row in page.rows] == [
        ("1",),
        ("é", '{"c": [1, 2]}'),
        ("", "", "[1, null]"),
        ("{broken",),
        (),
        ("", "", "text"),
    ]
    assert page.rows[3].raw
    assert page.rows[3].problem.startswith("This row is not valid JSON")


HOSTILE = {
    "deep": b"[" * 100_000 + b"]" * 100_000 + b"\n{}\n",
    "digits": b'{"a": ' + b"9" * 10_000 + b"}\n",
    "surrogate": b'{"\\ud800": "\\ud800"}\n',
    "nul": b'{"a": "x\0y"}\n\0\n',
    "not utf-8": b'{"a": "\xff\xfe"}\n\xff\n',
    "control": b'{"a\\u001b[2J": "\\u001b]0;x\\u0007"}\n',
    "wide": b"{" + b",".join(b'"k%d": %d' % (n, n) for n in range(20_000)) + b"}\n",
    "number": b"1" * 60_000 + b"x\n",
}


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".txt"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_rows_are_shown_safely(name: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(HOSTILE[name])
    records = counted(path)
    assert records.rows + records.header_rows == HOSTILE[name].count(b"\n")
    page = records.page(0, 10)
    assert all(text.isprintable() for text in (*(row.problem for row in page.rows), *page.names))
    assert all(len(cell) <= MAX_LINE for row in page.rows for cell in row.cells)
    for row in range(records.rows):
        assert records.record(row) is not None


def test_five_thousand_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    names = [f"column {number:04}" for number in range(5_000)]
    path.write_text(",".join(names) + "\n" + (",".join(["1.5"] * 5_000) + "\n") * 200)
    records = counted(path)
    assert records.format.header == tuple(names)
    page = records.page(100, 20)
    assert len(page.names) == len(page.rows[-1].cells) == 5_000
    assert not any(row.problem for row in page.rows)


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".txt"])
def test_a_line_of_many_megabytes(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"{}\n" + b"x" * 9_000_000 + b"\n{}\n" * 3)
    records = counted(path)
    rows = records.rows + records.header_rows
    assert rows == 2 + 2 * 3 - 1
    page = records.page(0, 10)
    assert len(page.rows) == records.rows
    long = records.record(1 - records.header_rows)
    assert long is not None
    assert "longer than" in long.problem
    assert len(long.cells[0]) == MAX_RECORD


def test_cells_of_a_page_are_cut_and_those_of_a_row_are_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a\n" + "é" * 10_000 + "\n", encoding="utf-8")
    records = counted(path)
    assert len(records.page(0, 1).rows[0].cells[0]) == MAX_READ
    record = records.record(0)
    assert record is not None
    assert record.cells == ("é" * 10_000,)


def test_the_index_stays_small(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x\n" * 3_000_000)
    records = counted(path)
    assert records.rows == 3_000_000
    assert records._index.size <= 3_000_000 // 256 + 6_000_000 // 65_536 + 2


def test_changes_of_a_file_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n3,4\n")
    records = counted(path)
    assert not records.extend()
    path.write_text("a,b\n1,2\n")
    for read in (records.extend, lambda: records.page(0, 1)):
        with pytest.raises(FileChangedError, match="shorter"):
            read()
    records = counted(path)
    path.write_text("a,b\n7,8\n9,9\n")
    with pytest.raises(FileChangedError, match="rewritten"):
        records.extend()
    records = counted(path)
    path.with_suffix(".new").write_text("a,b\n7,8\n9,9\n")
    path.with_suffix(".new").replace(path)
    with pytest.raises(FileChangedError, match="replaced"):
        records.page(0, 1)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        records.extend()


@pytest.mark.parametrize("start", ["", "a", "a,b"])
def test_a_header_that_was_not_complete_is_read_again(start: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(start)
    records = counted(path)
    with path.open("a") as file:
        file.write(",c\n1,2,3\n")
    with pytest.raises(FileChangedError, match=r"^$"):
        records.extend()


def test_a_file_that_is_not_text_or_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a\0b")
    with pytest.raises(RecordingError, match="does not contain text"):
        open_records(tmp_path / "a")
    with pytest.raises((RecordingError, OSError)):
        open_records(tmp_path)
    with pytest.raises(FileNotFoundError):
        RecordFile.open(tmp_path / "none")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(RecordingError, match="not a regular file"):
        open_records(tmp_path / "pipe.csv")
