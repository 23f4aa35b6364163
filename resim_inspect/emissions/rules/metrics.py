"""Rules about metrics of a config: type, template, description and settings."""

from __future__ import annotations

from difflib import get_close_matches

from resim_inspect.emissions.config.model import (
    METRIC_TYPES,
    SYSTEM_TEMPLATES,
    TEMPLATE_FOLDER,
    MetricDefinition,
)
from resim_inspect.emissions.rule_context import RuleContext, check, shown
from resim_inspect.files import is_file
from resim_inspect.validation.findings import Rule, Severity
from resim_inspect.validation.rules.files import is_absolute, leaves_folder

METRIC_TYPE = Rule(
    "metric-type",
    Severity.ERROR,
    "A metric is one of a test, a batch or a dashboard",
    "The server refuses other types.",
    ('metrics["Max speed"].type = "job"',),
    ('metrics["Max speed"].type = "test"',),
)
METRIC_TYPE_OLD = Rule(
    "metric-type-old",
    Severity.WARNING,
    "A metric of dashboards has the type dashboard",
    "Older configs have the type report, which the present rules do not list.",
    ('metrics["Trend"].type = "report"', 'metrics sets["Trends"].metrics = []',
     'metrics sets["Main"].metrics = ["Max speed", "Frames", "Trend"]'),
    ('metrics["Trend"].type = "dashboard"',),
)  # fmt: skip
METRIC_TEMPLATE = Rule(
    "metric-template",
    Severity.ERROR,
    "A metric has a template that exists",
    "A system template is one of line, bar, table, scalar, histogram, pie, state_timeline, image, "
    "video and artifact. A custom one is a file in the folder templates beside the config.",
    ('metrics["Max speed"].template = "skalar"',),
    ('metrics["Max speed"].template = "scalar"',),
)
METRIC_QUERY = Rule(
    "metric-query",
    Severity.WARNING,
    "A metric has a query",
    "Without query_string it has nothing to draw.",
    ('metrics["Max speed"].query_string = ""',),
    ('metrics["Max speed"].query_string = "SELECT MAX(v) FROM speed"',),
)
SKIP_HIDES_STATUS = Rule(
    "skip-hides-status",
    Severity.WARNING,
    "A metric with a status is not skipped without data",
    "Without data no status query runs and the test passes; a skipped metric does not even show "
    "that. A COUNT(*) with a status that blocks at 0 is seen.",
    ('metrics["Max speed"].skip_if_no_data = true',),
    ('metrics["Max speed"].skip_if_no_data = false',),
)
METRIC_DESCRIPTION = Rule(
    "metric-description",
    Severity.INFO,
    "A metric has a description of one line of at most 120 characters",
    "It is shown under the metric's name on the page.",
    ('metrics["Max speed"].description = ""',),
    ('metrics["Max speed"].description = "Highest speed of the run."',),
)
SCALAR_UNITS = Rule(
    "scalar-units",
    Severity.INFO,
    "A scalar has units",
    "A number without a unit is hard to interpret.",
    ('metrics["Max speed"].units = ""',),
    ('metrics["Max speed"].units = "m/s"',),
)
SKIP_IMPLICIT = Rule(
    "skip-implicit",
    Severity.INFO,
    "A metric says what happens without data",
    "skip_if_no_data: true hides it, false shows NO_DATA.",
)
MAX_DESCRIPTION = 120


@check(METRIC_TYPE, METRIC_TYPE_OLD, METRIC_TEMPLATE, METRIC_QUERY)
def check_metrics(context: RuleContext) -> None:
    """Check the type, template and query of each metric."""
    if context.config is None:
        return
    for metric in context.config.metrics:
        if metric.type == "report":
            message = "is report, which has become dashboard"
            hint = "Write type: dashboard."
            context.report_metric(METRIC_TYPE_OLD, metric, ("type",), message, hint)
        elif metric.type not in METRIC_TYPES:
            is_there = "type" in metric.values
            message = f"is {shown(metric.type)}" if is_there else "is missing"
            hint = f"Write one of {', '.join(METRIC_TYPES)}."
            context.report_metric(METRIC_TYPE, metric, ("type",), message, hint)
        _check_template(context, metric)
        if not metric.query.strip():
            hint = "Add query_string with a SELECT."
            context.report_metric(METRIC_QUERY, metric, (), "has no query_string", hint)


def _check_template(context: RuleContext, metric: MetricDefinition) -> None:
    kind = metric.template_type or ("custom" if metric.template_file else "system")
    if kind == "system":
        if metric.template not in SYSTEM_TEMPLATES:
            near = get_close_matches(metric.template[:40], SYSTEM_TEMPLATES, 1, 0.5)
            known = f"The known ones are {', '.join(SYSTEM_TEMPLATES)}."
            hint = f"Did you mean {near[0]}?" if near else known
            what = f"is {shown(metric.template)}, which is not a system template"
            message = what if metric.template else "is missing"
            context.report_metric(METRIC_TEMPLATE, metric, ("template",), message, hint)
    elif kind == "custom":
        _check_file(context, metric)
    else:
        message = f"is {shown(kind)}, which is not a kind of template"
        hint = "Write system or custom."
        context.report_metric(METRIC_TEMPLATE, metric, ("template_type",), message, hint)


def _check_file(context: RuleContext, metric: MetricDefinition) -> None:
    name = metric.template_file
    key = ("template_file",)
    hint = "Put the Liquid file into the folder templates beside the config."
    if not name:
        context.report_metric(METRIC_TEMPLATE, metric, key, "is missing", hint)
    elif is_absolute(name) or leaves_folder(name):
        message = f"is {shown(name)}, which leaves the folder of templates"
        context.report_metric(METRIC_TEMPLATE, metric, key, message, hint)
    elif not is_file(metric.origin.path.parent / TEMPLATE_FOLDER / name):
        message = f"is {shown(name)}, which is not in the folder templates"
        context.report_metric(METRIC_TEMPLATE, metric, key, message, hint)


@check(SKIP_HIDES_STATUS, METRIC_DESCRIPTION, SCALAR_UNITS, SKIP_IMPLICIT)
def check_style(context: RuleContext) -> None:
    """Check how metrics look to readers, by ReSim's own checker of style."""
    if context.config is None:
        return
    for metric in context.config.metrics:
        if metric.skip_if_no_data and metric.status is not None:
            message = "is skipped without data, and its status is not seen then"
            hint = "Set skip_if_no_data: false."
            context.report_metric(SKIP_HIDES_STATUS, metric, (), message, hint)
        text = metric.description.strip()
        if not text or len(text) > MAX_DESCRIPTION or "\n" in text:
            message = "has no description" if not text else "has a description that is too long"
            hint = f"Write one line of at most {MAX_DESCRIPTION} characters."
            context.report_metric(METRIC_DESCRIPTION, metric, (), message, hint, message)
        if metric.template == "scalar" and not metric.units.strip():
            context.report_metric(
                SCALAR_UNITS, metric, (), "is a scalar without units", "Add units.", "units"
            )
        if not {"skip_if_no_data", "skip-if-no-data"} & metric.values.keys():
            message = "does not say what happens without data"
            hint = "Add skip_if_no_data: true or false."
            context.report_metric(SKIP_IMPLICIT, metric, (), message, hint, "skip")
