"""State of one job during a download: rows of its lists, downloaded parts, failures."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from resim_inspect.schema import metrics_pb2 as pb
from runner.api.client.client import Row, text_of
from runner.api.client.errors import ApiError, BadAnswerError
from runner.download import assemble, store
from runner.download.journal import Journal
from runner.download.selection import repeated
from runner.storage.fs import remove_tree
from runner.workspace.layout import RunFolder

METRICS, DATA, EVENTS, LOGS = "metrics", "metrics data", "events", "logs"
URLS = {METRICS: "metricURL", DATA: "metricsDataURL", LOGS: "logOutputLocation"}
IDS = {METRICS: "metricID", DATA: "dataID", LOGS: "logID", EVENTS: "eventID"}
Hide = Callable[[str], str]


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
    contents: dict[tuple[str, str], bytes] = field(default_factory=dict)
    files: dict[tuple[str, str], Path] = field(default_factory=dict)
    failures: dict[tuple[str, str], ApiError] = field(default_factory=dict)
    stale: dict[str, list[str]] = field(default_factory=dict)
    """Keys of blobs with expired URLs, for each kind, that wait for a new list."""

    def take_rows(self, kind: str, rows: list[Row]) -> None:
        """Store the rows of a list by id; repeated ids get their position as a suffix."""
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
        metrics = [
            self.contents[METRICS, key]
            for key in self.rows.get(METRICS, {})
            if (METRICS, key) in self.contents
        ]
        data, reconstructed, names = [], list(assemble.RECONSTRUCTED), {}
        for key, row in self.rows.get(DATA, {}).items():
            content = self.contents.get((DATA, key))
            if content is not None and not assemble.problem_of(content, pb.MetricsData):
                data.append(content)
            elif external(row) and (DATA, key) not in self.failures:
                data.append(assemble.external_file(row))
                reconstructed.append(f"metrics data {hide(text_of(row, 'name'))}")
                path = self.files.get((DATA, key))
                if path is not None:
                    names[text_of(row, "filename") or text_of(row, "name")] = path
        events = []
        for key, row in self.rows.get(EVENTS, {}).items():
            try:
                events.append(assemble.event_of(row, metrics))
            except ValueError as error:
                self.failures[EVENTS, key] = BadAnswerError(f"it {error}.")
        if events:
            reconstructed.append("events")
        logs: dict[str, Path] = {}
        for key, row in self.rows.get(LOGS, {}).items():
            path = self.files.get((LOGS, key))
            if path is not None:
                name = text_of(row, "filePath") or text_of(row, "fileName")
                (logs if of_experience(row) else names)[name] = path
        document = None
        if metrics or data or events:
            status = text_of(self.row, "jobMetricsStatus")
            document = assemble.assemble(self.id, status, metrics, data, events)
        store.put(self.run_folder, document, {k: v for k, v in names.items() if store.safe_name(k)})
        if asked["logs"]:
            store.put_logs(self.run_folder, {k: v for k, v in logs.items() if store.safe_name(k)})
        self.journal.close()
        missing = self.missing()
        about: dict[str, Any] = {
            "reconstructed": reconstructed if document is not None else [],
            "missing": [hide(one.what) for one in missing],
        }
        if not missing:
            state = {
                "revision": self.revision,
                "final": self.final,
                **asked,
                "told": about,
                "listing": self.table(hide),
            }
            store.write_state(self.run_folder, state)
            self.journal.remove()
            remove_tree(self.scratch)
        self.contents.clear()
        return about


def external(row: Row) -> bool:
    """Return True for metrics data that is a file beside the document."""
    return text_of(row, "metricsDataType") not in {"STANDARD", ""}


def of_experience(row: Row) -> bool:
    """Return True for a log that is an input of the metrics build, not an output."""
    return text_of(row, "executionStep") in {"EXPERIENCE", ""}


def _finite(value: object) -> float | None:
    """Return a number that JSON can represent, else None."""
    return value if isinstance(value, int | float) and math.isfinite(value) else None
