"""Frozen values of a document.

References are ids of metrics data *as the file writes them*: ReSim's own code compares
them in that form. Optional fields are None where the file leaves them out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from resim_inspect.document.enums import (
    DataType,
    Importance,
    MetricStatus,
    MetricType,
    SeriesKind,
    TimestampType,
)
from resim_inspect.text import instant, seconds

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Tag:
    """A key and a value."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class FailureDefinition:
    """A value fails above the one or below the other; None means no such limit."""

    fails_above: float | None = None
    fails_below: float | None = None


@dataclass(frozen=True, slots=True)
class DoubleSummaryValues:
    """One value of a series: at `index` (a position, an int64 ns time, a UUID or a string)."""

    value_data: str
    status_data: str
    series_index: int | None = None
    timestamp_index: int | None = None
    uuid_index: str | None = None
    string_index: str | None = None
    failure_definition: FailureDefinition = FailureDefinition()


@dataclass(frozen=True, slots=True)
class DoubleOverTimeValues:
    """Doubles against time, one status series and one failure definition for each."""

    doubles_data: tuple[str, ...]
    statuses_data: tuple[str, ...]
    failure_definitions: tuple[FailureDefinition, ...]
    start_time: int | None = None
    """ns"""
    end_time: int | None = None
    """ns"""
    y_axis_name: str | None = None
    legend_series_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LinePlotValues:
    """y against x, both doubles; x need not be sorted."""

    x_data: tuple[str, ...]
    y_data: tuple[str, ...]
    statuses_data: tuple[str, ...]
    x_axis_name: str | None = None
    y_axis_name: str | None = None
    legend_series_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BarChartValues:
    """Doubles indexed by strings: one group of bars a string."""

    values_data: tuple[str, ...]
    statuses_data: tuple[str, ...]
    x_axis_name: str | None = None
    y_axis_name: str | None = None
    stack_bars: bool | None = None
    legend_series_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchwiseBarChartValues:
    """One bar a batch: times and values by category; colours as `#rrggbb` or `#rrggbbaa`."""

    times_data: tuple[str, ...]
    values_data: tuple[str, ...]
    statuses_data: tuple[str, ...]
    categories: tuple[str, ...]
    colors: tuple[str, ...]
    x_axis_name: str | None = None
    y_axis_name: str | None = None
    stack_bars: bool | None = None
    project_id: str | None = None


@dataclass(frozen=True, slots=True)
class StatesOverTimeValues:
    """Strings against time, out of a set of states, some of which are failures."""

    states_data: tuple[str, ...]
    statuses_data: tuple[str, ...]
    states_set: tuple[str, ...]
    failure_states: tuple[str, ...]
    legend_series_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bucket:
    """Range from `lower` to `upper`; a bound that the file leaves out is None and counts as 0."""

    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class HistogramValues:
    """Doubles and the buckets they are counted in."""

    values_data: str
    statuses_data: str
    buckets: tuple[Bucket, ...]
    lower_bound: float | None = None
    upper_bound: float | None = None
    x_axis_name: str | None = None


@dataclass(frozen=True, slots=True)
class ScalarValues:
    """One number."""

    value: float | None
    failure_definition: FailureDefinition | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class PlotlyValues:
    """A plotly figure; the file may hold megabytes of it, so it is decoded when asked for."""

    load: Callable[[], dict[str, Any]] = field(repr=False, compare=False)
    """Decodes the figure: dicts, lists, str, float, bool, None; every number is a float."""


@dataclass(frozen=True, slots=True)
class ImageValues:
    """One image, by the id of its external file data."""

    image_data: str


@dataclass(frozen=True, slots=True)
class ImageListValues:
    """Images, by the ids of their external file data."""

    image_data: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextValues:
    """Markdown."""

    text: str


