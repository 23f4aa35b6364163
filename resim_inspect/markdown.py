"""Markdown for comments and step summaries: text of a file as code, tables within a budget."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from resim_inspect.text import clean

MAX_BYTES = 60_000
"""GitHub refuses comments of 65,536 characters."""
NAME_LIMIT = 100


def code(text: str, limit: int = NAME_LIMIT) -> str:
    """Text of a file as code: neither markup nor mentions nor links have an effect in it."""
    shown = clean(text, limit).replace("`", "'")
    # A backslash before the one that escapes a bar would undo it: the bar would end the cell.
    shown = shown.replace("\\|", "\\ |").replace("|", "\\|").strip()
    return f"`{shown}`" if shown else ""


def append_table(
    lines: list[str],
    head: Sequence[str],
    rows: Iterable[str],
    total: int,
    budget: int,
    elsewhere: str,
) -> int:
    """Append as many rows as fit into `budget` bytes, and the number of the others.

    `elsewhere` says what has all of them. Returns the bytes used; 0 for a table without rows.
    """
    if not total:
        return 0
    start = size_of(lines)
    lines += head
    used = written = 0
    for row in rows:
        used += len(row.encode("utf-8", "replace")) + 1
        if used > budget:
            break
        lines.append(row)
        written += 1
    if written < total:
        lines += ["", f"… {total - written:,} more; {elsewhere}."]
    lines.append("")
    return size_of(lines) - start


def size_of(lines: Iterable[str]) -> int:
    """Bytes of some lines with their breaks."""
    return sum(len(line.encode("utf-8", "replace")) + 1 for line in lines)
