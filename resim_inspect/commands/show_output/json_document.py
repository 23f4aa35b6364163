"""The document of `show --format json`: files with their metrics, and a workspace in short."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from resim_inspect.commands import CommandError
from resim_inspect.commands.shared.named_metrics import open_all, select_metrics
from resim_inspect.commands.show_output.as_json import (
    data_values,
    document_values,
    event_values,
    full_data_values,
    metric_values,
    plain,
    used_data,
    write,
)
from resim_inspect.errors import DocumentError
from resim_inspect.schemas.window import Bounds, Window, write_bounded

if TYPE_CHECKING:
    from resim_inspect.column_values import ColumnSummary
    from resim_inspect.document import Document
    from resim_inspect.document.model import Metric, MetricsData
    from resim_inspect.job_rows import JobMetrics, JobRow

Values = dict[str, Any]


class JsonDocument:
    """The files below a path as JSON, and the summary of a workspace's jobs.

    `names`: only these metrics, with the values of their data.
    """

    def __init__(self, path: Path, names: list[str], *, has_summary: bool) -> None:
        self.has_unreadable = False
        """True if a file up to the end of the answer cannot be read, or a figure of one."""
        self._path = path
        self._names = names
        self._has_summary = has_summary
        self._rows: list[JobRow] | None = None

    def write(self, stream: TextIO, bounds: Bounds) -> None:
        """Write the part within the bounds; raises CommandError."""
        build = self._part if bounds.are_given else self._whole
        write_bounded(stream, bounds, build, write)

    def _whole(self, window: Window) -> Values:
        """Return everything; each file is opened once, also for the summary."""
        read: dict[Path, JobMetrics] = {}
        files = self._files(window, read)
        if not self._has_summary:
            return {"format": 1, "files": files}
        return {"format": 1, "summary": _summary(self._read_rows(read), Window()), "files": files}

    def _part(self, window: Window) -> Values:
        """Return the rows in the window, those of the summary first."""
        values: Values = {"format": 1}
        if self._has_summary:
            if self._rows is None:
                self._rows = self._read_rows({})
            summary = _summary(self._rows, window)
            values |= {} if summary is None else {"summary": summary}
        return values | {"files": self._files(window, {})}

    def _files(self, window: Window, read: dict[Path, JobMetrics]) -> list[Values]:
        """Return the entries of the files; `read` is given what the summary needs of each."""
        from resim_inspect.job_rows import metrics_of

        files: list[Values] = []
        for file, document in open_all(self._path):
            if isinstance(document, DocumentError):
                self.has_unreadable = True
                if window.take((), str) is not None:
                    files.append({"path": str(file), "readable": False, "error": str(document)})
            else:
                # Everything else is in the entry; each of these metrics says that it is its figure.
                self.has_unreadable |= bool(document.deep_figures)
                if self._has_summary:
                    read[file] = metrics_of(document)
                values = self._document(document, window)
                if values is not None:
                    files.append({"path": str(file), "readable": True, **values})
            if window.next is not None:
                break
        return files

    def _read_rows(self, read: dict[Path, JobMetrics]) -> list[JobRow]:
        """Return the rows of the workspace's jobs; raises CommandError."""
        from resim_inspect.job_rows import read_job, read_outline
        from runner.workspace.errors import WorkspaceError

        try:
            jobs = read_outline(self._path).jobs
        except WorkspaceError as error:
            raise CommandError(str(error)) from error
        return [read_job(name, folder, read.get(folder.metrics)) for name, folder in jobs]

    def _document(self, document: Document, window: Window) -> Values | None:
        """Return the values of a document with the rows in the window; None without any.

        Its rows are its metrics, then their data or with no names all data, then its events.
        """
        chosen: Sequence[Metric]
        data: Sequence[MetricsData]
        if self._names:
            chosen = select_metrics(document, self._names)
            data = used_data(document, chosen)
            encode_data = full_data_values
        else:
            chosen = [document.metrics[position] for position in document.display_order()]
            data = document.data
            encode_data = data_values
        rows = window.take_lists(
            {
                "metrics": (chosen, partial(metric_values, document)),
                "data": (data, partial(encode_data, document)),
                "events": (document.events, event_values),
            }
        )
        return None if rows is None else document_values(document) | rows


def _summary(rows: list[JobRow], window: Window) -> Values | None:
    """Return the jobs in short with the metrics in the window; None without any."""
    from resim_inspect.column_values import job_status, metric_summary, summarize
    from resim_inspect.job_rows import common_units, metric_names

    units = common_units(rows)

    def encode(name: str) -> Values:
        unit = units.get(name)
        return {
            "name": name,
            "unit": unit,
            "jobs": sum(name in row.cells for row in rows),
            **_numbers(metric_summary(name, unit, rows)),
        }

    metrics = window.take(metric_names(rows), encode)
    if metrics is None:
        return None
    seconds = summarize((row.seconds for row in rows), map(job_status, rows))
    jobs = _numbers(seconds)
    failing, worst = jobs.pop("failing"), jobs.pop("worst")
    return {
        "jobs": len(rows),
        "failing": failing,
        "worst": worst,
        "seconds": jobs,
        "metrics": metrics,
    }


def _numbers(summary: ColumnSummary) -> Values:
    return {
        "minimum": plain(summary.minimum),
        "median": plain(summary.median),
        "maximum": plain(summary.maximum),
        "failing": summary.failing,
        "worst": None if summary.worst is None else summary.worst.name,
    }
