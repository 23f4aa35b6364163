"""Evaluation of emissions by a config: every metric of a scope, drawn into one document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.building.metric_builder import Common
from resim_inspect.derived import UNOBSERVED, Control, Progress
from resim_inspect.document.approximate import APPROXIMATE_TAG
from resim_inspect.document.enums import MetricStatus, worst_status
from resim_inspect.document.references import path_inside
from resim_inspect.emissions.evaluation import rules
from resim_inspect.emissions.evaluation.budget import Budget, NotEvaluatedError
from resim_inspect.emissions.evaluation.columns import Table
from resim_inspect.emissions.evaluation.drawing.canvas import Canvas
from resim_inspect.emissions.evaluation.drawing.templates import TEMPLATES
from resim_inspect.emissions.evaluation.drawing.texts import code_block
from resim_inspect.emissions.evaluation.drawing.topic_series import add_topics
from resim_inspect.emissions.evaluation.errors import RenderError, SqlError, require_extra
from resim_inspect.emissions.evaluation.events import add_events
from resim_inspect.emissions.evaluation.kept_results import KeptResults
from resim_inspect.emissions.evaluation.limits import DEFAULT_LIMITS, Limits
from resim_inspect.emissions.evaluation.query_results import QueryResult, QueryResults
from resim_inspect.emissions.evaluation.specs import MetricSpec
from resim_inspect.emissions.evaluation.topic_tables import (
    JobEmissions,
    build_tables,
    lost_values,
)
from resim_inspect.files import is_file
from resim_inspect.text import clean, count
from resim_inspect.validation.findings import Finding, Rule

_TAGS = dict([APPROXIMATE_TAG])
NOT_EVALUATED = "NOT_EVALUATED"
"""State of a metric that the time limit, or a request to stop, came before."""
_MAX_NAMES = 10
"""Metrics that a finding names."""
_NOT_DRAWN = ("artifact",)
"""Templates that the server knows, without a sample of what they draw."""


class EvaluatedMetric(NamedTuple):
    """A metric of the config, evaluated."""

    spec: MetricSpec
    state: str
    """PASSED, FAIL_WARN, FAIL_BLOCK, NO_DATA, QUERY_ERROR, RENDER_ERROR or NOT_EVALUATED."""
    status: MetricStatus
    rows: int | None
    """Rows of the result; None if the query failed."""
    message: str = ""
    """The error, as a sentence."""
    is_transient: bool = False
    """True if it was stopped or not reached: a machine with less load may evaluate it."""

    @property
    def failed(self) -> bool:
        """True if the metric could not be evaluated."""
        return self.state.endswith("_ERROR") or self.state == NOT_EVALUATED


@dataclass(frozen=True)
class Evaluation:
    """The document of an evaluation, and what was met on the way."""

    data: bytes
    """The serialized document."""
    metrics: tuple[EvaluatedMetric, ...]
    findings: tuple[Finding, ...]
    verdict: MetricStatus

    @property
    def is_final(self) -> bool:
        """False if metrics were not evaluated for lack of time or memory, or by request."""
        return not any(metric.is_transient for metric in self.metrics)


def evaluate_metrics(
    jobs: Sequence[JobEmissions],
    specs: Sequence[MetricSpec],
    schemas: Mapping[str, Mapping[str, str]],
    *,
    folder: Path,
    seed: str,
    with_events: bool = True,
    with_topics: bool = False,
    limits: Limits = DEFAULT_LIMITS,
    control: Control = UNOBSERVED,
    kept_results: KeptResults | None = None,
) -> Evaluation:
    """Evaluate metrics over jobs.

    `folder` is that of the document, to which the paths of media files are relative; `seed`
    derives the ids; `with_topics` adds the topics as series, behind those of the metrics. Results
    of queries whose tables have not changed are taken from `kept_results`, and all are put there.
    Raises EvaluationError, MissingEvaluationExtraError among them, and CancelledEvaluationError.
    """
    require_extra()
    budget = Budget(limits.total_seconds, control)
    tables = build_tables(jobs, schemas, budget.check_cancelled)
    with closing(QueryResults(tables, limits, budget, kept_results)) as results:
        run = _Run(results, DocumentBuilder(seed), folder)
        for note in lost_values(jobs, tables):
            run.report(rules.NOTE, "emissions", note, "`validate` lists the lines.")
        results.plan(specs)
        for order, spec in enumerate(specs):
            control.progress(Progress("Evaluating metrics", order, len(specs), spec.name))
            budget.check_cancelled()
            run.metrics.append(run.evaluate(spec, order))
        run.report_not_evaluated()
    statuses = {metric.status for metric in run.metrics}
    if with_events:
        for job in jobs:
            event_statuses, note = add_events(run.builder, job.emissions, _TAGS)
            statuses |= event_statuses
            if note:
                run.report(rules.NOTE, job.identity.experience_name, note, "")
    if with_topics:
        for job in jobs:
            add_topics(run.builder, job.emissions, budget.check_cancelled)
    return finished(run.builder, statuses, run.metrics, run.findings)


def finished(
    builder: DocumentBuilder,
    statuses: set[MetricStatus],
    metrics: Sequence[EvaluatedMetric] = (),
    findings: Sequence[Finding] = (),
) -> Evaluation:
    """Give the document the worst of the statuses of its metrics and events."""
    verdict = worst_status(statuses) or MetricStatus.PASSED
    message = builder.message()
    message.metrics_status = int(verdict)  # type: ignore[assignment]
    message.job_level_metrics.metrics_status = message.metrics_status
    data = message.SerializeToString(deterministic=True)
    return Evaluation(data, tuple(metrics), tuple(findings), verdict)


class _Run:
    """One evaluation under way."""

    def __init__(self, results: QueryResults, builder: DocumentBuilder, folder: Path) -> None:
        self.results = results
        self.builder = builder
        self.folder = folder
        self.metrics: list[EvaluatedMetric] = []
        self.findings: list[Finding] = []

    def evaluate(self, spec: MetricSpec, order: int) -> EvaluatedMetric:
        """Evaluate one metric; a fault of it becomes a text in its place."""
        common = Common(
            description=" ".join(spec.description.split()),
            order=float(order),
            tags=_TAGS,
            status="NOT_APPLICABLE",
        )
        try:
            return self._evaluated(spec, common)
        except NotEvaluatedError as reason:
            return self._not_evaluated(spec, common, str(reason))

    def _evaluated(self, spec: MetricSpec, common: Common) -> EvaluatedMetric:
        try:
            result = self.results.query(spec.query)
        except SqlError as fault:
            return self._query_error(spec, common, fault, of_status=False)
        for note in result.table.notes:
            self.report(rules.NOTE, spec.where, note, "")
        rows = result.table.rows
        if _is_empty(result.table):
            return self._no_data(spec, common, rows)
        try:
            status = self._status(spec)
        except SqlError as fault:
            return self._query_error(spec, common, fault, of_status=True)
        common["status"] = status.name
        known = not spec.template or spec.template in TEMPLATES
        if not known:
            return self._unknown_template(spec, common, rows)
        try:
            self._draw(spec, common, result)
        except RenderError as fault:
            return self._render_error(spec, common, fault, rows)
        return EvaluatedMetric(spec, status.name, status, rows)

    def _status(self, spec: MetricSpec) -> MetricStatus:
        """Try block, then warn: a row means that the threshold is crossed."""
        if spec.status is None:
            return MetricStatus.PASSED
        steps = ((spec.status.block, "FAIL_BLOCK"), (spec.status.warn, "FAIL_WARN"))
        for threshold, name in steps:
            if threshold is None:
                continue
            if self.results.query(spec.status.query, threshold).table.rows:
                return MetricStatus[name]
        return MetricStatus.PASSED

    def _draw(self, spec: MetricSpec, common: Common, result: QueryResult) -> None:
        canvas = Canvas(self.builder, spec, result.table, result.translation.columns, common)
        if spec.template:
            TEMPLATES[spec.template](canvas)
        else:
            canvas.plotly(self.results.figure(spec, result))
        for path in dict.fromkeys(canvas.media):
            self._check_media(spec, path)
        for note in canvas.notes:
            self.report(rules.NOTE, spec.where, note, "")

    def _check_media(self, spec: MetricSpec, path: str) -> None:
        media_path = path_inside(self.folder, path)
        shown = clean(path, 200)
        if media_path is None:
            problem = f"names the file {shown}, which is not in the folder of the emissions"
        elif not is_file(media_path):
            problem = f"names the file {shown}, which does not exist"
        else:
            return
        self.report(
            rules.MEDIA_MISSING, spec.where, problem,
            "Write the file into the folder of the emissions, and emit its relative path.",
        )  # fmt: skip

    def _no_data(self, spec: MetricSpec, common: Common, rows: int) -> EvaluatedMetric:
        if spec.skip_if_no_data:
            common["should_display"] = False
        what = "no row" if not rows else "one row of NULL"
        text = f"NO_DATA\n\nThe query gives {what}; its status is not evaluated."
        self.builder.text(spec.name, text, **common)
        return EvaluatedMetric(spec, "NO_DATA", MetricStatus.NOT_APPLICABLE, rows)

    def _query_error(
        self, spec: MetricSpec, common: Common, fault: SqlError, *, of_status: bool
    ) -> EvaluatedMetric:
        sql = spec.status.query if of_status and spec.status is not None else spec.query
        location = spec.query_place(of_status)
        if fault.position is not None:
            location += f", line {fault.position.line} column {fault.position.column} of the SQL"
        self.report(rules.QUERY_ERROR, location, str(fault), "Correct the SQL of the config.")
        body = code_block(sql, "sql")
        self.builder.text(
            spec.name, _error_text("QUERY_ERROR", str(fault), location, body), **common
        )
        state = MetricStatus.NOT_APPLICABLE
        return EvaluatedMetric(
            spec, "QUERY_ERROR", state, None, str(fault), is_transient=fault.is_transient
        )

    def _render_error(
        self, spec: MetricSpec, common: Common, fault: RenderError, rows: int
    ) -> EvaluatedMetric:
        message, state = str(fault), MetricStatus.NOT_APPLICABLE
        common["status"] = "NOT_APPLICABLE"
        self.report(rules.RENDER_ERROR, spec.where, message, "Correct the query or the template.")
        body = code_block(spec.query, "sql")
        self.builder.text(
            spec.name, _error_text("RENDER_ERROR", message, spec.where, body), **common
        )
        return EvaluatedMetric(
            spec, "RENDER_ERROR", state, rows, message, is_transient=fault.is_transient
        )

    def _not_evaluated(self, spec: MetricSpec, common: Common, reason: str) -> EvaluatedMetric:
        common["status"] = "NOT_APPLICABLE"
        text = _error_text(NOT_EVALUATED, reason, spec.where, code_block(spec.query, "sql"))
        self.builder.text(spec.name, text, **common)
        state = MetricStatus.NOT_APPLICABLE
        return EvaluatedMetric(spec, NOT_EVALUATED, state, None, reason, is_transient=True)

    def report_not_evaluated(self) -> None:
        """Add one finding about all metrics that were not evaluated, if there are any."""
        missing = [metric for metric in self.metrics if metric.state == NOT_EVALUATED]
        if not missing:
            return
        names = ", ".join(f'"{clean(metric.spec.name, 60)}"' for metric in missing[:_MAX_NAMES])
        if len(missing) > _MAX_NAMES:
            names += f" and {len(missing) - _MAX_NAMES:,} more"
        verb = "is" if len(missing) == 1 else "are"
        self.report(
            rules.NOT_EVALUATED,
            missing[0].spec.where,
            f"{len(missing):,} of {count(len(self.metrics), 'metric')} {verb} not evaluated: "
            f"{names}. {missing[0].message}",
            "Make the queries faster, or raise the limit with `evaluate --time-limit SECONDS`.",
        )

    def _unknown_template(self, spec: MetricSpec, common: Common, rows: int) -> EvaluatedMetric:
        drawn = spec.template not in _NOT_DRAWN
        shown = clean(spec.template, 80)
        if drawn:
            message = f"The template “{shown}” is not known."
            rule = rules.TEMPLATE_UNKNOWN
        else:
            message = f"The template “{shown}” is known to the server only; it is not drawn here."
            rule = rules.TEMPLATE_NOT_DRAWN
        common["status"] = "NOT_APPLICABLE"
        hint = f"Known templates are {', '.join(TEMPLATES)}."
        self.report(rule, spec.where, message, hint)
        text = _error_text("RENDER_ERROR" if drawn else "NOT DRAWN", message, spec.where, hint)
        self.builder.text(spec.name, text, **common)
        state = "RENDER_ERROR" if drawn else "PASSED"
        return EvaluatedMetric(spec, state, MetricStatus.NOT_APPLICABLE, rows, message)

    def report(self, rule: Rule, where: str, message: str, hint: str) -> None:
        """Add a finding."""
        self.findings.append(Finding(rule.code, rule.severity, where, message, hint))


def _is_empty(result: Table) -> bool:
    """Return True for no row, or one row of nothing but NULL."""
    if not result.rows:
        return True
    return result.rows == 1 and all(column.null_count for column in result.columns)


def _error_text(title: str, message: str, location: str, body: str) -> str:
    return f"{title}\n\n{message}\n\n{code_block(location)}\n\n{body}"
