"""The contract of metrics builds: modes, paths, config files and inputs folders."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from uuid import UUID

from resim_inspect.files import exists, is_folder
from resim_inspect.text import clean
from resim_inspect.validation.findings import Finding, Severity
from runner.workspace.urls import url_problem

ROOT = PurePosixPath("/tmp/resim")
INPUTS = ROOT / "inputs"
OUTPUTS = ROOT / "outputs"
INPUTS_VARIABLE, OUTPUTS_VARIABLE = "RESIM_INPUTS", "RESIM_OUTPUTS"
EXPERIENCE = INPUTS / "experience"
LOGS = INPUTS / "logs"
BATCH_CONFIG = INPUTS / "batch_metrics_config.json"
REPORT_CONFIG = INPUTS / "report_config.json"
METRICS = OUTPUTS / "metrics.binproto"
REJECTED = OUTPUTS / "metrics.binproto.rejected"
"""Metrics that a validator rejects, kept to be looked at."""

MAX_CONFIG_BYTES = 1_000_000
MASK = "••••••"


class Mode(StrEnum):
    """Mode of a build: the kind of metrics that it computes."""

    JOB = "job"
    BATCH = "batch"
    REPORT = "report"


class BatchConfig(NamedTuple):
    """Content of `batch_metrics_config.json`; `project_id` is None for builds from before 2024."""

    auth_token: str
    api_url: str
    batch_id: UUID
    project_id: UUID | None = None

    def __repr__(self) -> str:
        return f"BatchConfig({self.api_url!r}, batch {self.batch_id}, project {self.project_id})"


class ReportConfig(NamedTuple):
    """Content of `report_config.json`."""

    auth_token: str
    api_url: str
    report_id: UUID
    project_id: UUID

    def __repr__(self) -> str:
        return f"ReportConfig({self.api_url!r}, report {self.report_id}, project {self.project_id})"


class ContractError(ValueError):
    """An invalid config file; `findings` has all reasons, at least one."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(f"{findings[0].where} {findings[0].message}")
        self.findings = findings


def mode_of(names: Collection[str]) -> Mode:
    """Mode of an inputs folder with these names: by its config file, batch first, else JOB."""
    if BATCH_CONFIG.name in names:
        return Mode.BATCH
    if REPORT_CONFIG.name in names:
        return Mode.REPORT
    return Mode.JOB


def names_in(folder: Path) -> list[str]:
    """Names in a folder, sorted, without hidden ones; empty if the folder cannot be read."""
    try:
        return sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError:
        return []


def looks_like_inputs(folder: Path) -> bool:
    """Return True for an inputs folder of any mode."""
    names = set(names_in(folder))
    if {BATCH_CONFIG.name, REPORT_CONFIG.name} & names:
        return True
    return any(name in names and is_folder(folder / name) for name in (EXPERIENCE.name, LOGS.name))


def inputs_below(folder: Path) -> tuple[tuple[str, Path], ...]:
    """Return the inputs of a job that a build sees, as names and folders, from their folder."""
    parts = (EXPERIENCE.name, LOGS.name)
    return tuple((name, folder / name) for name in parts if is_folder(folder / name))


# -- config files ------------------------------------------------------------------------------

_KEYS: Mapping[Mode, tuple[str, ...]] = {
    Mode.BATCH: ("authToken", "apiURL", "batchID", "projectID"),
    Mode.REPORT: ("authToken", "apiURL", "reportID", "projectID"),
}
_FILES = {Mode.BATCH: BATCH_CONFIG.name, Mode.REPORT: REPORT_CONFIG.name}


def parse_batch_config(data: bytes) -> BatchConfig:
    """Parse a batch config of three or four fields; raises ContractError."""
    fields = _fields(data, Mode.BATCH)
    project = fields.get("projectID")
    return BatchConfig(
        fields["authToken"],
        fields["apiURL"],
        UUID(fields["batchID"]),
        None if project is None else UUID(project),
    )


