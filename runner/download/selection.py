"""Selection of a batch's jobs, and the names of their folders."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from runner.api.client.client import Row, standard_id, text_of
from runner.download.file_names import not_a_device

_MAX_NAME_BYTES = 80
_REVISION = ("jobID", "jobStatus", "jobMetricsStatus", "lastUpdatedTimestamp", "runCounter")
FINAL = frozenset(("SUCCEEDED", "ERROR", "CANCELLED"))
"""Statuses of jobs that have ended."""


@dataclass(frozen=True)
class DownloadSelection:
    """Selection of jobs and of their files; empty filters select all jobs."""

    jobs: frozenset[str] = frozenset()
    """Complete ids or names."""
    statuses: frozenset[str] = frozenset()
    """A job's status in any of the API's three spellings, upper case."""
    name: str = ""
    """Part of the name, ignoring case."""
    logs: bool = False
    files: bool = False

    def wants(self, row: Row) -> bool:
        """Return True if the job is selected."""
        name = text_of(row, "experienceName")
        if self.jobs and not self.jobs & {name, text_of(row, "jobID")}:
            return False
        if self.name.casefold() not in name.casefold():
            return False
        keys = "conflatedStatus", "jobStatus", "jobMetricsStatus"
        return not self.statuses or any(text_of(row, key) in self.statuses for key in keys)


def job_id(row: Row) -> str:
    """Id of a job in the standard spelling; empty if it is not a valid UUID."""
    return standard_id(text_of(row, "jobID"))


def revision(row: Row) -> str:
    """Digest of a job's row; a changed digest makes the job download again."""
    values = [row.get(key) for key in _REVISION]
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:32]


def final(row: Row) -> bool:
    """Return True if the job has ended."""
    return text_of(row, "jobStatus") in FINAL


def folder_names(rows: Sequence[Row], known: Mapping[str, str]) -> dict[str, str]:
    """Names of folders by job id: `known` ones are kept, new ones follow the experience.

    The name of an experience of several jobs is followed by a part of the job's id. The names
    do not depend on the order of the rows.
    """
    plain = {
        identity: _plain(text_of(row, "experienceName"))
        for row in rows
        if (identity := job_id(row))
    }
    often = Counter(name.casefold() for name in plain.values())
    taken = {name.casefold() for name in known.values()}
    names = {identity: known[identity] for identity in plain if identity in known}
    for identity, name in sorted(plain.items()):
        if identity in names:
            continue
        chosen = name if often[name.casefold()] == 1 else f"{name}-{identity[:8]}"
        if chosen.casefold() in taken:
            chosen = f"{name}-{identity}"
        taken.add(chosen.casefold())
        names[identity] = chosen
    return names


def _plain(text: str) -> str:
    """Name that is valid for a folder on every system."""
    text = unicodedata.normalize("NFC", text)
    plain_text = "".join(char if char.isalnum() or char in "._- ()+" else "_" for char in text)
    plain_text = plain_text.strip(" .")
    while len(plain_text.encode()) > _MAX_NAME_BYTES:
        plain_text = plain_text[:-1].rstrip(" .")
    plain_text = not_a_device(plain_text)
    # A name with a dash in front would be an option of many commands.
    return f"_{plain_text}" if plain_text.startswith("-") else plain_text or "job"


def distinct_jobs(rows: Iterable[Row]) -> list[Row]:
    """Rows with each job once: pages of a list that grows repeat rows, and the last one is valid.

    Rows without a valid id are kept.
    """
    last: dict[str, Row] = {}
    for position, row in enumerate(rows):
        last[job_id(row) or f"#{position}"] = row
    return list(last.values())


def distinct_rows(rows: Iterable[Row], url: str) -> list[Row]:
    """Rows that differ in more than the query of their `url`, which is signed again each time."""
    distinct: dict[str, Row] = {}
    for row in rows:
        path = text_of(row, url).partition("?")[0]
        distinct.setdefault(repr(sorted({**row, url: path}.items())), row)
    return list(distinct.values())


def repeated(ids: Iterable[str]) -> Collection[str]:
    """Ids that occur more than once."""
    return {identity for identity, times in Counter(ids).items() if times > 1}
