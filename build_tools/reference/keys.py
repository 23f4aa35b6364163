"""The page of keys: every action of the app with its name and keys, by the screen or widget."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from resim_inspect.tui.key_settings.key_names import written_key
from resim_inspect.tui.key_settings.rebinding import described_bindings

INTRODUCTION = """\
`?` in the app lists the keys that work where the focus is. Each action has a name by which
[config.toml](../configuration.md) gives it other keys; `resim-inspect config --keys` prints this
list with your own.
"""


def lines() -> Iterator[str]:
    """Yield the lines of the page."""
    yield from ("# Keys", "", *INTRODUCTION.splitlines())
    by_group = sorted(described_bindings().items(), key=lambda each: each[0].partition(".")[0])
    for group, members in groupby(by_group, key=lambda each: each[0].partition(".")[0]):
        yield from ("", f"## {group}", "", "| keys | action | name |", "|---|---|---|")
        for name, (description, default) in members:
            keys = " ".join(map(_code, default))
            yield f"| {keys} | {description} | `{name}` |"


def _code(key: str) -> str:
    """A key as code in a table, where a backtick and a bar have a meaning of their own."""
    name = written_key(key).replace("|", "\\|")
    return f"`` {name} ``" if "`" in name else f"`{name}`"
