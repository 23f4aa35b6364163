"""Comparison of two sides, each one document or a batch of jobs, job by job.

Two documents are open at a time; of a pair only its changes stay in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from resim_inspect.comparison.changes import (
    JOB,
    Change,
    Comparison,
    JobError,
    Measured,
    Reading,
    VerdictChange,
)
from resim_inspect.comparison.directions import Direction, severity
from resim_inspect.comparison.documents import CompareOptions, compare_documents
from resim_inspect.comparison.matching import match_jobs
from resim_inspect.comparison.totals import TotalsCollector
from resim_inspect.document.approximate import is_approximate
from resim_inspect.document.document import Document
from resim_inspect.document.enums import MetricStatus
from resim_inspect.document.opening import open_document
from resim_inspect.errors import DocumentError
from resim_inspect.filtering.query import QueryError
from resim_inspect.text import count

CACHE_BYTES = 64 << 20
"""Decoded series that each of the two open documents keeps."""
MISSING = "the metrics file does not exist"


@dataclass(frozen=True)
class JobFile:
    """A job of a side, and its metrics file, which may be missing."""

    name: str
    """Name of the job; empty for a single document."""
    experience: str
    path: Path
    is_batch: bool = False
    """True for the batch's own metrics, which are compared with each other only."""


@dataclass(frozen=True)
class Side:
    """One side of a comparison: a single document, or the jobs of a batch."""

    label: str
    """Path as it was given."""
    jobs: tuple[JobFile, ...]
    is_batch: bool = False


@dataclass(frozen=True, slots=True)
class JobChanges:
    """Comparison of one job of both sides, or of one that only one side has."""

    before: JobFile | None
    after: JobFile | None
    changes: tuple[Change, ...]
    verdict: VerdictChange | None
    """None unless both sides can be read."""
    errors: tuple[JobError, ...]

    @property
    def name(self) -> str:
        """Name of the job in its changes: that of the other side, unless it has none."""
        return next((job.name for job in (self.after, self.before) if job and job.name), "")

    @property
    def paths(self) -> tuple[Path | None, Path | None]:
        """Metrics files before and after."""
        before, after = self.before, self.after
        return before.path if before else None, after.path if after else None


def compare_sides(
    before: Side,
    after: Side,
    options: CompareOptions | None = None,
    *,
    on_job: Callable[[int, int], None] | None = None,
    on_changes: Callable[[JobChanges], None] | None = None,
) -> Comparison:
    """Compare two sides; `on_job` is called with the number of jobs done, and of all.

    `on_changes` is called with the changes of each job when it has been compared.

    Jobs are matched by experience name, then by job name; two single documents are a pair
    whatever they are called. Raises a DocumentError if a single document cannot be read, and
    QueryError for a filter that fits no document. A job of a batch that cannot be read is an
    entry of `errors`.
    """
    batch = before.is_batch or after.is_batch
    comparer = _Comparer(before, after, options or CompareOptions(), batch)
    matches = match_jobs(
        before.jobs, after.jobs, (_experience_and_name, _experience, _name) if batch else (_any,)
    )
    total = len(matches.pairs) + len(matches.gone) + len(matches.added)
    works = comparer.works(matches.pairs, matches.gone, matches.added)
    for done, changes in enumerate(works, 1):
        if on_changes is not None:
            on_changes(changes)
        if on_job is not None:
            on_job(done, total)
    return comparer.result()


def _experience_and_name(job: JobFile) -> tuple[bool, str, str]:
    return job.is_batch, job.experience, job.name


def _experience(job: JobFile) -> tuple[bool, str]:
    return job.is_batch, job.experience


def _name(job: JobFile) -> tuple[bool, str]:
    return job.is_batch, job.name


def _any(_: JobFile) -> None:
    return None


def _same_problem(problems: tuple[str, str], before: Path, after: Path) -> bool:
    """Return True if both sides have one problem, apart from the folders that they are in."""
    parts, others = list(before.parts), list(after.parts)
    while parts and others and parts[-1] == others[-1]:
        parts.pop()
        others.pop()
    texts = [
        text.replace(str(Path(*root)), "") if len(root) > 1 else text
        for text, root in zip(problems, (parts, others), strict=True)
    ]
    return texts[0] == texts[1]


