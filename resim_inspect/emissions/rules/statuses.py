"""Rules about the statuses of metrics: one `?` and numbers as thresholds."""

from __future__ import annotations

import math
import re

from resim_inspect.emissions.config.model import MetricDefinition, StatusDefinition
from resim_inspect.emissions.query_text import count_placeholders, masked
from resim_inspect.emissions.rule_context import RuleContext, check, shown
from resim_inspect.text import count
from resim_inspect.validation.findings import Rule, Severity

STATUS_PLACEHOLDER = Rule(
    "status-placeholder",
    Severity.ERROR,
    "A status query has exactly one ?",
    "The server puts the threshold there, first that of block, then that of warn.",
    ('metrics["Max speed"].status.query_string = "SELECT 1 FROM speed WHERE v > 10"',),
    ('metrics["Max speed"].status.query_string = "SELECT 1 FROM speed WHERE v > ?"',),
)
STATUS_THRESHOLD = Rule(
    "status-threshold",
    Severity.ERROR,
    "A threshold is a number",
    'The server refuses texts: "Expected Number but got String". A quoted number is a text.',
    ('metrics["Max speed"].status.block = "10"',),
    ('metrics["Max speed"].status.block = 10',),
)
STATUS_EMPTY = Rule(
    "status-empty",
    Severity.ERROR,
    "A status has warn, block or both",
    "Without a threshold the server refuses it.",
    ('metrics["Max speed"].status = {"query_string": "SELECT 1 FROM speed WHERE v > ?"}',),
    (
        'metrics["Max speed"].status = {"query_string": "SELECT 1 FROM speed WHERE v > ?", '
        '"warn": 3}',
    ),
)
VALUES_ROWS = Rule(
    "values-rows",
    Severity.ERROR,
    "The rows of VALUES are in parentheses",
    "The server's validation passes VALUES 'a', 'b', and its import fails with a parser error.",
    ('metrics["Max speed"].query_string = "SELECT v FROM speed CROSS JOIN (VALUES 1, 2) AS t(n)"',),
    (
        'metrics["Max speed"].query_string = '
        '"SELECT v FROM speed CROSS JOIN (VALUES (1), (2)) AS t(n)"',
    ),
)
_BARE_VALUES = re.compile(r"\bVALUES\s*[^\s(]", re.IGNORECASE)


@check(STATUS_PLACEHOLDER, STATUS_THRESHOLD, STATUS_EMPTY)
def check_statuses(context: RuleContext) -> None:
    """Check the status of each metric that has one."""
    if context.config is None:
        return
    for metric in context.config.metrics:
        if metric.status is not None:
            _check_status(context, metric, metric.status)


def _check_status(context: RuleContext, metric: MetricDefinition, status: StatusDefinition) -> None:
    number = count_placeholders(status.query)
    if number != 1:
        message = f"has {count(number, 'placeholder')} (?) and must have one"
        hint = "Compare with ?, which warn and block replace."
        key = ("status", "query_string")
        context.report_metric(STATUS_PLACEHOLDER, metric, key, message, hint)
    values = metric.values.get("status")
    values = values if isinstance(values, dict) else {}
    status_words = [word for word in ("warn", "block") if values.get(word) is not None]
    if not status_words:
        hint = "Add warn: or block: with a number."
        context.report_metric(STATUS_EMPTY, metric, ("status",), "has no threshold", hint)
    for word in status_words:
        value = values[word]
        if isinstance(value, bool) or not isinstance(value, int | float):
            hint = "Write the number without quotes."
            message = f"is {shown(value)}, which is not a number"
            context.report_metric(STATUS_THRESHOLD, metric, ("status", word), message, hint)
        elif not math.isfinite(getattr(status, word) or 0.0):
            hint = "Write a finite number."
            message = f"is {shown(value)}, which is not a finite number"
            context.report_metric(STATUS_THRESHOLD, metric, ("status", word), message, hint)


@check(VALUES_ROWS)
def check_values_rows(context: RuleContext) -> None:
    """Report rows of VALUES without parentheses."""
    if context.config is None:
        return
    for metric in context.config.metrics:
        for key, query in metric.queries():
            if _BARE_VALUES.search(masked(query)):
                message = "has rows of VALUES without parentheses, which fail at import"
                hint = "Write VALUES (1), (2)."
                context.report_metric(VALUES_ROWS, metric, key, message, hint)
