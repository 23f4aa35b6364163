"""List of the tree of fields: names and values on the left, offsets and sizes on the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from resim_inspect.document.raw_tree.nodes import NodeKind, RawNode
from resim_inspect.document.raw_tree.places import Place
from resim_inspect.document.raw_tree.tree_rows import TreeRow, TreeRows
from resim_inspect.text import cell_width, clean, cut, fit, pad, size
from resim_inspect.tui import clipboard
from resim_inspect.tui.keys.raw import RAW_TREE
from resim_inspect.tui.theme import ThemeStyles, theme_styles
from resim_inspect.tui.widgets.row_list import LineWidget, RowList, StyledText, strip_of
from resim_inspect.tui.widgets.searchable_list import mark_matches
from resim_inspect.validation.findings import Severity

_SIZE, _NUMBER = 9, 5
"""Columns of the right side."""
_OFFSET = 8
"""Least width of the offsets: that of their heading."""
_NUMBERED = 90
"""Width from which on the numbers of fields have room."""
_INDENT_DIVISOR = 3
"""The indent takes at most a third of the width."""


class RawHeading(LineWidget):
    """Titles of the columns above the tree."""

    DEFAULT_CSS = "RawHeading { height: 1; }"

    def render_line(self, y: int) -> Strip:  # noqa: ARG002
        tree, width = self.screen.query_one(RawTreeList), self.size.width
        styles = theme_styles(self.app)
        return strip_of(
            tree.heading(tree.scrollable_content_region.width, styles), width, self.base
        )


class RawTreeList(RowList):
    """Rows of a tree that is unfolded row by row; the screen reads what is below them."""

    BINDINGS: ClassVar[list[BindingType]] = [*RAW_TREE]
    DEFAULT_CSS = """
    RawTreeList { height: 1fr; }
    """

    class UnfoldRequested(Message):
        """A row is to be unfolded."""

        def __init__(self, node: RawNode) -> None:
            super().__init__()
            self.node = node

    class CopyRequested(Message):
        """The value of a row is to be copied."""

        def __init__(self, node: RawNode) -> None:
            super().__init__()
            self.node = node

    class SearchRequested(Message):
        """A text is to be found, from the cursor on."""

        def __init__(self, wanted: str, by: int) -> None:
            super().__init__()
            self.wanted = wanted
            self.by = by

    def __init__(self) -> None:
        super().__init__()
        self.tree_rows = TreeRows()
        self.wanted = ""
        """Text that was searched for, in lower case."""
        self.note = "reading…"
        """Text in place of the rows."""
        self._offset_width = _OFFSET

    # Contents.

    @property
    def row(self) -> TreeRow | None:
        """The row of the cursor."""
        rows = self.tree_rows.rows
        return rows[self.cursor] if 0 <= self.cursor < len(rows) else None

    @property
    def node(self) -> RawNode | None:
        """The node of the cursor."""
        return None if self.row is None else self.row.node

    def show_place(self, place: Place, below: list[RawNode] | None, file_size: int) -> None:
        """Show a new tree with the cursor on a place, and what is below it."""
        self._offset_width = max(_OFFSET, len(f"{file_size:,}") + 2)
        self.tree_rows = TreeRows()
        self.note = "The file has no bytes."
        self.reveal_place(place, below)

    def reveal_place(self, place: Place, below: list[RawNode] | None = None) -> None:
        """Unfold what leads to a place and go there."""
        row = self.tree_rows.reveal(place)
        if below is not None:
            self.tree_rows.unfold(row, below)
        self.set_count(len(self.tree_rows.rows), row)
        if below is not None:
            # As much of what is below as there is room for.
            self.reveal(min(self.tree_rows.end_of(row), self.count) - 1)
            self.reveal(row)

    def show_problem(self, sentence: str) -> None:
        """Show a sentence in place of the rows."""
        self.tree_rows, self.note = TreeRows(), sentence
        self.set_count(0)

    def unfold_node(self, node: RawNode, nodes: list[RawNode]) -> None:
        """Show what is below a node, if it is still in view."""
        row = self.tree_rows.row_of(node)
        if row is not None:
            self.tree_rows.unfold(row, nodes)
            self.set_count(len(self.tree_rows.rows))

    def empty_text(self) -> str:
        return self.note

    def render_row(self, row: int, width: int, styles: ThemeStyles) -> Sequence[StyledText]:
        node, depth, is_open = self.tree_rows.rows[row]
        number = f"#{node.number}" if node.number else ""
        columns = self._columns(number, f"{node.start:,}", size(node.size), width)
        right = [(columns, styles.quiet)]
        room = max(10, width - sum(len(text) for text, _ in right) - 1)
        indent = " " * min(2 * depth, room // _INDENT_DIVISOR)
        mark = "  " if node.below is None else "▾ " if is_open else "▸ "
        name = cut(node.name, max(8, room - len(indent) - 4))
        left: list[StyledText] = [
            ("▌" if row == self.cursor else " ", styles.accent),
            (indent + mark, styles.quiet),
            *mark_matches([(name, self._name_style(node, styles))], self.wanted, styles.marks),
        ]
        used = sum(cell_width(text) for text, _ in left)
        if node.problem:
            left.append(
                (
                    fit(f"  ✗ {clean(node.problem, 200)}", room - used),
                    styles.severity[Severity.ERROR],
                )
            )
        else:
            value = fit("  " + node.value, room - used)
            style = styles.quiet if node.is_paging else styles.text
            left += mark_matches([(value, style)], self.wanted, styles.marks)
        return [*left, *right]

    def _columns(self, number: str, offset: str, bytes_: str, width: int) -> str:
        """The right side of a row."""
        columns = pad(offset, self._offset_width, right=True) + pad(bytes_, _SIZE, right=True)
        return pad(number, _NUMBER, right=True) + columns if width >= _NUMBERED else columns

    def heading(self, width: int, styles: ThemeStyles) -> list[StyledText]:
        """Titles of the columns; none while there are no rows."""
        columns = self._columns("no.", "offset", "size", width) if self.count else ""
        left = "   field" if self.count else ""
        return [(fit(left, max(0, width - len(columns) - 1)) + columns, styles.quiet)]

    def _name_style(self, node: RawNode, styles: ThemeStyles) -> Style:
        if node.kind is NodeKind.FIELD and node.field is None:
            return styles.accent
        return styles.quiet if node.is_paging else styles.strong

    # Keys.

    def action_choose(self) -> None:
        if self.row is not None and self.row.is_open:
            self._fold(self.cursor)
        else:
            self.action_unfold()

    def action_unfold(self) -> None:
        row = self.row
        if row is None:
            return
        if row.is_open:
            self.action_move(1)
        elif row.node.below is not None:
            self.post_message(self.UnfoldRequested(row.node))

    def action_fold(self) -> None:
        if self.row is None:
            return
        if self.row.is_open:
            self._fold(self.cursor)
            return
        parent = self.tree_rows.parent(self.cursor)
        if parent is not None:
            self.cursor = parent

    def _fold(self, row: int) -> None:
        self.tree_rows.fold(row)
        self.set_count(len(self.tree_rows.rows), row)

    def action_copy(self) -> None:
        if self.node is not None:
            self.post_message(self.CopyRequested(self.node))

    def action_copy_path(self) -> None:
        if self.node is not None:
            clipboard.copy(self.app, self.node.path)

    def action_search(self) -> None:
        from resim_inspect.tui.widgets.prompt import Prompt

        def typed(text: str | None) -> None:
            if text:
                self.wanted = text.casefold()
                self.refresh()
                self.post_message(self.SearchRequested(self.wanted, 1))

        self.app.push_screen(Prompt("Find in names and values", "a part of it", done="find"), typed)

    def action_hit(self, by: int) -> None:
        if self.wanted:
            self.post_message(self.SearchRequested(self.wanted, by))
        else:
            self.action_search()

    def fold_hint(self) -> str:
        """Words for what Enter does to the row; empty for nothing."""
        row = self.row
        if row is None or row.node.below is None:
            return ""
        return "fold" if row.is_open else "unfold"
