"""Evaluated emissions as lines for people, and as one JSON document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

from resim_inspect.commands.show_output import as_json
from resim_inspect.commands.show_output.layout import BOLD, DIM, SgrPainter, status_words
from resim_inspect.document.approximate import APPROXIMATE_NOTE
from resim_inspect.document.enums import MetricStatus, worst_status
from resim_inspect.schemas.window import Window, write_bounded
from resim_inspect.text import cell_width, clean, count, fit
from resim_inspect.validation.findings import Finding, Severity
from resim_inspect.validation.formats import finding_object, sentence

if TYPE_CHECKING:
    from resim_inspect.emissions.config.model import Config
    from resim_inspect.emissions.evaluation.evaluator import EvaluatedMetric, Evaluation
    from resim_inspect.schemas.window import Bounds

_NAME_WIDTH = 40


class EvaluatedJob(NamedTuple):
    """An evaluation of one job, or of a batch."""

    name: str
    folder: Path
    rows: int
    topics: int
    unusable_lines: int
    evaluation: Evaluation
    output: Path | None = None


def text_lines(job: EvaluatedJob, color: bool) -> Iterator[str]:
    """Yield the verdict, a line for each metric, the findings, and the counts."""
    painter = SgrPainter(color)
    evaluation = job.evaluation
    verdict = painter.status(evaluation.verdict, status_words(evaluation.verdict))
    yield f"{painter.paint(clean(job.name), BOLD)}  {verdict}  {APPROXIMATE_NOTE}"
    rows = f"{count(job.rows, 'row')} in {count(job.topics, 'topic')}"
    yield painter.paint(f"emissions: {rows}", DIM)
    widths = [cell_width(clean(metric.spec.name)) for metric in evaluation.metrics]
    width = min(max(widths, default=0), _NAME_WIDTH)
    for metric in evaluation.metrics:
        yield _metric(metric, width, painter)
    for finding in evaluation.findings:
        yield from _finding(finding, painter)
    worst = worst_status(metric.status for metric in evaluation.metrics)
    if evaluation.verdict not in (worst, MetricStatus.PASSED):
        yield f"The verdict is that of an event with the status {evaluation.verdict.name}."
    states = Counter(metric.state for metric in evaluation.metrics)
    counts = ", ".join(f"{number} {state}" for state, number in states.items())
    yield f"{count(len(evaluation.metrics), 'metric')}: {counts}"


def _metric(metric: EvaluatedMetric, width: int, painter: SgrPainter) -> str:
    symbol = metric.status.symbol if not metric.failed else Severity.ERROR.symbol
    state = painter.status(metric.status, f"{symbol} {metric.state:<12}")
    template = metric.spec.template or metric.spec.template_file
    parts = [clean(template, 40)]
    if metric.rows is not None:
        parts.append(count(metric.rows, "row"))
    more = painter.paint(", ".join(parts), DIM)
    return f"  {state}  {fit(clean(metric.spec.name), width)}  {more}"


def _finding(finding: Finding, painter: SgrPainter) -> Iterator[str]:
    where = painter.paint(clean(finding.where, 160), BOLD)
    yield f"  {finding.severity.symbol} {finding.rule}  {where}"
    hint = painter.paint(clean(finding.hint), DIM)
    yield f"      {sentence(clean(finding.message, 600))} {hint}".rstrip()


def write_json(
    stream: TextIO,
    bounds: Bounds,
    jobs: Sequence[EvaluatedJob],
    config: Config,
    scope: str,
    config_errors: Sequence[str],
) -> None:
    """Write one JSON document."""

    def build(window: Window) -> dict[str, Any]:
        entries = [_job(job, window) for job in jobs]
        errors = window.take(config_errors, str) if config_errors else None
        return {
            "format": 1,
            "approximate": True,
            "scope": scope,
            "configs": [str(path) for path in config.paths],
            "config_errors": errors or [],
            "evaluations": [entry for entry in entries if entry is not None],
        }

    write_bounded(stream, bounds, build, as_json.write)


def _job(job: EvaluatedJob, window: Window) -> dict[str, Any] | None:
    """Return a job with its rows in the window; None without any."""
    evaluation = job.evaluation
    lists = window.take_lists(
        {
            "metrics": (evaluation.metrics, _metric_object),
            "findings": (evaluation.findings, finding_object),
        }
    )
    if lists is None:
        return None
    return {
        "job": job.name,
        "folder": str(job.folder),
        "output": None if job.output is None else str(job.output),
        "rows": job.rows,
        "topics": job.topics,
        "lines_with_faults": job.unusable_lines,
        "verdict": evaluation.verdict.name,
        **lists,
    }


def _metric_object(metric: EvaluatedMetric) -> dict[str, Any]:
    return {
        "name": metric.spec.name,
        "template": metric.spec.template or metric.spec.template_file,
        "state": metric.state,
        "status": metric.status.name,
        "rows": metric.rows,
        "error": metric.message or None,
        "where": metric.spec.where,
    }
