"""Rules beyond ReSim's validator about the file as a whole: what is not used, not known."""

from __future__ import annotations

from resim_inspect.validation.context import FILE, Context
from resim_inspect.validation.findings import Target


def check_extras(context: Context) -> None:
    """Unused data and event metrics, unknown fields, no metrics at all."""
    _check_use(context)
    for field in context.unknown:
        context.warning(
            "unknown-field",
            FILE,
            field.where,
            f"has field {field.number}, which the schema does not know",
            "It is kept, but nobody reads it; a newer open-core may have written it.",
        )
    if not context.message.job_level_metrics.metrics:
        context.info(
            "no-metrics",
            FILE,
            "metrics",
            "the file has no metrics",
            "ReSim accepts that, but there is nothing to see.",
        )


def _check_use(context: Context) -> None:
    for entry in context.entries:
        # Of data with the same id all but the last are out of reach: an error of its own.
        if not entry.used and context.data[context.of(entry).metrics_data_id.id.data] is entry:
            context.info(
                "data-unused",
                Target("data", entry.position),
                context.data_place(entry.position),
                "no metric and no other data refers to it",
                "Batch metrics may use it; else leave it out.",
            )
    if not context.event_metrics:
        return
    named = {metric_id.id.data for event in context.message.events for metric_id in event.metrics}
    for position, metric_id in context.event_metrics:
        if metric_id not in named:
            context.warning(
                "event-metric-unused",
                Target("metric", position),
                context.metric_place(position) + ".event_metric",
                "is marked as a metric of an event, but no event names it",
                "Add it to an event, or clear event_metric: ReSim shows it nowhere else.",
            )
