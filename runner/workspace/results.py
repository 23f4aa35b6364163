"""What came of a build's run, as a value and as `result.json`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

from resim_inspect.document.enums import MetricStatus

FORMAT = 1


class Outcome(StrEnum):
    """How a run ended; the verdict of its metrics is another matter."""

    DONE = "done"
    """The build ended with 0 and left valid outputs."""
    FAILED = "failed"
    """The build failed, or its outputs are missing, refused or invalid."""
    TIMEOUT = "timeout"
    CANCELLED = "cancelled"
    BROKEN = "broken"
    """The build could not be run: the engine, the image or this machine failed."""


@dataclass(frozen=True)
class Failing:
    """A metric that warns or blocks, in words (raw text of the file)."""

    name: str
    status: str
    headline: str


@dataclass(frozen=True)
class JobResult:
    """One run of a build. Texts are as the build wrote them: clean them before they are shown."""

    job: str
    job_id: str
    outcome: Outcome
    verdict: str | None = None
    """The file's verdict by name, such as `FAIL_WARN`; None without a readable file."""
    message: str = ""
    """One sentence; empty when all went well."""
    hint: str = ""
    exit_code: int | None = None
    seconds: float = 0.0
    started: float = 0.0
    """Seconds since 1970."""
    metrics: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    failing: tuple[Failing, ...] = ()
    findings: tuple[str, ...] = ()
    """The validator's errors, the first ones, as `where: message`."""
    finding_count: int = 0
    files: int = 0
    size: int = 0
    """Of all output files together, in bytes."""
    log_bytes: int = 0
    log_tail: tuple[str, ...] = ()
    image: str = ""
    image_id: str = ""
    key: str = ""
    """What the run depends on, as a digest; another key means that it must run again."""
    settings: str = ""
    """Limits and permissions, as a digest; other ones may let a run succeed that failed."""
    mode: str = "job"
    notes: tuple[str, ...] = ()
    """What else is to be said of the run, in sentences."""
    problem: str = ""
    """For programs: `lost-metrics`, `hang`, `no-batch-mode`, `no-report-mode`, or nothing."""
    served: dict[str, Any] = field(default_factory=dict)
    """What the API served to a batch or report: requests, and of each kind what of how many."""

    @property
    def status(self) -> MetricStatus | None:
        """The verdict as an enumeration."""
        return None if self.verdict is None else status_named(self.verdict)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self) | {"outcome": self.outcome.value}

    def as_bytes(self) -> bytes:
        """`result.json`."""
        document = {"format": FORMAT, **self.as_dict()}
        return (json.dumps(document, indent=1, ensure_ascii=True) + "\n").encode()


def result_from_bytes(data: bytes) -> JobResult:
    """`result.json` read back; ValueError with a reason for what is none."""
    try:
        values = json.loads(data)
    except RecursionError as error:
        raise ValueError("is nested too deeply") from error
    if not isinstance(values, dict):
        raise ValueError("is no JSON object")
    if values.get("format") != FORMAT:
        raise ValueError("is of a format that this version does not know")
    known = {f.name for f in fields(JobResult)}
    kept = {key: value for key, value in values.items() if key in known}
    try:
        kept["outcome"] = Outcome(kept["outcome"])
        kept["failing"] = tuple(Failing(**each) for each in kept.get("failing", ()))
        for name in ("findings", "log_tail", "notes"):
            kept[name] = tuple(str(each) for each in kept.get(name, ()))
        result = JobResult(**kept)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"is no result: {error}") from error
    if not isinstance(result.key, str) or not isinstance(result.seconds, int | float):
        raise ValueError("has values of the wrong type")
    return result


def status_named(name: str) -> MetricStatus:
    """The status of that name; UNSET for one that is not known."""
    return MetricStatus.__members__.get(name, MetricStatus.UNSET)
