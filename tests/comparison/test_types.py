"""Every metric type in every kind of difference, with the direction that it must have."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from resim_inspect.comparison import Change, CompareOptions, Direction, tolerances
from resim_inspect.comparison.metric_types import COMPARERS
from resim_inspect.document import parse_document
from resim_inspect.document.enums import MetricType
from resim_inspect.schema import metrics_pb2 as pb
from tests.comparison.variants import MIRRORED, NAME, TYPES, Variant, changes_of, document_of

NAN, INF = math.nan, math.inf
SAME, CHANGED = Direction.SAME, Direction.CHANGED
WORSE, BETTER = Direction.WORSE, Direction.BETTER

Row = tuple[Variant, Variant, Direction, str]
"""Values before and after, the direction, and words of the reason."""

WARN = ("PASSED", "PASSED", "FAIL_WARN")
BLOCK = ("PASSED", "PASSED", "FAIL_BLOCK")
V = Variant

TABLE: dict[MetricType, dict[str, Row | None]] = {
    MetricType.SCALAR: {
        "same": (V((4.0,)), V((4.0,)), SAME, ""),
        "within 1e-9": (V((4.0,)), V((4.0 + 1e-9,)), SAME, ""),
        "worse": (V((6.0,)), V((7.0,)), WORSE, "further beyond its limit"),
        "better": (V((7.0,)), V((6.0,)), BETTER, "less far beyond its limit"),
        "changed": (V((4.0,)), V((3.0,)), CHANGED, "further from its limit"),
        "one side NaN": (V((4.0,)), V((NAN,)), CHANGED, ""),
        "both NaN": (V((NAN,)), V((NAN,)), SAME, ""),
        "one side empty": (V((4.0,)), V(()), CHANGED, "no value now"),
        "other unit": (V((4.0,)), V((4.0,), unit="km"), CHANGED, "unit m → km"),
        "other index": None,
    },
    MetricType.DOUBLE_SUMMARY: {
        "same": (V((4.0,)), V((4.0,)), SAME, ""),
        "worse": (V((6.0,)), V((7.0,)), WORSE, "further beyond its limit"),
        "worse by its status": (V((4.0,)), V((4.0,), ("FAIL_WARN",)), WORSE, "PASSED → FAIL_WARN"),
        "better": (V((7.0,)), V((6.0,)), BETTER, "less far beyond its limit"),
        "changed": (V((4.0,)), V((3.0,)), CHANGED, "further from its limit"),
        "one side NaN": (V((4.0,)), V((NAN,)), CHANGED, ""),
        "both NaN": (V((NAN,)), V((NAN,)), SAME, ""),
        "one side empty": (V((4.0,)), V(()), CHANGED, "no value now"),
        "other unit": (V((4.0,)), V((4.0,), unit="km"), CHANGED, "unit m → km"),
        # The value is found by its place, and is the same.
        "other index": (V((4.0,)), V((4.0,), index=(9.0,)), SAME, ""),
    },
    MetricType.DOUBLE_OVER_TIME: {
        "same": (V(), V(), SAME, ""),
        "worse": (V((1.0, 2.0, 6.0)), V((1.0, 2.0, 7.0)), WORSE, "further beyond its limit"),
        "worse by statuses": (V(), V(statuses=BLOCK), WORSE, "FAIL_BLOCK in 0, now in 1 of 3"),
        "better": (V((1.0, 2.0, 7.0)), V((1.0, 2.0, 6.0)), BETTER, "less far beyond its limit"),
        "changed": (V(), V((1.0, 2.5, 3.0)), CHANGED, "differs by up to 0.5 m at 1.000 s"),
        "one side NaN": (V(), V((1.0, NAN, 3.0)), CHANGED, "gaps on one side at 1.000 s"),
        "both NaN": (V((1.0, NAN, 3.0)), V((1.0, NAN, 3.0)), SAME, ""),
        "opposite infinities": (
            V((1.0, INF, 3.0)), V((1.0, -INF, 3.0)), BETTER, "infinite differences at 1.000 s",
        ),
        "beyond the largest double": (
            V((1.0, 1e308, 3.0)), V((1.5, -1e308, 3.0)), BETTER,
            "by up to 0.5 m at 0.000 s, RMS 0.354 m, 66.7% of 3 samples, 1 infinite difference",
        ),
        "one side empty": (V(), V(()), CHANGED, "no values now"),
        "other unit": (V(), V(unit="km"), CHANGED, "unit m → km"),
        "repeated times": (
            V((1.0, 6.0, 1.0, 1.0), index=(0.0, 1.0, 1.0, 2.0)), V((1.0, 1.0, 1.0)), BETTER,
            "differs by up to 5 m at 1.000 s",
        ),
        "repeated times alike": (
            V((1.0, 2.0, 3.0, 3.0), index=(0.0, 1.0, 1.0, 2.0)),
            V((1.0, 2.0, 3.0, 3.0, 3.0), index=(0.0, 1.0, 1.0, 1.5, 2.0)), SAME, "",
        ),
        "other index": (V(), V((1.0, 1.5, 2.0, 3.0), index=(0.0, 0.5, 1.0, 2.0)), SAME, ""),
        "other index and values": (
            V(), V((1.0, 9.0, 2.0, 3.0), index=(0.0, 0.5, 1.0, 2.0)), WORSE, "by up to 7.5 m",
        ),
        "another start": (
            V(), V(index=(10.0, 11.0, 12.0)), CHANGED, "starts 10.000 s later or earlier",
        ),
        "longer": (
            V(), V((1.0, 2.0, 3.0, 4.0, 4.5), index=(0.0, 1.0, 2.0, 3.0, 4.0)), CHANGED,
            "3 samples over 2.000 s, now 5 samples over 4.000 s",
        ),
    },
    MetricType.LINE_PLOT: {
        "same": (V(), V(), SAME, ""),
        "worse": (V(statuses=WARN), V(statuses=BLOCK), WORSE, "FAIL_BLOCK in 0, now in 1 of 3"),
        "better": (V(statuses=BLOCK), V(statuses=WARN), BETTER, "FAIL_BLOCK in 1, now in 0 of 3"),
        "changed": (V(), V((1.0, 2.5, 3.0)), CHANGED, "differs by up to 0.5 m at 1"),
        "one side NaN": (V(), V((1.0, NAN, 3.0)), CHANGED, "gaps on one side at 1"),
        "both NaN": (V((1.0, NAN, 3.0)), V((1.0, NAN, 3.0)), SAME, ""),
        "one side empty": (V(), V(()), CHANGED, "no values now"),
        "other unit": (V(), V(unit="km"), CHANGED, "unit m → km"),
        "other index": (V(), V((1.0, 1.5, 2.0, 3.0), index=(0.0, 0.5, 1.0, 2.0)), SAME, ""),
        "a loop": (
            V(index=(0.0, 1.0, 0.0)), V(index=(0.0, 1.5, 0.0)), CHANGED, "differs by up to 0.5",
        ),
        "a longer loop": (
            V(index=(0.0, 1.0, 0.0)), V((1.0, 2.0), index=(1.0, 0.0)), CHANGED,
            "3 points, now 2; x does not ascend",
        ),
    },
    MetricType.BAR_CHART: {
        "same": (V(), V(), SAME, ""),
        "worse": (V(statuses=WARN), V(statuses=BLOCK), WORSE, "FAIL_BLOCK in 0, now in 1 of 3"),
        "better": (V(statuses=WARN), V(), BETTER, "FAIL_WARN in 1, now in 0 of 3"),
        "changed": (V(), V((1.0, 2.5, 3.0)), CHANGED, "“b” 2 m → 2.5 m"),
        "one side NaN": (V(), V((1.0, NAN, 3.0)), CHANGED, "“b” 2 m → NaN m"),
        "both NaN": (V((1.0, NAN, 3.0)), V((1.0, NAN, 3.0)), SAME, ""),
        "one side empty": (V(), V(()), CHANGED, "“a”, “b”, “c” gone"),
        "other unit": (V(), V(unit="km"), CHANGED, "unit m → km"),
        "other index": (V(), V(index=("a", "b", "d")), CHANGED, "“c” gone"),
        "other order": (V(), V((3.0, 2.0, 1.0), index=("c", "b", "a")), SAME, ""),
        "repeated labels": (
            V(index=("a", "a", "a #2")), V((1.0, 9.0, 3.0), index=("a", "a", "a #2")), CHANGED,
            "“a #2” 2 m → 9 m",
        ),
        "fewer labels than values": (
            V(index=("a",)), V((1.0, 2.0, 9.0), index=("a",)), CHANGED, "“3” 3 m → 9 m",
        ),
    },
    MetricType.BATCHWISE_BAR_CHART: {
        "same": (V(), V(), SAME, ""),
        "worse": (V(statuses=WARN), V(statuses=BLOCK), WORSE, "FAIL_BLOCK in 0, now in 1 of 3"),
        "better": (V(statuses=WARN), V(), BETTER, "FAIL_WARN in 1, now in 0 of 3"),
        "changed": (V(), V((1.0, 2.5, 3.0)), CHANGED, "1970-01-01 00:00:01 UTC” 2 m → 2.5 m"),
        "one side NaN": (V(), V((1.0, NAN, 3.0)), CHANGED, "2 m → NaN m"),
        "both NaN": (V((1.0, NAN, 3.0)), V((1.0, NAN, 3.0)), SAME, ""),
        "one side empty": (V(), V(()), CHANGED, "gone"),
        "other unit": (V(), V(unit="km"), CHANGED, "unit m → km"),
        "other index": (V(), V(index=(0.0, 1.0, 5.0)), CHANGED, "00:00:05 UTC” added"),
    },
    MetricType.STATES_OVER_TIME: {
        "same": (V(("ok", "idle", "ok")), V(("ok", "idle", "ok")), SAME, ""),
        "worse": (
            V(("ok", "idle", "ok")), V(("ok", "bad", "ok")), WORSE,
            "50% of the time differs, first at 1.000 s: “idle” → “bad”",
        ),
        "better": (V(("ok", "bad", "ok")), V(("ok", "idle", "ok")), BETTER, "“bad” → “idle”"),
        "changed": (V(("ok", "idle", "ok")), V(("ok", "ok", "ok")), CHANGED, "“idle” → “ok”"),
        "changed at the end": (V(("ok", "ok")), V(("ok", "idle")), CHANGED, "first at 1.000 s"),
        "one side NaN": None,
        "one side empty": (V(("ok", "idle", "ok")), V(()), CHANGED, "no states now"),
        "other unit": None,
        "other index": (
            V(("ok", "idle", "ok")), V(("ok", "ok", "idle", "ok"), index=(0.0, 0.5, 1.0, 2.0)),
            SAME, "",
        ),
        "other index and states": (
            V(("ok", "idle", "ok")), V(("ok", "idle", "ok"), index=(0.0, 0.5, 2.0)), CHANGED,
            "25% of the time differs, first at 0.500 s",
        ),
    },
    MetricType.HISTOGRAM: {
        "same": (V(), V(), SAME, ""),
        "worse": (V(statuses=WARN), V(statuses=BLOCK), WORSE, "FAIL_BLOCK in 0, now in 1 of 3"),
        "better": (V(statuses=WARN), V(), BETTER, "FAIL_WARN in 1, now in 0 of 3"),
        "changed": (V(), V((1.0, 1.5, 3.0)), CHANGED, "bucket 0 to 2: 1, now 2"),
        "one side NaN": (V(), V((1.0, NAN, 3.0)), CHANGED, "cumulative shares differ"),
        "both NaN": (V((1.0, NAN, 3.0)), V((1.0, NAN, 3.0)), SAME, ""),
        "one side empty": (V(), V(()), CHANGED, "no values now"),
        "other unit": (V(), V(unit="km"), CHANGED, "unit m → km"),
        # The values of a histogram have no index: their order does not matter.
        "other index": (V(), V((3.0, 1.0, 2.0)), SAME, ""),
    },
    MetricType.PLOTLY: {
        "same": (V(), V(), SAME, ""),
        "worse": (V(), V(status="FAIL_WARN"), WORSE, "PASSED → FAIL_WARN"),
        "better": (V(status="FAIL_BLOCK"), V(), BETTER, "FAIL_BLOCK → PASSED"),
        "changed": (V(), V((1.0, 2.5, 3.0)), CHANGED, "trace 1.y: 1 of 3 numbers differ, by up to"),
        "one side NaN": (V(), V((1.0, None, 3.0)), CHANGED, "trace 1.y: 1 of 3 numbers differ"),
        "both NaN": (V((1.0, None, 3.0)), V((1.0, None, 3.0)), SAME, ""),
        "one side empty": (V(), V(()), CHANGED, "trace 1.x: 3 items"),
        "other unit": None,
        "other index": (V(), V(index=(0.0, 1.0, 5.0)), CHANGED, "trace 1.x: 1 of 3 numbers differ"),
    },
    MetricType.TEXT: {
        "same": (V(), V(), SAME, ""),
        "worse": (V(), V(status="FAIL_BLOCK"), WORSE, "PASSED → FAIL_BLOCK"),
        "better": (V(status="FAIL_WARN"), V(), BETTER, "FAIL_WARN → PASSED"),
        "changed": (V(), V(text="one\nthree"), CHANGED, "+1 −1 lines"),
        "one side NaN": None,
        "one side empty": (V(), V(text=""), CHANGED, "+0 −2 lines"),
        "other unit": None,
        "other index": None,
    },
    MetricType.IMAGE: {
        "same": (V((1, 2)), V((1, 2)), SAME, ""),
        "worse": (V((1, 2)), V((1, 2), status="FAIL_WARN"), WORSE, "PASSED → FAIL_WARN"),
        "better": (V((1, 2), status="FAIL_WARN"), V((1, 2)), BETTER, "FAIL_WARN → PASSED"),
        "changed": (V((0, 2)), V((255, 2)), CHANGED, "50% of the pixels differ, by up to 100%"),
        "other size": (V((1, 2)), V((1, 2, 3)), CHANGED, "2 × 1 pixels, now 3 × 1"),
        "one side NaN": None,
        "one side empty": (V((1, 2)), V(()), CHANGED, "no image now"),
        "other unit": None,
        "other index": None,
    },
    MetricType.IMAGE_LIST: {
        "same": (V((1, 2)), V((1, 2)), SAME, ""),
        "worse": (V((1, 2)), V((1, 2), status="FAIL_BLOCK"), WORSE, "PASSED → FAIL_BLOCK"),
        "better": (V((1, 2), status="FAIL_BLOCK"), V((1, 2)), BETTER, "FAIL_BLOCK → PASSED"),
        "changed": (V((0, 2)), V((255, 2)), CHANGED, "image 1: 50% of the pixels differ"),
        "one side NaN": None,
        "one side empty": (V((1, 2)), V(()), CHANGED, "image 2: no image now"),
        "other unit": None,
        "other index": None,
    },
}  # fmt: skip
"""None: the type has no such thing."""

CASES = [
    pytest.param(kind, row, id=f"{kind.name} {case}")
    for kind, rows in TABLE.items()
    for case, row in rows.items()
    if row is not None
]
EACH = {
    "same", "worse", "better", "changed", "one side NaN", "one side empty", "other unit",
    "other index",
}  # fmt: skip


def test_the_table_has_every_type_and_kind_of_difference() -> None:
    assert set(TABLE) == set(TYPES)
    assert len(COMPARERS) == len(TYPES)
    for kind, rows in TABLE.items():
        assert set(rows) >= EACH, kind.name


def metric_change(changes: list[Change]) -> Change:
    """The change of the metric: no other is made by these documents."""
    assert [change.name for change in changes if change.type != "FINDING"] == [NAME]
    return next(change for change in changes if change.name == NAME)


@pytest.mark.parametrize(("kind", "row"), CASES)
def test_direction(kind: MetricType, row: Row, tmp_path: Path) -> None:
    before, after = (
        document_of(kind, variant, tmp_path / side)
        for side, variant in zip(("before", "after"), row[:2], strict=True)
    )
    change = metric_change(changes_of(before, after))
    assert change.direction is row[2], change
    assert row[3] in " · ".join(change.why), change.why
    assert (change.direction is SAME) == (not change.why or change.why == ()), change.why
    mirrored = metric_change(changes_of(after, before))
    assert mirrored.direction is MIRRORED[row[2]], mirrored


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
def test_a_metric_that_one_side_has(kind: MetricType, tmp_path: Path) -> None:
    variant = V(("ok", "idle", "ok")) if kind is MetricType.STATES_OVER_TIME else V()
    full = document_of(kind, variant, tmp_path)
    (tmp_path / "other").mkdir()
    other = document_of(
        MetricType.TEXT if kind is not MetricType.TEXT else MetricType.SCALAR,
        V(),
        tmp_path / "other",
    )
    # Of one name and another type: not compared, and not gone.
    change = metric_change(changes_of(full, other))
    assert change.direction is CHANGED
    assert "the values are not compared" in change.why[0]
    message = pb.JobMetrics()
    message.CopyFrom(other.message)
    message.job_level_metrics.metrics[0].name = "another name"
    gone, added = changes_of(full, parse_document(message.SerializeToString()))[:2]
    assert (gone.direction, gone.name, gone.after) == (Direction.GONE, NAME, None)
    assert (added.direction, added.name, added.before) == (Direction.ADDED, "another name", None)
    assert gone.renamed == added.renamed == ""


@pytest.mark.parametrize(
    ("text", "directions"),
    [("abs:3", (WORSE, CHANGED)), ("m*=abs:3", (WORSE, CHANGED)), (f"{NAME}=abs:3", (SAME, SAME))],
)
def test_an_absolute_tolerance_of_numbers_leaves_states_and_images_as_they_are(
    text: str, directions: tuple[Direction, Direction], tmp_path: Path
) -> None:
    # By the metric's very name it is a share of the time or of a pixel's range.
    options = CompareOptions(tolerances([text]), findings=False)
    states = (V(("ok", "ok", "ok")), V(("ok", "bad", "ok")))
    images = (V((0, 2)), V((255, 2)))
    for kind, sides, expected in (
        (MetricType.STATES_OVER_TIME, states, directions[0]),
        (MetricType.IMAGE, images, directions[1]),
    ):
        before, after = (
            document_of(kind, side, tmp_path / kind.name / name)
            for side, name in zip(sides, ("before", "after"), strict=True)
        )
        assert metric_change(changes_of(before, after, options)).direction is expected
