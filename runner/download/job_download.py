"""State of one job during a download: rows of its lists, downloaded parts, failures."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from resim_inspect.schema import metrics_pb2 as pb
from resim_inspect.text import clean
from runner.api.client.client import Row, text_of
from runner.api.client.errors import BadAnswerError
from runner.download import assemble, store
from runner.download.file_names import FileNames
from runner.download.journal import Journal
from runner.download.selection import distinct_rows, repeated
from runner.errors import RunnerError, StorageError
from runner.storage.fs import remove_tree
from runner.workspace.contract import METRICS as METRICS_FILE
from runner.workspace.layout import RunFolder

METRICS, DATA, EVENTS, LOGS = "metrics", "metrics data", "events", "logs"
URLS = {METRICS: "metricURL", DATA: "metricsDataURL", LOGS: "logOutputLocation"}
IDS = {METRICS: "metricID", DATA: "dataID", LOGS: "logID", EVENTS: "eventID"}
Hide = Callable[[str], str]
_LARGE = 1 << 20
"""Size in bytes above which a blob is not held in memory until its job is complete."""


class Missing(NamedTuple):
    """A part that failed, and the reason: raw text."""

    what: str
    why: str


@dataclass
class Parts:
    """The lists and blobs of one job, or of the batch itself."""

    number: int
    name: str
    """Name of the job's folder; `batch` for the batch."""
    id: str
    row: Row
    run_folder: RunFolder
    revision: str
    journal: Journal
    scratch: Path
    """Folder of its files until it is complete."""
    final: bool = True
    waiting: int = 0
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)
    """Rows by key, for each kind, in the order of the list."""
    contents: dict[tuple[str, str], bytes | None] = field(default_factory=dict)
    """Blobs; None for a large one, which is only in the journal."""
    files: dict[tuple[str, str], Path] = field(default_factory=dict)
    failures: dict[tuple[str, str], RunnerError] = field(default_factory=dict)
    stale: dict[str, list[str]] = field(default_factory=dict)
    """Keys of blobs with expired URLs, for each kind, that wait for a new list."""
    eventless: bool = False
    """True if the API has no list of events for the job."""

    def take_rows(self, kind: str, rows: list[Row]) -> None:
        """Store the rows of a list by id; repeated ids get their position as a suffix."""
        rows = distinct_rows(rows, URLS.get(kind, ""))
        ids = [text_of(row, IDS[kind]) for row in rows]
        twice = repeated(ids)
        self.rows[kind] = {
            f"{row_id}#{position}" if row_id in twice or not row_id else row_id: row
            for position, (row_id, row) in enumerate(zip(ids, rows, strict=True))
        }

    def missing(self) -> list[Missing]:
        """Parts that failed, in the order of the lists."""
        order = {
            (kind, key): position
            for position, (kind, key) in enumerate(
                (kind, key) for kind in (METRICS, DATA, EVENTS, LOGS) for key in self.keys(kind)
            )
        }
        missing = []
        for (kind, key), error in sorted(
            self.failures.items(), key=lambda failure: (order.get(failure[0], -1), failure[0])
        ):
            row = self.rows.get(kind, {}).get(key, {})
            name = text_of(row, "name") or text_of(row, "fileName") or key
            missing.append(Missing(f"{kind} {name}".strip(), error.reason))
        return missing

    def take_content(self, kind: str, key: str, content: bytes) -> None:
        """Store a blob that has been checked; raises StorageError."""
        self.journal.add(f"{kind}/{key}", content)
        self.contents[kind, key] = None if kind == DATA and len(content) > _LARGE else content

    def take_known(self, kind: str, key: str) -> bool:
        """Take a blob from the journal of an earlier download; False if it is not there."""
        name = f"{kind}/{key}"
        if name not in self.journal:
            return False
        self.contents[kind, key] = None if kind == DATA else self.journal.get(name)
        return True

    def _content(self, kind: str, key: str) -> bytes:
        content = self.contents[kind, key]
        if content is None:
            content = self.journal.get(f"{kind}/{key}")
        if content is None:
            raise StorageError("another program changed the journal of the download.", "Run again.")
        return content

    def keys(self, kind: str) -> list[str]:
        """Keys of a kind, after the empty key of the list itself."""
        return ["", *self.rows.get(kind, {})]

    def table(self, hide: Hide) -> dict[str, Any]:
        """Row of `listing.json`; `metrics` is None until its list has arrived or failed."""
        listed = METRICS in self.rows or (METRICS, "") in self.failures
        return {
            "name": self.name,
            "jobID": self.id,
            "experienceName": hide(text_of(self.row, "experienceName")),
            "jobStatus": hide(text_of(self.row, "jobStatus")),
            "status": hide(text_of(self.row, "jobMetricsStatus")),
            "metrics": [
                {
                    "name": hide(text_of(row, "name")),
                    "status": hide(text_of(row, "status")),
                    "type": hide(text_of(row, "type")),
                    "value": _finite(row.get("value")),
                    "unit": hide(text_of(row, "unit")),
                }
                for row in self.rows.get(METRICS, {}).values()
            ]
            if listed
            else None,
        }

    def finish(self, hide: Hide, asked: dict[str, bool]) -> dict[str, Any]:
        """Write the job to the workspace and return its entry of workspace.json.

        Raises StorageError.
        """
        rows = self.rows.get(METRICS, {})
        keys = [key for key in rows if (METRICS, key) in self.contents]
        metrics = [self._content(METRICS, key) for key in keys]
        ids = [text_of(rows[key], IDS[METRICS]) for key in keys]
        outputs, logs = FileNames([METRICS_FILE.name]), FileNames()
        # Large blobs are read from the journal only when they are written.
        data: list[Callable[[], bytes]] = []
        reconstructed = list(assemble.RECONSTRUCTED)
        for key, row in self.rows.get(DATA, {}).items():
            if (DATA, key) in self.contents:
                data.append(partial(self._content, DATA, key))
            elif external(row) and (DATA, key) not in self.failures:
                name = hide(text_of(row, "filename") or text_of(row, "name"))
                name = self._place(outputs, DATA, key, name)
                data.append(partial(assemble.external_file, row, name, hide))
                reconstructed.append(f"metrics data {hide(text_of(row, 'name'))}")
        events = self._events(assemble.id_spelling(metrics, ids), hide)
        if events:
            reconstructed.append("events")
        for key, row in self.rows.get(LOGS, {}).items():
            name = hide(text_of(row, "filePath") or text_of(row, "fileName"))
            self._place(logs if of_experience(row) else outputs, LOGS, key, name)
        document = None
        if metrics or data or events:
            status = text_of(self.row, "jobMetricsStatus")
            blobs = (load() for load in data)
            document = assemble.assemble(self.id, status, metrics, blobs, events)
        written = self._put(document, outputs, logs if asked["logs"] else None)
        self.journal.close()
        missing = self.missing()
        about: dict[str, Any] = {
            "reconstructed": reconstructed if document is not None else [],
            "missing": [hide(missing_part.what) for missing_part in missing],
        }
        if not missing:
            state = {
                "revision": self.revision,
                "final": self.final,
                **asked,
                "told": about,
                "listing": self.table(hide),
                "sizes": store.file_sizes(self.run_folder, written),
            }
            store.write_state(self.run_folder, state)
            self.journal.remove()
            remove_tree(self.scratch)
        self.contents.clear()
        return about

    def _events(self, spelling: Mapping[str, str], hide: Hide) -> list[pb.Event]:
        events = []
        for key, row in self.rows.get(EVENTS, {}).items():
            try:
                events.append(assemble.event_of(row, spelling, hide))
            except ValueError as error:
                self.failures[EVENTS, key] = BadAnswerError(f"it {error}.")
        return events

    def _place(self, names: FileNames, kind: str, key: str, name: str) -> str:
        """Add a downloaded file, if it exists, to a folder's names; return its name there."""
        path = self.files.get((kind, key))
        if path is not None:
            try:
                return names.add(name, path, (kind, key))
            except ValueError as error:
                self._refuse((kind, key), name, str(error))
        return name

    def _refuse(self, owner: tuple[str, str], name: str, problem: str) -> None:
        self.failures[owner] = BadAnswerError(f'the file name "{clean(name, 120)}" {problem}.')

    def _put(
        self, document: Iterable[bytes] | None, outputs: FileNames, logs: FileNames | None
    ) -> list[Path]:
        """Write the outputs and the logs, and return the paths of their files."""
        has_metrics = document is not None
        paths = {name: placed.path for name, placed in outputs.files.items()}
        refused = store.put(self.run_folder, document, paths)
        written = [self.run_folder.metrics] if has_metrics else []
        written += (self.run_folder.outputs / name for name in paths.keys() - refused.keys())
        for name, problem in refused.items():
            self._refuse(outputs.files[name].owner, name, problem)
        if logs is None:
            return written
        paths = {name: placed.path for name, placed in logs.files.items()}
        refused = store.put_logs(self.run_folder, paths)
        for name, problem in refused.items():
            self._refuse(logs.files[name].owner, name, problem)
        return written + [self.run_folder.logs / name for name in paths.keys() - refused.keys()]


def external(row: Row) -> bool:
    """Return True for metrics data that is a file beside the document."""
    return text_of(row, "metricsDataType") not in {"STANDARD", ""}


def of_experience(row: Row) -> bool:
    """Return True for a log that is an input of the metrics build, not an output."""
    return text_of(row, "executionStep") in {"EXPERIENCE", ""}


def _finite(value: object) -> float | None:
    """Return a number that JSON can represent, else None."""
    return value if isinstance(value, int | float) and math.isfinite(value) else None
