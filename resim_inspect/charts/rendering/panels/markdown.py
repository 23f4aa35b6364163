"""Markdown as lines of text: headings, lists, quotes, code, tables, emphasis; no HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from resim_inspect.charts.model.drawing import Cell, Table, Text
from resim_inspect.charts.model.style import PLAIN_STYLE, Line, Palette, Span, Style
from resim_inspect.charts.rendering.cells import Grid
from resim_inspect.charts.rendering.panels import table
from resim_inspect.charts.rendering.panels.canvas import PaintedPanel, PanelRequest
from resim_inspect.text import cell_width, chop, cut

_LIMIT = 200_000
"""Characters of the longest text that is shown in full."""

# A text may be long and may consist of openings alone, so no pattern tries a stretch twice:
# an opening's search stops at the next opening, and what is possessive is never divided again.
_INLINE = re.compile(
    r"(?P<code>(?<!`)`++)(?P<inner>[^`]++)(?P=code)"
    r"|\*\*(?P<bold>(?:[^*]|\*(?!\*))+?)\*\*"
    r"|__(?P<bold2>[^_]+?)__"
    r"|(?<![\w*])\*(?P<it>[^\s*](?:[^*]*[^\s*])?)\*(?!\w)"
    r"|(?<![\w_])_(?P<it2>[^\s_](?:[^_]*[^\s_])?)_(?!\w)"
    r"|~~(?P<strike>[^~]+?)~~"
    r"|!?\[(?P<label>[^\[\]]*+)\]\((?P<link>(?:[^()\s]|\([^()\s]*+\))*+)"
    r'(?:\s++(?:"[^"]*+"|[^()]*+))?\)'
    r"|\\(?P<escaped>[\\`*_{}\[\]()#+\-.!|>~])"
)
_ITEM = re.compile(r"^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$")
_HEADING = re.compile(r"^\s{0,3}(#{1,6})\s+(.*)$")
_FENCE = re.compile(r"^\s{0,3}(```+|~~~+)")
_RULE = re.compile(r"^\s{0,3}([-*_])\s*(?:\1\s*){2,}$")
_TABLE_LINE = re.compile(r"^\s*+\|?\s*+:?-++:?\s*+(\|\s*+:?-++:?\s*+)*+\|?\s*+$")


@dataclass(frozen=True, slots=True)
class _Theme:
    text: Style
    heading: Style
    code: Style
    dim: Style
    accent: Style


def _theme(palette: Palette) -> _Theme:
    return _Theme(
        PLAIN_STYLE,
        palette.style("accent", bold=True),
        palette.style(4),
        palette.style("dim"),
        palette.style("accent"),
    )


def rows(panel: Text, width: int) -> int:
    """Natural height in rows."""
    from resim_inspect.charts.model.style import PLAIN

    return len(lines(panel.markdown, width, PLAIN))


def paint(panel: Text, request: PanelRequest) -> PaintedPanel:
    """Paint the lines that fit; the last row counts the others."""
    grid = Grid(request.width, request.height)
    text_lines = lines(panel.markdown, request.width, request.palette)
    shown = text_lines
    if len(text_lines) > request.height:
        shown = text_lines[: max(0, request.height - 1)]
        text = f"… {len(text_lines) - len(shown):,} more lines"
        grid.put(0, request.height - 1, cut(text, request.width), request.palette.style("dim"))
    for y, line in enumerate(shown):
        x = 0
        for span in line:
            x = grid.put(x, y, span.text, span.style)
    return PaintedPanel(grid, more=len(text_lines) - len(shown))


def lines(markdown: str, width: int, palette: Palette) -> list[Line]:
    """The whole text in lines of at most `width` cells."""
    theme = _theme(palette)
    width = max(4, width)
    text_lines: list[Line] = []
    raw = markdown[:_LIMIT].split("\n")
    start = 0
    while start < len(raw):
        start = _block(raw, start, width, theme, palette, text_lines)
    while text_lines and not text_lines[-1]:
        text_lines.pop()
    if len(markdown) > _LIMIT:
        text_lines.append((Span(f"… {len(markdown) - _LIMIT:,} more characters", theme.dim),))
    return text_lines


def _block(
    raw: list[str], start: int, width: int, theme: _Theme, palette: Palette, lines: list[Line]
) -> int:
    """Add the lines of the block at `start`; returns the position of the next block."""
    line = raw[start]
    if not line.strip():
        if lines and lines[-1]:
            lines.append(())
        return start + 1
    if fence := _FENCE.match(line):
        end = start + 1
        while end < len(raw) and not raw[end].lstrip().startswith(fence.group(1)[:3]):
            end += 1
        lines += [(Span(cut("  " + text, width), theme.code),) for text in raw[start + 1 : end]]
        return end + 1
    if heading := _HEADING.match(line):
        if lines and lines[-1]:
            lines.append(())
        style = theme.heading
        if len(heading.group(1)) <= 1 and palette.color:
            style = replace(style, underline=True)
        text = heading.group(2).rstrip()
        bare = text.rstrip("#")
        # Signs close a heading behind a blank: those of `C#` belong to its text.
        text = text if bare and not bare[-1].isspace() else bare.rstrip()
        lines += _flow(_inline(text, style, theme), width)
        if len(heading.group(1)) <= 2 and not palette.color:
            lines.append((Span("─" * min(width, cell_width(text))),))
        return start + 1
    if _RULE.match(line):
        lines.append((Span("─" * width, theme.dim),))
        return start + 1
    if start + 1 < len(raw) and "|" in line and _TABLE_LINE.match(raw[start + 1]):
        return _table(raw, start, width, palette, lines)
    if item := _ITEM.match(line):
        indent = min(width // 2, len(item.group(1)))
        sign = "•" if item.group(2) in "-*+" else item.group(2)
        head = " " * indent + sign + " "
        text, start = _joined(raw, start + 1, item.group(3))
        body = _flow(_inline(text, theme.text, theme), max(4, width - len(head)))
        for k, part in enumerate(body):
            lead = Span(head, theme.accent) if k == 0 else Span(" " * len(head))
            lines.append((lead, *part))
        return start
    if line.lstrip().startswith(">"):
        inner = []
        while start < len(raw) and raw[start].lstrip().startswith(">"):
            inner.append(raw[start].lstrip()[1:].strip())
            start += 1
        for part in _flow(_inline(" ".join(inner), theme.dim, theme), max(4, width - 2)):
            lines.append((Span("▏ ", theme.accent), *part))
        return start
    if line.startswith(("    ", "\t")) and (not lines or not lines[-1]):
        lines.append((Span(cut(line, width), theme.code),))
        return start + 1
    text, after = _joined(raw, start + 1, line)
    lines += _flow(_inline(text, theme.text, theme), width)
    return after


def _joined(raw: list[str], start: int, first: str) -> tuple[str, int]:
    """A paragraph's lines in one; a line that ends in two blanks or a backslash ends for good."""
    text = first.strip() if not first.endswith("  ") else first.strip() + "\n"
    while start < len(raw):
        line = raw[start]
        if (
            not line.strip()
            or _ITEM.match(line)
            or _HEADING.match(line)
            or _FENCE.match(line)
            or _RULE.match(line)
            or line.lstrip().startswith((">", "|"))
        ):
            break
        if text.endswith("\\"):
            text = text[:-1] + "\n"
        glue = "" if text.endswith("\n") else " "
        text += glue + line.strip() + ("\n" if line.endswith("  ") else "")
        start += 1
    return text.rstrip("\n"), start


