"""Rules about what nothing refers to."""

from __future__ import annotations

from resim_inspect.validation.context import Context, document_check
from resim_inspect.validation.findings import Rule, Severity, Target

EVENT_METRIC_UNUSED = Rule(
    "event-metric-unused",
    Severity.WARNING,
    "A metric of an event is named by one",
    "ReSim shows event metrics with their event only; one that no event names is not seen.",
    ('metrics["Max speed"].event_metric = true',),
    (
        'metrics["Max speed"].event_metric = true',
        'events["Take-off"].metrics = [metrics["Max speed"]]',
    ),
)
DATA_UNUSED = Rule(
    "data-unused",
    Severity.INFO,
    "Some data is referred to by nothing",
    "Batch metrics may use it; else it only makes the file larger.",
    ('metrics["Map"].values.image = data["photo"]',),
    ('metrics["Map"].values.image = data["map"]',),
)


@document_check(DATA_UNUSED)
def check_data_used(context: Context) -> None:
    """Report data that no metric and no other data refers to."""
    for entry in context.data_list.unused():
        # Of data with the same id all but the last are out of reach: an error of its own.
        if context.data_by_id[context.of(entry).metrics_data_id.id.data] is entry:
            context.report(
                DATA_UNUSED,
                Target("data", entry.position),
                context.data_place(entry.position),
                "no metric and no other data refers to it",
                "Batch metrics may use it; else leave it out.",
            )


@document_check(EVENT_METRIC_UNUSED)
def check_event_metrics_named(context: Context) -> None:
    """Report event metrics that no event names."""
    if not context.event_metrics:
        return
    named = {metric_id.id.data for event in context.message.events for metric_id in event.metrics}
    for position, metric_id in context.event_metrics:
        if metric_id not in named:
            context.report(
                EVENT_METRIC_UNUSED,
                Target("metric", position),
                context.metric_place(position) + ".event_metric",
                "is marked as a metric of an event, but no event names it",
                "Add it to an event, or clear event_metric: ReSim shows it nowhere else.",
            )
