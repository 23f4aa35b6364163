"""A workspace in the linear output: its jobs with their verdicts, and what changes in them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path

from resim_inspect.commands import CommandError
from resim_inspect.commands.plain_output.announcements import announcements, verdict_sentence
from resim_inspect.commands.plain_output.view import find_item, list_heading, unknown_filter
from resim_inspect.commands.plain_output.words import (
    counted_statuses,
    job_subject,
    shown_name,
    status_word,
    whole_sentence,
)
from resim_inspect.comparison import Change, Direction, Measured, Reading
from resim_inspect.comparison.directions import status_direction, strongest
from resim_inspect.document.enums import worst_status
from resim_inspect.document.reloading.signatures import Signature, document_signature, signature
from resim_inspect.filtering.jobs import JobFields
from resim_inspect.filtering.query import checked_query
from resim_inspect.job_rows import Cell, JobRow, read_job, read_outline
from resim_inspect.text import BATCH_NAME, NOT_RUN, clean, count
from runner.workspace.errors import WorkspaceError
from runner.workspace.layout import RunFolder

LISTED = 500
"""Lines of a list; a filter makes it shorter."""
MAX_JOBS_IN_FULL = 100
"""Jobs from which the short form says only those that fail."""
SHARE = 20
"""A look at all jobs takes at most this part of the time."""
State = tuple[Signature | None, Signature | None]


class WorkspaceView:
    """The jobs of a workspace or of a folder of metrics files, which are followed."""

    noun = "job"

    def __init__(self, folder: Path) -> None:
        """Read all jobs; raises CommandError for a workspace that cannot be read."""
        self.folder = folder
        self._states: dict[str, State] = {}
        self.rows: dict[str, JobRow] = {}
        self._next_look = 0.0
        self._shown_last = -1
        self._problem = ""
        try:
            self._read()
        except WorkspaceError as error:
            raise CommandError(str(error)) from error

    def _read(self) -> Iterator[tuple[str, JobRow | None, JobRow | None]]:
        """Read the jobs that are new or changed; return those with their rows before and now."""
        outline = read_outline(self.folder)
        folders = dict(outline.jobs)
        if outline.batch is not None:
            folders[BATCH_NAME] = RunFolder(outline.batch.parent.parent)
        differing: list[tuple[str, JobRow | None, JobRow | None]] = []
        for name in [name for name in self.rows if name not in folders]:
            del self._states[name]
            differing.append((name, self.rows.pop(name), None))
        for name, folder in folders.items():
            state = document_signature(folder.metrics), signature(folder.result)
            if name in self.rows and state == self._states[name]:
                continue
            row = read_job(name, folder)
            differing.append((name, self.rows.get(name), row))
            self._states[name], self.rows[name] = state, row
        return iter(differing)

    def everything(self, *, short: bool) -> Iterator[str]:
        yield from self._overview()
        rows = list(self.rows.values())
        in_full = not short or len(rows) <= MAX_JOBS_IN_FULL
        for number, row in enumerate(rows, 1):
            if in_full or row.is_failing:
                yield _job_line(number, row)
        if not in_full:
            yield f"Of {_counted(self.rows)}, only those that fail are shown; type list for all."

    def _overview(self) -> Iterator[str]:
        rows = [row for name, row in self.rows.items() if name != BATCH_NAME]
        verdicts = [row.verdict for row in self.rows.values() if row.verdict is not None]
        worst = worst_status(verdicts)
        yield f"The workspace is {clean(str(self.folder))}."
        yield f"Its verdict is {status_word(worst)}." if worst else "It has no metrics yet."
        yield f"It has {_counted(self.rows)}."
        counts = Counter(row.verdict for row in rows if row.verdict is not None)
        if counts:
            yield f"Of its jobs, {counted_statuses(counts.items())}."
        broken = sum(row.is_broken for row in rows)
        if broken:
            yield f"{count(broken, 'job')} left no metrics."
        waiting = sum(row.verdict is None for row in rows) - broken
        if waiting:
            yield f"{count(waiting, 'job')} did not run yet."

    def listed(self, query: str) -> Iterator[str]:
        rows = list(self.rows.values())
        test, problem = checked_query(query, JobFields(rows))
        if problem:
            yield unknown_filter(problem, list(JobFields.HELP))
            return
        chosen = [(n, row) for n, row in enumerate(rows, 1) if test is None or test(row)]
        yield list_heading(_counted([row.name for _, row in chosen]), filtered=test is not None)
        for number, row in chosen[:LISTED]:
            yield _job_line(number, row)
        if len(chosen) > LISTED:
            yield f"{len(chosen) - LISTED:,} more are not listed: a filter makes the list shorter."

    def shown(self, item: str) -> Iterator[str]:
        position = find_item(item, list(self.rows), self.noun)
        if isinstance(position, str):
            yield position
            return
        self._shown_last = position
        yield from self._facts(position)

    def _facts(self, position: int) -> Iterator[str]:
        row = list(self.rows.values())[position]
        yield _job_line(position + 1, row)
        if row.seconds is not None:
            yield f"Its run took {row.seconds:,.1f} seconds."
        for name, cell in row.cells.items():
            value = f": {cell.full}" if cell.value is not None else ""
            yield f"Its metric {shown_name(name)} is {status_word(cell.status)}{value}."
        if row.verdict is not None:
            yield f"The command open {position + 1} opens it."

    def next_failing(self) -> Iterator[str]:
        failing = [at for at, row in enumerate(self.rows.values()) if row.is_failing]
        if not failing:
            yield "Nothing fails." if BATCH_NAME in self.rows else "No job fails."
            return
        at = next((at for at in failing if at > self._shown_last), failing[0])
        if at <= self._shown_last:
            yield "That was the last one that fails; this is the first."
        self._shown_last = at
        yield from self._facts(at)

    def findings(self) -> Iterator[str]:
        yield "Findings are those of one job: open it first."

    def events(self) -> Iterator[str]:
        yield "Events are those of one job: open it first."

    def opened(self, item: str) -> Path | str:
        position = find_item(item, list(self.rows), self.noun)
        return position if isinstance(position, str) else list(self.rows.values())[position].path

    def changes(self, now: float) -> Iterator[str]:
        if now < self._next_look:
            return
        started = time.monotonic()
        try:
            differing = list(self._read())
        except WorkspaceError as error:
            # Said once; the jobs that were read are still here.
            if str(error) != self._problem:
                self._problem = str(error)
                yield f"The workspace cannot be read now: {clean(str(error))}."
            return
        finally:
            self._next_look = now + SHARE * (time.monotonic() - started)
        self._problem = ""
        for name, before, after in differing:
            yield from _row_changes(name, before, after)

    def close(self) -> None:
        """Nothing is open."""


def _counted(names: Collection[str]) -> str:
    """Return how many jobs the names are, and whether the batch is one of them, in words."""
    number = len(names) - (BATCH_NAME in names)
    if BATCH_NAME not in names:
        return count(number, "job")
    return f"{count(number, 'job')} and the batch" if number else "the batch"


def _job_line(number: int, row: JobRow) -> str:
    subject = job_subject(row.name, number)
    if row.verdict is None:
        reason = NOT_RUN if not row.has_run else clean(row.note, 200)
        return f"{subject} has no metrics: {whole_sentence(reason)}"
    failing = [name for name, cell in row.cells.items() if cell.status.fails]
    fails = f"; {count(len(failing), 'metric')} of it fail" if failing else ""
    if len(failing) == 1:
        fails = f"; its metric {shown_name(failing[0])} fails"
    return f"{subject} is {status_word(row.verdict)}{fails}."


def _row_changes(name: str, before: JobRow | None, after: JobRow | None) -> Iterator[str]:
    shown = job_subject(name)
    if after is None:
        yield f"{shown} is gone."
        return
    if before is None:
        verdict = "has no metrics yet" if after.verdict is None else f"is {after.verdict.name}"
        yield f"{shown} is new, and it {verdict}."
        return
    if after.verdict is None:
        if before.verdict is not None or before.note != after.note:
            reason = NOT_RUN if not after.has_run else after.note
            yield f"{shown} has no metrics now: {whole_sentence(reason, 200)}"
        return
    sentences = list(announcements(list(_cell_changes(name, before.cells, after.cells))))
    if before.verdict is after.verdict and not sentences:
        yield f"{shown} was written again; its values are the same, and it is still " + (
            f"{after.verdict.name}."
        )
        return
    yield verdict_sentence(shown, before.verdict, after.verdict)
    if before.verdict is not None:
        yield from sentences


def _cell_changes(job: str, before: dict[str, Cell], after: dict[str, Cell]) -> Iterator[Change]:
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            direction = Direction.ADDED if old is None else Direction.GONE
        else:
            is_same = old.value == new.value and old.unit == new.unit
            values = Direction.SAME if is_same else Direction.CHANGED
            direction = strongest(status_direction(old.status, new.status), values)
        yield Change(name, "SCALAR", direction, _reading(old), _reading(new), job=job)


def _reading(cell: Cell | None) -> Reading | None:
    if cell is None:
        return None
    return Reading(cell.status, Measured(cell.full, cell.value, cell.unit))