def parse_report_config(data: bytes) -> ReportConfig:
    """Parse a report config of four fields; raises ContractError."""
    fields = _fields(data, Mode.REPORT)
    return ReportConfig(
        fields["authToken"], fields["apiURL"], UUID(fields["reportID"]), UUID(fields["projectID"])
    )


def config_bytes(config: BatchConfig | ReportConfig) -> bytes:
    """Serialize a config as UTF-8 JSON; raises ContractError for invalid values."""
    fields = {"authToken": config.auth_token, "apiURL": config.api_url}
    if isinstance(config, BatchConfig):
        mode = Mode.BATCH
        fields["batchID"] = str(config.batch_id)
    else:
        mode = Mode.REPORT
        fields["reportID"] = str(config.report_id)
    if config.project_id is not None:
        fields["projectID"] = str(config.project_id)
    data = json.dumps(fields).encode()
    _fields(data, mode)
    return data


def masked(data: bytes) -> str:
    """Format a config for people: indented JSON with masked tokens; other text is hidden.

    Every value whose key contains "token" is masked.
    """
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return f"({len(data)} bytes that are not JSON; hidden, because they may contain a token)"
    return json.dumps(_mask(value), indent=2, ensure_ascii=False)


def _mask(value: object) -> object:
    if isinstance(value, dict):
        return {
            key: MASK if "token" in str(key).lower() and inner else _mask(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_mask(inner) for inner in value]
    return value


def _fields(data: bytes, mode: Mode) -> dict[str, str]:
    errors = [f for f in check_config(data, mode) if f.severity is Severity.ERROR]
    if errors:
        raise ContractError(errors)
    fields: dict[str, str] = json.loads(data)
    return fields


def check_config(data: bytes, mode: Mode) -> Iterator[Finding]:
    """Check the bytes of a batch or report config; a finding of severity ERROR makes it invalid."""
    name = _FILES[mode]
    if len(data) > MAX_CONFIG_BYTES:
        yield _error(
            "config-json",
            name,
            "is too large for a config file.",
            "Write one JSON object with the fields of a config file only.",
        )
        return
    try:
        fields = json.loads(data, object_pairs_hook=_object)
    except _RepeatedKeyError as error:
        yield _error(
            "config-repeated-key", name, f"has the key {error} twice.", "Keep one of them."
        )
        return
    except (ValueError, RecursionError) as error:
        why = clean(str(error), 120)
        hint = "Write one JSON object with " + ", ".join(_KEYS[mode]) + "."
        yield _error("config-json", name, f"is not valid JSON: {why}.", hint)
        return
    if not isinstance(fields, dict):
        yield _error("config-json", name, "is not a JSON object.", "Write {…} around the fields.")
        return
    for key in _KEYS[mode]:
        if key in fields:
            yield from _field_findings(name, key, fields[key])
        elif mode is Mode.BATCH and key == "projectID":
            message = "has no projectID, which builds since 2024 need."
            yield Finding(
                "config-no-project",
                Severity.WARNING,
                name,
                message,
                "Only builds from before 2024 work without it.",
            )
        else:
            yield _error("config-missing-key", name, f"has no {key}.", f'Add "{key}".')
    for key in fields:
        if key not in _KEYS[mode]:
            shown = clean(str(key), 60)
            expected = ", ".join(_KEYS[mode])
            yield _error(
                "config-unknown-key",
                name,
                f'has an unknown key "{shown}".',
                f"Remove it; the known keys are {expected}.",
            )


def _field_findings(name: str, key: str, value: object) -> Iterator[Finding]:
    where = f"{name}: {key}"
    if not isinstance(value, str):
        kind = {bool: "a boolean", int: "a number", float: "a number", type(None): "null"}.get(
            type(value), "an object" if isinstance(value, dict) else "a list"
        )
        yield _error("config-type", where, f"is {kind}.", "Write a string in quotes.")
    elif key == "authToken":
        if not value:
            yield _error(
                "config-token",
                where,
                "is empty.",
                "Write a token; without a network any text without spaces is accepted.",
            )
        elif not (value.isascii() and value.isprintable()) or " " in value:
            message = "has spaces or characters that a request header cannot contain."
            yield _error("config-token", where, message, "Copy the token again.")
    elif key == "apiURL":
        problem = url_problem(value)
        if problem:
            hint = "Write a URL such as https://api.resim.ai/v1."
            yield _error("config-url", where, f'"{clean(value, 80)}" {problem}', hint)
    else:
        try:
            UUID(value)
        except ValueError:
            hint = "Write an id such as 0b2f5c1e-5b0e-4c58-8a1f-3d6a0c9e7f21."
            yield _error("config-uuid", where, f'"{clean(value, 60)}" is not a valid UUID.', hint)


class _RepeatedKeyError(ValueError):
    pass


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields: dict[str, object] = {}
    for key, value in pairs:
        if key in fields:
            raise _RepeatedKeyError(f'"{clean(key, 60)}"')
        fields[key] = value
    return fields


# -- an inputs folder --------------------------------------------------------------------------


def check_inputs(folder: Path) -> list[Finding]:
    """Check an inputs folder; a finding of severity ERROR would break a run, a WARNING may."""
    return list(_inputs_findings(folder))


def _inputs_findings(folder: Path) -> Iterator[Finding]:
    if not is_folder(folder):
        message = "is not a directory." if exists(folder) else "does not exist."
        yield _error(
            "inputs-missing", clean(str(folder)), message, "Give the folder of the inputs."
        )
        return
    names = names_in(folder)
    mode = mode_of(names)
    data = [name for name in (EXPERIENCE.name, LOGS.name) if name in names]
    if BATCH_CONFIG.name in names and REPORT_CONFIG.name in names:
        message = f"contain both {BATCH_CONFIG.name} and {REPORT_CONFIG.name}."
        yield _error(
            "inputs-modes", "the inputs", message, "Remove the one whose mode is not intended."
        )
    if mode is Mode.JOB:
        yield from _job_findings(folder, data)
    else:
        if data:
            message = f"contain {_FILES[mode]} of {mode} mode, and {' and '.join(data)} of a job."
            hint = "Builds select their mode by these files; keep those of one mode."
            yield _error("inputs-modes", "the inputs", message, hint)
        yield from _read_config(folder / _FILES[mode], mode)
    known = {EXPERIENCE.name, LOGS.name, BATCH_CONFIG.name, REPORT_CONFIG.name}
    for name in names:
        if name not in known:
            message = "is not part of the contract; a build in the cloud never sees it."
            hint = "Put it into experience/ or logs/."
            yield Finding(
                "inputs-extra", Severity.WARNING, f"inputs/{clean(name, 80)}", message, hint
            )


def _job_findings(folder: Path, data: list[str]) -> Iterator[Finding]:
    for name in (EXPERIENCE.name, LOGS.name):
        path = folder / name
        where = f"inputs/{name}"
        if name not in data:
            severity = Severity.ERROR if name == LOGS.name else Severity.WARNING
            hint = f"Put the job's {name} into {INPUTS / name}/."
            yield Finding(f"inputs-no-{name}", severity, where, "is missing.", hint)
        elif not is_folder(path):
            yield _error(
                "inputs-not-folder", where, "is not a directory.", "Put the files into a directory."
            )
        elif not names_in(path):
            hint = "A build that reads files from it will fail."
            yield Finding(f"inputs-empty-{name}", Severity.WARNING, where, "is empty.", hint)


def _read_config(path: Path, mode: Mode) -> Iterator[Finding]:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_CONFIG_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "cannot be read"
        yield _error(
            "config-json", path.name, f"cannot be read: {reason}.", "Check its permissions."
        )
        return
    yield from check_config(data, mode)


def _error(rule: str, where: str, message: str, hint: str) -> Finding:
    return Finding(rule, Severity.ERROR, where, message, hint)
