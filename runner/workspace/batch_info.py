"""Optional facts of `workspace.json` about a batch and its jobs, which the stub API serves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from resim_inspect.text import clean
from runner.workspace.errors import WorkspaceError

Pairs = tuple[tuple[str, str], ...]
"""Names with values, in the order of the file."""
REFERENCES = {
    "branch": "branch",
    "build": "build",
    "system": "system",
    "testSuite": "test_suite",
    "sweep": "sweep",
}
"""Keys of the things that a batch belongs to, with the attributes of `BatchInfo`."""


class Reference(NamedTuple):
    """A thing that a batch belongs to; what is not recorded is derived when it is served."""

    id: UUID | None = None
    name: str = ""


class BatchInfo(NamedTuple):
    """Facts about a batch."""

    name: str = ""
    parameters: Pairs = ()
    branch: Reference = Reference()
    build: Reference = Reference()
    system: Reference = Reference()
    test_suite: Reference = Reference()
    sweep: Reference = Reference()
    suite_revision: int = 1


class JobInfo(NamedTuple):
    """Facts about a job; tags and environment are those of its experience."""

    experience_id: UUID | None = None
    parameters: Pairs = ()
    tags: tuple[str, ...] = ()
    environment: Pairs = ()


NO_BATCH_INFO = BatchInfo()
NO_JOB_INFO = JobInfo()


def batch_info(values: Mapping[str, Any], path: object) -> BatchInfo:
    """Read the facts of a batch from `workspace.json` at `path`; raises WorkspaceError."""
    where = f"{path}:"
    references = {
        attribute: _reference(values.get(key), f'{where} "{key}"')
        for key, attribute in REFERENCES.items()
    }
    suite = values.get("testSuite")
    revision = suite.get("revision", 1) if isinstance(suite, dict) else 1
    if not isinstance(revision, int) or isinstance(revision, bool) or revision < 0:
        raise WorkspaceError(f'{where} the "revision" of "testSuite" is not a whole number.')
    return BatchInfo(
        _text(values.get("name", ""), f'{where} "name"'),
        _pairs(values.get("parameters", {}), f'{where} "parameters"'),
        **references,
        suite_revision=revision,
    )


def job_info(values: Mapping[str, Any], name: str, path: object) -> JobInfo:
    """Read the facts of the job `name` from its entry; raises WorkspaceError."""
    where = f'{path}: the job "{clean(name)}":'
    tags = values.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) and tag for tag in tags):
        raise WorkspaceError(
            f'{where} "tags" is not a list of strings.', 'Write a list such as ["rain", "night"].'
        )
    return JobInfo(
        uuid_value(values.get("experienceID"), f'{where} "experienceID"'),
        _pairs(values.get("parameters", {}), f'{where} "parameters"'),
        tuple(dict.fromkeys(tags)),
        _pairs(values.get("environment", {}), f'{where} "environment"'),
    )


def batch_values(info: BatchInfo) -> dict[str, Any]:
    """Facts of a batch as JSON values for `workspace.json`; what is not known is left out."""
    values: dict[str, Any] = {"name": info.name, "parameters": dict(info.parameters)}
    for key, attribute in REFERENCES.items():
        reference: Reference = getattr(info, attribute)
        entry: dict[str, Any] = {"id": str(reference.id)} if reference.id else {}
        values[key] = entry | ({"name": reference.name} if reference.name else {})
    if values["testSuite"]:
        values["testSuite"]["revision"] = info.suite_revision
    return {key: value for key, value in values.items() if value}


def job_values(info: JobInfo) -> dict[str, Any]:
    """Facts of a job as JSON values for its entry; what is not known is left out."""
    values = {
        "experienceID": str(info.experience_id) if info.experience_id else "",
        "parameters": dict(info.parameters),
        "tags": list(info.tags),
        "environment": dict(info.environment),
    }
    return {key: value for key, value in values.items() if value}


def check_one_suite(infos: Sequence[tuple[str, BatchInfo]]) -> None:
    """Check that a report can cover these named batches; raises WorkspaceError."""
    first_name, first = infos[0]
    for name, info in infos[1:]:
        for thing, reference, other in (
            ("test suite", first.test_suite, info.test_suite),
            ("branch", first.branch, info.branch),
        ):
            if reference != other and (reference.id is None or reference.id != other.id):
                raise WorkspaceError(
                    f"{clean(name)} and {clean(first_name)} do not have the same {thing}.",
                    "A report covers one test suite and branch: correct them in workspace.json.",
                )


def _reference(value: object, where: str) -> Reference:
    if isinstance(value, str):
        return Reference(None, value)
    if value is None:
        return Reference()
    if not isinstance(value, dict):
        hint = 'Write "main", or {"id": "0b2f5c1e-5b0e-4c58-8a1f-3d6a0c9e7f21"}, for example.'
        raise WorkspaceError(f'{where} is neither a name nor an object with "id" and "name".', hint)
    name = _text(value.get("name", ""), f'{where}: "name"')
    return Reference(uuid_value(value.get("id"), f'{where}: "id"'), name)


def _pairs(value: object, where: str) -> Pairs:
    if not isinstance(value, dict):
        raise WorkspaceError(f"{where} is not an object.", 'Write an object such as {"wind": "5"}.')
    for key, each in value.items():
        if not isinstance(each, str):
            hint = "ReSim accepts only strings here: write the value in quotes."
            raise WorkspaceError(f'{where}: "{clean(key, 60)}" is not a string.', hint)
    return tuple(value.items())


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise WorkspaceError(f"{where} is not a string.")
    return value


def uuid_value(value: object, where: str) -> UUID | None:
    """Parse an optional id; raises WorkspaceError that begins with `where`."""
    if value is None:
        return None
    try:
        return UUID(value)  # type: ignore[arg-type]
    except (ValueError, TypeError, AttributeError):
        shown = clean(str(value), 60)
        raise WorkspaceError(f'{where} "{shown}" is not a valid UUID.') from None
