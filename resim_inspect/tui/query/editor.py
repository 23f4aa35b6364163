"""The text of the query."""

from __future__ import annotations

from textual import events
from textual.message import Message
from textual.widgets import TextArea

from resim_inspect.emissions.evaluation.errors import Position
from resim_inspect.emissions.evaluation.translation import MAX_SQL
from resim_inspect.text import clean


class SqlEditor(TextArea):
    """A text area without characters that the terminal would obey."""

    DEFAULT_CSS = """
    SqlEditor, SqlEditor:focus { border: round $rule; height: 8; padding: 0 1; }
    SqlEditor:focus { border: round $accent; }
    .-narrow SqlEditor, .-narrow SqlEditor:focus { height: 6; }
    """

    class Filled(Message):
        """The text has been replaced as a whole."""

    def __init__(self) -> None:
        super().__init__(placeholder="SELECT … FROM a topic", highlight_cursor_line=False)
        self.cursor_blink = False
        self.border_title = "SQL"

    def fill(self, sql: str) -> None:
        """Replace the text; undo brings the one before back."""
        text = clean(sql, MAX_SQL, lines=True).strip()
        self.replace(text, (0, 0), self.document.end)
        self.move_cursor(self.document.end)
        self.post_message(self.Filled())

    def put(self, name: str) -> None:
        """Insert a name at the cursor."""
        self.insert(clean(name, 200))

    def point_at(self, position: Position) -> None:
        """Move the cursor to a position, as far as the text has it."""
        line = min(max(position.line - 1, 0), self.document.line_count - 1)
        column = min(max(position.column - 1, 0), len(self.document.get_line(line)))
        self.move_cursor((line, column))

    def on_paste(self, event: events.Paste) -> None:
        event.text = clean(event.text, MAX_SQL, lines=True)
