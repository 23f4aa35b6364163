"""Text for terminals: cleaned, fitted, and with numbers, times and sizes."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

import resim_inspect
import runner
from resim_inspect import text
from resim_inspect.document.enums import MetricStatus


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain", "plain"),
        ("größe 速度 🚗", "größe 速度 🚗"),
        ("a\x1b[31mred", "a�[31mred"),
        ("tab\tline\nend\r\n", "tab line end "),
        ("evil\u202etxt", "evil�txt"),
        ("zero\u200bwidth", "zero�width"),
        ("\x9b31m", "�31m"),
        ("bell\x07\x00", "bell��"),
        ("e\u0301", "é"),
    ],
)
def test_clean_leaves_nothing_that_a_terminal_obeys(raw: str, shown: str) -> None:
    assert text.clean(raw) == shown


def test_clean_cuts_and_keeps_lines_when_told() -> None:
    assert text.clean("a" * 50, 10) == "a" * 9 + "…"
    assert text.clean("a" * 10, 10) == "a" * 10
    assert text.clean("one\r\ntwo\tx\x1b", lines=True) == "one\ntwo x�"
    assert len(text.clean("\x1b" * 10_000_000, 20)) == 20


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (-0.0, "0"),
        (44.7, "44.7"),
        (812, "812"),
        (300000, "300,000"),
        (1234567.891, "1,234,567.891"),
        (0.001234567, "0.00123457"),
        (9.99999, "9.99999"),
        (9.9999999, "9.9999999"),
        (10.0000004, "10.0000004"),
        (2.9999999999999996, "3"),
        (1760000000.123, "1,760,000,000.123"),
        (9007199254740991.0, "9,007,199,254,740,991"),
        (0.00001, "1e-5"),
        (1.5e9, "1,500,000,000"),
        (1.5555e12 + 0.5, "1,555,500,000,000.5"),
        (1.23456789e17 + 16, "1.23457e17"),
        (1e300, "1e300"),
        (-2.5, "-2.5"),
        (5e-324, "4.94066e-324"),
        (math.nan, "NaN"),
        (math.inf, "∞"),
        (-math.inf, "-∞"),
    ],
)
def test_numbers(value: float, shown: str) -> None:
    assert text.number(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.1 + 0.2, "0.30000000000000004"),
        (-1760000000.123, "-1,760,000,000.123"),
        (1e-5, "1e-5"),
        (3.0, "3"),
        (1.25e300, "1.25e300"),
        (math.nan, "NaN"),
    ],
)
def test_full_numbers(value: float, shown: str) -> None:
    assert text.full_number(value) == shown


def test_digits_tell_a_value_from_its_limits_and_neighbours() -> None:
    assert text.digits_apart(12.5, [12.0, 12.5, math.inf]) == 6
    digits = text.digits_apart(12.34567891, [12.34567, 12.34568])
    assert text.number(12.34567891, digits) == "12.345679"
    assert text.digits_apart(0.3, [0.1 + 0.2]) == 12


def test_decimals_are_aligned() -> None:
    column = text.align_decimals(["8.53", "8.121", "NaN", "1,000", "2 m/s", "-1.5e-5"])
    points = {line.index(".") for line in column if "." in line}
    assert len(points) == 1
    assert {len(line) for line in column} == {max(map(len, column))}
    assert column[3].index("0", 4) < points.pop()


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [(44.7, "m/s", "44.7 m/s"), (3, "", "3"), (3, None, "3"), (12, "%", "12%"), (90, "°", "90°"),
     (1, "\x1b[2J", "1 �[2J")],
)  # fmt: skip
def test_quantities(value: float, unit: str | None, shown: str) -> None:
    assert text.quantity(value, unit) == shown


@pytest.mark.parametrize(
    ("bytes_", "shown"),
    [(0, "0 B"), (999, "999 B"), (56509, "56.5 kB"), (1_071_700_000, "1.07 GB"),
     (999_800, "1 MB"), (5 * 10**15, "5,000 TB")],
)  # fmt: skip
def test_sizes(bytes_: int, shown: str) -> None:
    assert text.size(bytes_) == shown


@pytest.mark.parametrize(
    ("ns", "shown"),
    [
        (1_760_000_000_124_000_000, "2025-10-09 08:53:20.124 UTC"),
        (0, "1970-01-01 00:00:00 UTC"),
        (1_000, "1970-01-01 00:00:00.000001 UTC"),
        (-1_000_000_000, "1969-12-31 23:59:59 UTC"),
    ],
)
def test_instants(ns: int, shown: str) -> None:
    assert text.instant(ns) == shown


def test_widths_are_counted_in_terminal_cells() -> None:
    assert text.cell_width("abc") == 3
    assert text.cell_width("日本") == 4
    assert text.cell_width("e\u0301") == 1


@pytest.mark.parametrize(
    ("raw", "width", "shown"),
    [("日本語", 6, "日本語"), ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("abc", 3, "abc"),
     ("abcd", 3, "ab…"), ("abcd", 1, "…"), ("abcd", 0, ""), ("é" * 9, 4, "ééé…")],
)  # fmt: skip
def test_a_text_that_is_too_wide_is_cut(raw: str, width: int, shown: str) -> None:
    assert text.cut(raw, width) == shown


@pytest.mark.parametrize(
    ("raw", "width", "shown"),
    [("largest 10.439 m", 12, "largest …"), ("largest 10.439 m", 15, "largest 10.439…"),
     ("160 × 120 · PNG · 8.13 kB", 22, "160 × 120 · PNG · …"), ("at -12,345", 8, "at …"),
     ("over 15 m/s (16.0%)", 16, "over 15 m/s …"), ("flight-0017", 10, "flight-00…"),
     ("limit of 50 Wh (14.8%)", 21, "limit of 50 Wh …"),
     ("12,345.6 m", 6, "12,34…"), ("runs 2 to 13 of it", 13, "runs 2 to 13…")],
)  # fmt: skip
def test_no_number_is_cut_into_another_one(raw: str, width: int, shown: str) -> None:
    assert text.cut(raw, width) == shown


@pytest.mark.parametrize(
    ("raw", "width", "shown"),
    [("日本語", 6, "日本語"), ("日本語", 5, "…本語"), ("日本語", 4, "…語"), ("abc", 3, "abc"),
     ("abcd", 3, "…cd"), ("abcd", 1, "…"), ("abcd", 0, ""), ("é" * 9, 4, "…ééé")],
)  # fmt: skip
def test_a_path_is_cut_at_its_start(raw: str, width: int, shown: str) -> None:
    assert text.cut_left(raw, width) == shown


def test_a_text_is_padded_to_a_width() -> None:
    assert text.pad("日", 4) == "日  "
    assert text.pad("7", 3, right=True) == "  7"
    assert text.pad("abcd", 3) == "abcd"
    assert text.fit("日本語", 4) == "日… "
    assert text.fit("日本語", 4, right=True) == " 日…"
    assert text.fit("ab", 3) == "ab "
    assert text.fit("ab", -1) == ""
    for width in range(12):
        for raw in ("❤️" * 4, "👍🏽👍🏽", "日本語", "plain text"):
            assert text.cell_width(text.fit(raw, width)) == width


@pytest.mark.parametrize(
    ("raw", "width", "lines"),
    [("a bb ccc", 4, ["a bb", "ccc"]), ("abcdefgh ij", 4, ["abcd", "efgh", "ij"]),
     ("a\n\nb", 4, ["a", "", "b"]), ("日本語", 4, ["日本", "語"]),
     ("", 4, [""]), ("5e33-a17d-346d6", 10, ["5e33-a17d-", "346d6"]),
     ("a-bcdefghijk", 10, ["a-bcdefghi", "jk"])],
)  # fmt: skip
def test_wrapping_keeps_words_and_splits_what_is_too_long(
    raw: str, width: int, lines: list[str]
) -> None:
    assert text.wrap(raw, width) == lines


def test_further_lines_of_a_paragraph_hang() -> None:
    lines = ["a note on", "  noise", "of it"]
    assert text.wrap("a note on noise\nof it", 9, hang="  ") == lines
    assert text.wrap("日本語の長い語", 6, hang="  ") == ["日本", "  語の", "  長い", "  語"]


def test_nothing_of_a_text_is_lost_by_wrapping() -> None:
    for width in range(1, 12):
        for raw in ("❤️" * 4, "👍🏽👍🏽 (12345678901)", "日本語 e\u0301", "(1234567"):
            lines = text.wrap(raw, width)
            assert "".join(lines).replace(" ", "") == raw.replace(" ", "")
            assert all(text.cell_width(line) <= max(2, width) for line in lines)
            assert "".join(text.chop(raw, width)) == raw


def test_texts_are_fitted_to_cells_in_one_module_only() -> None:
    """Another way to measure, cut or wrap differs from it in wide characters and numbers."""
    imported = re.compile(r"^\s*(?:from|import) (rich\.cells|textwrap)\b", re.MULTILINE)
    packages = [Path(package.__path__[0]) for package in (resim_inspect, runner)]
    users = {
        path.relative_to(package.parent).as_posix()
        for package in packages
        for path in package.rglob("*.py")
        if imported.search(path.read_text(encoding="utf-8"))
    }
    assert users == {"resim_inspect/text.py"}


def test_counts_symbols_and_seconds() -> None:
    assert text.count(1, "metric") == "1 metric"
    assert text.count(28, "metric") == "28 metrics"
    assert text.count(2, "series", "series") == "2 series"
    assert MetricStatus.FAIL_BLOCK.symbol == "✗"
    assert MetricStatus(99).symbol == "?"
    assert text.seconds(8_420_000_000) == "8.420 s"
