"""Builder of metrics data: series, series for each category, and external files."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from google.protobuf.timestamp_pb2 import Timestamp

from resim_inspect.document.series_length import series_length
from resim_inspect.schema import metrics_pb2 as pb

_SPACE = uuid.UUID("6a9e0f2c-3a55-5b0e-9a41-0f6c2f1d7b10")

Values = Sequence[Any] | Mapping[str, Sequence[Any]]


class DataRef(NamedTuple):
    """A metrics data that has been built."""

    id: str
    name: str
    message: pb.MetricsData


class DataBuilder:
    """Collects metrics data; their ids are derived from the seed and their names."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._message = pb.JobMetrics()
        self._message.job_id.id.data = self._id("job", "")

    def _id(self, kind: str, name: str) -> str:
        return str(uuid.uuid5(_SPACE, f"{self._seed}/{kind}/{name}"))

    def _data(
        self, name: str, field: str, type_: int, values: Values, index: DataRef | None, unit: str
    ) -> DataRef:
        data = self._message.metrics_data.add(name=name, unit=unit)
        data.metrics_data_id.id.data = self._id("data", name)
        data.data_type = type_ + 5 if index is not None else type_  # type: ignore[assignment]
        if index is not None:
            data.is_indexed = True
            data.index_data_id.id.data = index.id
            data.index_data_type = index.message.data_type
        if isinstance(values, Mapping):
            data.is_per_category = True
            data.category_names.extend(values)
            data.series_per_category.SetInParent()
            for category, series in values.items():
                target = data.series_per_category.category_to_series[category]
                _fill(getattr(target, field), field, series)
        else:
            _fill(getattr(data.series, field), field, values)
        return DataRef(data.metrics_data_id.id.data, name, data)

    def doubles(
        self, name: str, values: Values, *, unit: str = "", index: DataRef | None = None
    ) -> DataRef:
        """A series of doubles; a mapping, here and below, gives one series per category."""
        return self._data(name, "doubles", 1, values, index, unit)

    def times(self, name: str, values: Values, *, index: DataRef | None = None) -> DataRef:
        """A series of times: seconds as float, or ns as int; for many, an array of int64."""
        return self._data(name, "timestamps", 2, values, index, "")

    def uuids(self, name: str, values: Values, *, index: DataRef | None = None) -> DataRef:
        """A series of UUIDs, as text."""
        return self._data(name, "uuids", 3, values, index, "")

    def strings(self, name: str, values: Values, *, index: DataRef | None = None) -> DataRef:
        """A series of strings."""
        return self._data(name, "strings", 4, values, index, "")

    def statuses(
        self, name: str, values: Values | DataRef, *, index: DataRef | None = None
    ) -> DataRef:
        """A series of statuses by name, such as `FAIL_WARN`.

        For a DataRef: PASSED for each of its values, with its index.
        """
        if isinstance(values, DataRef):
            message = values.message
            if message.is_indexed and index is None:
                index = self._ref(message.index_data_id.id.data)
            values = _passed(message)
        return self._data(name, "statuses", 5, values, index, "")

    def file(self, name: str, path: str) -> DataRef:
        """An external file; `path` is relative to the document's folder."""
        data = self._message.metrics_data.add(name=name)
        data.metrics_data_id.id.data = self._id("data", name)
        data.data_type = pb.EXTERNAL_FILE_DATA_TYPE
        data.external_file.path = path
        return DataRef(data.metrics_data_id.id.data, name, data)

    def _ref(self, data_id: str) -> DataRef:
        for data in self._message.metrics_data:
            if data.metrics_data_id.id.data == data_id:
                return DataRef(data_id, data.name, data)
        raise KeyError(data_id)


def status_number(name: str) -> pb.MetricStatus:
    """The number of a status by its short name: `PASSED`, `UNSET` and so on."""
    full = "NO_METRIC_STATUS" if name == "UNSET" else f"{name}_METRIC_STATUS"
    return pb.MetricStatus.Value(full)  # type: ignore[return-value]


def set_time(stamp: Timestamp, value: float | int) -> None:
    ns = value if isinstance(value, int) else round(value * 1_000_000_000)
    stamp.seconds, stamp.nanos = divmod(ns, 1_000_000_000)
    stamp.SetInParent()


def _fill(leaf: Any, field: str, values: Sequence[Any]) -> None:
    leaf.SetInParent()
    if field == "timestamps" and hasattr(values, "dtype"):
        from resim_inspect.building.packed_times import packed_timestamps

        array: Any = values
        leaf.MergeFromString(packed_timestamps(array))
    elif field == "timestamps":
        for value in values:
            set_time(leaf.series.add(), value)
    elif field == "uuids":
        for value in values:
            leaf.series.add(data=value)
    elif field == "statuses":
        leaf.series.extend(
            status_number(value) if isinstance(value, str) else value for value in values
        )
    else:
        leaf.series.extend(values)


def _passed(message: pb.MetricsData) -> Values:
    if message.is_per_category:
        by_category = message.series_per_category.category_to_series
        return {
            category: ["PASSED"] * series_length(by_category[category])
            for category in message.category_names
        }
    return ["PASSED"] * series_length(message.series)
