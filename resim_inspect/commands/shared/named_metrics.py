"""Files and metrics that the arguments of a command name: opened and selected, or refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from resim_inspect.commands import CommandError
from resim_inspect.document import DocumentError, open_document
from resim_inspect.document.discovery import metrics_files

if TYPE_CHECKING:
    from resim_inspect.document import Document
    from resim_inspect.document.model import Metric

_MAX_NEAR = 3
"""Names that a message about an unknown one proposes."""


def open_all(path: Path) -> Iterator[tuple[Path, Document | DocumentError]]:
    """Yield each file that a path means, and its document, which is open until the next one."""
    for file in metrics_files(path, derived=True):
        try:
            document = open_document(file)
        except DocumentError as error:
            yield file, error
            continue
        with document:
            yield file, document


def single_file(path: Path) -> Path:
    """Return the metrics file that a path means; raises CommandError for several."""
    files = list(metrics_files(path, derived=True))
    if len(files) > 1:
        raise CommandError(f"{path}: there are {len(files)} files below it; name one of them")
    return files[0]


def select_metrics(document: Document, names: list[str]) -> list[Metric]:
    """Return the metrics with these names, in their order; all metrics that share a name.

    Raises CommandError, with the nearest name, for a name that the file does not have.
    """
    selected: list[Metric] = []
    for name in names:
        same = [metric for metric in document.metrics if metric.name == name]
        if not same:
            raise CommandError(
                f"{document.path}: no metric is named {name!r}" + _nearest(document, name)
            )
        selected += same
    return selected


def _nearest(document: Document, name: str) -> str:
    from difflib import get_close_matches

    # Compared without regard to case; beyond some thousand names a guess takes too long.
    by_folded = {metric.name.casefold(): metric.name for metric in document.metrics[:5000]}
    near = get_close_matches(name.casefold(), by_folded, n=_MAX_NEAR, cutoff=0.5)
    near += [folded for folded in by_folded if name.casefold() in folded and folded not in near]
    names = [repr(by_folded[folded]) for folded in near[:_MAX_NEAR]]
    if not names:
        return ""
    *others, last = names
    return f"; did you mean {', '.join(others)}{' or ' * bool(others)}{last}?"
