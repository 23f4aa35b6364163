"""Metrics whose data has values of another kind than their type asks for.

The rules report it; everything else shows what there is.
"""

from __future__ import annotations

import json

import pytest

from resim_inspect.building.sample import write_sample
from resim_inspect.charts import draw, render
from resim_inspect.commands.show_output.as_json import full_data_values, metric_values, plain
from resim_inspect.commands.show_output.cards import CardOptions, Cards
from resim_inspect.document import parse_document
from resim_inspect.document.enums import SeriesKind
from resim_inspect.schema import metrics_pb2 as pb

INLINE, DEFERRED = 1 << 30, 1


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> pb.JobMetrics:
    path = write_sample(tmp_path_factory.mktemp("kinds"))
    return pb.JobMetrics.FromString(path.read_bytes())


def fill(series: pb.Series, kind: SeriesKind) -> None:
    """Five values, some of which other writers than ReSim's may write."""
    if kind is SeriesKind.DOUBLES:
        series.doubles.series.extend([1.0, -2.5, 0.0, float("nan"), 1e300])
    elif kind is SeriesKind.TIMESTAMPS:
        for nanos in (0, 1, -1, 2_000_000_000, 999_999_999):
            series.timestamps.series.add(seconds=1 << 40, nanos=nanos)
    elif kind is SeriesKind.UUIDS:
        for text in ("", "a", "b", "no id", "c"):
            series.uuids.series.add(data=text)
    elif kind is SeriesKind.STRINGS:
        series.strings.series.extend(["", "a", "b", "a", "c"])
    else:
        series.statuses.series.extend([0, 1, 5, 77, -1])  # type: ignore[list-item]


@pytest.mark.parametrize("threshold", [INLINE, DEFERRED], ids=["inline", "deferred"])
@pytest.mark.parametrize("kind", SeriesKind, ids=lambda kind: kind.name)
def test_series_of_another_kind(sample: pb.JobMetrics, kind: SeriesKind, threshold: int) -> None:
    message = pb.JobMetrics.FromString(sample.SerializeToString())
    for data in message.metrics_data:
        if data.HasField("series"):
            data.ClearField("series")
            fill(data.series, kind)
        for category in data.series_per_category.category_to_series.values():
            category.Clear()
            fill(category, kind)
    for written in message.job_level_metrics.metrics:
        if written.metric_values.HasField("double_metric_values"):
            written.metric_values.double_metric_values.series_index = 1
    document = parse_document(message.SerializeToString(), threshold=threshold)
    for metric in document.metrics:
        assert metric_values(document, metric)["summary"]
        assert render(draw(document, metric), 60, 16).lines
        assert list(Cards(document, CardOptions()).lines([metric]))
    for entry in document.data:
        json.dumps(plain(full_data_values(document, entry)), allow_nan=False)


@pytest.mark.parametrize("threshold", [INLINE, DEFERRED], ids=["inline", "deferred"])
def test_a_double_summary_at_a_time_beside_impossible_ones(threshold: int) -> None:
    message = pb.JobMetrics()
    clock = message.metrics_data.add(name="t")
    clock.metrics_data_id.id.data = "t"
    for seconds, nanos in ((1 << 40, 0), (0, 2_000_000_000), (3, 0)):
        clock.series.timestamps.series.add(seconds=seconds, nanos=nanos)
    data = message.metrics_data.add(name="v", is_indexed=True)
    data.metrics_data_id.id.data = "v"
    data.index_data_id.id.data = "t"
    data.series.doubles.series.extend([10.0, 20.0, 30.0])
    metric = message.job_level_metrics.metrics.add(name="m")
    summary = metric.metric_values.double_metric_values
    summary.value_data_id.id.data = "v"
    summary.timestamp_index.seconds = 3
    document = parse_document(message.SerializeToString(), threshold=threshold)
    assert bool(document.deferred) == (threshold == DEFERRED)
    assert metric_values(document, document.metrics[0])["summary"] == "30"
