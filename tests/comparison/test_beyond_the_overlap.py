"""Runs of different lengths: what only one side has is compared too."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.comparison import Change, Direction, tolerances
from tests.comparison.change_lists import changes
from tests.comparison.variants import MIRRORED

SAME, CHANGED = Direction.SAME, Direction.CHANGED
WORSE, BETTER = Direction.WORSE, Direction.BETTER

LIMIT = 100.0


def curve(
    times: Sequence[float], values: Sequence[float], limit: float | None = LIMIT
) -> DocumentBuilder:
    build = DocumentBuilder()
    clock = build.times("times", [float(at) for at in times])
    doubles = build.doubles("values", list(values), unit="m", index=clock)
    limits = [(limit, None)]
    build.double_over_time("gap", [(doubles, build.statuses("s", doubles))], limits=limits)
    return build


def only_change(before: DocumentBuilder, after: DocumentBuilder, *texts: str) -> Change:
    (change,) = changes(before, after, tolerances=tolerances(texts))
    return change


@pytest.mark.parametrize(
    ("extra", "limit", "direction"),
    [
        pytest.param(1.0, LIMIT, SAME, id="like its neighbour"),
        pytest.param(1e6, LIMIT, WORSE, id="beyond the limit"),
        pytest.param(2.0, LIMIT, CHANGED, id="within the limit"),
        pytest.param(1e6, None, CHANGED, id="without a limit"),
    ],
)
def test_one_more_sample(extra: float, limit: float | None, direction: Direction) -> None:
    before = curve(range(10), [1.0] * 10, limit)
    for after in (
        curve(range(11), [1.0] * 10 + [extra], limit),
        curve(range(-1, 10), [extra] + [1.0] * 10, limit),
    ):
        change = only_change(before, after)
        assert change.direction is direction, change
        reach = "10 samples over 9.000 s, now 11 samples over 10.000 s"
        assert (reach in " ".join(change.why)) == (direction is not SAME)


def test_one_more_sample_within_the_tolerance_is_the_same() -> None:
    before, after = curve(range(10), [10.0] * 10), curve(range(11), [10.0] * 10 + [10.4])
    assert only_change(before, after, "0.05").direction is SAME
    assert only_change(before, after, "0.01").direction is CHANGED


@pytest.mark.parametrize(
    ("extra", "limit", "direction"),
    [
        pytest.param(10.0, LIMIT, SAME, id="goes on"),
        pytest.param(9.0, LIMIT, SAME, id="stays"),
        pytest.param(12.0, LIMIT, CHANGED, id="jumps"),
        pytest.param(10.0, 9.5, WORSE, id="goes on beyond the limit"),
        pytest.param(float("nan"), LIMIT, CHANGED, id="becomes a gap"),
    ],
)
def test_one_more_sample_of_a_slope(extra: float, limit: float, direction: Direction) -> None:
    before = curve(range(10), [float(at) for at in range(10)], limit)
    after = curve(range(11), [*(float(at) for at in range(10)), extra], limit)
    assert only_change(before, after).direction is direction


def test_a_longer_curve_that_breaks_its_limit_is_worse() -> None:
    before = curve(range(10), [1.0] * 10)
    after = curve(range(20), [1.0] * 10 + [1e6] * 10)
    change = only_change(before, after)
    assert change.direction is WORSE
    assert change.why[0] == "beyond its limit"
    assert only_change(after, before).direction is BETTER


def states(values: Sequence[str]) -> DocumentBuilder:
    build = DocumentBuilder()
    clock = build.times("times", [float(at) for at in range(len(values))])
    data = build.strings("states", list(values), index=clock)
    series = [(data, build.statuses("s", data))]
    build.states_over_time("mode", series, states=["OK", "OFF", "BAD"], failures=["BAD"])
    return build


@pytest.mark.parametrize(
    ("extra", "direction"),
    [
        pytest.param(["BAD"] * 10, WORSE, id="fails"),
        pytest.param(["OK"] * 10, CHANGED, id="longer"),
        pytest.param(["OFF"], CHANGED, id="another state at the end"),
        pytest.param(["OK"], SAME, id="one more of the same state"),
    ],
)
def test_states_that_go_on(extra: list[str], direction: Direction) -> None:
    before, after = states(["OK"] * 10), states(["OK"] * 10 + extra)
    change = only_change(before, after)
    assert change.direction is direction, change
    reach = f"10 samples over 9.000 s, now {10 + len(extra)} samples over"
    assert (reach in " ".join(change.why)) == (direction is not SAME)
    assert only_change(after, before).direction is MIRRORED[direction]


def test_a_longer_run_that_fails_as_long_has_changed() -> None:
    before, after = states(["BAD"] * 5 + ["OK"] * 5), states(["BAD"] * 5 + ["OK"] * 20)
    for change in (only_change(before, after), only_change(after, before)):
        assert change.direction is CHANGED
        assert "in failure states" not in " ".join(change.why)


def test_a_longer_run_that_fails_longer_says_so() -> None:
    before, after = states(["BAD"] * 5 + ["OK"] * 5), states(["BAD"] * 9 + ["OK"] * 20)
    assert "5.000 s in failure states, now 9.000 s" in only_change(before, after).why


def test_a_run_that_ends_a_sample_earlier_fails_as_long_as_before() -> None:
    before = states(["BAD"] * 10 + ["OK"] * 91)
    after = states(["BAD"] * 10 + ["OK"] * 40 + ["OFF"] + ["OK"] * 49)
    assert only_change(before, after).direction is CHANGED
    assert only_change(after, before).direction is CHANGED


def test_the_tolerance_of_states_covers_one_more_sample() -> None:
    before, after = states(["OK"] * 10), states(["OK"] * 10 + ["OFF"])
    assert only_change(before, after, "mode=0.2").direction is SAME
    assert only_change(before, after, "mode=0.05").direction is CHANGED
