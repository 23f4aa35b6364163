"""References of a document: the data of a metric, the path of an external file."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from resim_inspect.document import model


def data_ids(values: model.MetricValues | None) -> tuple[str, ...]:
    """The ids of the data in a metric's values, in the order of the schema's fields."""
    match values:
        case model.DoubleSummaryValues():
            return (values.value_data, values.status_data)
        case model.DoubleOverTimeValues():
            return (*values.doubles_data, *values.statuses_data)
        case model.LinePlotValues():
            return (*values.x_data, *values.y_data, *values.statuses_data)
        case model.BarChartValues():
            return (*values.values_data, *values.statuses_data)
        case model.BatchwiseBarChartValues():
            return (*values.times_data, *values.values_data, *values.statuses_data)
        case model.StatesOverTimeValues():
            return (*values.states_data, *values.statuses_data)
        case model.HistogramValues():
            return (values.values_data, values.statuses_data)
        case model.ImageValues():
            return (values.image_data,)
        case model.ImageListValues():
            return values.image_data
    return ()


class ValueSeries(NamedTuple):
    """Ids of one series of a metric; empty for what it does not have."""

    values: str
    statuses: str = ""
    along: str = ""
    """The x or the times that the metric names beside the values; not the index of the data."""


def value_series(values: model.MetricValues | None) -> tuple[ValueSeries, ...]:
    """The series of a metric in their order; none for a type without series."""
    along: tuple[str, ...] = ()
    match values:
        case model.DoubleSummaryValues():
            return (ValueSeries(values.value_data, values.status_data),)
        case model.HistogramValues():
            return (ValueSeries(values.values_data, values.statuses_data),)
        case model.DoubleOverTimeValues():
            shown = values.doubles_data
        case model.LinePlotValues():
            shown, along = values.y_data, values.x_data
        case model.BarChartValues():
            shown = values.values_data
        case model.BatchwiseBarChartValues():
            shown, along = values.values_data, values.times_data
        case model.StatesOverTimeValues():
            shown = values.states_data
        case _:
            return ()
    # The lists of a file may differ in length.
    lists = zip_longest(
        shown, values.statuses_data[: len(shown)], along[: len(shown)], fillvalue=""
    )
    return tuple(ValueSeries(*ids) for ids in lists)


def path_inside(folder: Path, name: str) -> Path | None:
    """The resolved path of a file in a folder; None for a name that leads out of the folder."""
    if name.startswith(("/", "\\")) or Path(name).is_absolute() or Path(name).drive:
        return None
    try:
        resolved = (folder / name).resolve()
        return resolved if resolved.is_relative_to(folder.resolve()) else None
    except (OSError, ValueError, RuntimeError):
        return None
