"""Validation of one document by the rules of an edition."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from resim_inspect.garbage import without_collections
from resim_inspect.validation.context import Context
from resim_inspect.validation.editions import edition as edition_of
from resim_inspect.validation.findings import Report
from resim_inspect.validation.registry import CHECKS
from resim_inspect.validation.rules.data import read_data
from resim_inspect.validation.rules.events import check_events
from resim_inspect.validation.rules.indexes import check_indexes
from resim_inspect.validation.rules.metric_pass import check_metrics

if TYPE_CHECKING:
    from resim_inspect.document import Document

WIDE = 10_000
"""Metrics and metrics data from which all are checked together, by columns."""


def validate(
    document: Document, *, edition: str | None, is_cancelled: Callable[[], bool]
) -> Report:
    """Validate a document by the rules of a release of open-core; None: the newest.

    `Report.valid` is the verdict of that release's own validator. Raises ValueError for an
    edition that is not a release number, and a DocumentError where the document cannot be
    read to its end: the file was rewritten, or protobuf refuses the bytes of a series.
    `is_cancelled` is asked before each deferred series, unless these are small; once it returns
    True, the validation ends with the CancelledError of concurrent.futures.
    """
    rules = edition_of(edition)
    with without_collections():
        # The context is freed before the collector is enabled, which would traverse all of it.
        return _validate(Context(document, rules, is_cancelled))


def _validate(context: Context) -> Report:
    # These fill the tables that the others use; each is one pass over its messages.
    if not (_is_wide(context.document) and _check_wide(context)):
        read_data(context)
        check_indexes(context)
        check_metrics(context)
    check_events(context)
    for check in CHECKS:
        check.run(context)
    return Report(context.edition.name, context.findings())


def _is_wide(document: Document) -> bool:
    """Return True for so many records that columns pay, although numpy has to be imported."""
    metrics = document.message.job_level_metrics.metrics
    return len(document.data_messages) + len(metrics) >= WIDE


def _check_wide(context: Context) -> bool:
    from resim_inspect.validation.wide.passes import check_wide

    return check_wide(context)
