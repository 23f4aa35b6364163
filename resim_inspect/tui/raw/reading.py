"""Background work of the tree of fields: opening a file, reading a level, searching, copying."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from textual import work
from textual.message import Message
from textual.worker import Worker

from resim_inspect.document import open_document
from resim_inspect.document.raw_tree.contents import whole_value
from resim_inspect.document.raw_tree.nodes import RawNode, Step
from resim_inspect.document.raw_tree.places import (
    Place,
    item_steps,
    place_of_offset,
    place_of_steps,
)
from resim_inspect.document.raw_tree.reader import RawReader, ReadCancelledError
from resim_inspect.document.raw_tree.search import SearchResult, search
from resim_inspect.document.raw_tree.unknown_places import place_of_unknown
from resim_inspect.document.unknown_fields import UnknownField
from resim_inspect.document.wire.source import Source, open_source
from resim_inspect.errors import DocumentError
from resim_inspect.tui.document.session import Session
from resim_inspect.tui.widgets.main_screen import MainScreen
from resim_inspect.tui.workers import Background, is_worker_cancelled

SHOWN_BYTES = 512
"""Bytes of a node that are read to be shown."""
_PROGRESS_INTERVAL = 0.2
"""Seconds between two messages about how far a search has come."""


@dataclass(frozen=True)
class RawSubject:
    """The bytes to show: those of a file, or those of a document that was made from others."""

    label: str
    path: Path | None
    source: Source | None = None
    """Bytes in memory; None for those of the file as they are when it is opened."""
    problem: str = ""
    """Sentence that says why the file cannot be opened as a document; empty if it can."""

    def examined(self) -> RawSubject:
        """Return the subject with the problem that the file has now, if it had one."""
        if not self.problem or self.path is None:
            return self
        try:
            open_document(self.path).close()
        except DocumentError as error:
            return replace(self, problem=error.sentence)
        return replace(self, problem="")

    def open(self) -> Source:
        """Open the bytes. Raises UnreadableError and ChangedError."""
        if self.source is not None:
            return self.source
        assert self.path is not None
        return open_source(self.path)


def subject_of(session: Session) -> RawSubject:
    """The bytes of a document: of its file, or of what was evaluated from emissions."""
    document = session.document
    is_file = document.path is not None and document.stamp is not None
    return RawSubject(session.label, document.path, None if is_file else document.source)


@dataclass(frozen=True)
class RawTarget:
    """The node on which the cursor stands first: one of these, the file itself by default."""

    item: tuple[str, int] | None = None
    """Kind and position of a `metric`, `data` or `event`."""
    offset: int | None = None
    """Offset of a byte; one beyond the file stands for its last byte."""
    steps: tuple[Step, ...] = ()
    unknown: UnknownField | None = None

    def place(self, reader: RawReader) -> Place:
        """Find the node."""
        if self.offset is not None:
            last = max(0, reader.source.size - 1)
            return place_of_offset(reader, min(self.offset, last), is_worker_cancelled)
        if self.unknown is not None:
            return place_of_unknown(reader, self.unknown, is_worker_cancelled)
        steps = self.steps
        if self.item is not None:
            steps = item_steps(reader, *self.item, is_worker_cancelled)
        return place_of_steps(reader, steps, is_worker_cancelled)


class RawReadingScreen(MainScreen[None], Background):
    """A screen that reads a file in the background; each worker ends with one message."""

    class Opened(Message):
        """The file has been opened, and the target was found in it."""

        def __init__(
            self,
            subject: RawSubject,
            reader: RawReader,
            place: Place,
            below: list[RawNode] | None,
        ) -> None:
            super().__init__()
            self.subject = subject
            """The subject with its problem of now."""
            self.reader = reader
            self.place = place
            self.below = below
            """Nodes below the target that are shown at once; None for none."""

    class Failed(Message):
        """The bytes cannot be read."""

        def __init__(self, error: DocumentError) -> None:
            super().__init__()
            self.error = error

    class LevelRead(Message):
        """The nodes below a node have been read."""

        def __init__(self, reader: RawReader, node: RawNode, nodes: list[RawNode]) -> None:
            super().__init__()
            self.reader = reader
            self.node = node
            self.nodes = nodes

    class BytesRead(Message):
        """The first bytes of a node have been read."""

        def __init__(self, reader: RawReader, node: RawNode, content: bytes) -> None:
            super().__init__()
            self.reader = reader
            self.node = node
            self.content = content

    class ValueRead(Message):
        """The value of a node has been read, to be copied."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class SearchedTo(Message):
        """A search has come to an offset."""

        def __init__(self, request: int, offset: int) -> None:
            super().__init__()
            self.request = request
            self.offset = offset

    class Searched(Message):
        """A search has ended."""

        def __init__(self, request: int, result: SearchResult) -> None:
            super().__init__()
            self.request = request
            self.result = result

    @work(
        thread=True, exclusive=True, group="raw", exit_on_error=False, description="reading a file"
    )
    def open_file(self, subject: RawSubject, target: RawTarget) -> None:
        try:
            subject = subject.examined()
            reader = RawReader(subject.open())
            place = target.place(reader)
            below = None
            if place.chain and place.chain[-1].below is not None and target.item is not None:
                below = reader.nodes(place.chain[-1].below, is_worker_cancelled)
        except ReadCancelledError:
            return
        except DocumentError as error:
            self.post_message(self.Failed(error))
        else:
            self.post_message(self.Opened(subject, reader, place, below))

    @work(
        thread=True,
        exclusive=True,
        group="raw-level",
        exit_on_error=False,
        description="reading fields",
    )
    def read_level(self, reader: RawReader, node: RawNode) -> None:
        assert node.below is not None
        try:
            nodes = reader.nodes(node.below, is_worker_cancelled)
        except ReadCancelledError:
            return
        except DocumentError as error:
            self.post_message(self.Failed(error))
        else:
            self.post_message(self.LevelRead(reader, node, nodes))

    @work(
        thread=True,
        exclusive=True,
        group="raw-bytes",
        exit_on_error=False,
        description="reading bytes",
    )
    def read_bytes(self, reader: RawReader, node: RawNode) -> None:
        try:
            content = reader.source.read(node.start, min(SHOWN_BYTES, node.size))
        except DocumentError as error:
            self.post_message(self.Failed(error))
        else:
            self.post_message(self.BytesRead(reader, node, content))

    @work(
        thread=True,
        exclusive=True,
        group="raw-copy",
        exit_on_error=False,
        description="reading a value",
    )
    def read_value(self, reader: RawReader, node: RawNode) -> None:
        try:
            text = whole_value(reader, node)
        except DocumentError as error:
            self.post_message(self.Failed(error))
        else:
            self.post_message(self.ValueRead(text))

    def start_search(
        self, request: int, reader: RawReader, wanted: str, offset: int, *, backwards: bool
    ) -> Worker[None]:
        """Search from an offset; the messages about it have the number of the request."""
        return self._search(request, reader, wanted, offset, backwards=backwards)

    @work(
        thread=True,
        exclusive=True,
        group="raw-search",
        exit_on_error=False,
        description="searching a file",
    )
    def _search(
        self, request: int, reader: RawReader, wanted: str, offset: int, *, backwards: bool
    ) -> None:
        reported = monotonic()

        def report(reached: int) -> None:
            nonlocal reported
            if monotonic() - reported > _PROGRESS_INTERVAL:
                reported = monotonic()
                self.post_message(self.SearchedTo(request, reached))

        try:
            result = search(
                reader,
                wanted,
                offset,
                backwards=backwards,
                is_cancelled=is_worker_cancelled,
                progress=report,
            )
        except DocumentError as error:
            self.post_message(self.Failed(error))
            result = SearchResult(None, offset, False)
        self.post_message(self.Searched(request, result))
