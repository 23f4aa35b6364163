"""Names found by a few letters: their order, the offsets of the letters, and the time it takes."""

from __future__ import annotations

import pytest

from resim_inspect.filtering import fuzzy
from resim_inspect.filtering.fuzzy import best, match, matched_offsets, ranked, ranked_in_slices

NAMES = ["speed", "max speed", "top-speed", "overspeed", "s p e e d of the car", "brake"]


def test_starts_come_before_words_parts_and_scattered_letters() -> None:
    order = [5, 4, 3, 1, 2, 0]
    names = [NAMES[position] for position in best("speed", NAMES, order, 10)]
    assert names == ["speed", "max speed", "top-speed", "overspeed", "s p e e d of the car"]


def test_no_letters_keep_the_order() -> None:
    assert best(" ", NAMES, [3, 1, 2], 2) == [3, 1]


def test_a_limit_leaves_the_best() -> None:
    names = [f"metric {number}" for number in range(100)] + ["m.e.t.r.i.c", "a metric"]
    assert best("metric", names, range(len(names)), 101)[:10] == list(range(10))
    assert best("metric", names, range(len(names)), 101)[-1] == 101
    assert best("metric", names, range(len(names)), 102)[-1] == 100


@pytest.mark.parametrize(
    ("letters", "name", "offsets"),
    [("spd", "max speed", [4, 5, 8]), ("ed", "speed", [3, 4]), ("x", "speed", [])],
)
def test_offsets(letters: str, name: str, offsets: list[int]) -> None:
    assert matched_offsets(letters, name) == offsets
    assert (match(letters, name) is None) == (not offsets)


def test_repeated_letters_take_linear_time() -> None:
    """A pattern that tries all ways to place 12 letters among 20,000 would never end."""
    assert match("a" * 12 + "b", "a." * 10_000) is None
    assert match("a a a a a a b", "a." * 10_000 + "b") is not None


def test_slices_end_with_the_same_names(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"metric {number}" for number in range(60)] + ["a metric", "symmetric", "m e t", ""]
    order = [*range(len(names))][::-1]
    monkeypatch.setattr(fuzzy, "MAX_NAMES_AT_ONCE", 7)
    for letters in ("", "metric 1", "met", "mt9", "zz"):
        slices = [list(hits) for hits in ranked_in_slices(letters, names, order, 12)]
        assert slices[-1] == ranked(letters, names, order, 12)
        assert len(slices) == 10
    assert list(ranked_in_slices("met", names, [], 12)) == [[]]
