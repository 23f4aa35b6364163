"""The linear session: prints the facts, follows the files, and answers typed commands."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from resim_inspect.commands.plain_output.document_view import DocumentView
from resim_inspect.errors import InspectError
from resim_inspect.text import clean

if TYPE_CHECKING:
    from resim_inspect.commands.plain_output.typed_lines import TypedLines
    from resim_inspect.commands.plain_output.view import View

INTERVAL = 0.5
"""Seconds between two looks at the files."""
COMMANDS = {
    "list": "list [FILTER] says one line for each metric or job; the filter is that of the app, "
    "such as status:fail; of inputs it is a part of a file's name.",
    "show": "show NAME or show NUMBER says everything about one of them.",
    "next": "next says everything about the next one that fails.",
    "open": "open NAME or open NUMBER opens the metrics of a job.",
    "back": "back goes from a job to its workspace.",
    "findings": "findings says what is wrong with the file by ReSim's rules.",
    "events": "events says the events of the file.",
    "all": "all says everything again.",
    "help": "help says the commands.",
    "quit": "quit, or q, ends the program.",
}


class Session:
    """A stack of views, of which the last one is followed and asked."""

    def __init__(self, view: View, stream: TextIO, clock: Callable[[], float] | None = None):
        self._views = [view]
        self._stream = stream
        self._clock = clock or time.monotonic
        self.ended = False

    @property
    def view(self) -> View:
        """The view that is followed."""
        return self._views[-1]

    def say(self, lines: Iterable[str]) -> None:
        """Write lines, each in one piece; nothing of a file reaches the terminal uncleaned."""
        for line in lines:
            self._stream.write(clean(line) + "\n")
        self._stream.flush()

    def look(self) -> None:
        """Announce what changed since the last look."""
        self.say(self.view.changes(self._clock()))

    def answer(self, line: str) -> None:
        """Do what a typed line asks for."""
        word, _, rest = line.strip().partition(" ")
        if not word:
            return
        known = [name for name in COMMANDS if name.startswith(word.casefold())]
        if len(known) == 1:
            try:
                self.say(self._done(known[0], rest.strip()))
            except InspectError as error:
                self.say([f"That cannot be done: {error.located()}."])
        else:
            self.say([f"{clean(word, 40)} is not a command. Type help and press Enter."])

    def _done(self, name: str, rest: str) -> Iterator[str]:
        view = self.view
        match name:
            case "list":
                yield from view.listed(rest)
            case "show":
                yield from view.shown(rest)
            case "next":
                yield from view.next_failing()
            case "findings":
                yield from view.findings()
            case "events":
                yield from view.events()
            case "all":
                yield from view.everything(short=True)
            case "open":
                yield from self._opened(rest)
            case "back":
                yield from self._back()
            case "help":
                yield from COMMANDS.values()
            case _:
                self.ended = True

    def _opened(self, item: str) -> Iterator[str]:
        path = self.view.opened(item)
        if not isinstance(path, Path):
            yield path
            return
        view = DocumentView(path)
        self._views.append(view)
        yield from view.everything(short=True)
        yield "The command back goes to the workspace."

    def _back(self) -> Iterator[str]:
        if len(self._views) == 1:
            yield "There is nothing to go back to."
            return
        self._views.pop().close()
        yield "This is the workspace again."
        yield from self.view.changes(self._clock())

    def follow(self, typed: TypedLines | None) -> None:
        """Follow the files until `quit`, the end of the input or an interruption."""
        while not self.ended:
            if typed is None:
                time.sleep(INTERVAL)
            else:
                line = typed.take(INTERVAL)
                if line is not None:
                    self.answer(line)
                    continue
                if typed.at_end:
                    return
            self.look()

    def close(self) -> None:
        """Close the files of all views."""
        for view in self._views:
            view.close()
