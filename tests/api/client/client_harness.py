"""Ids and routes that tests of the client share."""

from __future__ import annotations

from uuid import UUID

from runner.api.client.client import Client

TOKEN = "secret-token-of-the-test"
PROJECT = UUID("0b2f5c1e-5b0e-4c58-8a1f-3d6a0c9e7f21")
BATCH = UUID("11111111-5b0e-4c58-8a1f-3d6a0c9e7f21")
JOBS = f"/v1/projects/{PROJECT}/batches/{BATCH}/jobs"


def names(client: Client) -> list[str]:
    return [row["experienceName"] for row in client.jobs(BATCH)]
