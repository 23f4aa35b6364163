"""Search in a whole file: the rows that have a text, from a row on and then those before it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from resim_inspect.inputs.records import search
from resim_inspect.inputs.records.record_file import RecordFile
from resim_inspect.inputs.records.search import search_rows
from tests.inputs.records.small_pieces import SetPieces, counted
from tests.inputs.records.small_pieces import _set_pieces as _set_pieces
from tests.soak import FACTOR


def hits(records: RecordFile, wanted: str, first: int = 0) -> tuple[list[int], list[int]]:
    """Rows with a text before a row, and those from it on."""
    before: list[int] = []
    after: list[int] = []
    share = 0.0
    for step in search_rows(records, wanted, first):
        (before if step.is_before else after).extend(step.rows)
        assert share <= step.share <= 1
        share = step.share
    return before, after


def test_each_row_is_found_once_from_any_start(tmp_path: Path, set_pieces: SetPieces) -> None:
    rng, path = random.Random(3), tmp_path / "a.csv"
    for _ in range(30 * FACTOR):
        rows = ["".join(rng.choices("aBxé,", k=rng.randrange(30))) for _ in range(50)]
        path.write_text("name\n" + "\n".join(rows) + "\n", encoding="utf-8")
        set_pieces(rng.choice((64, 1000)), 16)
        records, first = counted(path), rng.randrange(50)
        for wanted in ("b", "AX", "É", "xé,", "none"):
            before, after = hits(records, wanted, first)
            expected = [n for n, row in enumerate(rows) if wanted.lower() in row.lower()]
            assert before + after == expected
            assert after == [row for row in expected if row >= first]


def test_the_names_of_the_columns_are_not_searched(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("name,x\na,name\n")
    assert hits(counted(path), "name") == ([], [0])


def test_a_long_row_is_searched_to_its_end(tmp_path: Path, set_pieces: SetPieces) -> None:
    path = tmp_path / "a.txt"
    set_pieces(50, 16)
    for length in range(40, 120):
        path.write_text("y\n" + "x" * length + "need" + "x" * 80 + "need\nneed\n")
        assert hits(counted(path), "need") == ([], [1, 2])


def test_a_search_ends_after_many_rows(
    tmp_path: Path, set_pieces: SetPieces, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MAX_HITS", 50)
    set_pieces(64, 16)
    path = tmp_path / "a.txt"
    path.write_bytes(b"x\n" * 1_000)
    assert hits(counted(path), "x") == ([], list(range(64)))
