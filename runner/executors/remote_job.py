"""The jobs of a call as workers run them: small picklable values in, results out.

No value of a secret is in them. A worker takes the variables with the name of a secret from its
own environment, since a scheduler keeps the arguments of tasks and shows them on its dashboard.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from resim_inspect import __version__
from runner.engines.entry import EngineOptions
from runner.engines.protocol import Build, Prepared
from runner.errors import WorkerError
from runner.execution.batch_run import ApiCredentials, BatchRunRequest
from runner.execution.result_cache import Planned, fingerprint
from runner.execution.run_context import RunContext, RunPolicy
from runner.redact import Secrets, names_a_secret
from runner.workspace.layout import Job, RunFolder, open_workspace
from runner.workspace.run_record import RunRecord, record_of_workspace
from runner.workspace.verdict_gate import VerdictGate

EVENTS_SUFFIX = ".jsonl"
"""End of the name of a worker's file of events in the exchange."""


@dataclass(frozen=True)
class RemoteCall:
    """Everything that the jobs of one call share, for workers that see the same folders."""

    call_id: str
    version: str
    """Version of the program that sends the jobs."""
    workspace: Path
    """The workspace, as an absolute path that all machines share."""
    build: Build
    """The build; values of variables with the name of a secret are empty."""
    prepared: Prepared
    options: EngineOptions
    policy: RunPolicy
    """The policy, without secrets."""
    gate: VerdictGate

    @property
    def exchange(self) -> RunRecord:
        """Folder of the requests to stop and the events that pass between client and workers."""
        return exchange_of(self.workspace)


def exchange_of(workspace: Path) -> RunRecord:
    """Return the folder of a workspace in which a client and its workers leave lines."""
    return RunRecord(record_of_workspace(workspace).path / "workers")


class RemoteJob(NamedTuple):
    """One job of a call, and the fingerprint of the recorded result that does not hold."""

    call: RemoteCall
    job: Job
    earlier: str


class RemoteBatch(NamedTuple):
    """The batch of a call, its id and cache key, and the fingerprint of the result that does not
    hold."""

    call: RemoteCall
    request: BatchRunRequest
    """The request, without workspaces and credentials."""
    identity: str
    key: str
    earlier: str


def without_credentials(request: BatchRunRequest) -> BatchRunRequest:
    """Return a request as workers get it: they open the workspace, and make credentials."""
    return replace(request, workspaces=(), credentials=ApiCredentials("", ""))


def with_credentials(batch: RemoteBatch) -> BatchRunRequest:
    """Return a request for this process, with credentials of its own; raises WorkspaceError."""
    workspace = open_workspace(batch.call.workspace)
    return replace(batch.request, workspaces=(workspace,), credentials=ApiCredentials())


def remote_call(workspace: Path, context: RunContext, options: EngineOptions) -> RemoteCall:
    """Return what workers need to know about a call."""
    build = context.build
    return RemoteCall(
        context.call_id,
        __version__,
        workspace.absolute(),
        replace(
            build,
            env=tuple((name, "" if names_a_secret(name) else v) for name, v in build.env),
            folder=build.working_folder.absolute() if build.command and not build.image else None,
            # The image exists, and what it is built from may not be there.
            context=None,
            dockerfile=None,
        ),
        context.prepared,
        options,
        replace(context.policy, secrets=Secrets()),
        context.gate,
    )


def remote_job(call: RemoteCall, planned: Planned) -> RemoteJob:
    """Return a job of a plan as workers get it."""
    job = planned.job
    folder = RunFolder(job.folder.path.absolute())
    return RemoteJob(call, replace(job, folder=folder), fingerprint(planned.stale))


def build_with_secrets(build: Build, env: Mapping[str, str]) -> Build:
    """Return a build with the secrets of a worker's environment; raises WorkerError."""
    missing = [name for name, _ in build.env if names_a_secret(name) and name not in env]
    if missing:
        raise WorkerError(
            f"the worker's environment has no {', '.join(missing)}, which the build needs.",
            "Values of secrets are not sent: start the workers with them in their environment.",
        )
    pairs = ((n, env[n] if names_a_secret(n) else value) for n, value in build.env)
    return replace(build, env=tuple(pairs))


def worker_name(identity: str) -> str:
    """Return the name of a worker for people, `node-3/417`, from the identity of its process."""
    host, _, _, pid, _ = identity.split("/")
    return f"{host}/{pid}"
