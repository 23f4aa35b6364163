"""Fields of compared jobs, for the filter language."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import ClassVar

from resim_inspect.comparison import Direction
from resim_inspect.filtering.query import (
    STATUS_HELP,
    Comparison,
    Fields,
    Test,
    choice,
    statuses,
)
from resim_inspect.tui.comparison.jobs.rows import ComparedRow


class ComparedJobFields(Fields[ComparedRow]):
    """Compared jobs; a comparison asks for the difference of a metric, after minus before."""

    HELP = {  # noqa: RUF012
        "direction": "worse, gone, changed, better, added, same: the job or something in it is",
        "verdict": f"the verdict after: {STATUS_HELP}",
        "before": f"the verdict before: {STATUS_HELP}",
        "metric": "a part of the name of a metric that got worse",
        "is": "broken, failing",
        "name": "a part of the name",
    }
    EXAMPLE: ClassVar[str] = "direction:worse  metric:speed  Max speed>0.5"

    def __init__(self, valued: Iterable[str]) -> None:
        """`valued`: the names of the metrics that have a difference in any job."""
        self.valued = tuple(valued)

    def named(self, text: str) -> Test[ComparedRow]:
        return lambda row: text in row.name.casefold()

    def field(self, name: str, value: str) -> Test[ComparedRow]:
        if name in ("verdict", "before"):
            wanted, side = statuses(value), int(name == "verdict")

            def has_verdict(row: ComparedRow) -> bool:
                verdict = row.verdicts[side]
                return verdict is not None and int(verdict) in wanted

            return has_verdict
        if name == "metric":
            return lambda row: any(
                cell.change.direction is Direction.WORSE and value in metric.casefold()
                for metric, cell in row.cells.items()
            )
        if name == "direction":
            return choice("direction", value, {way.value: _with(way) for way in Direction})
        tests: dict[str, Test[ComparedRow]] = {
            "broken": lambda row: None in row.verdicts and None not in row.paths,
            "failing": lambda row: row.verdict is None or row.verdict.fails,
        }
        return choice("is", value, tests)

    def value_names(self) -> Iterable[str]:
        return [name.casefold() for name in self.valued]

    def compared(self, names: Collection[str], comparison: Comparison) -> Test[ComparedRow]:
        wanted = [name for name in self.valued if name.casefold() in names]

        def test(row: ComparedRow) -> bool:
            cells = [row.cells[name] for name in wanted if name in row.cells]
            return any(cell.value is not None and comparison(cell.value) for cell in cells)

        return test


def _with(way: Direction) -> Test[ComparedRow]:
    return lambda row: row.direction is way or row.counts.get(way, 0) > 0
