"""CSV as aligned lines, and previews of texts that are longer than what is read of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from resim_inspect.inputs.csv_table import MAX_ROWS, CsvError, csv_lines
from resim_inspect.tui.inputs import files
from resim_inspect.tui.inputs.files import FileEntry, preview


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_and_numbers_stand_right(delimiter: str) -> None:
    rows = [("name", "value"), ("a", "1.5"), ("long name", "-12"), ("", "nan")]
    text = "\n".join(delimiter.join(row) for row in rows)
    assert csv_lines(text) == [
        "name       value",
        "a            1.5",
        "long name    -12",
        "             nan",
    ]


def test_quoted_cells_hold_delimiters_and_line_breaks() -> None:
    assert csv_lines('a,b\n"x, y","two\nlines"\n') == ["a     b", "x, y  two lines"]


def test_a_comma_in_texts_does_not_hide_a_semicolon() -> None:
    assert csv_lines("a;b\nx, y, z;1\nx;2\n")[1] == "x, y, z  1"


@pytest.mark.parametrize("text", ["", "\n\n", "one\ntwo\n", "a,b\n1\n1,2,3\n", "\0,\x1b[2J\n"])
def test_any_text_has_lines_without_control_characters(text: str) -> None:
    assert all(line.isprintable() for line in csv_lines(text))


def test_a_field_that_is_too_long_is_not_csv() -> None:
    with pytest.raises(CsvError):
        csv_lines("a,b\n" + "x" * 200_000)


def test_many_rows_are_cut() -> None:
    lines = csv_lines("a\n" * (MAX_ROWS + 5))
    assert len(lines) == MAX_ROWS + 1
    assert lines[-1].startswith("…")


def shown(path: Path) -> tuple[str, ...]:
    return preview(FileEntry(path, 0, False, path.stat().st_size)).lines


@pytest.mark.parametrize("suffix", [".csv", ".txt", ".jsonl"])
def test_a_long_file_has_its_start_and_its_end(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PREVIEW_BYTES", 1_000)
    monkeypatch.setattr(files, "END_BYTES", 300)
    path = tmp_path / f"a{suffix}"
    path.write_text("".join(f"row {number:05},x\n" for number in range(1000)))
    lines = shown(path)
    assert lines[0].split(",")[0].startswith("row 00000")
    assert lines[-1].startswith("row 00999")
    (gap,) = (line for line in lines if line.startswith("…"))
    assert "left out" in gap
    # Neither side of the gap has a part of a line.
    assert all(line.startswith("row ") for line in lines if line and line != gap)


@pytest.mark.parametrize("rest", [0, 1, 299, 300])
@pytest.mark.parametrize("limit", [1_000, 999])
def test_no_byte_is_shown_twice_or_lost_near_the_limit(
    limit: int, rest: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PREVIEW_BYTES", limit)
    monkeypatch.setattr(files, "END_BYTES", 302)
    path = tmp_path / "a.txt"
    path.write_text("x\n" * 500 + "y" * rest)
    lines = shown(path)
    assert sum(line == "x" for line in lines) == 500
    assert sum(line.count("y") for line in lines) == rest


def test_a_long_line_without_an_end_is_shown_in_part(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"z" * (files.PREVIEW_BYTES + files.END_BYTES + 10))
    assert max(map(len, shown(path))) <= 2_000
