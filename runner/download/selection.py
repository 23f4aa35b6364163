"""Which jobs of a batch are wanted, and what their folders are called."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from runner.api.client.client import Row, text_of

_LONGEST = 80
_RESERVED = {"con", "prn", "aux", "nul"}
_REVISION = ("jobID", "jobStatus", "jobMetricsStatus", "lastUpdatedTimestamp", "runCounter")
FINAL = frozenset(("SUCCEEDED", "ERROR", "CANCELLED"))
"""Statuses of jobs that change no more."""


@dataclass(frozen=True)
class DownloadSelection:
    """What of a batch is wanted; empty filters want everything."""

    jobs: frozenset[str] = frozenset()
    """Ids or names, whole."""
    statuses: frozenset[str] = frozenset()
    """A job's status in any of the API's three spellings, upper case."""
    name: str = ""
    """A part of the name, whatever the case."""
    logs: bool = False
    files: bool = False

    def wants(self, row: Row) -> bool:
        """Whether this job is wanted."""
        name = text_of(row, "experienceName")
        if self.jobs and not self.jobs & {name, text_of(row, "jobID")}:
            return False
        if self.name.casefold() not in name.casefold():
            return False
        keys = "conflatedStatus", "jobStatus", "jobMetricsStatus"
        return not self.statuses or any(text_of(row, key) in self.statuses for key in keys)


def job_id(row: Row) -> str:
    """The job's id, spelt as UUIDs are; empty for what is none."""
    try:
        return str(UUID(text_of(row, "jobID")))
    except ValueError:
        return ""


def revision(row: Row) -> str:
    """A digest that changes when the job does: what was fetched before is then fetched again."""
    values = [row.get(key) for key in _REVISION]
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:32]


def final(row: Row) -> bool:
    """Whether the job is over."""
    return text_of(row, "jobStatus") in FINAL


def folder_names(rows: Sequence[Row], known: Mapping[str, str]) -> dict[str, str]:
    """Folders of jobs by id: what is `known` stays, others are called like their experience.

    Experiences that several jobs share get a piece of the job's id behind the name. The same
    jobs give the same names, in whatever order they are listed.
    """
    plain = {one: _plain(text_of(row, "experienceName")) for row in rows if (one := job_id(row))}
    often = Counter(name.casefold() for name in plain.values())
    taken = {name.casefold() for name in known.values()}
    names = {one: known[one] for one in plain if one in known}
    for one, name in sorted(plain.items()):
        if one in names:
            continue
        chosen = name if often[name.casefold()] == 1 else f"{name}-{one[:8]}"
        if chosen.casefold() in taken:
            chosen = f"{name}-{one}"
        taken.add(chosen.casefold())
        names[one] = chosen
    return names


def _plain(text: str) -> str:
    """A name that is safe as a folder's on every system."""
    text = unicodedata.normalize("NFC", text)
    kept = "".join(char if char.isalnum() or char in "._- ()+" else "_" for char in text)
    kept = kept.strip(" .")
    while len(kept.encode()) > _LONGEST:
        kept = kept[:-1].rstrip(" .")
    return f"{kept}_" if kept.lower() in _RESERVED else kept or "job"


def repeated(ids: Iterable[str]) -> Collection[str]:
    """Ids that occur more than once."""
    return {one for one, times in Counter(ids).items() if times > 1}