class _Comparer:
    """Collects the result while jobs are compared one after the other."""

    def __init__(self, before: Side, after: Side, options: CompareOptions, batch: bool) -> None:
        self.before = before
        self.after = after
        self.options = options
        self.batch = batch
        self.changes: list[Change] = []
        self.verdicts: list[VerdictChange] = []
        self.transitions: Counter[tuple[MetricStatus, MetricStatus]] = Counter()
        self.errors: list[JobError] = []
        self.totals = TotalsCollector()
        self.compared = 0
        self.query_error: QueryError | None = None
        self.query_fits = False
        self.approximate: set[str] = set()
        """Sides with metrics that were evaluated here."""
        self.names: set[str] = set()
        """Names of all metrics, for tolerances that match none; empty where none has a name."""

    def works(
        self, pairs: list[tuple[int, int]], gone: list[int], added: list[int]
    ) -> Iterator[JobChanges]:
        """Compare one pair after the other, then describe the jobs that only one side has."""
        for old_position, other in pairs:
            before, after = self.before.jobs[old_position], self.after.jobs[other]
            counts = self._counts()
            self._pair(before, after)
            yield self._since(counts, before, after)
        for position in gone:
            counts, job = self._counts(), self.before.jobs[position]
            self._single(job, Direction.GONE)
            yield self._since(counts, job, None)
        for position in added:
            counts, job = self._counts(), self.after.jobs[position]
            self._single(job, Direction.ADDED)
            yield self._since(counts, None, job)

    def _counts(self) -> tuple[int, int, int]:
        return len(self.changes), len(self.verdicts), len(self.errors)

    def _since(
        self, counts: tuple[int, int, int], before: JobFile | None, after: JobFile | None
    ) -> JobChanges:
        """Everything that was collected since the counts, which is that of one job."""
        changes, verdicts, errors = counts
        return JobChanges(
            before,
            after,
            tuple(self.changes[changes:]),
            self.verdicts[verdicts] if len(self.verdicts) > verdicts else None,
            tuple(self.errors[errors:]),
        )

    def _pair(self, before: JobFile, after: JobFile) -> None:
        name = after.name or before.name
        with ExitStack() as stack:
            try:
                old = stack.enter_context(open_document(before.path, cache_bytes=CACHE_BYTES))
                old_problem = ""
            except DocumentError as error:
                old, old_problem = None, self._problem(error, before, "before")
            try:
                new = stack.enter_context(open_document(after.path, cache_bytes=CACHE_BYTES))
                new_problem = ""
            except DocumentError as error:
                new, new_problem = None, self._problem(error, after, "after")
            self.compared += 1
            self._collect_names(old, new)
            self._note_approximate(old, "before")
            self._note_approximate(new, "after")
            if old is None or new is None:
                problems = (old_problem, new_problem)
                is_same = _same_problem(problems, before.path, after.path)
                self._unreadable(name, old, new, problems, is_same=is_same)
                return
            try:
                comparison = compare_documents(old, new, self.options)
            except DocumentError as error:
                if not self.batch:
                    raise
                side = "before" if error.path == before.path else "after"
                self.errors.append(JobError(name, side, str(error)))
                return
            if comparison.query_error is not None:
                self.query_error = comparison.query_error
            else:
                self.query_fits = True
            self._verdict(name, old, new)
            if self.batch:
                self.totals.add(name, comparison.changes)
            self._add(name, comparison.changes)

    def _collect_names(self, *documents: Document | None) -> None:
        if self.options.tolerances.named:
            for document in documents:
                if document is not None:
                    metrics = document.message.job_level_metrics.metrics
                    self.names.update(metric.name for metric in metrics)

    def _note_approximate(self, document: Document | None, side: str) -> None:
        if document is not None and is_approximate(document):
            self.approximate.add(side)

    def _add(self, job: str, changes: list[Change]) -> None:
        self.changes += [replace(change, job=job) for change in changes] if job else changes

    def _problem(self, error: DocumentError, job: JobFile, side: str) -> str:
        """Reason why a job cannot be read; only one whose file exists is an error."""
        if not self.batch:
            raise error
        if isinstance(error.__cause__, FileNotFoundError):
            return MISSING
        self.errors.append(JobError(job.name, side, str(error)))
        return str(error)

    def _unreadable(
        self,
        name: str,
        old: Document | None,
        new: Document | None,
        problems: tuple[str, str],
        *,
        is_same: bool,
    ) -> None:
        if problems[0] and problems[1]:
            direction = Direction.SAME if is_same else Direction.CHANGED
            why = f"no metrics on either side: {problems[1]}"
            if not is_same:
                why += f"; before: {problems[0]}"
        elif new is None:
            direction, why = Direction.WORSE, f"no metrics any more: {problems[1]}"
        else:
            direction, why = Direction.BETTER, f"had no metrics before: {problems[0]}"
        sides = [None if document is None else _reading(document) for document in (old, new)]
        self.changes.append(Change(name, JOB, direction, sides[0], sides[1], (why,), job=name))

    def _verdict(self, job: str, old: Document, new: Document) -> None:
        if self.options.query:
            return
        change = VerdictChange(job, old.verdict, new.verdict)
        self.verdicts.append(change)
        self.transitions[change.before, change.after] += 1

    def _single(self, job: JobFile, direction: Direction) -> None:
        gone = direction is Direction.GONE
        why: tuple[str, ...]
        blocking = False
        reading = Reading(MetricStatus.UNSET)
        try:
            with open_document(job.path) as document:
                self._collect_names(document)
                self._note_approximate(document, "before" if gone else "after")
                metrics = document.message.job_level_metrics.metrics
                number_of = sum(metric.blocking for metric in metrics)
                blocking = number_of > 0
                reading = _reading(document)
                more = f", {number_of:,} of them blocking" if blocking else ""
                why = (f"job with {count(len(metrics), 'metric')}{more}",)
        except DocumentError as error:
            side = "before" if gone else "after"
            why = (f"job without metrics: {self._problem(error, job, side)}",)
        before, after = (reading, None) if gone else (None, reading)
        # A single document that is compared with a batch has no job name.
        name = job.name or job.path.name
        self.changes.append(
            Change(name, JOB, direction, before, after, why, job=name, blocking=blocking)
        )

    def result(self) -> Comparison:
        """The comparison of everything so far. Raises QueryError, see `compare_sides`."""
        if self.query_error is not None and not self.query_fits:
            raise self.query_error
        self.changes.sort(key=lambda change: change.order)
        self.verdicts.sort(
            key=lambda verdict: (verdict.direction.rank, -severity(verdict.after), verdict.job)
        )
        return Comparison(
            before=self.before.label,
            after=self.after.label,
            is_batch=self.batch,
            changes=self.changes,
            verdicts=tuple(self.verdicts),
            metrics=self.totals.result(),
            errors=tuple(self.errors),
            matched=self.compared,
            transitions=dict(self.transitions),
            approximate=frozenset(self.approximate),
            unmatched_tolerances=self.options.tolerances.unmatched(self.names),
        )


def _reading(document: Document) -> Reading:
    metrics = document.message.job_level_metrics.metrics
    return Reading(document.verdict, Measured(count(len(metrics), "metric")))
