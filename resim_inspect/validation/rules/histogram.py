"""Rules about histograms: the data and the buckets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resim_inspect.validation import schema_constants
from resim_inspect.validation.context import Context
from resim_inspect.validation.findings import Rule, Severity
from resim_inspect.validation.rules.value_status_pairs import check_pair, report_values

if TYPE_CHECKING:
    from resim_inspect.schema import metrics_pb2 as pb

HISTOGRAM_BUCKETS = Rule(
    "histogram-buckets",
    Severity.ERROR,
    "A histogram has buckets, and each goes upwards",
    "The lower end of a bucket is below its upper end; an end that is left out counts as 0.",
    ('metrics["Distances"].values.buckets = []',),
    ('metrics["Distances"].values.buckets = [{"lower": 0, "upper": 3}, {"lower": 3, "upper": 4}]',),
)
HISTOGRAM_GAP = Rule(
    "histogram-gap",
    Severity.ERROR,
    "Each bucket begins where the one before it ends",
    "Gaps and overlaps are rejected; the numbers are compared exactly.",
    ('metrics["Distances"].values.buckets[1].lower = 2.5',),
    ('metrics["Distances"].values.buckets[1].lower = 2',),
)
HISTOGRAM_BOUNDS = Rule(
    "histogram-bounds",
    Severity.ERROR,
    "The buckets cover the histogram from bound to bound",
    "The first bucket begins at the lower bound and the last one ends at the upper bound.",
    ('metrics["Distances"].values.upper_bound = 5',),
    ('metrics["Distances"].values.upper_bound = 4',),
)


def check_histogram(context: Context, position: int, values: pb.HistogramMetricValues) -> None:
    check_pair(
        context,
        position,
        (values.values_data_id, "values", None),
        (values.statuses_data_id, "statuses", None),
        schema_constants.DOUBLES,
        schema_constants.SERIES,
    )
    buckets = [(bucket.lower, bucket.upper) for bucket in values.buckets]
    lowest, highest = values.lower_bound, values.upper_bound
    if not buckets:
        report_values(
            context, position, "buckets", HISTOGRAM_BUCKETS, "has no buckets",
            "Give at least one bucket.",
        )  # fmt: skip
        return
    for index, (lower, upper) in enumerate(buckets):
        # `not <`, so that NaN is found too.
        if not lower < upper:
            report_values(
                context, position, f"buckets[{index}]", HISTOGRAM_BUCKETS,
                f"goes from {lower!r} to {upper!r}", "Its lower end must be below its upper end.",
            )  # fmt: skip
        if index and buckets[index - 1][1] != lower:
            report_values(
                context, position, f"buckets[{index}]", HISTOGRAM_GAP,
                f"begins at {lower!r}, but the bucket before ends at {buckets[index - 1][1]!r}",
                "Let each bucket begin where the one before it ends.",
            )  # fmt: skip
    for bound, field, edge, end in (
        (lowest, "lower_bound", buckets[0][0], "first bucket begins"),
        (highest, "upper_bound", buckets[-1][1], "last bucket ends"),
    ):
        if bound != edge:
            report_values(
                context, position, field, HISTOGRAM_BOUNDS,
                f"is {bound!r}, but the {end} at {edge!r}", "Make the two equal.",
            )  # fmt: skip
