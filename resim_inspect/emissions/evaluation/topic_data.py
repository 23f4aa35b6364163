"""Topics as the data of a document, where no config says what to make of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.building.data_builder import DataRef
from resim_inspect.document.approximate import APPROXIMATE_TAG
from resim_inspect.document.enums import MetricStatus
from resim_inspect.emissions.evaluation.columns import valid_text
from resim_inspect.emissions.evaluation.drawing.canvas import label
from resim_inspect.emissions.evaluation.evaluator import finished
from resim_inspect.emissions.evaluation.events import add_events

if TYPE_CHECKING:
    from resim_inspect.emissions.evaluation.topic_tables import JobEmissions
    from resim_inspect.emissions.model import Column, Topic


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
    for topic in job.emissions.topics.values():
        _add_topic(builder, topic)
    found, _ = add_events(builder, job.emissions, tags)
    return finished(builder, statuses | found).data


def _add_topic(builder: DocumentBuilder, topic: Topic) -> None:
    index = None
    if topic.has_timestamp.all():
        timestamps: Any = topic.timestamps
        index = builder.times(valid_text(f"{topic.name}: timestamp"), timestamps)
    for column in topic.columns.values():
        _add_column(builder, valid_text(f"{topic.name}: {column.name}"), column, index)


def _add_column(builder: DocumentBuilder, name: str, column: Column, index: DataRef | None) -> None:
    import numpy as np

    if column.type in ("boolean", "int", "float"):
        values = column.values.astype(np.float64)
        values[column.missing] = np.nan
        builder.doubles(name, values.tolist(), index=index)
        return
    pairs = zip(column.values.tolist(), column.missing.tolist(), strict=True)
    builder.strings(name, ["" if missing else label(one) for one, missing in pairs], index=index)
