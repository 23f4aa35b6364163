"""Properties that hold for all documents: reflexive, mirrored, monotonic in the tolerance."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.comparison import (
    Change,
    CompareOptions,
    Direction,
    Tolerance,
    Tolerances,
    compare_documents,
)
from resim_inspect.document import Document
from tests.comparison.variants import MIRRORED
from tests.soak import FACTOR

NAMES = ("alpha", "beta", "gamma")
STATUSES = ("PASSED", "FAIL_WARN", "FAIL_BLOCK", "NOT_APPLICABLE", "RAW")
# Values meet and nearly meet, and the two of a pair are often of one order of magnitude.
NUMBERS = st.one_of(
    st.sampled_from([0.0, 1.0, 1.0 + 1e-12, 1.05, 2.0, -3.0, 5.5, 1e300]),
    st.floats(allow_nan=True, allow_infinity=True),
)
TIMES = st.lists(st.integers(0, 20), min_size=0, max_size=6, unique=True)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A document with up to three metrics of each of some types, and a few events."""
    build = DocumentBuilder()
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True)):
        status = draw(st.sampled_from(STATUSES))
        unit = draw(st.sampled_from(["m", "s"]))
        limit = draw(st.sampled_from([None, 1.5]))
        build.scalar(f"s {name}", draw(NUMBERS), unit=unit, fails_above=limit, status=status)
        _over_time(draw, build, f"t {name}", limit, status)
        _states(draw, build, f"z {name}")
        _bars(draw, build, f"b {name}")
        values = build.doubles(f"h {name}", draw(st.lists(NUMBERS, max_size=5)))
        build.histogram(f"h {name}", values, build.statuses(f"hs {name}", values), buckets=[(0, 2)])
    for time in draw(st.lists(st.integers(0, 50), max_size=3)):
        build.event("stop", float(time), status=draw(st.sampled_from(STATUSES)))
    return build.document()


def _over_time(
    draw: st.DrawFn, build: DocumentBuilder, name: str, limit: float | None, status: str
) -> None:
    pairs = []
    for line in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=2)):
        times = draw(TIMES)
        values = draw(st.lists(NUMBERS, min_size=len(times), max_size=len(times)))
        statuses = [draw(st.sampled_from(STATUSES)) for _ in times]
        clock = build.times(f"{name} {line} clock", [float(time) for time in times])
        data = build.doubles(f"{name} {line}", values, unit="m", index=clock)
        pairs.append((data, build.statuses(f"{name} {line} status", statuses, index=clock)))
    build.double_over_time(
        name, pairs, limits=[(limit, None)] * len(pairs), legend=[], status=status
    )


def _states(draw: st.DrawFn, build: DocumentBuilder, name: str) -> None:
    times = sorted(draw(TIMES))
    states = [draw(st.sampled_from(["ok", "bad"])) for _ in times]
    clock = build.times(f"{name} clock", [float(time) for time in times])
    data = build.strings(name, states, index=clock)
    series = [(data, build.statuses(f"{name} status", data))]
    build.states_over_time(name, series, states=["ok", "bad"], failures=["bad"])


def _bars(draw: st.DrawFn, build: DocumentBuilder, name: str) -> None:
    labels = draw(st.lists(st.sampled_from(NAMES), max_size=4))
    index = build.strings(f"{name} names", labels)
    values = [draw(NUMBERS) for _ in labels]
    data = build.doubles(name, values, index=index)
    build.bar_chart(name, [(data, build.statuses(f"{name} status", data))])


def compared(before: Document, after: Document, **tolerance: float) -> list[Change]:
    default = Tolerance(explicit=True, **tolerance)  # type: ignore[arg-type]
    options = CompareOptions(Tolerances(default), findings=False)
    return compare_documents(before, after, options).changes


def key(change: Change) -> tuple[str, str, str]:
    return change.type, change.name, change.event


@pytest.mark.soak
@settings(max_examples=60 * FACTOR)
@given(documents())
def test_a_document_is_the_same_as_itself(document: Document) -> None:
    for change in compared(document, document):
        assert change.direction is Direction.SAME, change
        assert not change.why


@pytest.mark.soak
@settings(max_examples=60 * FACTOR)
@given(documents(), documents())
def test_exchanged_sides_are_mirror_images(before: Document, other: Document) -> None:
    forth, back = compared(before, other), compared(other, before)
    directions = Counter((*key(change), change.direction) for change in forth)
    mirrored = Counter((*key(change), MIRRORED[change.direction]) for change in back)
    assert directions == mirrored


@pytest.mark.soak
@settings(max_examples=60 * FACTOR)
@given(documents(), documents(), st.tuples(st.floats(0, 3), st.floats(0, 3)))
def test_a_larger_tolerance_adds_no_change(
    before: Document, other: Document, tolerances: tuple[float, float]
) -> None:
    small, large = sorted(tolerances)
    for kind in ("relative", "absolute"):
        few, many = (
            {(place, key(change)) for place, change in enumerate(changes)
             if change.direction is not Direction.SAME}
            for changes in (compared(before, other, **{kind: size}) for size in (large, small))
        )  # fmt: skip
        assert few <= many
