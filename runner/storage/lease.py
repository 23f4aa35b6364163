"""Ownership of leftovers: the labels that name an owner, and the check that it has ended."""

from __future__ import annotations

from runner.workspace.process_identity import current_owner as current_owner
from runner.workspace.process_identity import host_identity as host_identity
from runner.workspace.process_identity import is_stale as is_stale
from runner.workspace.process_identity import process_start as process_start

LABEL = "ai.resim.inspect"
LABEL_OWNER = LABEL + ".owner"
LABEL_RUN = LABEL + ".run"
LABEL_JOB = LABEL + ".job"
