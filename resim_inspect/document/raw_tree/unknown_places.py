"""Place in the tree of a file of a field that the schema does not know."""

from __future__ import annotations

from resim_inspect.document.raw_tree.nodes import NodeKind, RawNode
from resim_inspect.document.raw_tree.places import Place
from resim_inspect.document.raw_tree.reader import Cancelled, RawReader, ReadCancelledError, never
from resim_inspect.document.unknown_fields import UnknownField


def place_of_unknown(
    reader: RawReader, unknown: UnknownField, is_cancelled: Cancelled = never
) -> Place:
    """Place of the first such field in the file; of the file itself if it has none.

    Raises ReadCancelledError, and ChangedError and UnreadableError of the source.
    """
    names = () if unknown.where == "file" else tuple(unknown.where.split("."))
    place = Place([], [reader.nodes(reader.root, is_cancelled)])
    _descend(reader, place, names, unknown.number, is_cancelled)
    return place


def _descend(
    reader: RawReader,
    place: Place,
    names: tuple[str, ...],
    number: int,
    is_cancelled: Cancelled,
) -> bool:
    """Go on to the field, below fields of these names; return False if it is not there."""
    for node in place.levels[-1]:
        if is_cancelled():
            raise ReadCancelledError("the reading was stopped")
        left = _names_below(node, names)
        if left is None:
            if names or node.kind is not NodeKind.FIELD or node.field or node.number != number:
                continue
            place.chain.append(node)
            return True
        assert node.below is not None
        place.chain.append(node)
        place.levels.append(reader.nodes(node.below, is_cancelled))
        if _descend(reader, place, left, number, is_cancelled):
            return True
        place.chain.pop()
        place.levels.pop()
    return False


def _names_below(node: RawNode, names: tuple[str, ...]) -> tuple[str, ...] | None:
    """Names of the path that are left below a node; None for a node that is not on the way."""
    if node.below is None or node.below.packed is not None:
        return None
    if node.is_paging:
        return names
    if not names or node.field is None or node.field.name != names[0]:
        return None
    message = node.field.message
    # The path names a map, and not the entries between it and its values.
    is_entry = message is not None and message.GetOptions().map_entry
    return ("value", *names[1:]) if is_entry else names[1:]
