"""Sentences about faults of settings."""

from __future__ import annotations

import re

import pytest

from resim_inspect.settings.faults import near_or_all


@pytest.mark.parametrize(
    ("number_of", "expected"),
    [(1, "; use n0."), (12, "; use one of n0, .*, n11."), (15, "; .*, n11 and 3 more.")],
)
def test_an_unknown_name_lists_the_known_ones(number_of: int, expected: str) -> None:
    assert re.fullmatch(expected, near_or_all("zzz", [f"n{i}" for i in range(number_of)]))
