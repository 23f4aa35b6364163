"""Rules about metrics sets and dashboards."""

from __future__ import annotations

from resim_inspect.emissions.config.model import MetricsSet
from resim_inspect.emissions.rule_context import RuleContext, check, nearest_hint, shown
from resim_inspect.validation.findings import Rule, Severity

SET_METRIC = Rule(
    "set-metric",
    Severity.ERROR,
    "The metrics of a set are defined",
    "The server refuses a set with a name that no metric has.",
    ('metrics sets["Main"].metrics = ["Max sped", "Max speed", "Frames"]',),
    ('metrics sets["Main"].metrics = ["Frames", "Max speed"]',),
)
METRIC_UNUSED = Rule(
    "metric-unused",
    Severity.WARNING,
    "Each metric is in a set",
    'The server warns of it: "not used by any metrics set". It is shown nowhere.',
    ('metrics sets["Main"].metrics = ["Frames"]',),
    ('metrics sets["Main"].metrics = ["Frames", "Max speed"]',),
)
DASHBOARD_SET = Rule(
    "dashboard-set",
    Severity.ERROR,
    "A dashboard has a set with metrics of dashboards only",
    "The server refuses a dashboard whose set does not exist or holds metrics of other types.",
    ('metrics sets["Trends"].metrics = ["Trend", "Max speed"]',),
    ('metrics sets["Trends"].metrics = ["Trend"]',),
)
SET_MIXED = Rule(
    "set-mixed",
    Severity.ERROR,
    "A metric of dashboards is only in the set of a dashboard",
    "The server refuses it in the sets of tests and batches.",
    ('metrics sets["Main"].metrics = ["Frames", "Max speed", "Trend"]',),
    ('metrics sets["Main"].metrics = ["Frames", "Max speed"]',),
)


@check(SET_METRIC, METRIC_UNUSED)
def check_sets(context: RuleContext) -> None:
    """Compare the sets with the metrics."""
    config = context.config
    if config is None:
        return
    names = [metric.name for metric in config.metrics]
    used: set[str] = set()
    for chosen in config.metrics_sets:
        used.update(chosen.metrics)
        for name in dict.fromkeys(chosen.metrics):
            if name not in names:
                hint = nearest_hint(name, names, "Define the metric, or take it out of the set.")
                _report_set(context, SET_METRIC, chosen, f"names {shown(name)}", hint)
    for metric in config.metrics:
        if metric.name not in used:
            message, hint = "is not used by any metrics set", "Add it to one, or remove it."
            context.report_metric(METRIC_UNUSED, metric, (), message, hint)


@check(DASHBOARD_SET, SET_MIXED)
def check_dashboards(context: RuleContext) -> None:
    """Compare the dashboards with the sets, and the sets with the types of their metrics."""
    config = context.config
    if config is None:
        return
    of_dashboards = {dashboard.metrics_set for dashboard in config.dashboards}
    for dashboard in config.dashboards:
        names = [chosen.name for chosen in config.metrics_sets]
        file = next((file for file in config.files if file.path == dashboard.origin.path), None)
        if dashboard.metrics_set not in names and file is not None:
            hint = nearest_hint(dashboard.metrics_set, names, "Name a metrics set.")
            message = f"is {shown(dashboard.metrics_set)}, which is not a metrics set of the config"
            key = ("dashboards", dashboard.name, "metrics_set")
            context.report_key(DASHBOARD_SET, file, key, message, hint)
    for chosen in config.metrics_sets:
        for name in dict.fromkeys(chosen.metrics):
            metric = config.metric(name)
            if metric is None:
                continue
            if chosen.name in of_dashboards and metric.type in ("test", "batch"):
                message = f"is the set of a dashboard and has the {metric.type} metric "
                hint = "Give dashboards a set of their own."
                _report_set(context, DASHBOARD_SET, chosen, message + shown(name), hint)
            elif chosen.name not in of_dashboards and metric.type == "dashboard":
                message = f"has the metric {shown(name)} of dashboards, and no dashboard uses it"
                hint = "Move the metric to the set of a dashboard."
                _report_set(context, SET_MIXED, chosen, message, hint)


def _report_set(
    context: RuleContext, rule: Rule, chosen: MetricsSet, message: str, hint: str
) -> None:
    files = context.config.files if context.config else ()
    for file in files:
        if file.path == chosen.origin.path:
            context.report_key(rule, file, ("metrics sets", chosen.name), message, hint)
            return
