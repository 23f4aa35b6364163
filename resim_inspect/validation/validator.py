"""One pass over a document: every rule of an edition, and the warnings beyond it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from resim_inspect.validation.context import FILE, Context, quoted
from resim_inspect.validation.editions import edition as edition_of
from resim_inspect.validation.findings import Report
from resim_inspect.validation.ids import is_uuid
from resim_inspect.validation.rules.data import check_indexes, read_data
from resim_inspect.validation.rules.events import check_events
from resim_inspect.validation.rules.files import check_files
from resim_inspect.validation.rules.metrics import check_metrics, check_statuses
from resim_inspect.validation.rules.usage import check_extras

if TYPE_CHECKING:
    from resim_inspect.document import Document

_PROTOBUF_LIMIT = (1 << 31) - 1


def validate(document: Document, *, edition: str | None = None) -> Report:
    """Everything that is wrong with a document, by the rules of a release of open-core.

    `Report.valid` is what that release's own validator says of the file. Raises ValueError
    for an edition that is no release number, and a DocumentError where the document cannot
    be read to its end: the file was rewritten, or protobuf refuses the bytes of a series.
    """
    rules = edition_of(edition)
    with _no_collections():
        # What it made is gone before the collector is back, which would look through it all.
        return _judge(Context(document, rules))


def _judge(context: Context) -> Report:
    read_data(context)
    _check_file(context)
    check_indexes(context)
    check_metrics(context)
    check_events(context)
    check_statuses(context)
    check_files(context)
    check_extras(context)
    return Report(context.edition.name, context.findings())


@contextmanager
def _no_collections() -> Iterator[None]:
    """Without the garbage collector, which would look at every object again and again.

    Of 100,000 data that takes a third of the time, and none of them is part of a cycle.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _check_file(context: Context) -> None:
    size = context.document.size
    if size > _PROTOBUF_LIMIT:
        context.error(
            "file-too-large",
            FILE,
            "file",
            f"has {size:,} bytes; protobuf, and with it every tool of ReSim's, reads up to "
            f"{_PROTOBUF_LIMIT:,}",
            "Store fewer samples, or spread the metrics over several jobs.",
        )
    job_id = context.message.job_id.id.data
    if not is_uuid(job_id):
        context.error(
            "job-id",
            FILE,
            "job_id",
            f"{quoted(job_id)} is no UUID" if job_id else "the file has no job id",
            "Set the UUID of the job.",
        )
