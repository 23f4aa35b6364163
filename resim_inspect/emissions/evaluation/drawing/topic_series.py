"""Topics as series of a document: one for each field."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.building.data_builder import DataRef
from resim_inspect.emissions.evaluation.columns import valid_text
from resim_inspect.emissions.evaluation.drawing.canvas import label

if TYPE_CHECKING:
    from resim_inspect.emissions.model import Column, Emissions


def add_topics(
    builder: DocumentBuilder, emissions: Emissions, check: Callable[[], None] = lambda: None
) -> None:
    """Add a series for each field of each topic, over its timestamps if all rows have one.

    `check` is called between them; what it raises ends the work.
    """
    # Equal names would be equal ids.
    names = {data.name for data in builder.message().metrics_data}
    for topic in emissions.topics.values():
        index = None
        if topic.has_timestamp.all():
            timestamps: Any = topic.timestamps
            index = builder.times(_unique(f"{topic.name}: timestamp", names), timestamps)
        for column in topic.columns.values():
            check()
            _add_column(builder, _unique(f"{topic.name}: {column.name}", names), column, index)


def _unique(name: str, names: set[str]) -> str:
    """Add a name to the names, with a number behind it if they have it."""
    first = unique = valid_text(name)
    number = 1
    while unique in names:
        number += 1
        unique = f"{first} #{number}"
    names.add(unique)
    return unique


def _add_column(builder: DocumentBuilder, name: str, column: Column, index: DataRef | None) -> None:
    import numpy as np

    if column.type in ("boolean", "int", "float"):
        values = column.values.astype(np.float64)
        values[column.missing] = np.nan
        builder.doubles(name, values.tolist(), index=index)
        return
    pairs = zip(column.values.tolist(), column.missing.tolist(), strict=True)
    builder.strings(
        name, ["" if missing else label(value) for value, missing in pairs], index=index
    )
