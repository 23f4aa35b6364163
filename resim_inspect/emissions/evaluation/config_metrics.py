"""The metrics of a config that belong to one scope or set, as the evaluation takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from resim_inspect.emissions.evaluation.columns import valid_text
from resim_inspect.emissions.evaluation.errors import EvaluationError
from resim_inspect.emissions.evaluation.specs import MetricSpec, StatusSpec
from resim_inspect.settings.faults import near_or_all

if TYPE_CHECKING:
    from resim_inspect.emissions.config.model import Config, MetricDefinition

NO_NAME = "(no name)"
SCOPES: Mapping[str, tuple[str, ...]] = {
    "test": ("test", ""),
    "batch": ("batch", "dashboard", "report"),
}
"""Types of metrics in each scope; a dashboard is evaluated over the jobs of the batch."""


def select_metrics(config: Config, scope: str, metrics_set: str = "") -> list[MetricSpec]:
    """Return the metrics of a scope, in the order of the set or of the config.

    Without a set, `batch` leaves the dashboards out. Raises EvaluationError for an unknown set.
    """
    types = SCOPES[scope]
    if not metrics_set:
        return [
            _spec(metric)
            for metric in config.metrics
            if metric.type in types and metric.type not in _PAGES
        ]
    chosen = config.metrics_set(metrics_set)
    if chosen is None:
        names = [metrics_set.name for metrics_set in config.metrics_sets]
        hint = near_or_all(metrics_set, names)
        raise EvaluationError(f'The config has no metrics set "{metrics_set}"{hint}')
    chosen_metrics = (config.metric(name) for name in dict.fromkeys(chosen.metrics))
    return [
        _spec(metric) for metric in chosen_metrics if metric is not None and metric.type in types
    ]


_PAGES = ("dashboard", "report")


def topic_schemas(config: Config) -> dict[str, Mapping[str, str]]:
    """Return the type of each field of each topic."""
    return {name: topic.fields for name, topic in config.topics.items()}


def _spec(metric: MetricDefinition) -> MetricSpec:
    status = None
    if metric.status is not None and metric.status.query:
        status = StatusSpec(
            metric.status.query, metric.status.warn, metric.status.block, metric.status.query_line
        )
    custom = metric.template_type == "custom" or (metric.template_file and not metric.template)
    return MetricSpec(
        name=valid_text(metric.name) or NO_NAME,
        query=valid_text(metric.query),
        # A metric without any template is one with an unknown template.
        template="" if custom else metric.template or "(none)",
        template_file=metric.template_file,
        units=valid_text(metric.units),
        description=valid_text(metric.description),
        skip_if_no_data=metric.skip_if_no_data,
        status=status,
        settings=metric.settings,
        path=metric.origin.path,
        line=metric.origin.line,
        query_line=metric.query_line,
    )
