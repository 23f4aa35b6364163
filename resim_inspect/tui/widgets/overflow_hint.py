"""What a frame says about the columns of a table that are out of view."""

from __future__ import annotations


def overflow_hint(left: int, right: int) -> str:
    """`← 2 more · → 1 more`; empty where every column is in view."""
    parts = (f"{arrow} {n:,} more" for arrow, n in (("←", left), ("→", right)) if n > 0)
    return " · ".join(parts)
