"""Reads the jobs of a workspace, and then only what has changed on disk since."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import clean
from resim_inspect.tui.document.loading import Signature, signature
from resim_inspect.tui.workspace.jobs import Cell, JobRow, Shape, read_job, read_shape

AWAITED = "to come: so far there is only what the batch's lists say"

Mark = tuple[Signature | None, Signature | None, Signature | None]
"""A job's state: of its metrics; of what stands for them, its result and the batch's list."""


class Reader:
    """What was read of a workspace so far. For one thread at a time."""

    def __init__(self, folder: Path, *, fetched: bool = False) -> None:
        """`fetched`: jobs without metrics are still to come, and so may be the workspace."""
        self.folder = folder
        self.fetched = fetched
        self.shape: Shape | None = None
        self._outline: tuple[Signature | None, ...] = ()
        self._marks: dict[str, Mark] = {}
        self._listing: dict[str, Mapping[str, Any]] = {}
        self._listed: Signature | None = None

    def forget(self) -> None:
        """Have everything read again."""
        self._outline = ()
        self._marks.clear()

    def look(self) -> bool:
        """Look which jobs there are; whether that changed. Raises runner's WorkspaceError."""
        from runner.workspace.layout import BATCH, CONFIG, JOBS, LISTING, RunFolder

        places = (self.folder / CONFIG, self.folder / JOBS, RunFolder(self.folder / BATCH).metrics)
        outline = tuple(map(signature, places))
        listed = signature(self.folder / LISTING)
        if listed != self._listed:
            self._listing = _listing(self.folder / LISTING)
            self._listed = listed
        if self.shape is not None and outline == self._outline:
            return False
        if self.fetched and outline[0] is None:
            self.shape = Shape(self.folder, (), None, {})
        else:
            self.shape = read_shape(self.folder)
        self._outline = outline
        known = {name for name, _ in self.shape.jobs}
        self._marks = {name: mark for name, mark in self._marks.items() if name in known}
        return True

    def changed(self) -> Iterator[JobRow]:
        """The rows of jobs that are new or other than they were, one after the other."""
        from runner.workspace.layout import RunFolder

        for name, folder in self.shape.jobs if self.shape else ():
            run_folder = RunFolder(folder)
            metrics = signature(run_folder.metrics)
            mark: Mark = (metrics, None, None)
            if metrics is None:
                mark = (None, signature(run_folder.result), self._listed)
            if self._marks.get(name) == mark:
                continue
            entry = self._listing.get(name)
            if metrics is not None or mark[1] is not None:
                yield read_job(name, folder)
            elif entry is not None:
                yield listed_row(name, run_folder.metrics, entry)
            elif self.fetched:
                yield JobRow(name, run_folder.metrics, MetricStatus.UNSET, AWAITED, {}, here=False)
            else:
                yield read_job(name, folder)
            self._marks[name] = mark


def listed_row(name: str, path: Path, entry: Mapping[str, Any]) -> JobRow:
    """A job whose metrics are not on disk, from what the batch's lists say."""
    cells: dict[str, Cell] = {}
    metrics = entry.get("metrics")
    if metrics is None:
        return JobRow(name, path, _status(entry.get("status")), AWAITED, {}, here=False)
    rows = [one for one in metrics if isinstance(one, dict)] if isinstance(metrics, list) else []
    # Sorted like a document's, so that no column moves when the job itself comes.
    for one in sorted(rows, key=lambda row: str(row.get("name", ""))):
        value = one.get("value") if one.get("type") == "SCALAR" else None
        number = value if isinstance(value, int | float) and math.isfinite(value) else None
        unit = one.get("unit")
        cells.setdefault(
            str(one.get("name", "")),
            Cell(_status(one.get("status")), number, unit if isinstance(unit, str) else ""),
        )
    if not cells:
        status = clean(str(entry.get("jobStatus", "")), 40)
        return JobRow(name, path, None, f"no metrics; its status is {status or 'unknown'}", {})
    return JobRow(name, path, _status(entry.get("status")), AWAITED, cells, here=False)


def _status(word: object) -> MetricStatus:
    known = MetricStatus.__members__
    return known[word] if isinstance(word, str) and word in known else MetricStatus.UNSET


def _listing(path: Path) -> dict[str, Mapping[str, Any]]:
    try:
        values = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        # It only stands in for what comes later.
        return {}
    jobs = values.get("jobs") if isinstance(values, dict) else None
    rows = jobs if isinstance(jobs, list) else []
    return {str(row.get("name", "")): row for row in rows if isinstance(row, dict)}
