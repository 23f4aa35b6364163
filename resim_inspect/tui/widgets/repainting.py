"""Texts and frames of widgets that are shown again only where they differ from those in view.

Textual lays the whole screen out after each new text of a `Static`, and paints a box with all that
is in it after each new title of its frame. Most keys change neither the height of a text nor the
subtitle of a frame.
"""

from __future__ import annotations

from rich.text import Text
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static


def show_text(static: Static, text: Text) -> None:
    """Show a text; the screen is laid out again only if the text needs another height."""
    shown = static.content
    if isinstance(shown, Text) and (shown, shown.style) == (text, text.style):
        return
    static.update(text, layout=False)
    width, height = static.size
    auto_width = static.styles.width is not None and static.styles.width.is_auto
    if auto_width or not width or static.get_content_height(Size(), Size(), width) != height:
        static.refresh(layout=True)


def show_title(widget: Widget, title: str | Text) -> None:
    """Set the title of a widget's frame, if it is another one."""
    if widget.border_title != _markup(title):
        widget.border_title = title


def show_subtitle(widget: Widget, subtitle: str | Text) -> None:
    """Set the subtitle of a widget's frame, if it is another one."""
    if widget.border_subtitle != _markup(subtitle):
        widget.border_subtitle = subtitle


def _markup(words: str | Text) -> str:
    """Console markup of words, as a widget returns that of its title."""
    return Content.from_rich_text(words).markup if isinstance(words, Text) else words
