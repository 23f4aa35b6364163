"""Batches of every verdict and outcome, as workspaces for the stub server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from resim_inspect.building.builder import DocumentBuilder
from tests.api.workspaces import document, write_job

MANY = 1100
DAMAGED = "DAMAGED"
"""A job that left a file, but not a readable one: it failed too."""
FAILED = (None, DAMAGED)
STATUSES: dict[str, tuple[list[str | None], str, str, str]] = {
    # Verdicts of the jobs, None for a failed one; verdict of the batch; its two statuses.
    "passed": (["PASSED"] * 2, "", "SUCCEEDED", "COMPLETE"),
    "warnings": (["PASSED", "FAIL_WARN"], "", "SUCCEEDED", "WARNING"),
    "blockers": (["FAIL_WARN", "FAIL_BLOCK", None], "", "SUCCEEDED", "BLOCKER"),
    "not applicable": (["NOT_APPLICABLE"], "", "SUCCEEDED", "COMPLETE"),
    "raw": (["RAW", "NOT_APPLICABLE"], "", "SUCCEEDED", "COMPLETE"),
    "unset": (["UNSET"], "", "SUCCEEDED", "COMPLETE"),
    "some failed": (["PASSED", None], "", "SUCCEEDED", "COMPLETE"),
    "damaged": ([DAMAGED, "RAW"], "", "SUCCEEDED", "COMPLETE"),
    "all failed": ([None, DAMAGED], "", "ERROR", "ERROR"),
    "failed, with metrics of the batch": ([None], "PASSED", "ERROR", "ERROR"),
    "batch passed": (["PASSED"], "PASSED", "SUCCEEDED", "COMPLETE"),
    "batch warns": (["PASSED"], "FAIL_WARN", "SUCCEEDED", "WARNING"),
    "batch blocks": (["FAIL_WARN"], "FAIL_BLOCK", "SUCCEEDED", "BLOCKER"),
    "no jobs": ([], "", "SUCCEEDED", "COMPLETE"),
    "many": (["PASSED"] * MANY, "", "SUCCEEDED", "COMPLETE"),
}
SUITE = "0b2f5c1e-5b0e-4c58-8a1f-3d6a0c9e7f21"
FACTS: dict[str, dict[str, Any]] = {
    "passed": {
        "name": "nightly",
        "parameters": {"wind": "5", "road": "wet"},
        "sweep": "wind sweep",
        "jobs": {
            "job-0000": {
                "experienceName": "left turn",
                "tags": ["rain", "night"],
                "environment": {"MAP": "north", "EMPTY": ""},
                "parameters": {"wind": "7"},
            }
        },
    },
    "warnings": {
        "sweep": "wind sweep",
        "parameters": {"wind": "9", "road": "dry"},
        "jobs": {"job-0000": {"experienceName": "left turn", "tags": ["rain"]}},
    },
    "blockers": {
        "branch": "main",
        "build": {"name": "v1.2", "id": "0b2f5c1e-5b0e-4c58-8a1f-3d6a0c9e7f22"},
        "system": {"name": "drone"},
        "testSuite": {"id": SUITE, "name": "regression", "revision": 3},
    },
    "raw": {"testSuite": {"id": SUITE, "revision": 4}, "branch": "wind"},
}
"""Facts of workspace.json about some of the batches."""


def verdict_document(name: str, status: str) -> bytes:
    """A document of one verdict, with an event, a file and a value that JSON cannot carry."""
    b = DocumentBuilder(seed=name, status=status)
    worst = b.scalar("worst", 1.5, unit="m", status=status)
    b.scalar("not a number", float("nan"), status="RAW", event=True)
    b.file("shot", "shot.png")
    b.event("gust", at=2.5, metrics=[worst], status=status, tags=["wind"])
    b.event("noon", at=1_767_323_045_678_000_001, absolute=True)
    return b.bytes()


def write_batch(folder: Path, verdicts: list[str | None], own: str) -> None:
    """Write a workspace with jobs of these verdicts, and metrics of the batch."""
    for number, verdict in enumerate(verdicts):
        name = f"job-{number:04}"
        if verdict is None:
            (folder / "jobs" / name / "inputs").mkdir(parents=True)
        elif verdict == DAMAGED:
            write_job(folder, name, b"\xff" * 9)
        elif len(verdicts) == MANY:
            write_job(folder, name, document(name, metrics=1))
        else:
            write_job(folder, name, verdict_document(name, verdict))
    folder.mkdir(exist_ok=True)
    config = {"format": 1, **FACTS.get(folder.name, {})}
    (folder / "workspace.json").write_text(json.dumps(config))
    if own:
        (folder / "batch/outputs").mkdir(parents=True)
        (folder / "batch/outputs/metrics.binproto").write_bytes(verdict_document("own", own))
