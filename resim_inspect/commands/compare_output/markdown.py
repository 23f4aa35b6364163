"""Comparisons as Markdown, small enough for a comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TextIO

from resim_inspect.commands.compare_output import (
    OutputOptions,
    approximate_words,
    job_of,
    listed,
    summary_words,
    verdict_words,
)
from resim_inspect.comparison.cells import delta_text, median_text, place, shown_name, spread_text
from resim_inspect.comparison.changes import Change, Comparison, MetricTotals, Reading
from resim_inspect.comparison.directions import Direction
from resim_inspect.comparison.gate import gate_fails
from resim_inspect.markdown import MAX_BYTES, append_table, code, size_of
from resim_inspect.text import count, number

_REST = 200
"""Bytes for the line that counts the sides that do not fit."""
_ERRORS = 20
"""Unreadable jobs that are listed."""
_WHY = 200
_ELSEWHERE = "`--format json` has them all"


def write(comparisons: Sequence[Comparison], stream: TextIO, options: OutputOptions) -> None:
    """Write a section for each comparison; rows that do not fit are counted."""
    free = MAX_BYTES - _REST
    budget = free // max(1, len(comparisons))
    for position, comparison in enumerate(comparisons):
        section = _section(comparison, options, budget)
        free -= len(section.encode())
        if free < 0:
            left = comparisons[position:]
            failing = sum(gate_fails(comparison, options.fail_on) for comparison in left)
            stream.write(
                f"… {count(len(left), 'more side')}, of which {failing:,} fail; "
                "`--format json` has them all.\n"
            )
            return
        stream.write(section)


def _section(comparison: Comparison, options: OutputOptions, budget: int) -> str:
    lines = [
        f"### {code(comparison.before)} → {code(comparison.after)}: "
        f"{verdict_words(comparison, options.fail_on)}",
        "",
        summary_words(comparison),
        "",
    ]
    if comparison.approximate:
        lines += [approximate_words(comparison), ""]
    if comparison.errors:
        lines += [
            f"- {code(job_of(error))} cannot be read ({error.side}): {code(error.message, _WHY)}"
            for error in comparison.errors[:_ERRORS]
        ]
        more = len(comparison.errors) - _ERRORS
        if more > 0:
            lines.append(f"- … {more:,} more cannot be read")
        lines.append("")
    lines += _transitions(comparison)
    used = size_of(lines)
    if comparison.is_batch:
        differing = [
            metric for metric in comparison.metrics if metric.direction is not Direction.SAME
        ]
        rows = map(_totals_row, differing)
        room = budget // 2 - used
        used += append_table(lines, _TOTALS_HEAD, rows, len(differing), room, _ELSEWHERE)
    shown = listed(comparison, options, same=False)
    rows = map(_row, shown.changes)
    total = len(shown.changes) + shown.left_off
    append_table(lines, _HEAD, rows, total, budget - size_of(lines) - 200, _ELSEWHERE)
    return "\n".join(lines) + "\n"


_HEAD = ("| | name | before | after | difference | why |", "|---|---|---:|---:|---:|---|")
_TOTALS_HEAD = (
    "| | metric | worse | better | changed | median | from … to | leading jobs |",
    "|---|---|---:|---:|---:|---:|---|---|",
)


def _transitions(comparison: Comparison) -> Iterator[str]:
    different = [
        f"{before.name} → {after.name} **{jobs:,}**"
        if comparison.is_batch
        else f"{before.name} → {after.name}"
        for (before, after), jobs in sorted(comparison.transitions.items())
        if before is not after
    ]
    if different:
        yield f"verdict: {', '.join(different)}"
        yield ""


def _row(change: Change) -> str:
    where = place(change)
    name = code(shown_name(change)) + (f" {code(where)}" if where else "")
    why = code("; ".join(change.why), _WHY)
    cells = (
        f"{change.direction.symbol} {change.direction.value}",
        name,
        _side(change.before),
        _side(change.after),
        code(delta_text(change)),
        why,
    )
    return f"| {' | '.join(cells)} |"


def _side(reading: Reading | None) -> str:
    if reading is None:
        return ""
    status = f"{reading.status.symbol} {reading.status.name} " if reading.status else ""
    return f"{status}{code(reading.measured.text)}".strip()


def _totals_row(totals: MetricTotals) -> str:
    median, spread = median_text(totals), spread_text(totals)
    counts = [
        number(totals.counts.get(way, 0))
        for way in (Direction.WORSE, Direction.BETTER, Direction.CHANGED)
    ]
    cells = (
        totals.direction.symbol,
        code(totals.name),
        *counts,
        code(median),
        code(spread),
        ", ".join(code(job, 40) for job, _ in totals.leading),
    )
    return f"| {' | '.join(cells)} |"