MetricValues = (
    DoubleSummaryValues
    | DoubleOverTimeValues
    | LinePlotValues
    | BarChartValues
    | BatchwiseBarChartValues
    | StatesOverTimeValues
    | HistogramValues
    | ScalarValues
    | PlotlyValues
    | ImageValues
    | ImageListValues
    | TextValues
)


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. `position` is its place in the file, from 0."""

    position: int
    id: str
    name: str
    type: MetricType
    description: str
    status: MetricStatus
    importance: Importance
    should_display: bool | None
    blocking: bool | None
    order: float | None
    event_metric: bool | None
    job_id: str | None
    tags: tuple[Tag, ...]
    values: MetricValues | None

    @property
    def shown(self) -> bool:
        """True unless the file hides the metric."""
        return self.should_display is not False


@dataclass(frozen=True, slots=True)
class MetricsData:
    """One series, one series a category, or one external file, without its values."""

    position: int
    id: str
    name: str
    type: DataType
    unit: str
    is_per_category: bool
    category_names: tuple[str, ...]
    is_indexed: bool
    index_id: str | None
    index_type: DataType
    kind: SeriesKind | None
    """Type of the values; None for an external file, no series, or series per category."""
    external_path: str | None


DATED_FROM_NS = 100_000_000 * 10**9
"""Stamps from this one on (1973) are taken as counted from 1970: no simulation lasts 3 years."""


@dataclass(frozen=True, slots=True)
class Event:
    """A moment in a job."""

    position: int
    id: str
    name: str
    description: str
    tags: tuple[str, ...]
    metrics: tuple[str, ...]
    """Metric ids."""
    status: MetricStatus
    importance: Importance
    timestamp: int
    """ns; since 1970 or since the start, as `timestamp_type` says."""
    timestamp_type: TimestampType

    @property
    def is_dated(self) -> bool:
        """True if its time is a date: counted from 1970, and not a few seconds of a simulation."""
        return (
            self.timestamp_type is TimestampType.ABSOLUTE and abs(self.timestamp) >= DATED_FROM_NS
        )

    @property
    def time_text(self) -> str:
        """Time of the event as people write it: `41.300 s`, or a date."""
        return instant(self.timestamp) if self.is_dated else seconds(self.timestamp)


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """The values of one series, decoded. Arrays are read-only.

    `values`, n elements, by kind: DOUBLES float64; TIMESTAMPS int64 ns; STATUSES int32;
    STRINGS int32 codes into `uniques`, which stand in the order of first use; UUIDS the
    text as the file has it, as bytes of fixed width (`S`; objects where a text ends in NUL).
    """

    kind: SeriesKind
    values: NDArray[Any]
    uniques: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    def value(self, position: int) -> float | int | str | MetricStatus:
        """One element as a plain Python value."""
        raw = self.values[position]
        if self.kind is SeriesKind.DOUBLES:
            return float(raw)
        if self.kind is SeriesKind.TIMESTAMPS:
            return int(raw)
        if self.kind is SeriesKind.STATUSES:
            return MetricStatus(int(raw))
        if self.kind is SeriesKind.STRINGS:
            return self.uniques[int(raw)]
        return bytes(raw).decode("utf-8", "replace")

    @property
    def doubles(self) -> NDArray[np.float64]:
        """The values of a DOUBLES series; TypeError for any other."""
        return self._of(SeriesKind.DOUBLES)

    @property
    def times(self) -> NDArray[np.int64]:
        """The values of a TIMESTAMPS series in ns; TypeError for any other."""
        return self._of(SeriesKind.TIMESTAMPS)

    @property
    def statuses(self) -> NDArray[np.int32]:
        """The values of a STATUSES series; TypeError for any other."""
        return self._of(SeriesKind.STATUSES)

    @property
    def codes(self) -> NDArray[np.int32]:
        """The values of a STRINGS series, as positions in `uniques`; TypeError for any other."""
        return self._of(SeriesKind.STRINGS)

    def _of(self, kind: SeriesKind) -> NDArray[Any]:
        if self.kind is not kind:
            raise TypeError(
                f"the series is of {self.kind.name.lower()}, not of {kind.name.lower()}"
            )
        return self.values
