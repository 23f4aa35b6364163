"""An open metrics.binproto: an index message that is parsed, and series that are deferred."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from resim_inspect.document.data_messages import DataMessages
from resim_inspect.document.enums import MetricStatus, SeriesKind, worst_status
from resim_inspect.document.lazy_sequence import Lazy, SeriesCache, first_positions
from resim_inspect.document.series_length import payload_length, series_length
from resim_inspect.document.wire.scan import Scan
from resim_inspect.document.wire.slices import Slices
from resim_inspect.document.wire.source import Source, Stamp
from resim_inspect.errors import MalformedError, SeriesError
from resim_inspect.schema import metrics_pb2 as pb

if TYPE_CHECKING:
    from resim_inspect.document.model import Event, Metric, MetricsData, Series
    from resim_inspect.document.unknown_fields import UnknownField

CACHE_BYTES = 256 << 20
"""Default limit of the decoded series that a document keeps."""

_INFINITY = float("inf")
_THE_DATA = "the metrics data"


class Document:
    """Content of a file; read-only, and safe to use from several threads."""

    def __init__(
        self,
        source: Source,
        split: Scan,
        message: pb.JobMetrics,
        slices: Slices,
        data_messages: DataMessages,
        path: Path | None,
        cache_bytes: int,
    ) -> None:
        self.path = path
        self.size = source.size
        self.message = message
        """The file without its metrics data. Never change it."""
        self.data_messages = data_messages
        """The metrics data: an empty series stands for each deferred one. Never change one."""
        self.deferred = split.deferred
        """The series that are read when they are asked for, by the position of their data."""
        self.deep_figures = split.deep_figures
        """Offset of each plotly figure that no reader of protobuf accepts, because it is nested
        too deeply, by the position of its metric. It is left out of the message."""
        self._source = source
        self._slices = slices
        self._cache = SeriesCache(cache_bytes)
        self._lengths: dict[int, int] = {}

    @property
    def stamp(self) -> Stamp | None:
        """The state of the file when it was opened; None for bytes from memory."""
        return self._source.stamp

    @property
    def source(self) -> Source:
        """The bytes of the file."""
        return self._source

    @property
    def index_message(self) -> bytes:
        """The serialized JobMetrics: an empty series stands for each deferred one."""
        return self._slices.data

    @property
    def job_id(self) -> str:
        """The job id as the file writes it; empty where it has none."""
        return self.message.job_id.id.data

    @property
    def status(self) -> MetricStatus:
        """`metrics_status` of the job."""
        return MetricStatus(self.message.metrics_status)

    @property
    def collection_status(self) -> MetricStatus:
        """`metrics_status` of the collection of metrics."""
        return MetricStatus(self.message.job_level_metrics.metrics_status)

    @cached_property
    def verdict(self) -> MetricStatus:
        """The job's status, or where the file has none, that of the worst metric."""
        return self.status or self.worst_status

    @cached_property
    def worst_status(self) -> MetricStatus:
        """The worst status of any metric; UNSET without metrics."""
        statuses = {metric.status for metric in self.message.job_level_metrics.metrics}
        return worst_status(map(MetricStatus, statuses)) or MetricStatus.UNSET

    @cached_property
    def metrics(self) -> Lazy[Metric]:
        """All metrics in the order of the file; each is converted on first access."""
        from resim_inspect.document import from_proto

        messages, deep = self.message.job_level_metrics.metrics, self.deep_figures.get
        return Lazy(len(messages), lambda at: from_proto.metric(messages[at], at, deep(at)))

    @cached_property
    def data(self) -> Lazy[MetricsData]:
        """All metrics data in the order of the file; each is converted on first access."""
        from resim_inspect.document import from_proto

        messages = self.data_messages
        return Lazy(
            len(messages), lambda position: from_proto.metrics_data(messages[position], position)
        )

    @cached_property
    def events(self) -> Sequence[Event]:
        """All events in the order of the file; each is converted on first access."""
        from resim_inspect.document import from_proto

        messages = self.message.events
        return Lazy(len(messages), lambda position: from_proto.event(messages[position], position))

    def display_order(self) -> list[int]:
        """Positions of the metrics as ReSim shows them: by order (unset last), then name."""
        names: list[str] = []
        orders: list[float] = []
        for metric in self.message.job_level_metrics.metrics:
            order = metric.order if metric.HasField("order") else _INFINITY
            # NaN has no place among numbers: with the unset ones.
            orders.append(order if order == order else _INFINITY)
            names.append(metric.name)
        # Twice by plain values is much quicker than once by pairs, and other threads wait less.
        positions = sorted(range(len(names)), key=names.__getitem__)
        positions.sort(key=orders.__getitem__)
        return positions

    # ------------------------------------------------------------- looking up

    @cached_property
    def _metric_ids(self) -> dict[str, int]:
        metrics = self.message.job_level_metrics.metrics
        return first_positions(metric.metric_id.id.data for metric in metrics)

    @cached_property
    def metric_positions(self) -> dict[str, int]:
        """Positions of the metrics by name; the first of equal ones."""
        return first_positions(metric.name for metric in self.message.job_level_metrics.metrics)

    @cached_property
    def data_positions(self) -> dict[str, int]:
        """Positions of the metrics data by id as written; the first of equal ones."""
        return first_positions(data.metrics_data_id.id.data for data in self.data_messages)

    @cached_property
    def _data_names(self) -> dict[str, int]:
        return first_positions(data.name for data in self.data_messages)

    def metric_by_id(self, metric_id: str) -> Metric | None:
        """The first metric with this id, compared as written."""
        position = self._metric_ids.get(metric_id)
        return None if position is None else self.metrics[position]

    def metric_named(self, name: str) -> Metric | None:
        """The first metric with this name."""
        position = self.metric_positions.get(name)
        return None if position is None else self.metrics[position]

    def data_by_id(self, data_id: str) -> MetricsData | None:
        """The first metrics data with this id, compared as written."""
        position = self.data_positions.get(data_id)
        return None if position is None else self.data[position]

    def data_named(self, name: str) -> MetricsData | None:
        """The first metrics data with this name."""
        position = self._data_names.get(name)
        return None if position is None else self.data[position]

    def index_of(self, data: MetricsData) -> MetricsData | None:
        """The data that this one is indexed by, if there is one."""
        if not data.is_indexed or data.index_id is None:
            return None
        return self.data_by_id(data.index_id)

    def data_of(self, metric: Metric) -> list[MetricsData]:
        """The data a metric refers to, each once; missing ones are left out."""
        from resim_inspect.document.references import data_ids

        entries = (self.data_by_id(data_id) for data_id in dict.fromkeys(data_ids(metric.values)))
        return [data for data in entries if data is not None]

    def users_of(self, data: MetricsData) -> list[Metric]:
        """The metrics that use a data, themselves or as the index of what they use."""
        return [self.metrics[position] for position in self._users.get(data.id, ())]

    @cached_property
    def _users(self) -> dict[str, list[int]]:
        from resim_inspect.document.references import data_ids

        index_of = {
            data.metrics_data_id.id.data: data.index_data_id.id.data
            for data in self.data_messages
            if data.is_indexed
        }
        users: dict[str, list[int]] = {}
        for metric in self.metrics:
            used: dict[str, None] = {}
            for data_id in data_ids(metric.values):
                while data_id not in used:
                    used[data_id] = None
                    if data_id not in index_of:
                        break
                    data_id = index_of[data_id]
            for data_id in used:
                users.setdefault(data_id, []).append(metric.position)
        return users

    def events_of(self, metric: Metric) -> list[Event]:
        """The events that name a metric."""
        return [self.events[position] for position in self._events_by_metric.get(metric.id, ())]

    @cached_property
    def _events_by_metric(self) -> dict[str, list[int]]:
        positions_of: dict[str, list[int]] = {}
        for position, event in enumerate(self.message.events):
            for metric_id in dict.fromkeys(metric.id.data for metric in event.metrics):
                positions_of.setdefault(metric_id, []).append(position)
        return positions_of

    def external_path(self, data: MetricsData) -> Path | None:
        """Path of the file of an external file data.

        None for other data, an empty, absolute or impossible path, one that leaves the
        document's folder (also by a link), and for a document that came from no file.
        """
        if self.path is None or not data.external_path:
            return None
        from resim_inspect.document.references import path_inside

        return path_inside(self.path.parent, data.external_path)

    # ----------------------------------------------------------------- series

    def series(self, data: MetricsData, category: str | None = None) -> Series:
        """Decoded values of a data (of one category), cached up to the size of the cache.

        Raises SeriesError where there are none, ChangedError if the file was rewritten
        since it was opened, MalformedError for values that protobuf refuses.
        """
        key = (data.position, category)
        series = self._cache.get(key)
        if series is None:
            series = self._decoded(data.position, category)
            self._cache.put(key, series)
        return series

    def length(self, data: MetricsData, category: str | None = None) -> int:
        """Number of values of a data (of one category). Raises as `series` does.

        A deferred series is not decoded for it where its form allows.
        """
        if data.position not in self.deferred:
            return series_length(self._inline(data.position, category))
        length = self._lengths.get(data.position)
        if length is None:
            length = self._lengths[data.position] = self._deferred_length(data.position)
        return length

    def _deferred_length(self, position: int) -> int:
        series = self.deferred[position]
        try:
            return payload_length(
                SeriesKind(series.kind),
                series.length,
                lambda size: self.deferred_bytes(position, 0, size),
            )
        except MalformedError as error:
            raise MalformedError(
                error.problem, self.path, series.offset, subject=error.subject
            ) from error

    def _inline(self, position: int, category: str | None) -> pb.Series:
        message = self.data_messages[position]
        holds = message.WhichOneof("data")
        if holds == "series" and category is None:
            return message.series
        if holds == "series_per_category" and category is not None:
            by_category = message.series_per_category.category_to_series
            if category in by_category:
                return by_category[category]
            raise SeriesError(f"has no category {category!r}", self.path, subject=_THE_DATA)
        if holds == "series_per_category":
            raise SeriesError(
                "has a series for each category, not one", self.path, subject=_THE_DATA
            )
        if holds == "external_file":
            raise SeriesError("is an external file, not a series", self.path, subject=_THE_DATA)
        raise SeriesError("has no values", self.path, subject=_THE_DATA)

    def _decoded(self, position: int, category: str | None) -> Series:
        from resim_inspect.document.decode import decode, decode_parsed

        deferred = self.deferred.get(position)
        if deferred is not None and category is None:
            return decode(SeriesKind(deferred.kind), self.deferred_payload(position))
        series = decode_parsed(self._inline(position, category))
        if series is None:
            raise SeriesError("has a series without a type", self.path, subject=_THE_DATA)
        return series

    def deferred_payload(self, position: int) -> bytes:
        """Bytes of a deferred series. Raises ChangedError."""
        return self.deferred_bytes(position, 0, self.deferred[position].length)

    def deferred_bytes(self, position: int, start: int, size: int) -> bytes:
        """`size` bytes of a deferred series from `start`, fewer at its end. Raises ChangedError."""
        deferred = self.deferred[position]
        payload = self._source.read(deferred.offset + start, min(size, deferred.length - start))
        self._source.verify()
        return payload

    # ------------------------------------------------------------------- rest

    def unknown_fields(self) -> list[UnknownField]:
        """Fields that the schema does not know, each path and number once."""
        from resim_inspect.document.unknown_fields import unknown_fields

        return unknown_fields(self._slices)

    def forget_values(self) -> None:
        """Drop all values that were converted or decoded; they are made again when needed.

        To free very many at once, with the document, would keep all other threads waiting.
        """
        self.metrics.forget()
        self.data.forget()
        self._cache.forget()

    def close(self) -> None:
        """Close the file; series that are not cached can no longer be decoded."""
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
