"""Reader of the tree of a file: the nodes below a node, from the bytes when they are asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from resim_inspect.document.raw_tree.field_types import ROOT, FieldType, field_type
from resim_inspect.document.raw_tree.nodes import Level, NodeKind, RawNode
from resim_inspect.document.raw_tree.packed_values import packed_nodes, packed_text
from resim_inspect.document.raw_tree.records import BYTES, GROUP, Record, Window, records
from resim_inspect.document.raw_tree.values import is_text, record_text, title
from resim_inspect.document.wire.source import Source
from resim_inspect.text import count

PAGE = 1000
"""Fields of a message that are listed one by one; more of them are listed in pages."""
SCAN_LIMIT = 50_000
"""Fields that are looked at in one go; what follows is a node of its own."""
_GUESS_BYTES = 1 << 16
"""Size of the largest unknown field that is tried as a message."""
_CHECK_INTERVAL = 4096

Cancelled = Callable[[], bool]
"""Returns True once the work was cancelled."""


class ReadCancelledError(Exception):
    """The work was stopped before its end."""


def never() -> bool:
    """Return False: the work is wanted to its end."""
    return False


class RawReader:
    """The fields of a metrics file. Nothing is read before it is asked for, and nothing is kept.

    Damaged bytes are nodes that say so. All methods raise ChangedError and UnreadableError of the
    source, and ReadCancelledError.
    """

    def __init__(self, source: Source, message: Any = ROOT) -> None:
        self.source = source
        self.root = Level(0, source.size, "", (), message)
        """Span of the whole file."""

    def nodes(self, level: Level, is_cancelled: Cancelled = never) -> list[RawNode]:
        """The nodes of a span, in the order of their bytes, which they cover without a gap."""
        nodes = (
            packed_nodes(self.source, level)
            if level.packed is not None
            else self._fields(level, is_cancelled)
        )
        self.source.verify()
        return nodes

    def _fields(self, level: Level, is_cancelled: Cancelled) -> list[RawNode]:
        seen = Counter(level.seen or {})
        if level.is_page:
            return list(self._listed(level, seen))
        scanned: list[Record] = []
        rest: list[RawNode] = []
        for record in records(self.source, level.start, level.stop):
            if len(scanned) == SCAN_LIMIT:
                rest = [self._rest(level, record.start, scanned)]
                break
            if len(scanned) % _CHECK_INTERVAL == 0 and is_cancelled():
                raise ReadCancelledError("the reading was stopped")
            scanned.append(record)
        if len(scanned) <= PAGE:
            window = Window(self.source, level.stop)
            return [self._node(window, level, record, seen) for record in scanned] + rest
        return [*self._pages(level, scanned, seen), *rest]

    def _listed(self, level: Level, seen: Counter[int]) -> Iterator[RawNode]:
        window = Window(self.source, level.stop)
        for record in records(self.source, level.start, level.stop):
            yield self._node(window, level, record, seen)

    def _pages(self, level: Level, scanned: list[Record], seen: Counter[int]) -> list[RawNode]:
        """Runs of fields of one number in pages; the few of other numbers between them singly."""
        runs = list(_runs(scanned))
        window = Window(self.source, level.stop)
        nodes: list[RawNode] = []
        # Fields that take turns would be as many runs: then the pages mix them.
        if sum(1 if stop - start > PAGE else stop - start for start, stop in runs) > PAGE:
            runs = [(0, len(scanned))]
        for first, last in runs:
            if last - first <= PAGE:
                nodes += (self._node(window, level, record, seen) for record in scanned[first:last])
                continue
            for start in range(first, last, PAGE):
                stop = min(start + PAGE, last)
                nodes.append(_page(level, scanned[start:stop], seen, level.first + start))
                seen.update(record.number for record in scanned[start:stop])
        return nodes

    def _rest(self, level: Level, start: int, scanned: list[Record]) -> RawNode:
        seen = Counter(level.seen or {})
        seen.update(record.number for record in scanned)
        first = level.first + len(scanned)
        below = Level(start, level.stop, level.path, level.steps, level.message, None, seen, first)
        name, value = "more fields", f"after the first {first:,}"
        return RawNode(
            NodeKind.REST, name, level.path, level.steps, start, start, level.stop, value,
            below=below,
        )  # fmt: skip

    def _node(self, window: Window, level: Level, record: Record, seen: Counter[int]) -> RawNode:
        """The node of a record; it is counted in `seen`."""
        number, index = record.number, seen[record.number]
        seen[number] += 1
        known = field_type(level.message, number) if record.wire_type >= 0 else None
        is_packed = known is not None and known.is_packable and record.wire_type == BYTES
        problem = record.problem
        if known is not None and not is_packed and record.wire_type != known.wire_type:
            # Protobuf keeps it as an unknown field.
            problem = problem or f"is not {known.name}, which has another wire type"
            known = None
        steps = (*level.steps, (number, index))
        if record.wire_type < 0:
            name, steps = "damaged bytes", level.steps
        else:
            name = _name(known, number, index, is_packed=is_packed)
        path = f"{level.path}.{name}" if level.path else name
        if record.wire_type < 0:
            path = level.path
        below = self._below(window, record, known, path, steps, is_packed=is_packed)
        if below is None:
            value = record_text(window, record, known)
        elif below.packed is not None:
            value = packed_text(window, below)
        elif known is None:
            value = count(record.end - record.body, "byte")
        else:
            value = title(window, record.body, record.end, below.message)
        kind = NodeKind.DAMAGE if record.wire_type < 0 else NodeKind.FIELD
        return RawNode(
            kind, name, path, steps, record.start, record.body, record.end, value, number,
            record.wire_type, known, below, problem,
        )  # fmt: skip

    def _below(
        self,
        window: Window,
        record: Record,
        known: FieldType | None,
        path: str,
        steps: tuple[tuple[int, int], ...],
        *,
        is_packed: bool,
    ) -> Level | None:
        if record.body == record.end:
            return None
        if record.wire_type == GROUP:
            return Level(record.body, record.end, path, steps)
        if record.wire_type != BYTES:
            return None
        if is_packed:
            return Level(record.body, record.end, path, steps, packed=known)
        if known is not None:
            message = known.message
            return Level(record.body, record.end, path, steps, message) if message else None
        if self._looks_like_message(window, record):
            return Level(record.body, record.end, path, steps)
        return None

    def _looks_like_message(self, window: Window, record: Record) -> bool:
        size = record.end - record.body
        if record.problem or size > _GUESS_BYTES or is_text(window.bytes_at(record.body, size)):
            return False
        inner = records(self.source, record.body, record.end)
        return all(each.wire_type >= 0 and not each.problem for each in inner)


def _runs(scanned: list[Record]) -> Iterator[tuple[int, int]]:
    """Spans of positions of neighbours with one number."""
    start = 0
    for position in range(1, len(scanned) + 1):
        if position == len(scanned) or scanned[position].number != scanned[start].number:
            yield start, position
            start = position


def _page(level: Level, page: list[Record], seen: Counter[int], first: int) -> RawNode:
    numbers = {record.number for record in page}
    number = page[0].number
    known = field_type(level.message, number)
    last = first + len(page) - 1
    name = f"fields {first:,} … {last:,}"
    if len(numbers) == 1:
        field_name = known.name if known is not None else f"unknown field {number}"
        last = seen[number] + len(page) - 1
        name = f"{field_name}[{seen[number]:,} … {last:,}]"
    start, end = page[0].start, page[-1].end
    below = Level(
        start, end, level.path, level.steps, level.message, None, Counter(seen), first, is_page=True
    )
    return RawNode(
        NodeKind.PAGE, name, level.path, level.steps, start, start, end,
        count(len(page), "field"), number if len(numbers) == 1 else 0, below=below,
        held=len(page),
    )  # fmt: skip


def _name(field: FieldType | None, number: int, index: int, *, is_packed: bool) -> str:
    if field is None:
        return f"unknown field {number}" + (f" ({index + 1})" if index else "")
    if field.is_repeated and not is_packed:
        return f"{field.name}[{index}]"
    # A field that may stand only once: protobuf takes the last one, or merges messages.
    return f"{field.name} ({index + 1})" if index else field.name
