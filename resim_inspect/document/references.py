"""References of a document: the data of a metric, the path of an external file."""

from __future__ import annotations

from pathlib import Path

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


def path_inside(folder: Path, name: str) -> Path | None:
    """The resolved path of a file in a folder; None for a name that leads out of the folder."""
    if name.startswith(("/", "\\")) or Path(name).is_absolute() or Path(name).drive:
        return None
    try:
        resolved = (folder / name).resolve()
        return resolved if resolved.is_relative_to(folder.resolve()) else None
    except (OSError, ValueError, RuntimeError):
        return None