def _inline(text: str, style: Style, theme: _Theme, depth: int = 0) -> list[Span]:
    """Emphasis, code and links of one paragraph as spans; a link's target follows it."""
    spans: list[Span] = []
    at = 0
    for match in _INLINE.finditer(text) if depth < 4 else ():
        if match.start() > at:
            spans.append(Span(text[at : match.start()], style))
        at = match.end()
        part = match.groupdict()
        if part["inner"] is not None:
            spans.append(Span(part["inner"], replace(theme.code, bold=style.bold)))
        elif (bold := part["bold"] or part["bold2"]) is not None:
            spans += _inline(bold, replace(style, bold=True), theme, depth + 1)
        elif (italic := part["it"] or part["it2"]) is not None:
            spans += _inline(italic, replace(style, italic=True), theme, depth + 1)
        elif part["strike"] is not None:
            spans += _inline(part["strike"], replace(style, dim=True), theme, depth + 1)
        elif part["label"] is not None:
            label = part["label"] or part["link"]
            spans.append(Span(label, replace(style, underline=True)))
            if part["link"] and part["link"] != label:
                spans.append(Span(f" ({part['link']})", theme.dim))
        else:
            spans.append(Span(part["escaped"], style))
    if at < len(text):
        spans.append(Span(text[at:], style))
    return spans


def _flow(spans: list[Span], width: int) -> list[Line]:
    """Spans broken into lines between words."""
    lines: list[Line] = []
    line: list[Span] = []
    used = 0
    for span in spans:
        for k, paragraph in enumerate(span.text.split("\n")):
            if k:
                lines.append(tuple(line))
                line, used = [], 0
            for word in re.findall(r"\s+|\S+", paragraph):
                if word.isspace():
                    if used and used + 1 <= width:
                        line.append(Span(" ", span.style))
                        used += 1
                    continue
                size = cell_width(word)
                if used and used + size > width:
                    lines.append(_trimmed(line))
                    line, used = [], 0
                if size > width:
                    *full, word = chop(word, width)
                    lines += [(Span(part, span.style),) for part in full]
                    size = cell_width(word)
                line.append(Span(word, span.style))
                used += size
    if line or not lines:
        lines.append(_trimmed(line))
    return lines


def _trimmed(line: list[Span]) -> Line:
    while line and line[-1].text == " ":
        line.pop()
    return tuple(line)


def _table(raw: list[str], start: int, width: int, palette: Palette, lines: list[Line]) -> int:
    header = _cells(raw[start])
    marks = _cells(raw[start + 1])
    right = frozenset(k for k, mark in enumerate(marks) if mark.endswith(":"))
    end = start + 2
    body: list[tuple[Cell, ...]] = []
    while end < len(raw) and "|" in raw[end] and raw[end].strip():
        body.append(tuple(Cell(text) for text in _cells(raw[end])))
        end += 1
    panel = Table(tuple(header), tuple(body), right)
    request = PanelRequest(width, table.rows(panel, width), palette)
    lines += table.paint(panel, request).grid.lines()
    return end


def _cells(line: str) -> list[str]:
    inner = line.strip()
    inner = inner.removeprefix("|").removesuffix("|")
    return [_bare(cell.strip()) for cell in re.split(r"(?<!\\)\|", inner)]


def _bare(text: str) -> str:
    """A cell's text without its emphasis signs."""
    theme = _Theme(PLAIN_STYLE, PLAIN_STYLE, PLAIN_STYLE, PLAIN_STYLE, PLAIN_STYLE)
    return "".join(span.text for span in _inline(text, PLAIN_STYLE, theme))
