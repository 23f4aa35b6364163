"""Comparison of documents and batches: what changed, what got worse, and a gate on it.

`compare_sides` compares two files or batches by their paths, `compare_documents` two open
documents. Everything that comes out is a frozen value; nothing is printed.
"""

from __future__ import annotations

from resim_inspect.comparison.batches import JobChanges, JobFile, Side, compare_sides
from resim_inspect.comparison.changes import (
    Change,
    Comparison,
    Measured,
    MetricTotals,
    Reading,
    VerdictChange,
)
from resim_inspect.comparison.directions import Direction
from resim_inspect.comparison.documents import CompareOptions, compare_documents
from resim_inspect.comparison.gate import gate_fails
from resim_inspect.comparison.tolerance import (
    Tolerance,
    ToleranceError,
    Tolerances,
    file_tolerances,
    tolerances,
)

__all__ = [
    "Change",
    "CompareOptions",
    "Comparison",
    "Direction",
    "JobChanges",
    "JobFile",
    "Measured",
    "MetricTotals",
    "Reading",
    "Side",
    "Tolerance",
    "ToleranceError",
    "Tolerances",
    "VerdictChange",
    "compare_documents",
    "compare_sides",
    "file_tolerances",
    "gate_fails",
    "tolerances",
]
