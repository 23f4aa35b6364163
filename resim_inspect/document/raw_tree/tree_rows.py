"""Rows of a tree that is open in part: nodes with their depth, folded and unfolded."""

from __future__ import annotations

from typing import NamedTuple

from resim_inspect.document.raw_tree.nodes import NodeKind, RawNode
from resim_inspect.document.raw_tree.places import Place


class TreeRow(NamedTuple):
    """A row in view."""

    node: RawNode
    depth: int
    """0 for the fields of the file."""
    is_open: bool = False


class TreeRows:
    """The rows in view, from the top; a `more` row is replaced by what it stands for."""

    def __init__(self) -> None:
        self.rows: list[TreeRow] = []

    def show(self, nodes: list[RawNode]) -> None:
        """Show the nodes of a file, all folded."""
        self.rows = [TreeRow(node, 0) for node in nodes]

    def unfold(self, row: int, nodes: list[RawNode]) -> None:
        """Show the nodes below a row, which is folded."""
        node, depth, is_open = self.rows[row]
        if is_open:
            return
        if node.kind is NodeKind.REST:
            self.rows[row : row + 1] = [TreeRow(below, depth) for below in nodes]
            return
        self.rows[row] = TreeRow(node, depth, True)
        self.rows[row + 1 : row + 1] = [TreeRow(below, depth + 1) for below in nodes]

    def fold(self, row: int) -> None:
        """Hide all rows below a row."""
        node, depth, _ = self.rows[row]
        self.rows[row] = TreeRow(node, depth)
        del self.rows[row + 1 : self.end_of(row)]

    def end_of(self, row: int) -> int:
        """The row behind the last one below a row."""
        depth, end = self.rows[row].depth, row + 1
        while end < len(self.rows) and self.rows[end].depth > depth:
            end += 1
        return end

    def parent(self, row: int) -> int | None:
        """The row of the node that a row is below; None at the top."""
        depth = self.rows[row].depth
        return next((at for at in range(row - 1, -1, -1) if self.rows[at].depth < depth), None)

    def row_of(self, node: RawNode, start: int = 0) -> int | None:
        """Row of a node from a row on; None if it is not in view."""
        key = node.key
        for row in range(start, len(self.rows)):
            if self.rows[row].node.key == key:
                return row
        return None

    def reveal(self, place: Place) -> int:
        """Unfold what leads to a place; return its row, 0 for the file itself."""
        if not self.rows:
            self.show(place.levels[0])
        row = 0
        for depth, node in enumerate(place.chain):
            at = self.row_of(node, row)
            is_last = depth == len(place.chain) - 1
            if at is None:
                if node.kind is NodeKind.REST:
                    continue  # Replaced already by what it stands for.
                return row
            row = at
            if not is_last:
                self.unfold(row, place.levels[depth + 1])
        return row
