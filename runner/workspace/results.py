"""The result of a build's run, as a value and as `result.json`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from types import UnionType
from typing import Any

from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import clean

FORMAT = 1
NOT_STARTED = "it was not started."
"""Message of a run that was cancelled before its start."""
_JSON_NAMES = {"cache_key": "key", "inputs_digest": "inputs", "settings_digest": "settings"}


class Outcome(StrEnum):
    """The way a run ended; the verdict of its metrics is separate."""

    DONE = "done"
    """The build ended with 0 and left valid outputs."""
    FAILED = "failed"
    """The build failed, or its outputs are missing, refused or invalid."""
    TIMEOUT = "timeout"
    CANCELLED = "cancelled"
    BROKEN = "broken"
    """The build could not be run: the engine, the image or this machine failed."""


ENDINGS = {
    Outcome.FAILED: "failed",
    Outcome.TIMEOUT: "timed out",
    Outcome.CANCELLED: "stopped",
    Outcome.BROKEN: "not run",
}
"""Outcomes without valid outputs, in words."""


@dataclass(frozen=True)
class Failing:
    """A metric that warns or blocks, as text of the file that is not cleaned."""

    name: str
    status: str
    headline: str


@dataclass(frozen=True)
class JobResult:
    """One run of a build. Texts are as the build wrote them: clean them before display."""

    job: str
    job_id: str
    outcome: Outcome
    verdict: str | None = None
    """The file's verdict by name, such as `FAIL_WARN`; None without a readable file."""
    message: str = ""
    """One sentence on what went wrong; empty for a run that is done."""
    hint: str = ""
    exit_code: int | None = None
    seconds: float = 0.0
    started: float = 0.0
    """Seconds since 1970."""
    emissions: str = ""
    """Emissions in words, such as `12,400 rows in 7 topics`; empty without any."""
    approximate: bool = False
    """True if the verdict, or a part of it, was evaluated from emissions, not by ReSim."""
    metrics: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    failing: tuple[Failing, ...] = ()
    findings: tuple[str, ...] = ()
    """The validator's errors, the first ones, as `where: message`."""
    finding_count: int = 0
    files: int = 0
    size: int = 0
    """Total size of all output files, in bytes."""
    log_bytes: int = 0
    log_tail: tuple[str, ...] = ()
    image: str = ""
    image_id: str = ""
    cache_key: str = ""
    """Digest of everything that the run depends on; with another key it must run again."""
    inputs_digest: str = ""
    """Digest of the inputs alone; empty for a batch, a report and results of before."""
    settings_digest: str = ""
    """Digest of limits and permissions; with others a run that failed may succeed."""
    mode: str = "job"
    notes: tuple[str, ...] = ()
    """Remarks on the run, each a sentence."""
    problem: str = ""
    """Word for programs: `lost-metrics`, `hang`, `no-batch-mode`, `no-report-mode`, or nothing."""
    served: dict[str, Any] = field(default_factory=dict)
    """Counts of what the API served to a batch or report: requests, and of each kind the share."""
    attempts: int = 1
    """Number of runs that it took; more than one with --retries."""
    peak_memory_bytes: int | None = None
    """Highest use of memory, as far as the engine tells."""
    cpu_seconds: float | None = None
    """Processor time, as far as the engine tells."""

    @property
    def status(self) -> MetricStatus | None:
        """The verdict as an enumeration; None without a readable file."""
        return None if self.verdict is None else status_named(self.verdict)

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON values, under the names of the JSON format."""
        values = asdict(self) | {"outcome": self.outcome.value}
        return {_JSON_NAMES.get(name, name): value for name, value in values.items()}

    def as_bytes(self) -> bytes:
        """Return the content of `result.json`."""
        document = {"format": FORMAT, **self.as_dict()}
        return (json.dumps(document, indent=1, ensure_ascii=True) + "\n").encode()


def result_from_bytes(data: bytes) -> JobResult:
    """Read `result.json` back; raises ValueError with a reason, a clause without its subject."""
    try:
        values = json.loads(data)
    except RecursionError as error:
        raise ValueError("is nested too deeply") from error
    except ValueError as error:
        raise ValueError("is not valid JSON") from error
    if not isinstance(values, dict):
        raise ValueError("is not a JSON object")
    if values.get("format") != FORMAT:
        raise ValueError("is of a format that this version does not know")
    return result_from_values(values)


def result_from_values(values: object) -> JobResult:
    """Return the result in JSON values; raises ValueError as `result_from_bytes` does."""
    if not isinstance(values, dict):
        raise ValueError("is not a JSON object")
    values_by_name = {name: values[key] for name, key in _NAMES if key in values}
    try:
        values_by_name["outcome"] = Outcome(values_by_name["outcome"])
        values_by_name["failing"] = tuple(
            Failing(**each) for each in values_by_name.get("failing", ())
        )
        for name in ("findings", "log_tail", "notes"):
            values_by_name[name] = tuple(str(each) for each in values_by_name.get(name, ()))
        result = JobResult(**values_by_name)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"is not a result: {error}") from error
    if not _has_types(result):
        raise ValueError("has values of the wrong type")
    return result


_TYPES: dict[str, type | UnionType] = {
    "str": str,
    "bool": bool,
    "int": int,
    "float": int | float,
    "str | None": str | None,
    "int | None": int | None,
    "float | None": int | float | None,
    "dict[str, int]": dict,
    "dict[str, Any]": dict,
}
"""Types by their annotation; those of the other fields are made by the reader itself."""


# Made once: a workspace may have ten thousand results.
_NAMES = tuple((f.name, _JSON_NAMES.get(f.name, f.name)) for f in fields(JobResult))
_TYPED = tuple((f.name, _TYPES[str(f.type)]) for f in fields(JobResult) if str(f.type) in _TYPES)


def _has_types(result: JobResult) -> bool:
    """Return True if the values of a file have the types of their fields."""
    plain = all(isinstance(getattr(result, name), kind) for name, kind in _TYPED)
    texts = [text for each in result.failing for text in (each.name, each.status, each.headline)]
    return (
        plain
        and all(isinstance(text, str) for text in texts)
        and all(isinstance(number, int) for number in result.statuses.values())
    )


def why_of(result: JobResult) -> str:
    """Return the reason for a result that is not good, as clean text; empty for a good one.

    For a run that is done it names the first metrics with the worst verdict.
    """
    if result.outcome is not Outcome.DONE:
        return clean(result.message)
    status = result.status
    if status is None or not status.fails:
        return ""
    same = [f for f in result.failing if f.status == result.verdict]
    shown = [f"{clean(f.name, 60)} {clean(f.headline, 60)}".strip() for f in same[:2]]
    more = result.statuses.get(result.verdict or "", 0) - len(shown)
    return "; ".join(shown) + (f"; {more} more" if more > 0 and shown else "")


def status_named(name: str) -> MetricStatus:
    """Return the status of that name; UNSET for an unknown name."""
    return MetricStatus.__members__.get(name, MetricStatus.UNSET)
