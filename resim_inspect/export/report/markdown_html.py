"""Markdown of a file as HTML without links, images and HTML of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token

MAX_RENDERED = 60_000
"""Characters that are rendered; the rest follows as plain text."""
_MAX_NESTING = 100
"""Levels of quotes and lists; a text with more is shown as it is."""
_HEADINGS_BELOW = 4
"""Level of the page's headings under which those of a text come."""


def markdown_html(text: str) -> str:
    """Render cleaned Markdown; what is beyond MAX_RENDERED characters follows as it is.

    Links and images become text with their target: nothing can be opened or loaded.
    """
    options = {"html": False, "maxNesting": _MAX_NESTING}
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    head = text[:MAX_RENDERED]
    if len(text) > MAX_RENDERED:
        # At the end of a line: half a line of Markdown could mean something else.
        head = head[: head.rfind("\n") + 1] or head
    rest = text[len(head) :]
    tokens = parser.parse(head)
    if max((token.level for token in tokens), default=0) >= _MAX_NESTING - 2:
        # The parser drops what is nested more deeply.
        return f"<pre>{escape(text)}</pre>"
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1:]) + _HEADINGS_BELOW)}"
        if token.children:
            token.children = list(_without_links(token.children))
    html = str(parser.renderer.render(tokens, parser.options, {}))
    return f'<div class="markdown">{html}</div>' + (f"<pre>{escape(rest)}</pre>" if rest else "")


def _without_links(tokens: Sequence[Token]) -> Iterator[Token]:
    target = label = ""
    for token in tokens:
        if token.type == "link_open":
            target, label = str(token.attrs.get("href", "")), ""
            yield _markup('<span class="link">')
        elif token.type == "link_close":
            # The target of an address in the text is the text itself.
            shown = "" if label == target else f" <code>{escape(target)}</code>"
            yield _markup(f"</span>{shown}")
        elif token.type == "image":
            target = str(token.attrs.get("src", ""))
            yield _markup(f"[image: {escape(token.content)}] <code>{escape(target)}</code>")
        else:
            label += token.content
            yield token


def _markup(html: str) -> Token:
    return Token("html_inline", "", 0, content=html)
