"""The mark of metrics that were evaluated here from emissions, and the words for it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resim_inspect.document.document import Document

APPROXIMATE_TAG = ("RESIM_INSPECT_APPROXIMATE", "1")
"""Key and value of the tag that each such metric carries."""
APPROXIMATE_NOTE = "approximate: evaluated here, not by ReSim"
_EXAMINED = 100
"""Metrics whose tags are looked at; an evaluation tags all of its metrics."""


def is_approximate(document: Document) -> bool:
    """Return True for a document whose metrics were evaluated here from emissions."""
    metrics = islice(document.message.job_level_metrics.metrics, _EXAMINED)
    return any((tag.key, tag.value) == APPROXIMATE_TAG for metric in metrics for tag in metric.tags)
