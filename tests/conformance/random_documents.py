"""Random documents that every edition since 0.12.0 accepts: what mutations start from."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from random import Random
from uuid import UUID

from resim_inspect.schema import metrics_pb2 as pb

_DOUBLE, _TIMESTAMP, _UUID, _STRING, _STATUS = 1, 2, 3, 4, 5
_CATEGORIES = ("front", "rear", "")


class DocumentGenerator:
    """A document that is being made; the numbers in it come from `random`."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.message = pb.JobMetrics()
        self.message.job_id.id.data = self.uuid()
        self.message.metrics_status = 1  # type: ignore[assignment]
        self.message.job_level_metrics.metrics_status = 1  # type: ignore[assignment]

    def uuid(self) -> str:
        """A new id, mostly in the usual spelling."""
        text = str(UUID(int=self.random.getrandbits(128)))
        return text if self.random.random() < 0.8 else "{" + text + "}"

    def data(self, kind: int, name: str, index: pb.MetricsData | None = None) -> pb.MetricsData:
        """A data of 1 to 4 values, or shaped like its index."""
        data = self.message.metrics_data.add()
        data.metrics_data_id.id.data = self.uuid()
        data.name = f"{name} {len(self.message.metrics_data)}"
        data.unit = "m"
        data.data_type = kind  # type: ignore[assignment]
        if index is not None:
            data.data_type = kind + 5  # type: ignore[assignment]
            data.is_indexed = True
            data.index_data_id.CopyFrom(index.metrics_data_id)
            data.index_data_type = index.data_type
            self._like(data, kind, index)
        elif self.random.random() < 0.25:
            data.is_per_category = True
            for category in _CATEGORIES[: self.random.randint(1, 3)]:
                data.category_names.append(category)
                series = data.series_per_category.category_to_series[category]
                self._fill(series, kind, self.random.randint(1, 3))
        else:
            self._fill(data.series, kind, self.random.randint(1, 4))
        return data

    def partner(self, kind: int, name: str, data: pb.MetricsData) -> pb.MetricsData:
        """A data of the same shape as another and, if that is indexed, of the same index."""
        other = self.data(kind, name)
        indexed = data.is_indexed
        other.data_type = kind + 5 if indexed else kind  # type: ignore[assignment]
        other.is_indexed = indexed
        if indexed:
            other.index_data_id.CopyFrom(data.index_data_id)
            other.index_data_type = data.index_data_type
        self._like(other, kind, data)
        return other

    def _like(self, data: pb.MetricsData, kind: int, shape: pb.MetricsData) -> None:
        data.is_per_category = shape.is_per_category
        del data.category_names[:]
        data.category_names.extend(shape.category_names)
        if shape.WhichOneof("data") == "series":
            data.ClearField("series")
            self._fill(data.series, kind, _length(shape.series))
        else:
            data.ClearField("series_per_category")
            shapes = shape.series_per_category.category_to_series
            for category in sorted(shapes):
                series = data.series_per_category.category_to_series[category]
                self._fill(series, kind, _length(shapes[category]))

    def _fill(self, series: pb.Series, kind: int, length: int) -> None:
        random = self.random
        for index in range(length):
            if kind == _DOUBLE:
                series.doubles.series.append(random.choice((0.0, 1.5, -2.0, float("nan"))))
            elif kind == _TIMESTAMP:
                series.timestamps.series.add(seconds=index, nanos=random.choice((0, 5)))
            elif kind == _UUID:
                series.uuids.series.add(data=self.uuid())
            elif kind == _STRING:
                series.strings.series.append(random.choice(("go", "stop", "")))
            else:
                series.statuses.series.append(random.choice((1, 1, 2, 5)))  # type: ignore[arg-type]

    def metric(self, kind: int) -> pb.Metric:
        """A metric of one of the twelve types, with the data it needs."""
        metric = self.message.job_level_metrics.metrics.add()
        metric.metric_id.id.data = self.uuid()
        metric.job_id.CopyFrom(self.message.job_id)
        metric.name = f"metric {len(self.message.job_level_metrics.metrics)}"
        metric.type = kind  # type: ignore[assignment]
        metric.status = 1  # type: ignore[assignment]
        metric.importance = self.random.randint(1, 5)  # type: ignore[assignment]
        if self.random.random() < 0.3:
            metric.tags.add(key="team", value="planning")
        if self.random.random() < 0.3:
            metric.order = 1.0
        _MAKERS[kind](self, metric.metric_values)
        return metric

    def event(self, metrics: list[pb.Metric]) -> pb.Event:
        """An event that names these metrics."""
        event = self.message.events.add()
        event.event_id.id.data = self.uuid()
        event.name = f"event {len(self.message.events)}"
        event.status = 1  # type: ignore[assignment]
        event.importance = 3  # type: ignore[assignment]
        event.timestamp_type = 2  # type: ignore[assignment]
        event.timestamp.seconds = self.random.randint(0, 3)
        for metric in metrics:
            metric.event_metric = True
            event.metrics.append(metric.metric_id)
        return event

    # ------------------------------------------------------------- the twelve kinds

    def _either(self) -> pb.MetricsData:
        """Doubles, with or without an index of any kind."""
        if self.random.random() < 0.5:
            return self.data(_DOUBLE, "values")
        index = self.data(self.random.randint(1, 5), "index")
        return self.data(_DOUBLE, "values", index)

    def summary(self, values: pb.MetricValues) -> None:
        own = values.double_metric_values
        index = self.random.randint(0, 4)
        if index < 2:
            data = self._either()
        else:
            kind = {2: _TIMESTAMP, 3: _UUID, 4: _STRING}[index]
            data = self.data(_DOUBLE, "values", self.data(kind, "index"))
        own.value_data_id.CopyFrom(data.metrics_data_id)
        own.status_data_id.CopyFrom(self.partner(_STATUS, "statuses", data).metrics_data_id)
        if index == 1:
            own.series_index = 0
        elif index == 2:
            own.timestamp_index.seconds = 0
        elif index == 3:
            own.uuid_index.data = self.uuid()
        elif index == 4:
            own.string_index = "go"
        own.failure_definition.fails_above = 3.0

    def over_time(self, values: pb.MetricValues) -> None:
        own = values.double_over_time_metric_values
        own.SetInParent()
        for _ in range(self.random.randint(0, 2)):
            data = self.data(_DOUBLE, "doubles", self.data(_TIMESTAMP, "times"))
            statuses = self.partner(_STATUS, "statuses", data)
            own.doubles_over_time_data_id.append(data.metrics_data_id)
            own.statuses_over_time_data_id.append(statuses.metrics_data_id)
            own.failure_definition.add()

    def line_plot(self, values: pb.MetricValues) -> None:
        own = values.line_plot_metric_values
        own.SetInParent()
        for _ in range(self.random.randint(0, 2)):
            if self.random.random() < 0.5:
                x = self.data(_DOUBLE, "x")
            else:
                x = self.data(_DOUBLE, "x", self.data(_TIMESTAMP, "times"))
            own.x_doubles_data_id.append(x.metrics_data_id)
            own.y_doubles_data_id.append(self.partner(_DOUBLE, "y", x).metrics_data_id)
            own.statuses_data_id.append(self.partner(_STATUS, "statuses", x).metrics_data_id)

    def bar_chart(self, values: pb.MetricValues) -> None:
        own = values.bar_chart_metric_values
        own.SetInParent()
        for _ in range(self.random.randint(0, 2)):
            data = self.data(_DOUBLE, "bars", self.data(_STRING, "labels"))
            own.values_data_id.append(data.metrics_data_id)
            own.statuses_data_id.append(self.partner(_STATUS, "statuses", data).metrics_data_id)

    def batchwise(self, values: pb.MetricValues) -> None:
        own = values.batchwise_bar_chart_metric_values
        own.project_id.data = self.uuid()
        for number in range(self.random.randint(0, 2)):
            data = self.data(_DOUBLE, "bars", self.data(_UUID, "batches"))
            own.values_data_id.append(data.metrics_data_id)
            own.times_data_id.append(self.partner(_TIMESTAMP, "times", data).metrics_data_id)
            own.statuses_data_id.append(self.partner(_STATUS, "statuses", data).metrics_data_id)
            own.categories.append(f"category {number}")
            own.colors.append(self.random.choice(("#a1b2c3", "#A1B2C3D4")))

    def states(self, values: pb.MetricValues) -> None:
        own = values.states_over_time_metric_values
        own.states_set.extend(("go", "stop", ""))
        own.failure_states.append("stop")
        for _ in range(self.random.randint(0, 2)):
            data = self.data(_STRING, "states", self.data(_TIMESTAMP, "times"))
            own.states_over_time_data_id.append(data.metrics_data_id)
            statuses = self.partner(_STATUS, "statuses", data)
            own.statuses_over_time_data_id.append(statuses.metrics_data_id)

    def histogram(self, values: pb.MetricValues) -> None:
        own = values.histogram_metric_values
        data = self._either()
        own.values_data_id.CopyFrom(data.metrics_data_id)
        own.statuses_data_id.CopyFrom(self.partner(_STATUS, "statuses", data).metrics_data_id)
        edges = [0.0, 1.0, 2.5, 4.0][: self.random.randint(2, 4)]
        own.lower_bound, own.upper_bound = edges[0], edges[-1]
        for lower, upper in pairwise(edges):
            own.buckets.add(lower=lower, upper=upper)

    def scalar(self, values: pb.MetricValues) -> None:
        values.scalar_metric_values.value = self.random.choice((0.0, 3.25, float("inf")))

    def plotly(self, values: pb.MetricValues) -> None:
        values.plotly_metric_values.json.update({"data": [{"x": [1, 2]}]})

    def text(self, values: pb.MetricValues) -> None:
        values.text_metric_values.text = "# Result"

    def _file(self) -> pb.MetricsData:
        data = self.message.metrics_data.add(name=f"file {len(self.message.metrics_data)}")
        data.metrics_data_id.id.data = self.uuid()
        data.data_type = 11  # type: ignore[assignment]
        data.external_file.path = "plot.png"
        return data

    def image(self, values: pb.MetricValues) -> None:
        values.image_metric_values.image_data_id.CopyFrom(self._file().metrics_data_id)

    def image_list(self, values: pb.MetricValues) -> None:
        for _ in range(self.random.randint(1, 2)):
            own = self._file().metrics_data_id
            values.image_list_metric_values.image_data_ids.append(own)


_MAKERS: dict[int, Callable[[DocumentGenerator, pb.MetricValues], None]] = {
    1: DocumentGenerator.summary,
    2: DocumentGenerator.over_time,
    3: DocumentGenerator.line_plot,
    4: DocumentGenerator.bar_chart,
    5: DocumentGenerator.states,
    6: DocumentGenerator.histogram,
    7: DocumentGenerator.scalar,
    8: DocumentGenerator.plotly,
    9: DocumentGenerator.image,
    10: DocumentGenerator.batchwise,
    11: DocumentGenerator.text,
    12: DocumentGenerator.image_list,
}


def _length(series: pb.Series) -> int:
    which = series.WhichOneof("series")
    return 0 if which is None else len(getattr(series, which).series)


def random_document(random: Random) -> pb.JobMetrics:
    """A valid document of up to three metrics, with up to two events."""
    made = DocumentGenerator(random)
    metrics = [made.metric(random.randint(1, 12)) for _ in range(random.choice((1, 1, 2, 3)))]
    for _ in range(random.choice((0, 0, 1, 2))):
        made.event(random.sample(metrics, random.randint(0, len(metrics))))
    if random.random() < 0.2:
        made.data(random.randint(1, 5), "unused")
    return made.message
