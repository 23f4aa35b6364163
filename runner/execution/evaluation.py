"""Evaluation of a build's outputs: is metrics.binproto valid, and what is its verdict."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from resim_inspect.document import open_document
from resim_inspect.document.summary import headline_with_limits
from resim_inspect.errors import DocumentError
from resim_inspect.text import clean, count
from resim_inspect.validation import validate
from resim_inspect.validation.findings import Severity
from runner.storage.output_extraction import Taken
from runner.workspace.contract import METRICS
from runner.workspace.results import Failing

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


def evaluate(outputs: Path, taken: Taken) -> Evaluation:
    """Read and validate `outputs/metrics.binproto`; nothing that a build wrote raises."""
    path = outputs / METRICS.name
    if not path.is_file():
        return _missing(taken)
    try:
        with open_document(path) as document:
            report = validate(document)
            errors = [f for f in report.findings if f.severity is Severity.ERROR]
            metrics = document.metrics
            statuses = Counter(metric.status.name for metric in metrics)
            failing = [metric for metric in metrics if metric.status.fails]
            failing.sort(key=lambda metric: -metric.status.rank)
            evaluation = Evaluation(
                verdict=document.verdict.name,
                metrics=len(metrics),
                statuses=tuple(sorted(statuses.items())),
                failing=tuple(
                    Failing(clean(m.name, 120), m.status.name, headline_with_limits(document, m))
                    for m in failing[:MAX_FAILING]
                ),
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
            "This is a fault in resim-runner; resim-inspect validate --debug shows where.",
        )
    if evaluation.finding_count:
        return evaluation._replace(
            message=f"metrics.binproto is invalid ({count(evaluation.finding_count, 'error')}):"
            f" {evaluation.findings[0]}",
            hint="resim-inspect validate lists all errors.",
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
