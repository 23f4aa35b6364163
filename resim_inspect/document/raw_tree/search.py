"""Search for a text in the names and values of the tree of a file, forwards and backwards."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from google.protobuf.descriptor import FieldDescriptor

from resim_inspect.document.raw_tree.field_types import reachable_names
from resim_inspect.document.raw_tree.nodes import RawNode
from resim_inspect.document.raw_tree.places import Place
from resim_inspect.document.raw_tree.reader import Cancelled, RawReader, ReadCancelledError, never
from resim_inspect.document.raw_tree.values import TEXT_LIMIT
from resim_inspect.text import clean

NODE_LIMIT = 250_000
"""Nodes that one search looks at."""
_CHECK_INTERVAL = 1024
_LONG_TEXT = 1 << 20
"""Bytes of a text field that are searched."""
_SKIPPABLE = 1 << 22
"""Size of the largest message whose bytes are searched before its fields are read."""
_LETTERS = re.compile(r"[a-z_]+")
_HEX_LETTERS = frozenset("abcdef")
_PLAIN = re.compile(r"[a-z0-9_\-/:#@+. ]+")
"""Texts that, as they stand, are in the bytes of each text that has them."""
_LOWER = bytes(range(256)).lower().translate(bytes.maketrans(b"\t\n\v\f\r", b"     "))
"""Table of bytes that does to ASCII what the comparison of rows does."""
_WORDS = (
    "true", "false", "nan", "infinity", "values", "bytes", "damaged", "unknown", "field",
    "value", "or",
)  # fmt: skip
"""Words that rows have besides the names and texts of the file."""

Progress = Callable[[int], None]
"""Called with the offset that a search has come to."""


class SearchResult(NamedTuple):
    """The end of a search."""

    place: Place | None
    """The node with the text; None if there was none."""
    reached: int
    """Offset that the search has come to."""
    is_complete: bool
    """False if it stopped at the limit of nodes or because it was cancelled."""


class _Search:
    def __init__(self, reader: RawReader, wanted: str, *, backwards: bool) -> None:
        self.reader = reader
        self.wanted = wanted.casefold()
        self.backwards = backwards
        # A part that no number, no hexadecimal digits and no words of the rows have is in a text.
        self._may_skip = _PLAIN.fullmatch(self.wanted) is not None and any(
            not _HEX_LETTERS.issuperset(part) and not any(part in word for word in _WORDS)
            for part in _LETTERS.findall(self.wanted)
        )
        self._as_bytes = self.wanted.encode()

    def ordered(self, nodes: list[RawNode]) -> Iterator[RawNode]:
        return reversed(nodes) if self.backwards else iter(nodes)

    def matches(self, node: RawNode) -> bool:
        if node.is_paging:
            return False
        if self.wanted in node.name.casefold() or self.wanted in node.value.casefold():
            return True
        is_text = node.field is not None and node.field.kind == FieldDescriptor.TYPE_STRING
        if not is_text or node.end - node.body <= TEXT_LIMIT:
            return False
        content = self.reader.source.read(node.body, min(_LONG_TEXT, node.end - node.body))
        return self.wanted in clean(content.decode("utf-8", "replace")).casefold()

    def is_worth_opening(self, node: RawNode) -> bool:
        """Return False if nothing below a node can have the text."""
        below = node.below
        if below is None or below.packed is not None:
            return False
        if not self._may_skip or node.size > _SKIPPABLE:
            return True
        if any(self.wanted in name for name in reachable_names(below.message)):
            return True
        content = self.reader.source.read(node.body, node.end - node.body)
        return self._as_bytes in content.replace(b"\r\n", b"\n").translate(_LOWER)


def search(
    reader: RawReader,
    wanted: str,
    offset: int,
    *,
    backwards: bool = False,
    is_cancelled: Cancelled = never,
    progress: Progress | None = None,
) -> SearchResult:
    """The next node after an offset whose name or value has a text, in any case of letters.

    Backwards: the last one before the offset. The values of a packed series are searched as far as
    their row shows them. Raises what the reader raises, except for a search that was cancelled.
    """
    looking = _Search(reader, wanted, backwards=backwards)
    try:
        return _walk(looking, offset, is_cancelled, progress)
    except ReadCancelledError:
        return SearchResult(None, offset, False)


def _walk(
    looking: _Search, offset: int, is_cancelled: Cancelled, progress: Progress | None
) -> SearchResult:
    reader, backwards = looking.reader, looking.backwards
    levels = [reader.nodes(reader.root, is_cancelled)]
    left = [looking.ordered(levels[0])]
    chain: list[RawNode] = []
    looked_at, reached = 0, offset
    while left:
        node = next(left[-1], None)
        if node is None:
            left.pop()
            levels.pop()
            if chain:
                above = chain.pop()
                # Backwards a message comes after what is in it.
                if backwards and above.start < offset and looking.matches(above):
                    return SearchResult(Place([*chain, above], levels), above.start, True)
            continue
        if node.start >= offset if backwards else node.end <= offset:
            continue
        looked_at, reached = looked_at + 1, node.start
        if looked_at % _CHECK_INTERVAL == 0:
            if looked_at > NODE_LIMIT or is_cancelled():
                return SearchResult(None, reached, False)
            if progress is not None:
                progress(reached)
        is_open = looking.is_worth_opening(node)
        is_candidate = node.start < offset if backwards else node.start > offset
        if is_candidate and not (backwards and is_open) and looking.matches(node):
            return SearchResult(Place([*chain, node], levels), node.start, True)
        if is_open:
            assert node.below is not None
            chain.append(node)
            levels.append(reader.nodes(node.below, is_cancelled))
            left.append(looking.ordered(levels[-1]))
    return SearchResult(None, reached, True)
