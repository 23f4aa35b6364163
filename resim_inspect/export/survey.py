"""A first pass over the files of an export: what can be read, which metrics, and their units."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from resim_inspect.derived import is_derived
from resim_inspect.document.approximate import APPROXIMATE_NOTE, is_approximate
from resim_inspect.document.document import Document
from resim_inspect.document.opening import open_document
from resim_inspect.errors import DocumentError
from resim_inspect.export.document_rows import JobFile, Row, job_row, metric_unit, unread_job_row
from resim_inspect.export.errors import ExportError
from resim_inspect.export.omissions import Omissions
from resim_inspect.files import is_missing
from resim_inspect.filtering.catalog import Catalog
from resim_inspect.filtering.metrics import MetricFields
from resim_inspect.filtering.query import QueryError, compile_query
from resim_inspect.text import count

CACHE_BYTES = 32 << 20
"""Decoded series that an open document keeps; large ones are read in parts and not kept."""


@dataclass(slots=True)
class Survey:
    """The readable jobs of an export, and what is known before their rows are written."""

    jobs: list[JobFile] = field(default_factory=list)
    job_rows: list[Row] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    """Reason why the metrics of a job cannot be read, by the job's name."""
    selected: dict[str, frozenset[int]] | None = None
    """Positions of the metrics to export, by job; None for all."""
    approximate: int = 0
    """Number of jobs whose metrics were evaluated here from emissions."""
    data_units: dict[str, set[str]] = field(default_factory=dict)
    metric_units: dict[str, set[str]] = field(default_factory=dict)

    def add_unread(self, job: JobFile, note: str) -> None:
        """Record a job without metrics that can be read, and the reason."""
        self.job_rows.append(unread_job_row(job, note))
        self.notes[job.name] = note

    def positions(self, job: JobFile) -> frozenset[int] | None:
        """Positions of the metrics of a job to export; None for all."""
        return None if self.selected is None else self.selected[job.name]

    def metadata(self, table: str) -> dict[str, str]:
        """Key-value pairs for a file: its table, and the unit of each name that has one."""
        pairs = {"resim.format": "1", "resim.table": table}
        units = {"series": self.data_units, "metrics": self.metric_units}.get(table)
        if units is not None:
            plain = {
                name: all_[0] if len(all_) == 1 else all_
                for name, found_units in sorted(units.items())
                if (all_ := sorted(found_units))
            }
            pairs["resim.units"] = json.dumps(plain)
        if self.approximate:
            pairs["resim.approximate"] = "true"
        return pairs


def survey(jobs: Sequence[JobFile], query: str, omissions: Omissions) -> Survey:
    """Open each file once; one that cannot be read is recorded, and left out.

    Raises QueryError for a filter that fits no file, and ExportError if nothing is left.
    """
    result = Survey(selected={} if query.strip() else None)
    query_error: QueryError | None = None
    read_error: DocumentError | None = None
    for job in jobs:
        if job.missing and is_missing(job.path) and not is_derived(job.path):
            omissions.add("job", "no metrics exist yet")
            result.add_unread(job, job.missing)
            continue
        try:
            document = open_document(job.path, cache_bytes=CACHE_BYTES)
        except DocumentError as error:
            read_error = read_error or error
            omissions.error(job.name, error.sentence)
            result.add_unread(job, str(error))
            continue
        with document:
            result.jobs.append(job)
            result.job_rows.append(job_row(job, document))
            _collect_units(document, result)
            result.approximate += is_approximate(document)
            if result.selected is not None:
                try:
                    result.selected[job.name] = _matching(document, query)
                except QueryError as error:
                    query_error = error
                    result.selected[job.name] = frozenset()
    if result.approximate:
        jobs_count = count(result.approximate, "job")
        omissions.notes.append(f"The metrics of {jobs_count} are {APPROXIMATE_NOTE}.")
    if not result.jobs:
        if read_error is not None and len(jobs) == 1:
            raise ExportError(read_error.located()) from read_error
        reason = "no job has metrics yet." if read_error is None else read_error.located()
        raise ExportError(f"Nothing can be written: {reason}") from read_error
    if result.selected is not None and not any(result.selected.values()):
        raise query_error or ExportError(f"No metric matches the filter {query!r}.")
    return result


def _matching(document: Document, query: str) -> frozenset[int]:
    test = compile_query(query, MetricFields(Catalog(document)))
    positions = range(len(document.metrics))
    return frozenset(positions if test is None else filter(test, positions))


def _collect_units(document: Document, result: Survey) -> None:
    for data in document.data_messages:
        if data.unit:
            result.data_units.setdefault(data.name, set()).add(data.unit)
    for metric in document.metrics:
        unit = metric_unit(document, metric)
        if unit:
            result.metric_units.setdefault(metric.name, set()).add(unit)
