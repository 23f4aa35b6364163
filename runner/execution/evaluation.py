"""Judges what a build left: whether there is a valid metrics.binproto, and what it says."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from resim_inspect.document import Document, open_document
from resim_inspect.document.enums import MetricStatus
from resim_inspect.document.model import FailureDefinition, Metric
from resim_inspect.document.summary import headline
from resim_inspect.errors import DocumentError
from resim_inspect.text import clean, count, number
from resim_inspect.validation import validate
from resim_inspect.validation.findings import Severity
from runner.storage.output_extraction import Taken
from runner.workspace.contract import METRICS
from runner.workspace.results import Failing

SHOWN_FINDINGS = 20
SHOWN_FAILING = 20


class Judgement(NamedTuple):
    """What is to be said of a build's outputs. `message` is empty where they are valid."""

    message: str = ""
    hint: str = ""
    verdict: str | None = None
    metrics: int = 0
    statuses: tuple[tuple[str, int], ...] = ()
    failing: tuple[Failing, ...] = ()
    findings: tuple[str, ...] = ()
    finding_count: int = 0


def judge(outputs: Path, taken: Taken) -> Judgement:
    """Read and validate `outputs/metrics.binproto`; never raises for what a build wrote."""
    path = outputs / METRICS.name
    if not path.is_file():
        return _missing(taken)
    try:
        with open_document(path) as document:
            report = validate(document)
            errors = [f for f in report.findings if f.severity is Severity.ERROR]
            metrics = document.metrics
            statuses = Counter(metric.status.name for metric in metrics)
            failing = [
                m for m in metrics if m.status in {MetricStatus.FAIL_BLOCK, MetricStatus.FAIL_WARN}
            ]
            failing.sort(key=lambda metric: -metric.status.rank)
            judgement = Judgement(
                verdict=document.verdict.name,
                metrics=len(metrics),
                statuses=tuple(sorted(statuses.items())),
                failing=tuple(
                    Failing(clean(m.name, 120), m.status.name, _why(document, m))
                    for m in failing[:SHOWN_FAILING]
                ),
                findings=tuple(
                    f"{clean(f.where, 200)}: {clean(f.message, 300)}"
                    for f in errors[:SHOWN_FINDINGS]
                ),
                finding_count=len(errors),
            )
    except DocumentError as error:
        return Judgement(
            f"metrics.binproto cannot be read: {clean(str(error), 300).rstrip('.')}.",
            "The build has to write it with open-core's ResimMetricsWriter, once, at its end.",
        )
    except Exception as error:  # noqa: BLE001 - one file must not end the run of a thousand
        return Judgement(
            f"metrics.binproto cannot be judged: {type(error).__name__}: {clean(str(error), 200)}.",
            "This is a fault of resim-runner; resim-inspect validate --debug shows where.",
        )
    if judgement.finding_count:
        return judgement._replace(
            message=f"metrics.binproto is invalid ({count(judgement.finding_count, 'error')}):"
            f" {judgement.findings[0]}",
            hint="resim-inspect validate says all that is wrong with it.",
        )
    return judgement


def _why(document: Document, metric: Metric) -> str:
    """A metric in one line, with the limit that a scalar has: `44.7 m/s (fails above 40)`."""
    shown = headline(document, metric)
    limits = getattr(metric.values, "failure_definition", None)
    if not isinstance(limits, FailureDefinition):
        return shown
    parts = [
        f"{word} {number(limit)}"
        for word, limit in (("above", limits.fails_above), ("below", limits.fails_below))
        if limit is not None
    ]
    return f"{shown} (fails {' or '.join(parts)})" if parts else shown


def _missing(taken: Taken) -> Judgement:
    if not taken.files:
        return Judgement(
            "it left no metrics.binproto; the outputs are empty.",
            f"A build writes {METRICS}.",
        )
    names = ", ".join(clean(name, 60) for name in taken.names[:6])
    more = f" and {taken.files - 6:,} more" if taken.files > 6 else ""
    return Judgement(
        f"it left no metrics.binproto; the outputs hold {names}{more}.",
        f"A build writes {METRICS}, by exactly that name.",
    )
