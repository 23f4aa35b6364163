"""Evaluation of a build's outputs: is metrics.binproto valid, and what is its verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from resim_inspect.derived import emissions_names
from resim_inspect.document import open_document, parse_document
from resim_inspect.document.enums import worst_status
from resim_inspect.document.summary import headline_with_limits
from resim_inspect.errors import DocumentError, InspectError
from resim_inspect.files import is_file
from resim_inspect.text import clean, count
from resim_inspect.validation import validate
from resim_inspect.validation.findings import Severity
from runner.storage.output_extraction import Taken
from runner.workspace.contract import METRICS
from runner.workspace.results import Failing, status_named

if TYPE_CHECKING:
    from resim_inspect.document import Document
    from resim_inspect.document.model import Metric

MAX_FINDINGS = 20
MAX_FAILING = 20


class Evaluation(NamedTuple):
    """The verdict and the faults of a build's outputs; `message` is empty if they are valid."""

    message: str = ""
    hint: str = ""
    verdict: str | None = None
    metrics: int = 0
    statuses: tuple[tuple[str, int], ...] = ()
    failing: tuple[Failing, ...] = ()
    findings: tuple[str, ...] = ()
    finding_count: int = 0
    emissions: str = ""
    """Emissions in words: `12,400 rows in 7 topics`."""
    approximate: bool = False
    """True if the emissions were evaluated."""


def evaluate(outputs: Path, taken: Taken, configs: tuple[Path, ...] = ()) -> Evaluation:
    """Read and validate `outputs/metrics.binproto`, and evaluate emissions by their config.

    Nothing that a build wrote raises. A build that emits needs no metrics.binproto.
    """
    path = outputs / METRICS.name
    emitted = _evaluate_emissions(outputs, configs)
    if not is_file(path):
        return _missing(taken) if emitted is None else emitted
    evaluation = _evaluate_metrics(path)
    return evaluation if emitted is None else _joined(evaluation, emitted)


def _joined(evaluation: Evaluation, emitted: Evaluation) -> Evaluation:
    """One evaluation of a build that writes metrics and emissions: the worst of both."""
    statuses = Counter(dict(evaluation.statuses))
    statuses.update(dict(emitted.statuses))
    verdicts = [status_named(name) for name in (evaluation.verdict, emitted.verdict) if name]
    worst = worst_status(verdicts)
    failing = sorted(
        (*evaluation.failing, *emitted.failing),
        key=lambda metric: -status_named(metric.status).rank,
    )
    return evaluation._replace(
        message=evaluation.message or emitted.message,
        hint=evaluation.hint if evaluation.message else emitted.hint,
        verdict=None if worst is None else worst.name,
        metrics=evaluation.metrics + emitted.metrics,
        statuses=tuple(sorted(statuses.items())),
        failing=tuple(failing[:MAX_FAILING]),
        emissions=emitted.emissions,
        approximate=emitted.approximate,
    )


def _evaluate_emissions(outputs: Path, configs: tuple[Path, ...]) -> Evaluation | None:
    """Read emissions, and evaluate them if there is a config; None without emissions."""
    try:
        names = emissions_names(outputs)
    except OSError:
        return None
    files = [outputs / name for name in names if is_file(outputs / name)]
    if not files:
        return None
    try:
        return _emissions_evaluation(outputs, files, configs)
    except InspectError as error:
        return Evaluation(
            f"its emissions cannot be evaluated: {clean(str(error), 300).rstrip('.')}.",
            "Run `resim-inspect evaluate` for all findings.",
        )
    except Exception as error:  # noqa: BLE001 - one file must not end the run of a thousand
        return Evaluation(
            f"its emissions cannot be evaluated: {type(error).__name__}: {clean(str(error), 200)}.",
            "This is a fault in resim-runner; `resim-inspect evaluate --debug` traces it.",
        )


def _emissions_evaluation(
    outputs: Path, files: Sequence[Path], configs: tuple[Path, ...]
) -> Evaluation:
    from resim_inspect.emissions.evaluation.errors import INSTALL, MissingEvaluationExtraError
    from resim_inspect.emissions.evaluation.folders import evaluate_job, job_of

    job = job_of(files, outputs)
    topics = count(len(job.emissions.topics), "topic")
    words = f"{count(job.emissions.rows, 'row')} in {topics}"
    if not configs:
        return Evaluation(emissions=words)
    from resim_inspect.emissions.config import load_config

    try:
        evaluated = evaluate_job(job, load_config(configs))
    except MissingEvaluationExtraError:
        return Evaluation(emissions=f"{words}, not evaluated ({INSTALL} is needed)")
    with parse_document(evaluated.data, path=outputs / METRICS.name) as document:
        summary = _summarized(document, document.metrics)
    broken = [metric for metric in evaluated.metrics if metric.failed]
    if broken:
        words += f", {count(len(broken), 'metric')} with an error"
    findings = tuple(
        f"{clean(finding.spec.where, 200)}: {clean(finding.message, 300)}"
        for finding in broken[:MAX_FINDINGS]
    )
    return summary._replace(
        verdict=evaluated.verdict.name, emissions=words, approximate=True, findings=findings
    )


def _summarized(document: Document, metrics: Sequence[Metric]) -> Evaluation:
    """Verdict, counts and failing metrics of a document."""
    statuses = Counter(metric.status.name for metric in metrics)
    failing = [metric for metric in metrics if metric.status.fails]
    failing.sort(key=lambda metric: -metric.status.rank)
    return Evaluation(
        verdict=document.verdict.name,
        metrics=len(metrics),
        statuses=tuple(sorted(statuses.items())),
        failing=tuple(
            Failing(clean(m.name, 120), m.status.name, headline_with_limits(document, m))
            for m in failing[:MAX_FAILING]
        ),
    )


def _evaluate_metrics(path: Path) -> Evaluation:
    """Read and validate a metrics file."""
    try:
        with open_document(path) as document:
            report = validate(document)
            errors = [f for f in report.findings if f.severity is Severity.ERROR]
            evaluation = _summarized(document, document.metrics)._replace(
                findings=tuple(
                    f"{clean(f.where, 200)}: {clean(f.message, 300)}" for f in errors[:MAX_FINDINGS]
                ),
                finding_count=len(errors),
            )
    except DocumentError as error:
        return Evaluation(
            f"metrics.binproto cannot be read: {clean(str(error), 300).rstrip('.')}.",
            "The build must write it with open-core's ResimMetricsWriter, once, at its end.",
        )
    except Exception as error:  # noqa: BLE001 - one file must not end the run of a thousand
        return Evaluation(
            "metrics.binproto cannot be evaluated:"
            f" {type(error).__name__}: {clean(str(error), 200)}.",
            "This is a fault in resim-runner; `resim-inspect validate --debug` traces it.",
        )
    if evaluation.finding_count:
        return evaluation._replace(
            message=f"metrics.binproto is invalid ({count(evaluation.finding_count, 'error')}):"
            f" {evaluation.findings[0]}",
            hint="Run `resim-inspect validate` for all errors.",
        )
    return evaluation


def _missing(taken: Taken) -> Evaluation:
    if not taken.files:
        return Evaluation(
            "it wrote no metrics.binproto; its outputs are empty.",
            f"A build must write {METRICS}.",
        )
    names = ", ".join(clean(name, 60) for name in taken.names[:6])
    more = f" and {taken.files - 6:,} more" if taken.files > 6 else ""
    return Evaluation(
        f"it wrote no metrics.binproto; its outputs are {names}{more}.",
        f"A build must write {METRICS}, by exactly that name.",
    )
