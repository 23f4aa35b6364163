"""A comparison as files: the changes that are listed, and the chart of both sides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resim_inspect.text import count
from resim_inspect.tui.exporting.charts import choices_beside
from resim_inspect.tui.exporting.choices import ExportChoice, table_choices

if TYPE_CHECKING:
    from resim_inspect.comparison.changes import Change, Reading
    from resim_inspect.export.blocks import Block
    from resim_inspect.tui.widgets.chart.canvas import ChartCanvas


def comparison_choices(
    other: Path, rows: Sequence[Change | str], chart: ChartCanvas
) -> list[ExportChoice]:
    """The rows of the list that are changes, and the chart if one is drawn."""
    changes = [row for row in rows if not isinstance(row, str)]
    return choices_beside(chart, change_choices(f"{other.absolute().name} changes", changes))


def change_choices(stem: str, changes: Sequence[Change]) -> list[ExportChoice]:
    """The changes of a comparison."""
    from resim_inspect.export.tables import Column, Kind, Table

    texts = Kind.TEXT
    table = Table(
        "changes",
        (
            Column("job", texts, "name of the job"),
            Column("event", texts, "name of the event that a metric belongs to"),
            Column("name", texts, "name of the metric, event, finding or job"),
            Column("type", texts, "type of the metric, or EVENT, FINDING or JOB"),
            Column("direction", texts, "worse, better, changed, added, gone or same"),
            Column("blocking", Kind.BOOLEAN, "true for a metric that blocks"),
            Column("before_status", texts, "status before"),
            Column("after_status", texts, "status after"),
            Column("before", texts, "value before, in words"),
            Column("after", texts, "value after, in words"),
            Column("before_value", Kind.DOUBLE, "value before, if it is a number"),
            Column("after_value", Kind.DOUBLE, "value after, if it is a number"),
            Column("delta", Kind.DOUBLE, "after minus before"),
            Column("unit", texts, "unit of the values"),
            Column("reasons", texts, "reasons of the direction"),
        ),
    )
    shown = list(changes)

    def blocks() -> Iterator[Block]:
        from resim_inspect.export.blocks import blocks_of_rows

        yield from blocks_of_rows(table, map(_change_values, shown))

    return table_choices(count(len(shown), "change"), stem, table, blocks) if shown else []


def _change_values(change: Change) -> Sequence[Any]:
    before, after = change.before, change.after
    units = [side.measured.unit for side in (after, before) if side is not None]
    return (
        change.job or None,
        change.event or None,
        change.name,
        change.type,
        change.direction.value,
        change.blocking,
        _status(before),
        _status(after),
        _words(before),
        _words(after),
        None if before is None else before.value,
        None if after is None else after.value,
        change.delta,
        next((unit for unit in units if unit), None),
        "; ".join(change.why) or None,
    )


def _status(side: Reading | None) -> str | None:
    return None if side is None else side.status.name


def _words(side: Reading | None) -> str | None:
    return None if side is None else side.measured.text or None
