"""The last line of a terminal: replaced in place, and cleared before other output."""

from __future__ import annotations

from contextlib import suppress
from typing import TextIO

from resim_inspect.terminal import terminal_columns
from resim_inspect.text import cell_width, clean, cut


class StatusLine:
    """Shows one line at the end of a stream's output. Without a terminal it shows nothing."""

    def __init__(self, stream: TextIO, *, color: bool, active: bool) -> None:
        self._stream = stream
        self._color = color
        self._active = active
        self._shown = ""

    def show(self, *texts: str) -> None:
        """Replace the line by the first text that fits; the last one is cut to the width."""
        if not self._active:
            return
        # One cell is left free: a full line would break.
        width = max(10, terminal_columns() - 1)
        lines = [clean(text) for text in texts]
        line = next((each for each in lines if cell_width(each) <= width), cut(lines[-1], width))
        if line != self._shown:
            self._shown = line
            styled = f"\x1b[2m{line}\x1b[0m" if self._color else line
            self._write(f"\r\x1b[2K{styled}")

    def forget(self) -> None:
        """Show the line again the next time, as other programs have written since."""
        self._shown = ""

    def clear(self) -> None:
        """Remove the line."""
        if self._shown:
            self._shown = ""
            self._write("\r\x1b[2K")

    def _write(self, text: str) -> None:
        # The terminal may be gone.
        with suppress(OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()
