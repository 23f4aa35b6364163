"""The passes over a wide file, in place of those over its messages."""

from __future__ import annotations

from resim_inspect.document.columns.record_spans import RecordSpans, record_spans
from resim_inspect.document.unknown_fields import has_unknown_fields
from resim_inspect.document.wire.scan import head
from resim_inspect.document.wire.slices import Slices
from resim_inspect.validation.context import Context
from resim_inspect.validation.rules.metric_pass import check_metrics
from resim_inspect.validation.wide.data_pass import check_indexes, read_data
from resim_inspect.validation.wide.metric_pass import MetricTable

_METRIC_TAG, _COLLECTION_TAG, _DATA_TAG = 0x0A, 0x12, 0x1A


def check_wide(context: Context) -> bool:
    """Check the data, their indexes and the metrics of a document.

    False, and no finding, for a document that has records of an unusual form outside of its metrics
    and data, or two data with the same id or name.
    """
    message = context.document.index_message
    spans = record_spans(message)
    if spans is None:
        return False
    unusual_data: list[bytes] = []
    states = read_data(context, message, spans.data, unusual_data)
    if states is None:
        return False
    check_indexes(context, states)
    metrics = MetricTable(context, message, spans.metrics)
    if not _may_have_unknown_fields(message, spans, unusual_data, metrics.unusual):
        context.unknown_fields = []
    if metrics.distinct and not context.unknown_fields:
        metrics.check(states)
    else:
        check_metrics(context)
    return True


def _may_have_unknown_fields(
    message: bytes, spans: RecordSpans, data: list[bytes], metrics: list[bytes]
) -> bool:
    """Return True if a record that no column holds has a field that the schema does not know."""
    parts = [message[start:stop] for start, stop in spans.others]
    parts += [head(_DATA_TAG, len(record)) + record for record in data]
    for record in metrics:
        metric = head(_METRIC_TAG, len(record)) + record
        parts.append(head(_COLLECTION_TAG, len(metric)) + metric)
    return has_unknown_fields(Slices(b"".join(parts)))
