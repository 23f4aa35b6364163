"""Metrics that are worked out when they are opened, in place of a file that does not exist.

An outputs folder with emissions and without a metrics.binproto has metrics all the same, if they
can be evaluated. `open_document` asks here for them; what evaluates is registered by the program,
since it belongs to a layer above.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from resim_inspect.files import exists, file_states

METRICS_FILE = "metrics.binproto"
"""File name of a metrics build's output."""
EMISSIONS_SUFFIX = ".resim.jsonl"
"""End of the name of every emissions file."""


READING = "Reading emissions"
"""The stage whose steps are bytes."""


class Progress(NamedTuple):
    """Progress of an evaluation."""

    stage: str
    """READING or `Evaluating metrics`."""
    done: int
    total: int
    """Steps of the stage, in bytes or metrics."""
    name: str = ""
    """File or metric that is next."""


def _ignore(_: Progress) -> None:
    """Take no notice of the progress."""


def _never() -> bool:
    return False


class Control(NamedTuple):
    """Progress and requests of the caller of an evaluation, in the thread that evaluates.

    The functions are called often, and must be quick.
    """

    progress: Callable[[Progress], None] = _ignore
    is_cancelled: Callable[[], bool] = _never
    """True to give the evaluation up, without a document."""
    is_stopped: Callable[[], bool] = _never
    """True to end it with the metrics that are evaluated so far."""


UNOBSERVED = Control()
Evaluator = Callable[[Path, Control], bytes | None]
_evaluators: list[Evaluator] = []
Sources = Callable[[Path], Sequence[Path]]
_sources: list[Sources] = []


def register(evaluator: Evaluator, sources: Sources | None = None) -> None:
    """Register what returns the document for the path of a metrics or an emissions file.

    It returns None for a path without emissions, and raises DocumentError for those that cannot
    be evaluated. `sources` returns the files that the document of a path is made of.
    """
    if evaluator not in _evaluators:
        _evaluators.append(evaluator)
    if sources is not None and sources not in _sources:
        _sources.append(sources)


def derived_document(path: Path, control: Control = UNOBSERVED) -> bytes | None:
    """Return the document for a path without a metrics file; None if nothing has one for it."""
    if not _evaluators or not _may_be_derived(path):
        return None
    documents = (evaluator(path, control) for evaluator in _evaluators)
    return next((document for document in documents if document is not None), None)


def is_derived(path: Path) -> bool:
    """Return True if `derived_document` has a document for the path, without making it."""
    if not _evaluators or not _may_be_derived(path):
        return False
    if path.name.endswith(EMISSIONS_SUFFIX):
        return exists(path)
    try:
        return bool(emissions_names(path.parent))
    except OSError:
        return False


def derived_state(path: Path) -> tuple[int, int, int] | None:
    """Return a value that changes with the files that the document of a path is made of.

    None for a path without such a document.
    """
    if not is_derived(path):
        return None
    states = file_states(dict.fromkeys(source for sources in _sources for source in sources(path)))
    return (len(states), sum(size for _, _, size, _ in states), hash(states))


def emissions_names(folder: Path) -> list[str]:
    """Return the sorted names of a folder's emissions files; raises OSError."""
    with os.scandir(folder) as entries:
        return sorted(each.name for each in entries if each.name.endswith(EMISSIONS_SUFFIX))


def has_emissions(names: Iterable[str]) -> bool:
    """Return True if the names of a folder's files have emissions that would be evaluated."""
    return bool(_evaluators) and any(name.endswith(EMISSIONS_SUFFIX) for name in names)


def _may_be_derived(path: Path) -> bool:
    if path.name.endswith(EMISSIONS_SUFFIX):
        return True
    return path.name == METRICS_FILE and not exists(path)
