"""Comparisons for people: one table, the worst first, both values with their units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TextIO

from resim_inspect.commands.compare_output import (
    OutputOptions,
    approximate_words,
    listed,
    unreadable_text,
)
from resim_inspect.commands.compare_output.batch_text import batch_lines, verdict_lines
from resim_inspect.commands.compare_output.columns import column_lines
from resim_inspect.commands.compare_output.paint import (
    BLANK,
    painted_direction,
    painted_verdict,
    reading_cell,
)
from resim_inspect.commands.show_output.layout import BOLD, DIM, SgrPainter, clip, flow
from resim_inspect.comparison.cells import (
    Layout,
    bar,
    delta_text,
    kind_words,
    layout,
    place,
    shown_name,
)
from resim_inspect.comparison.changes import Change, Comparison
from resim_inspect.comparison.directions import LISTED, Direction
from resim_inspect.text import clean, count, cut, cut_left, fit, wrap

MAX_LISTED = 200
"""Changes that are listed of two documents without `--top`."""
MAX_LISTED_OF_BATCH = 20
"""Changes that are listed of two batches without `--top`: their metrics have totals."""
WHY_LINES = 2
"""Lines for the reasons of a change; JSON has them all."""
DIFF_LINES = 12
"""Lines of a diff of texts that are shown."""
_WHY = 1_000


def write(comparisons: Sequence[Comparison], stream: TextIO, options: OutputOptions) -> None:
    """Write one table for a side, or one with a column for each of several sides."""
    painter = SgrPainter(options.color)
    lines: Iterator[str]
    if len(comparisons) == 1:
        lines = comparison_lines(comparisons[0], options, painter)
    else:
        lines = column_lines(comparisons, options, painter)
    for line in lines:
        stream.write(clip(line, options.width).rstrip() + "\n")


def comparison_lines(
    comparison: Comparison, options: OutputOptions, painter: SgrPainter
) -> Iterator[str]:
    """Yield the lines about one side."""
    yield from _header(comparison, options, painter)
    for error in comparison.errors:
        yield painter.paint(f"✗ {unreadable_text(error)}", "31")
    if comparison.is_batch:
        yield from batch_lines(comparison, options, painter)
    most = MAX_LISTED_OF_BATCH if comparison.is_batch else MAX_LISTED
    shown = listed(comparison, options, same=False)
    changes = shown.changes if options.top else shown.changes[:most]
    if changes:
        yield ""
        yield from change_lines(changes, options.width, painter, comparison.is_batch)
    left_off = shown.left_off + len(shown.changes) - len(changes)
    if left_off:
        yield painter.paint(f"… {left_off:,} more; --format json has them all", DIM)
    yield from _footer(comparison, options, painter)


def _header(comparison: Comparison, options: OutputOptions, painter: SgrPainter) -> Iterator[str]:
    verdicts = comparison.verdicts
    for word, label, side in (
        ("before", comparison.before, 0),
        ("after", comparison.after, 1),
    ):
        path = cut_left(clean(label), options.width - 26)
        line = f"{painter.paint(f'{word:6}', DIM)}  {painter.paint(path, BOLD)}"
        if not comparison.is_batch and len(verdicts) == 1:
            status = (verdicts[0].before, verdicts[0].after)[side]
            line += f"  {painter.status(status)}"
        yield line
    if comparison.is_batch:
        yield from verdict_lines(comparison, painter)


def _footer(comparison: Comparison, options: OutputOptions, painter: SgrPainter) -> Iterator[str]:
    counts = comparison.summary
    yield ""
    same = [change for change in comparison.changes if change.direction is Direction.SAME]
    parts = [
        painted_direction(painter, way, f"{way.symbol} {way.value}: {counts[way]:,}")
        for way in LISTED
        if counts[way] and way is not Direction.SAME
    ]
    if same or not parts:
        parts.append(f"same: {counts[Direction.SAME]:,}")
    yield from flow(parts, "   ", options.width)
    yield painted_verdict(painter, comparison, options.fail_on)
    if comparison.approximate:
        yield approximate_words(comparison)


def change_lines(
    changes: Sequence[Change], width: int, painter: SgrPainter, is_batch: bool
) -> Iterator[str]:
    """Yield a heading for each direction and under it its changes."""
    columns = layout(changes, width)
    heads = [fit("before", columns.value), fit("after", columns.value)]
    heads += ["difference"] if columns.delta else []
    head = f"  {fit('name', columns.name)}  {'  '.join(heads)}".rstrip()
    yield painter.paint(head, DIM)
    for direction, group in groupby(changes, key=lambda change: change.direction):
        members = list(group)
        heading = f"{direction.symbol} {direction.value}: {kind_words(members)}"
        yield painted_direction(painter, direction, heading, BOLD)
        for change in members:
            yield _row(change, columns, painter)
            yield from _reasons(change, width, painter, is_batch)


def _row(change: Change, columns: Layout, painter: SgrPainter) -> str:
    cells = [
        painter.paint(fit(clean(shown_name(change)), columns.name), BOLD),
        reading_cell(painter, change.before, columns.value),
        reading_cell(painter, change.after, columns.value),
    ]
    delta = delta_text(change)
    cells.append(fit(delta, columns.delta) if delta else BLANK * columns.delta)
    size = bar(change.relative, columns.bar) if delta else ""
    cells.append(painted_direction(painter, change.direction, size))
    return "  " + "  ".join(cells).rstrip()


def _reasons(change: Change, width: int, painter: SgrPainter, is_batch: bool) -> Iterator[str]:
    parts = [place(change)] if is_batch or change.event else []
    parts += change.why
    text = clean(" · ".join(part for part in parts if part), _WHY)
    lines = wrap(text, width - 4) if text else []
    if len(lines) > WHY_LINES:
        lines = [*lines[: WHY_LINES - 1], cut(" ".join(lines[WHY_LINES - 1 :]), width - 4)]
    for line in lines:
        yield painter.paint(f"    {line}", DIM)
    # The names of the two sides stand at the top.
    diff = change.details[2:] if change.details[:1] == ("--- before",) else change.details
    while diff and not diff[-1].strip():
        # An unchanged empty line of the text says nothing at the end.
        diff = diff[:-1]
    for line in diff[:DIFF_LINES]:
        shown = cut(f"      {clean(line)}", width).rstrip()
        sign = line[:1]
        yield painter.paint(shown, "31" if sign == "-" else "32" if sign == "+" else DIM)
    if len(diff) > DIFF_LINES:
        yield painter.paint(f"      … {count(len(diff) - DIFF_LINES, 'more line')}", DIM)
