"""Rules about the status of the file against those of its collection and its metrics."""

from __future__ import annotations

from resim_inspect.validation import schema_constants
from resim_inspect.validation.context import FILE, Context, document_check
from resim_inspect.validation.findings import Rule, Severity
from resim_inspect.validation.rules.schema import report_unknown_number

STATUS_UNSET = Rule(
    "status-unset",
    Severity.ERROR,
    "The file, its collection, every metric and every event have a status",
    "The file, its collection of metrics, every metric and every event must have a status; "
    "protobuf leaves it unset by default.",
    ('metrics["Max speed"].status = unset',),
    ('metrics["Max speed"].status = PASSED',),
)
STATUS_DISAGREES = Rule(
    "status-disagrees",
    Severity.ERROR,
    "The file's status is that of its worst metric",
    "Old releases demand that file and collection are FAIL_BLOCK if a metric is, else "
    "FAIL_WARN if a metric is, else PASSED. Since 0.1.0 a metrics build may decide itself.",
    ('metrics["Max speed"].status = FAIL_WARN',),
    ('metrics["Max speed"].status = RAW',),
    until="0.1.0",
)
STATUS_CONTRADICTS = Rule(
    "status-contradicts",
    Severity.WARNING,
    "The file's status fits its metrics",
    "ReSim shows the status of the file. It may be set apart from the metrics, but where "
    "one fails and the other does not, it is more often forgotten.",
    ('metrics["Max speed"].status = FAIL_BLOCK',),
    (
        'metrics["Max speed"].status = FAIL_BLOCK',
        "metrics_status = FAIL_BLOCK",
        "job_level_metrics.metrics_status = FAIL_BLOCK",
    ),
    since="0.1.0",
)

STATUS_HINT = "Set PASSED, FAIL_WARN, FAIL_BLOCK, NOT_APPLICABLE or RAW."


@document_check(STATUS_UNSET, STATUS_DISAGREES, STATUS_CONTRADICTS)
def check_statuses(context: Context) -> None:
    """Compare the status of the file with those of its collection and its metrics."""
    message = context.message
    own = message.metrics_status
    collection = message.job_level_metrics.metrics_status
    for location, number in (
        ("metrics_status", own),
        ("job_level_metrics.metrics_status", collection),
    ):
        if not 0 <= number <= schema_constants.LAST:
            report_unknown_number(context, FILE, location, number)
    if not own:
        context.report(STATUS_UNSET, FILE, "metrics_status", "the file has no status", STATUS_HINT)
    if not collection:
        context.report(
            STATUS_UNSET,
            FILE,
            "job_level_metrics.metrics_status",
            "the collection of metrics has no status",
            STATUS_HINT,
        )
    statuses = context.statuses
    worst = (
        schema_constants.FAIL_BLOCK
        if schema_constants.FAIL_BLOCK in statuses
        else schema_constants.FAIL_WARN
        if schema_constants.FAIL_WARN in statuses
        else schema_constants.PASSED
    )
    if context.edition.statuses_agree:
        if own and own != worst:
            context.report(
                STATUS_DISAGREES,
                FILE,
                "metrics_status",
                f"the file has the status {schema_constants.status(own)},"
                f" its metrics make it {schema_constants.status(worst)}",
                f"Before 0.1.0 the file's status must be {schema_constants.status(worst)}.",
            )
        if own and collection and collection != own:
            context.report(
                STATUS_DISAGREES,
                FILE,
                "job_level_metrics.metrics_status",
                f"the collection has the status {schema_constants.status(collection)},"
                f" the file {schema_constants.status(own)}",
                "Before 0.1.0 the two must be the same.",
            )
        return
    if own and collection and own != collection:
        context.report(
            STATUS_CONTRADICTS,
            FILE,
            "job_level_metrics.metrics_status",
            f"the collection has the status {schema_constants.status(collection)},"
            f" the file {schema_constants.status(own)}",
            "Set both alike; ReSim shows the file's.",
        )
    if own and _failing(own) != _failing(worst):
        at = next(
            (
                position
                for position, metric in enumerate(message.job_level_metrics.metrics)
                if metric.status == worst
            ),
            None,
        )
        because = (
            "none of its metrics fails"
            if not _failing(worst)
            else f"{context.metric_place(at or 0)} is {schema_constants.status(worst)}"
        )
        context.report(
            STATUS_CONTRADICTS,
            FILE,
            "metrics_status",
            f"the file has the status {schema_constants.status(own)}, but {because}",
            "Leave it if it is intended; else set the status of the worst metric.",
        )


def _failing(number: int) -> int:
    return number if number in (schema_constants.FAIL_WARN, schema_constants.FAIL_BLOCK) else 0
