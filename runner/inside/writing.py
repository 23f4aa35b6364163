"""Atomic writing of a valid metrics.binproto from the author's writer."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

from resim_inspect.document import DocumentError, parse_document
from resim_inspect.files import Staging, remove_partial, write_whole
from resim_inspect.text import clean, count
from resim_inspect.validation import validate
from resim_inspect.validation.findings import Finding, Severity
from runner.inside.errors import Code, RunError
from runner.workspace.contract import METRICS, REJECTED

SDK = "resim-open-core"


class Written(NamedTuple):
    """A metrics.binproto that both validators accept."""

    path: Path
    verdict: str
    """Status of the file, such as `FAIL_WARN`."""
    metrics: int
    data: int
    events: int
    size: int
    """Size in bytes."""
    remarks: tuple[Finding, ...]
    """Warnings of resim-inspect's validator."""


def clear(outputs: Path) -> None:
    """Remove files of an earlier run, so that a failed run does not look successful.

    Raises RunError if the folder cannot be written.
    """
    with _outputs(outputs):
        outputs.mkdir(parents=True, exist_ok=True)
        for path in (outputs / METRICS.name, outputs / REJECTED.name):
            remove_partial(path)
            path.unlink(missing_ok=True)
        # Fail now, not after hours of work.
        with Staging() as staging:
            staging.write(outputs / METRICS.name, b"")


def pack(writer: Any, override: Any = None) -> bytes:
    """Serialize the writer's metrics; raises RunError that names the invalid part.

    `override` is the SDK's MetricStatus for the whole file, instead of the worst metric's.
    """
    try:
        data: bytes = writer.write(override).metrics_msg.SerializeToString()
    except Exception as error:  # the SDK asserts, and protobuf has exceptions of its own
        raise RunError(
            Code.INVALID,
            f"{_failing_part(writer)} cannot be packed: {_describe(error)}.",
            "A series needs at least one value, all of one type: float (not int), str,"
            " Timestamp, UUID or MetricStatus.",
        ) from error
    return data


def write(data: bytes, outputs: Path) -> Written:
    """Validate the bytes of a file and write it; raises RunError.

    A file that a validator rejects is kept as `metrics.binproto.rejected`.
    """
    official = _official_objection(data)
    try:
        document = parse_document(data, path=outputs / METRICS.name)
        report = validate(document, edition=_edition())
    except DocumentError as error:
        errors = [str(error)]
    else:
        errors = [
            in_words(finding) for finding in report.findings if finding.severity is Severity.ERROR
        ]
    if official is not None or errors:
        _put(data, outputs, REJECTED.name)
        raise _rejected(official, errors)
    _put(data, outputs, METRICS.name)
    return Written(
        outputs / METRICS.name,
        document.verdict.name,
        len(document.metrics),
        len(document.data),
        len(document.events),
        len(data),
        tuple(f for f in report.findings if f.severity is Severity.WARNING),
    )


def in_words(finding: Finding) -> str:
    """Finding as one line of text."""
    hint = f" {finding.hint}" if finding.hint else ""
    return f"{finding.where}: {finding.message.rstrip('.')}.{hint}"


def _put(data: bytes, outputs: Path, name: str) -> None:
    with _outputs(outputs):
        write_whole(outputs / name, data)


def _official_objection(data: bytes) -> str | None:
    """Error of the SDK's validator for a file; None if it accepts the file."""
    from resim.metrics.proto import metrics_pb2
    from resim.metrics.proto.validate_metrics_proto import validate_job_metrics

    try:
        validate_job_metrics(metrics_pb2.JobMetrics.FromString(data))
    except Exception as error:  # noqa: BLE001 - any exception means that the file is rejected
        return _describe(error)
    return None


def _rejected(official: str | None, errors: list[str]) -> RunError:
    if official is None:
        who = "resim-inspect's validator rejects the metrics, and ReSim's own accepts them"
    elif not errors:
        who = f"ReSim's validator rejects the metrics: {official}"
    else:
        who = f"the metrics are invalid ({count(len(errors), 'error')})"
    shown = "".join(f"\n  {clean(text, 400)}" for text in errors[:20])
    if len(errors) > 20:
        shown += f"\n  and {len(errors) - 20:,} more"
    # Without its folder: the runner takes the outputs to another one.
    hint = f"The outputs keep them as {REJECTED.name}, which resim-inspect opens."
    return RunError(Code.INVALID, who + (":" + shown if shown else "."), hint)


def _failing_part(writer: Any) -> str:
    """First metric, metrics data or event of the writer that cannot be packed alone."""
    for kind, things in (
        ("the metrics data", writer.metrics_data),
        ("the metric", writer.metrics),
        ("the event", writer.events),
    ):
        for thing in things.values():
            try:
                thing.pack()
            except Exception:  # noqa: BLE001 - only its name is needed
                return f'{kind} "{clean(str(thing.name), 120)}"'
    return "the content of the writer"


def _describe(error: Exception) -> str:
    text = clean(str(error), 300).rstrip(".")
    return text or f"{type(error).__name__}, without a reason"


def _edition() -> str | None:
    try:
        sdk_version = version(SDK)
    except PackageNotFoundError:
        return None
    return sdk_version if all(part.isdigit() for part in sdk_version.split(".")) else None


@contextmanager
def _outputs(outputs: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        hint = ""
        if isinstance(error, PermissionError):
            user = ""
            with suppress(AttributeError):
                user = f" by user {os.getuid()}"
            hint = f"The folder must be writable{user}."
        raise RunError(Code.OUTPUTS, f"{outputs} cannot be written: {reason}.", hint) from error
