"""Topics as the data of a document, where no config says what to make of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document.approximate import APPROXIMATE_TAG
from resim_inspect.document.enums import MetricStatus
from resim_inspect.emissions.evaluation.drawing.topic_series import add_topics
from resim_inspect.emissions.evaluation.evaluator import finished
from resim_inspect.emissions.evaluation.events import add_events

if TYPE_CHECKING:
    from resim_inspect.emissions.evaluation.topic_tables import JobEmissions


def topics_document(job: JobEmissions, notice: str = "") -> bytes:
    """Return a document with a series for each field of each topic, the events, and no metric.

    A `notice` becomes the only metric: why the emissions were not evaluated.
    """
    builder = DocumentBuilder(job.identity.job_id)
    tags = dict([APPROXIMATE_TAG])
    statuses: set[MetricStatus] = set()
    if notice:
        builder.text("Not evaluated", notice, status="NOT_APPLICABLE", tags=tags)
        statuses.add(MetricStatus.NOT_APPLICABLE)
    add_topics(builder, job.emissions)
    event_statuses, _ = add_events(builder, job.emissions, tags)
    return finished(builder, statuses | event_statuses).data
