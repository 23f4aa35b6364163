"""Rules about what an evaluation meets: each finding of it has one of these codes."""

from __future__ import annotations

from resim_inspect.validation.findings import Rule, Severity

QUERY_ERROR = Rule(
    "metric-query-error",
    Severity.ERROR,
    "The query of a metric and of its status can be run",
    "A query is one SELECT over the topics and the tables metadata, container_performance and "
    "test_length_seconds. It was refused, failed, or was stopped at a limit of time, memory or "
    "rows. Its SQL is translated from Trino's; an error here may be one of the translation.",
)
RENDER_ERROR = Rule(
    "metric-render-error",
    Severity.ERROR,
    "The template of a metric can be drawn",
    "The result of the query has the columns that the system template needs, or the Liquid "
    "template prints a plotly figure as JSON.",
)
TEMPLATE_UNKNOWN = Rule(
    "metric-template-unknown",
    Severity.ERROR,
    "A metric has a known template",
    "The server knows bar, histogram, image, line, pie, scalar, state_timeline, table and video,"
    " and custom ones with a template_file.",
)
TEMPLATE_NOT_DRAWN = Rule(
    "metric-template-not-drawn",
    Severity.WARNING,
    "The template of a metric is drawn here",
    "The server knows the template artifact; what it draws is not documented.",
)
NOT_EVALUATED = Rule(
    "metric-not-evaluated",
    Severity.ERROR,
    "All metrics are evaluated within the time limit",
    "All queries and templates of a config have one time limit together, 600 s unless "
    "`evaluate --time-limit` sets another one. The metrics that it leaves no time for, or that "
    "were still to come when the evaluation was stopped, are not evaluated.",
)
MEDIA_MISSING = Rule(
    "metric-media-missing",
    Severity.WARNING,
    "The files that images and videos name lie in the outputs",
    "A path is relative to the folder of the emissions and does not lead out of it.",
)
NOTE = Rule(
    "metric-evaluation-note",
    Severity.INFO,
    "A drawing shows the whole result of its query",
    "Rows that a template has no place for are left out, and the finding says how many.",
)
RULES = (
    QUERY_ERROR, RENDER_ERROR, NOT_EVALUATED, TEMPLATE_UNKNOWN, TEMPLATE_NOT_DRAWN, MEDIA_MISSING,
    NOTE,
)  # fmt: skip
