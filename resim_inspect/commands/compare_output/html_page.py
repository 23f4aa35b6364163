"""Comparisons as one page for a browser: all changes, and the charts of both sides."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import TextIO

from resim_inspect.charts.html_page import installed_library
from resim_inspect.commands.compare_output import (
    OutputOptions,
    approximate_words,
    listed,
    verdict_words,
)
from resim_inspect.comparison.changes import Comparison
from resim_inspect.export.report import ReportOptions
from resim_inspect.export.report.comparison_page import ComparedSide, write_comparisons
from resim_inspect.export.report.page import Page
from resim_inspect.files import Staging
from resim_inspect.text import clean


def write(comparisons: Sequence[Comparison], stream: TextIO, options: OutputOptions) -> None:
    """Write the page once it is complete; it holds everything itself, since it has no folder."""
    sides = []
    for position, comparison in enumerate(comparisons):
        shown = listed(comparison, options, same=False)
        paths = options.job_paths[position] if position < len(options.job_paths) else {}
        verdict = verdict_words(comparison, options.fail_on)
        note = approximate_words(comparison)
        sides.append(ComparedSide(comparison, paths, verdict, shown.changes, shown.left_off, note))
    report = ReportOptions(self_contained=True, library=installed_library())
    with TemporaryFile() as content, TemporaryFile() as whole, Staging() as staging:
        page = Page(Path("comparison.html"), content, staging, report)
        write_comparisons(page, sides)
        others = ", ".join(clean(comparison.after, 100) for comparison in comparisons[:3])
        page.copy_to(f"{clean(comparisons[0].before, 100)} → {others}", whole)
        whole.seek(0)
        stream.flush()
        # A page is UTF-8 whatever the encoding of the terminal.
        shutil.copyfileobj(whole, stream.buffer)
