"""Directions of changes: statuses, limits, and values that are infinite or huge."""

from __future__ import annotations

import math

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.comparison import Direction, compare_documents, tolerances
from resim_inspect.comparison.directions import status_direction
from resim_inspect.document.enums import MetricStatus
from tests.comparison.change_lists import changes, different

STATUSES = ["PASSED", "FAIL_WARN", "FAIL_BLOCK", "NOT_APPLICABLE", "RAW", "UNSET"]
TABLE_OF_STATUSES = """
                PASSED   FAIL_WARN FAIL_BLOCK NOT_APPLICABLE RAW     UNSET
PASSED          same     worse     worse      changed        changed changed
FAIL_WARN       better   same      worse      better         better  better
FAIL_BLOCK      better   better    same       better         better  better
NOT_APPLICABLE  changed  worse     worse      same           changed changed
RAW             changed  worse     worse      changed        same    changed
UNSET           changed  worse     worse      changed        changed same
"""


def test_directions_of_statuses() -> None:
    rows = [line.split() for line in TABLE_OF_STATUSES.strip().splitlines()]
    assert rows[0] == STATUSES
    for name, *directions in rows[1:]:
        for other, direction in zip(rows[0], directions, strict=True):
            got = status_direction(MetricStatus[name], MetricStatus[other])
            assert got.value == direction, (name, other)


def test_an_unknown_status_is_no_failure() -> None:
    assert status_direction(MetricStatus(77), MetricStatus.FAIL_WARN) is Direction.WORSE
    assert status_direction(MetricStatus.PASSED, MetricStatus(77)) is Direction.CHANGED


def test_the_status_wins_over_the_value() -> None:
    before, after = DocumentBuilder(), DocumentBuilder()
    before.scalar("speed", 9.0, fails_above=5, status="FAIL_WARN")
    after.scalar("speed", 6.0, fails_above=5, status="FAIL_BLOCK")
    (change,) = different(changes(before, after))
    assert change.direction is Direction.WORSE
    assert change.why == ("FAIL_WARN → FAIL_BLOCK", "less far beyond its limit")


def test_a_passing_value_nearer_to_its_limit_is_marked() -> None:
    before, after = DocumentBuilder(), DocumentBuilder()
    for build, value in ((before, 3.0), (after, 4.0)):
        build.scalar("speed", value, fails_above=5, fails_below=-5)
    (change,) = different(changes(before, after))
    assert (change.direction, change.closer) == (Direction.CHANGED, True)
    assert change.why == ("closer to its limit",)
    # With a tolerance for this metric it is worse, and the way back better.
    options = tolerances(["speed=0.01"])
    (change,) = different(changes(before, after, tolerances=options))
    assert (change.direction, change.closer) == (Direction.WORSE, True)
    (change,) = different(changes(after, before, tolerances=options))
    assert (change.direction, change.closer) == (Direction.BETTER, False)
    assert not different(changes(before, after, tolerances=tolerances(["speed=0.25"])))
    assert different(changes(before, after, tolerances=tolerances(["0.24"])))


def test_a_limit_that_moved_is_a_change_and_decides_nothing() -> None:
    before, after = DocumentBuilder(), DocumentBuilder()
    before.scalar("speed", 3.0, unit="m/s", fails_above=5)
    after.scalar("speed", 4.0, unit="m/s", fails_above=8)
    (change,) = different(changes(before, after))
    assert change.direction is Direction.CHANGED
    assert change.why == ("+33.3%", "limit: fails above 5 m/s, now fails above 8 m/s")


def test_two_limits_at_the_same_distance() -> None:
    before, after = DocumentBuilder(), DocumentBuilder()
    for build, value in ((before, 4.0), (after, 6.0)):
        build.scalar("speed", value, fails_above=10, fails_below=0)
    (change,) = different(changes(before, after))
    assert (change.direction, change.closer) == (Direction.CHANGED, False)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (3.0, math.inf, "beyond its limit"),
        (math.inf, 3.0, "within its limit again"),
        (-math.inf, 3.0, "closer to its limit"),
        (math.inf, -math.inf, "within its limit again"),
        (1e308, -1e308, "within its limit again"),
    ],
)
def test_infinite_and_huge_values(before: float, after: float, words: str) -> None:
    one, other = DocumentBuilder(), DocumentBuilder()
    one.scalar("x", before, fails_above=5)
    other.scalar("x", after, fails_above=5)
    assert not different(changes(one, one))
    (change,) = different(changes(one, other))
    assert change.why[0] == words


@pytest.mark.parametrize("value", [math.inf, -math.inf, 0.0, -0.0, 5.0])
def test_equal_values_have_no_difference(value: float) -> None:
    build = DocumentBuilder()
    build.scalar("Speed", value)
    (change,) = compare_documents(build.document(), build.document()).changes
    assert (change.direction, change.delta) == (Direction.SAME, 0.0)
