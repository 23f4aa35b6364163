"""Interface of what the linear output shows: of a document and of a workspace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from resim_inspect.commands.plain_output.words import joined, shown_name
from resim_inspect.text import clean

NEAR = 5
"""Items that a message about an unclear name lists."""


class View(Protocol):
    """A document or a workspace, as lines."""

    noun: str
    """Name of its items: `metric` or `job`."""

    def everything(self, *, short: bool) -> Iterator[str]:
        """Yield all facts; `short` lists the items of a long list with one line each."""
        ...

    def listed(self, query: str) -> Iterator[str]:
        """Yield a line for each item that a filter of the app matches."""
        ...

    def shown(self, item: str) -> Iterator[str]:
        """Yield everything about the item of a name or number."""
        ...

    def next_failing(self) -> Iterator[str]:
        """Yield everything about the next item that fails, cyclically."""
        ...

    def findings(self) -> Iterator[str]:
        """Yield the findings."""
        ...

    def events(self) -> Iterator[str]:
        """Yield the events."""
        ...

    def opened(self, item: str) -> Path | str:
        """Return the file to open for an item, or a sentence that says why there is none."""
        ...

    def changes(self, now: float) -> Iterator[str]:
        """Look at the files; yield what changed since the last time. `now`: seconds."""
        ...

    def close(self) -> None:
        """Close the files."""
        ...


def find_item(item: str, names: Sequence[str], noun: str) -> int | str:
    """Return the position of the item of a number from 1, or of a name or a part of one.

    A sentence is returned where none or several match.
    """
    if not item:
        return f"Which {noun}? Add its name or its number."
    if item.isascii() and item.isdecimal():
        # The length bounds what is converted.
        number = int(item) if len(item) < 12 else 0
        if 1 <= number <= len(names):
            return number - 1
    wanted = item.casefold()
    folded = [name.casefold() for name in names]
    same = [at for at, name in enumerate(folded) if name == wanted]
    some = same or [at for at, name in enumerate(folded) if wanted in name]
    if len(some) == 1:
        return some[0]
    if not some:
        known = (
            f"the numbers go from 1 to {len(names):,}, and the command list reads them out"
            if names
            else f"there is no {noun}"
        )
        return f"No {noun} has the number or name {clean(item, 80)}: {known}."
    named = [f"{at + 1}, {shown_name(names[at])}" for at in some[:NEAR]]
    more = f" and {len(some) - NEAR:,} more" if len(some) > NEAR else ""
    return f"Several match: {'; '.join(named)}{more}. Add the number."


def list_heading(counted: str, *, filtered: bool) -> str:
    """Return the sentence above a list: how many items it has, such as `3 jobs`."""
    verb = "is" if counted.startswith(("1 ", "the ")) else "are"
    return f"There {verb} {counted}{' by this filter' if filtered else ''}."


def unknown_filter(problem: str, help_: Sequence[str]) -> str:
    """Return a sentence about a filter that cannot be understood."""
    return f"The filter is not understood: {clean(problem, 200)}. Its fields are {joined(help_)}."
