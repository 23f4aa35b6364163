"""The node of the cursor in full: its path, type, offset and value, and its bytes."""

from __future__ import annotations

from rich.style import Style
from textual.strip import Strip

from resim_inspect.document.raw_tree.contents import hex_lines
from resim_inspect.document.raw_tree.nodes import RawNode
from resim_inspect.document.raw_tree.records import BYTES
from resim_inspect.text import clean, count, cut, cut_left
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.row_list import LineWidget, StyledText, strip_of
from resim_inspect.validation.findings import Severity

_WIDE = 78
"""Columns from which on a line has 16 bytes instead of 8."""


class BytesView(LineWidget):
    """Lines about one node, the last ones of its first bytes."""

    DEFAULT_CSS = """
    BytesView {
        height: 10; border: round $rule; border-title-color: $quiet; padding: 0 1;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._node: RawNode | None = None
        self._content = b""

    def show(self, node: RawNode | None, content: bytes = b"") -> None:
        """Show a node with its first bytes, those of its tag and length among them."""
        self._node, self._content = node, content
        self.border_title = "Bytes"
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width, styles = self.content_size.width, theme_styles(self.app)
        lines = self._lines(width)
        pieces: list[StyledText] = [] if y >= len(lines) else [lines[y]]
        return strip_of([(text, style or styles.text) for text, style in pieces], width, self.base)

    def _lines(self, width: int) -> list[tuple[str, Style]]:
        node, styles = self._node, theme_styles(self.app)
        if node is None:
            return []
        head = node.body - node.start
        words = "tag and length" if node.wire_type == BYTES else "tag"
        parts = (
            f"field {node.number}" if node.number else "",
            node.type_text,
            f"byte {node.start:,}",
            count(node.size, "byte") + (f", {head} of them {words}" if head else ""),
        )
        value = (node.value, styles.text)
        if node.problem:
            value = (f"✗ {clean(node.problem, 300)}", styles.severity[Severity.ERROR])
        lines = [
            (cut_left(node.path or "the file", width), styles.strong),
            (cut(" · ".join(part for part in parts if part), width), styles.quiet),
            (cut(value[0], width), value[1]),
        ]
        columns = 16 if width >= _WIDE else 8
        hexadecimal = hex_lines(self._content, node.start, columns)
        return [*lines, *((cut(line, width), styles.text) for line in hexadecimal)]
