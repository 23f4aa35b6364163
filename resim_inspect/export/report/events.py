"""The events of a job: on a timeline and as a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from resim_inspect.charts.build.time_axes import time_axis
from resim_inspect.charts.model.drawing import Axis, Curve, Drawing, Plot
from resim_inspect.document.document import Document
from resim_inspect.document.enums import MetricStatus
from resim_inspect.document.model import Event
from resim_inspect.export.report.charts import chart_html
from resim_inspect.export.report.markup import table
from resim_inspect.export.report.page import Page
from resim_inspect.text import INT64_MAX, INT64_MIN, clean, count

MAX_EVENTS = 1_000


def events_html(page: Page, document: Document) -> str:
    """The section of the events; empty without any."""
    events = sorted(document.events, key=lambda event: (event.is_dated, event.timestamp))
    if not events:
        return ""
    rows = []
    for event in events[:MAX_EVENTS]:
        metrics = [document.metric_by_id(metric_id) for metric_id in event.metrics[:20]]
        names = ", ".join(clean(metric.name, 60) for metric in metrics if metric is not None)
        status = f"{event.status.symbol} {event.status.name}" if event.status else ""
        tags = ", ".join(clean(tag, 60) for tag in event.tags[:20])
        rows.append((event.time_text, status, event.name, event.description, names, tags))
    header = ("time", "status", "event", "description", "metrics", "tags")
    left_off = max(0, len(events) - MAX_EVENTS)
    body = table(count(len(events), "event"), header, rows, {0}, left_off)
    timelines = "".join(
        chart_html(page, _timeline(part, dated))
        for dated in (False, True)
        if (part := [event for event in events if event.is_dated is dated])
    )
    return f'<section><h3>Events</h3><div class="card">{timelines}{body}</div></section>'


def _timeline(events: Sequence[Event], dated: bool) -> Drawing:
    """The moments of some events on one axis, a row for each status."""
    placed = [event for event in events if INT64_MIN < event.timestamp < INT64_MAX]
    statuses = sorted({event.status for event in placed}, key=lambda status: -status.rank)
    first = min((event.timestamp for event in placed), default=0)
    axis = time_axis(first, "auto" if dated else "relative")
    curves = []
    for row, status in enumerate(statuses):
        members = [event for event in placed if event.status is status]
        curves.append(
            Curve(
                name=status.name if status else "no status",
                x=np.array([event.timestamp for event in members], np.int64),
                y=np.full(len(members), float(row)),
                color_role=status if status is not MetricStatus.UNSET else "accent",
                line=False,
                mark="◆",
                texts=tuple(clean(event.name, 60) or "(no name)" for event in members),
            )
        )
    names = tuple(curve.name for curve in curves)
    rows = Axis("category", categories=names, reverse=True)
    return Drawing("Events", "timeline", (Plot(axis, rows, curves=tuple(curves)),))
