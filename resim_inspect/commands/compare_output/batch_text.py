"""Totals of batches for people: transitions of verdicts, and each metric over the jobs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from resim_inspect.commands.compare_output import OutputOptions
from resim_inspect.commands.compare_output.paint import painted_direction
from resim_inspect.commands.show_output.layout import BOLD, DIM, SgrPainter, status_words
from resim_inspect.comparison.cells import median_text, spread_text
from resim_inspect.comparison.changes import JOB, Comparison, MetricTotals
from resim_inspect.comparison.directions import Direction, status_direction
from resim_inspect.text import cell_width, clean, count, fit

MAX_LISTED = 50
"""Metrics whose totals are shown."""
_COUNTED = (Direction.WORSE, Direction.BETTER, Direction.CHANGED, Direction.GONE, Direction.ADDED)
_NAME = 14, 40
_JOB = 40
_JOBS = 5
"""Jobs that are named of those that only one side has."""
_LEADING = 14
"""Cells that leading jobs need; the extremes give way to them."""


def verdict_lines(comparison: Comparison, painter: SgrPainter) -> Iterator[str]:
    """Yield the number of jobs, and how many changed from one verdict to another."""
    jobs = [change for change in comparison.changes if change.type == JOB]
    parts = [f"{count(comparison.matched, 'job')} on both sides"]
    for direction, word in ((Direction.GONE, "before"), (Direction.ADDED, "after")):
        names = [clean(change.job, _JOB) for change in jobs if change.direction is direction]
        if names:
            listed = ", ".join(names[:_JOBS]) + (" …" if len(names) > _JOBS else "")
            parts.append(f"{len(names):,} only {word} ({listed})")
    for number, part in enumerate(parts):
        lead = " " * 6 if number else painter.paint("jobs  ", DIM)
        yield f"{lead}  {part}"
    if not comparison.transitions:
        return
    yield ""
    yield painter.paint("verdicts of jobs", BOLD)
    entries = sorted(
        comparison.transitions.items(),
        key=lambda entry: (status_direction(*entry[0]).rank, -entry[1]),
    )
    for (before, after), number in entries:
        direction = status_direction(before, after)
        text = f"{status_words(before):18}"
        if before is not after:
            text += f" → {status_words(after)}"
        mark = painted_direction(painter, direction, f"{direction.symbol} {number:>7,}")
        yield f"  {mark}  {text}"


def batch_lines(
    comparison: Comparison, options: OutputOptions, painter: SgrPainter
) -> Iterator[str]:
    """Yield a table with the totals of the metrics that differ in any job."""
    differing = [change for change in comparison.metrics if change.direction is not Direction.SAME]
    same = len(comparison.metrics) - len(differing)
    if differing:
        yield ""
        yield from totals_lines(differing[:MAX_LISTED], options.width, painter)
    if len(differing) > MAX_LISTED:
        yield painter.paint(
            f"… {len(differing) - MAX_LISTED:,} more; --format json has them all", DIM
        )
    if same:
        yield painter.paint(f"{count(same, 'metric')} the same in every job", DIM)


def totals_lines(totals: Sequence[MetricTotals], width: int, painter: SgrPainter) -> Iterator[str]:
    """Yield one line for each metric, with a heading."""
    used = [
        way for way in _COUNTED if any(metric_totals.counts.get(way) for metric_totals in totals)
    ]
    medians, spreads = list(map(median_text, totals)), list(map(spread_text, totals))
    median, spread = (
        max(len(word), *map(cell_width, texts))
        for word, texts in (("~ median", medians), ("from … to", spreads))
    )
    names = max(_NAME[0], *(cell_width(clean(metric_totals.name)) for metric_totals in totals))
    fixed = 2 + sum(len(way.value) + 2 for way in used) + 2 + median
    name = max(_NAME[0], min(names, _NAME[1], width - fixed - spread - 2))
    if width - fixed - name - spread - 4 < _LEADING:
        spread = 0
    head = f"  {fit('metric', name)}"
    head += "".join(f"  {way.value}" for way in used)
    head += f"  {fit('~ median', median, right=True)}"
    head += f"  {fit('from … to', spread)}" if spread else ""
    head += "  leading jobs"
    yield painter.paint(head, DIM)
    for metric_totals, middle, ends in zip(totals, medians, spreads, strict=True):
        mark = painted_direction(painter, metric_totals.direction, metric_totals.direction.symbol)
        line = f"{mark} {painter.paint(fit(clean(metric_totals.name), name), BOLD)}"
        for way in used:
            number = metric_totals.counts.get(way, 0)
            cell = f"{number:>{len(way.value)},}" if number else " " * len(way.value)
            line += f"  {painted_direction(painter, way, cell)}"
        line += f"  {fit(middle, median, right=True)}"
        line += f"  {fit(ends, spread)}" if spread else ""
        line += "  " + ", ".join(clean(job, 40) for job, _ in metric_totals.leading)
        yield line
