"""Limits of queries and templates, and of the processes that run them."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one evaluation; what exceeds one stays an error of its own metric.

    Those of the time are in seconds.
    """

    total_seconds: float = 600.0
    """Wall time of all queries and templates together; what is left then is not evaluated."""
    query_seconds: float = 30.0
    """Wall time of a query, after which its process is killed."""
    render_seconds: float = 10.0
    load_seconds: float = 600.0
    """Wall time of handing all tables to a new process."""
    memory_bytes: int = 1536 * MEBIBYTE
    """Memory of the process beyond what the tables take."""
    result_rows: int = 5_000_000
    result_bytes: int = 512 * MEBIBYTE
    output_bytes: int = 8 * MEBIBYTE
    """Text that a template may print."""


DEFAULT_LIMITS = Limits()
