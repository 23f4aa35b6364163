"""Help: every key that does something where the focus is, the filter language, the marks."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.segment import Segment
from rich.text import Text
from textual.app import ComposeResult
from textual.dom import DOMNode
from textual.widgets import Static

from resim_inspect.document.enums import WORST_FIRST
from resim_inspect.tui.key_hints import bindings_of, key_name
from resim_inspect.tui.theme import theme_styles
from resim_inspect.tui.widgets.containers import ScrollBox
from resim_inspect.tui.widgets.dialogs import CLOSE, Dialog
from resim_inspect.tui.widgets.filter_host import FilterHost
from resim_inspect.validation.findings import Severity

KEYS_WIDTH = 18
"""Cells of the keys."""
_MEANINGS = {Severity.ERROR: ": ReSim's validator rejects the file"}
# In a narrow box a longer line would break between a mark and its word.
MARKS = (
    *(
        "   ".join(f"{status.symbol} {status.word}" for status in statuses)
        for statuses in (WORST_FIRST[:3], WORST_FIRST[3:])
    ),
    "   ".join(f"{each.symbol} {each.value}{_MEANINGS.get(each, '')}" for each in Severity),
)


def sections(nodes: Iterable[DOMNode]) -> dict[str, list[tuple[str, str, str]]]:
    """Keys, action and detail of the bindings along a focus path, by heading.

    Keys that a nearer widget takes are left out.
    """
    rows_by_group: dict[str, list[tuple[str, str, str]]] = {}
    taken: set[str] = set()
    for node in nodes:
        for binding in bindings_of(node):
            keys = [key for key in binding.keys if key not in taken]
            taken.update(keys)
            if keys:
                row = (key_name(",".join(keys)), binding.description, binding.tooltip)
                rows_by_group.setdefault(binding.group_title, []).append(row)
    return rows_by_group


class KeyTable:
    """Keys, to the right, and words, which are wrapped below their beginning.

    It takes a tenth of the time of a rich table.
    """

    def __init__(self, rows: Iterable[tuple[Text, Text]]) -> None:
        self._rows = list(rows)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = max(1, options.max_width - KEYS_WIDTH - 2)

        def lines(text: Text, width: int) -> Iterable[Text]:
            return [text] if text.cell_len <= width else text.wrap(console, width)

        def render(text: Text) -> Iterable[Segment]:
            # A text without spans is rendered without its style.
            return Segment.apply_style(text.render(console), console.get_style(text.style))

        for row in self._rows:
            rows = zip_longest(lines(row[0], KEYS_WIDTH), lines(row[1], room), fillvalue=Text())
            for left, right in rows:
                keys = left.copy()
                keys.pad_left(KEYS_WIDTH - keys.cell_len)
                yield from render(keys)
                yield Segment("  ")
                yield from render(right)
                yield Segment.line()


class RenderedOnce:
    """A renderable whose segments are kept for each width: Textual asks for them several times."""

    def __init__(self, renderable: RenderableType) -> None:
        self._renderable = renderable
        self._segments: dict[int, list[Segment]] = {}

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        segments = self._segments.get(options.max_width)
        if segments is None:
            segments = list(console.render(self._renderable, options.update(height=None)))
            self._segments[options.max_width] = segments
        yield from segments

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, self._renderable)


class HelpScreen(Dialog[None]):
    """The keys of what has the focus, of what is around it, and of the app."""

    def __init__(self, nodes: Iterable[DOMNode]) -> None:
        super().__init__()
        self.nodes = list(nodes)

    def _content(self) -> RenderedOnce:
        styles = theme_styles(self.app)
        parts: list[RenderableType] = []
        for heading, rows in sections(self.nodes).items():
            parts.append(Text(heading, styles.accent))
            table = []
            for keys, action, detail in rows:
                words = Text(action, styles.text)
                words.append(f" · {detail}" if detail else "", styles.quiet)
                table.append((Text(keys, styles.strong), words))
            parts += [KeyTable(table), Text()]
        for host in [node for node in self.nodes if isinstance(node, FilterHost)][:1]:
            fields = host.filter_fields()
            parts.append(Text("Filter", styles.accent))
            parts.append(Padding(Text(fields.EXAMPLE, styles.text), (0, 0, 0, 2)))
            table = [
                (Text(f"{name}:", styles.strong), Text(what, styles.text))
                for name, what in fields.HELP.items()
            ]
            parts += [KeyTable(table), Text()]
        parts.append(Text("Marks", styles.accent))
        parts += [Padding(Text(line, styles.text), (0, 0, 0, 2)) for line in MARKS]
        return RenderedOnce(Group(*parts))

    def compose(self) -> ComposeResult:
        with ScrollBox(classes="box") as box:
            yield Static(self._content())
        box.border_title = "Help"
        self.show_hints(box, "↑ ↓ scroll", CLOSE)

    def on_mount(self) -> None:
        self.query_one(ScrollBox).focus()

    def on_theme_changed(self) -> None:
        self.query_one(Static).update(self._content())
