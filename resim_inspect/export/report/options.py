"""Choices and result of a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

INLINE_BYTES = 1 << 20
"""Size up to which a figure, an image or a text is part of the page."""
LARGE_PAGES = (100_000_000, 50_000_000)
"""Sizes of a page, in bytes, from which a warning names them."""


@dataclass(frozen=True)
class ReportOptions:
    """Choices of a report."""

    query: str = ""
    """Filter of the metrics; empty for all."""
    self_contained: bool = False
    """True to put everything into the page, however large."""
    library: Path | None = None
    """Path of a plotly.min.js for interactive charts; None for charts as SVG."""


class SideFile(NamedTuple):
    """A file beside the page, for something that is too large to be part of it."""

    path: Path
    what: str
    """Text for people, such as `image`."""
    size: int
    """Bytes."""


class WrittenReport(NamedTuple):
    """A report that is written."""

    path: Path
    size: int
    """Bytes of the page, without its side files."""
    jobs: int
    metrics: int
    side_files: Sequence[SideFile]
    notes: Sequence[str]
    """Remarks for the user, each a sentence."""
