"""Rows of what batches belong to, with every field that a client requires."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from runner.api.stub_server.resources import OWNER, Json

METRICS_CPUS, METRICS_MEMORY_MIB = 4, 16384
"""Resources of a metrics build in the cloud."""
_BUILD = {
    "gpus": 0,
    "memory_mib": METRICS_MEMORY_MIB,
    "shared_memory_mb": 64,
    "vcpus": METRICS_CPUS,
}


def named(name: str, times: Json) -> Json:
    """Fields that most objects have."""
    return {"name": name, "description": "", **times, **OWNER}


def build_row(batch: Json, name: str) -> Json:
    """Row of the build of a batch; `name` is also its version."""
    keys = "projectID", "branchID", "systemID", "buildID"
    times = {"creationTimestamp": batch["creationTimestamp"]}
    return {
        **{key: batch[key] for key in keys},
        **named(name, times),
        "associatedAccount": "local",
        "version": name,
        "longDescription": "",
        "imageUri": "",
        "buildSpecification": "",
        "updateTimestamp": batch["creationTimestamp"],
        "updateUserID": "local",
    }


def metrics_build_row(ids: Json, times: Json) -> Json:
    """Row of the metrics build."""
    return {**ids, "name": "local", "version": "local", "imageUri": "", **times, **OWNER}


EXPERIENCE_OWN = (
    *("experienceID", "name", "environmentVariables"),
    *("creationTimestamp", "updateTimestamp"),
)
"""Fields in which the experiences of a project differ."""


def experience_row(ids: Json, name: str, environment: list[Json], created: str) -> Json:
    """Row of an experience with its environment variables."""
    return {
        **ids,
        **named(name, {"creationTimestamp": created}),
        "location": "",
        "locations": [],
        "containerTimeoutSeconds": 3600,
        "profile": "",
        "environmentVariables": environment,
        "updateTimestamp": created,
        "updateUserID": "local",
        "archived": False,
        "cacheExempt": False,
        "customFields": [],
    }


def suite_row(batch: Json, name: str, revision: int, experiences: list[str], times: Json) -> Json:
    """Row of a revision of the test suite of a batch."""
    keys = "projectID", "systemID", "testSuiteID", "metricsBuildID"
    return {
        **{key: batch[key] for key in keys},
        **named(name, times),
        "testSuiteRevision": revision,
        "experiences": experiences,
        "updateTimestamp": times["creationTimestamp"],
        "updateUserID": "local",
        "archived": False,
        "showOnSummary": False,
    }


def system_row(ids: Json, name: str, counts: Json, times: Json) -> Json:
    """Row of a system; `counts` are the numbers of what belongs to it."""
    resources = {
        f"{kind}_{key}": value
        for kind in ("build", "metrics_build")
        for key, value in _BUILD.items()
    }
    return {
        **ids,
        **named(name, times),
        **resources,
        **counts,
        "architecture": "AMD64",
        "updateTimestamp": times["creationTimestamp"],
        "updateUserID": "local",
        "archived": False,
    }


def sweep_row(
    ids: Json, name: str, parameters: Mapping[str, Collection[str]], batches: list[str]
) -> Json:
    """Row of a sweep, whose parameters have the values of all its jobs."""
    return {
        **ids,
        "associatedAccount": "local",
        "name": name,
        "status": "SUCCEEDED",
        "statusHistory": [],
        "parameters": [
            {"name": key, "values": sorted(values)} for key, values in sorted(parameters.items())
        ],
        "batches": batches,
        **OWNER,
    }
