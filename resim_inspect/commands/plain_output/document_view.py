"""One document in the linear output: its facts, and its changes when the file is rewritten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from resim_inspect.commands.plain_output.announcements import announcements, verdict_sentence
from resim_inspect.commands.plain_output.document_facts import (
    event_facts,
    finding_facts,
    metric_facts,
    metric_line,
    overview,
)
from resim_inspect.commands.plain_output.view import find_item, list_heading, unknown_filter
from resim_inspect.compared_sides import project_tolerances
from resim_inspect.comparison import CompareOptions, compare_documents
from resim_inspect.derived import is_derived
from resim_inspect.document import Document, parse_document
from resim_inspect.document.reloading.loading import Loaded, load_when_written
from resim_inspect.document.reloading.signatures import Debounce, Signature, document_signature
from resim_inspect.errors import DocumentError
from resim_inspect.filtering.catalog import Catalog
from resim_inspect.filtering.metrics import MetricFields
from resim_inspect.filtering.query import checked_query
from resim_inspect.text import clean, count

MAX_METRICS_IN_FULL = 60
"""Metrics from which the short form says only failing ones in full."""
LISTED = 500
"""Lines of a list; a filter makes it shorter."""
HELD_BYTES = 64 << 20
"""Size up to which the bytes of a file are held, so that it can be compared after a rewrite."""
MAX_WAIT = 3.0
"""Seconds after which a file is read that does not stop changing."""


class DocumentView:
    """A metrics file that is followed."""

    noun = "metric"

    def __init__(self, path: Path, *, written_timeout: float = 2.0) -> None:
        """Open the file; raises DocumentError.

        `written_timeout`: seconds that a half-written file is waited for.
        """
        self.path = path
        self._timeout = written_timeout
        loaded = load_when_written(path, timeout=0.0)
        self._document, self._signature = _held(loaded, path)
        self._seen: Signature | None = self._signature
        self._debounce = Debounce(MAX_WAIT)
        self._last_failing = -1
        """Place in the display order of the metric that was shown last."""

    @property
    def document(self) -> Document:
        """The document as it was read last."""
        return self._document

    def everything(self, *, short: bool) -> Iterator[str]:
        document = self._document
        yield from overview(document)
        order = document.display_order()
        in_full = not short or len(order) <= MAX_METRICS_IN_FULL
        for position in order:
            if in_full:
                yield ""
                yield from metric_facts(document, position)
            elif document.metrics[position].status.fails:
                yield metric_line(document, position)
        if not in_full:
            metrics = count(len(order), "metric")
            yield f"Of {metrics}, only those that fail are shown; type list for all."
        if len(document.events):
            yield ""
            yield from event_facts(document)

    def listed(self, query: str) -> Iterator[str]:
        catalog = Catalog(self._document)
        test, problem = checked_query(query, MetricFields(catalog))
        if problem:
            yield unknown_filter(problem, list(MetricFields.HELP))
            return
        chosen = [at for at in catalog.order if test is None or test(at)]
        yield list_heading(count(len(chosen), self.noun), filtered=test is not None)
        for position in chosen[:LISTED]:
            yield metric_line(self._document, position)
        if len(chosen) > LISTED:
            yield f"{len(chosen) - LISTED:,} more are not listed: a filter makes the list shorter."

    def shown(self, item: str) -> Iterator[str]:
        position = find_item(item, Catalog(self._document).names, self.noun)
        if isinstance(position, str):
            yield position
            return
        self._last_failing = self._document.display_order().index(position)
        yield from metric_facts(self._document, position)

    def next_failing(self) -> Iterator[str]:
        order, messages = self._document.display_order(), self._document.metrics
        failing = [at for at, position in enumerate(order) if messages[position].status.fails]
        if not failing:
            yield "No metric fails."
            return
        at = next((at for at in failing if at > self._last_failing), failing[0])
        if at <= self._last_failing:
            yield "This is the first failing metric again."
        self._last_failing = at
        yield from metric_facts(self._document, order[at])

    def findings(self) -> Iterator[str]:
        return finding_facts(self._document)

    def events(self) -> Iterator[str]:
        return event_facts(self._document)

    def opened(self, item: str) -> Path | str:  # noqa: ARG002
        return "This is a metrics file already; the command show reads out one of its metrics."

    def changes(self, now: float) -> Iterator[str]:
        state = document_signature(self.path)
        if state == self._seen:
            return
        if state is None:
            self._seen = state
            yield "The file is gone; it is read again when it is there."
            return
        if not self._debounce.is_due(state, now):
            return
        self._seen = state
        try:
            loaded = load_when_written(self.path, timeout=self._timeout)
        except DocumentError as error:
            yield f"The file changed and cannot be read: {clean(str(error))}."
            yield "What was read before is still here."
            return
        self._seen = loaded.signature
        before = self._document
        after, self._signature = _held(loaded, self.path)
        self._document = after
        with before:
            yield from _announced(before, after)

    def close(self) -> None:
        self._document.close()


def _held(loaded: Loaded, path: Path) -> tuple[Document, Signature | None]:
    """Return the document with its bytes in memory, unless it is large or evaluated.

    A file that is rewritten in place changes under a document that reads from it.
    """
    document = loaded.document
    if document.size > HELD_BYTES or is_derived(path):
        return loaded
    try:
        held = parse_document(path.read_bytes(), path=path)
    except (OSError, DocumentError):
        return loaded
    if document_signature(path) != loaded.signature:
        return loaded
    document.close()
    return held, loaded.signature


def _announced(before: Document, after: Document) -> Iterator[str]:
    try:
        options = CompareOptions(project_tolerances([]))
        changes = compare_documents(before, after, options).changes
    except DocumentError:
        yield "The file was rewritten in place, so that it cannot be compared with what it was."
        yield from overview(after)
        return
    sentences = list(announcements(changes))
    if not sentences:
        yield "The file was read again: nothing changed."
        return
    yield f"The file was read again, and {_number(len(sentences))} changed."
    yield from sentences
    yield verdict_sentence("The verdict", before.verdict, after.verdict)


def _number(count_announced: int) -> str:
    return "one thing" if count_announced == 1 else "several things"
