"""Comparisons as one JSON document, always of one shape."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, TextIO

from resim_inspect.commands.compare_output import OutputOptions, listed, unmatched_tolerances
from resim_inspect.commands.show_output.as_json import plain
from resim_inspect.commands.show_output.as_json import write as write_json
from resim_inspect.comparison.changes import (
    Change,
    Comparison,
    JobError,
    MetricTotals,
    Reading,
    VerdictChange,
)
from resim_inspect.comparison.directions import Direction
from resim_inspect.comparison.gate import fails, gate_fails
from resim_inspect.garbage import without_collections
from resim_inspect.schemas.window import Window, write_bounded


def write(comparisons: Sequence[Comparison], stream: TextIO, options: OutputOptions) -> None:
    """Write the document; texts are as in the files, escaped by JSON's own rules."""

    def build(window: Window) -> dict[str, Any]:
        entries = (_comparison(comparison, options, window) for comparison in comparisons)
        return {
            "format": 1,
            "base": comparisons[0].before if comparisons else None,
            "fail_on": options.fail_on,
            "failed": any(gate_fails(comparison, options.fail_on) for comparison in comparisons),
            "approximate": any(comparison.approximate for comparison in comparisons),
            "unmatched_tolerances": [
                {"name": tolerance.pattern, "nearest": tolerance.nearest}
                for tolerance in unmatched_tolerances(comparisons)
            ],
            "comparisons": [entry for entry in entries if entry is not None],
        }

    with without_collections():
        write_bounded(stream, options.bounds, build, write_json)


def _comparison(
    comparison: Comparison, options: OutputOptions, window: Window
) -> dict[str, Any] | None:
    """Return one comparison with its rows in the window; None without any.

    Its rows are the changes, then the errors, the verdicts and the metrics.
    """
    shown = listed(comparison, options)
    lists = window.take_lists(
        {
            "changes": (shown.changes, partial(_change, fail_on=options.fail_on)),
            "errors": (comparison.errors, _error),
            "verdicts": (comparison.verdicts, _verdict),
            "metrics": (comparison.metrics, _totals),
        }
    )
    if lists is None:
        return None
    return {
        "path": comparison.after,
        "failed": gate_fails(comparison, options.fail_on),
        "is_batch": comparison.is_batch,
        "approximate": sorted(comparison.approximate),
        "matched_jobs": comparison.matched,
        "summary": {way.value: number for way, number in comparison.summary.items()},
        "transitions": [
            {"before": before.name, "after": after.name, "jobs": number}
            for (before, after), number in sorted(comparison.transitions.items())
        ],
        "verdicts": lists["verdicts"],
        "metrics": lists["metrics"],
        "errors": lists["errors"],
        "changes": lists["changes"],
        "left_off": shown.left_off,
    }


def _change(change: Change, fail_on: str) -> dict[str, Any]:
    return {
        "name": change.name,
        "job": change.job,
        "event": change.event,
        "type": change.type,
        "direction": change.direction.value,
        "before": _reading(change.before),
        "after": _reading(change.after),
        "difference": plain(change.delta),
        "why": list(change.why),
        "details": list(change.details),
        "fails": fails(change, fail_on),
        "blocking": change.blocking,
        "closer_to_limit": change.closer,
        "renamed": change.renamed,
    }


def _reading(reading: Reading | None) -> dict[str, Any] | None:
    if reading is None:
        return None
    measured = reading.measured
    return {
        "status": reading.status.name,
        "value": plain(measured.value),
        "unit": measured.unit,
        "measure": measured.measure,
        "text": measured.text,
    }


def _verdict(verdict: VerdictChange) -> dict[str, Any]:
    return {
        "job": verdict.job,
        "before": verdict.before.name,
        "after": verdict.after.name,
        "direction": verdict.direction.value,
    }


def _totals(totals: MetricTotals) -> dict[str, Any]:
    return {
        "name": totals.name,
        "type": totals.type,
        "unit": totals.unit,
        "jobs": {way.value: totals.counts.get(way, 0) for way in Direction},
        "pairs": totals.pairs,
        "median": plain(totals.median),
        "lowest": plain(totals.lowest),
        "highest": plain(totals.highest),
        "p_value": totals.p_value,
        "significant": totals.significant,
        "leading": [{"job": job, "difference": plain(delta)} for job, delta in totals.leading],
    }


def _error(error: JobError) -> dict[str, Any]:
    return {"job": error.job, "side": error.side, "error": error.message}
