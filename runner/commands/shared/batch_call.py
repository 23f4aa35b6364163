"""What `batch`, `report` and `run` do alike: a build that is served the metrics of jobs."""

from __future__ import annotations

import argparse
import os
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from runner.commands.shared import build_args, session
from runner.commands.shared.staging import check_outputs, keep, staging_folder
from runner.engines.protocol import Build, Engine
from runner.errors import CallError, RunnerError
from runner.execution import batch_run
from runner.execution.batch_run import ApiCredentials, BatchRunRequest
from runner.execution.cancellation import Signals
from runner.execution.events import Event, EventSink
from runner.execution.result_cache import settings_digest
from runner.execution.run_context import RunContext, RunPolicy
from runner.reporting.dispatcher import EventDispatcher
from runner.reporting.rows import summary
from runner.storage.fs import remove_tree
from runner.storage.publish import new_outputs, publish, recover_publication
from runner.workspace.contract import Mode
from runner.workspace.layout import Workspace
from runner.workspace.results import JobResult, Outcome


def add_arguments(parser: argparse.ArgumentParser, command: str) -> None:
    """The arguments of a served build, and those of `batch` and `report` alone."""
    if command != "run":
        if command == "batch":
            parser.add_argument(
                "--jobs",
                type=Path,
                required=True,
                metavar="DIR",
                help="a workspace, or a folder in which a metrics.binproto makes a job",
            )
        else:
            parser.add_argument(
                "workspaces",
                type=Path,
                nargs="+",
                metavar="WORKSPACE",
                help="the batches to report on; the report stands in the first one's project",
            )
        parser.add_argument(
            "--outputs",
            type=Path,
            required=True,
            metavar="DIR",
            help="where the build's outputs go; earlier outputs there are replaced",
        )
        parser.add_argument("--log", type=Path, metavar="FILE", help="keep what the build says")
    group = parser.add_argument_group("the API that the build is served by")
    group.add_argument(
        "--api-image",
        default="",
        metavar="IMAGE",
        help="an image with python3 to run it in (default: the build's own)",
    )
    group.add_argument(
        "--api-on-host",
        action="store_true",
        help="run it on this machine, where it cannot run beside the build",
    )
    if command != "report":
        group.add_argument(
            "--config-fields",
            type=int,
            choices=(3, 4),
            default=4,
            help="3 for builds of before 2024, which know no projectID (default: 4)",
        )
    group.add_argument(
        "--hide-images",
        action="store_true",
        help="leave out image metrics, on which open-core before 0.14.1 fails",
    )
    group.add_argument(
        "--partial-fetch",
        action="store_true",
        help="the build fetches only some metrics on purpose: what it leaves is not lost",
    )


def check(args: Namespace) -> None:
    """Refuse what makes no sense together; raises CallError."""
    for name in ("api_image", "api_on_host"):
        if args.image is None and getattr(args, name):
            raise CallError(f"--{name.replace('_', '-')} needs --image.")
    if args.api_image and args.api_on_host:
        raise CallError(
            "--api-image is for an API in a container, --api-on-host for one that is not."
        )


def request_of(args: Namespace, mode: Mode, workspaces: tuple[Workspace, ...]) -> BatchRunRequest:
    """What the arguments ask for."""
    return BatchRunRequest(
        mode,
        workspaces,
        ApiCredentials(),
        getattr(args, "config_fields", 4),
        args.hide_images,
        args.api_image,
        args.api_on_host,
        args.partial_fetch,
    )


def policy_with_token(policy: RunPolicy, request: BatchRunRequest, build: Build) -> RunPolicy:
    """The policy, with the API's token as one more secret."""
    secrets = build_args.secrets_of(
        build, os.environ, request.credentials.token, request.credentials.secret
    )
    return replace(policy, secrets=secrets)


def get_api_image(
    engine: Engine, request: BatchRunRequest, build: Build, notify: EventSink
) -> None:
    """Have the API's own image ready before anything runs; raises ImageError."""
    if request.api_image:
        api = Build(image=request.api_image, platform=build.platform, pull=build.pull)
        engine.prepare(api, lambda text: notify(Event("note", time.time(), text=text)))


def run_to_folder(args: Namespace, mode: Mode, workspaces: tuple[Workspace, ...]) -> int:
    """`batch` and `report`: only the build's outputs are kept, in the folder that was named."""
    check(args)
    build = build_args.build_of(args, os.environ)
    request = request_of(args, mode, workspaces)
    policy = policy_with_token(build_args.policy_of(args, build, os.environ), request, build)
    check_outputs(args.outputs)
    if args.dry_run:
        from runner.commands.shared.dry_run import tell_served

        return tell_served(args, build, policy, request, args.outputs)
    log = args.log
    title = workspaces[0].folder.resolve().name
    with (
        EventDispatcher(args, policy.secrets, lambda _: session.log_path(log)) as dispatcher,
        session.ready(args, dispatcher, build, policy) as (call, signals),
    ):
        get_api_image(call.engine, request, build, dispatcher)
        dispatcher.plan(
            call.clock(),
            title,
            session.describe_build(build, call.prepared),
            session.describe_engine(call.engine),
            [request.name],
            jobs=0,
            todo=0,
            parallel=1,
            **{request.name: 1},
        )
        with staging_folder(args.outputs) as staging:

            def work() -> JobResult:
                return batch_run.run_served(
                    call,
                    request,
                    staging / "outputs",
                    log or staging / "log.txt",
                    staging / batch_run.SCRATCH,
                )

            result = _told(call, request, lambda: session.watched(call, signals, work))
            keep(result, staging, args.outputs)
        about: dict[str, Any] = {"jobs_served": sum(len(w.jobs) for w in workspaces)}
        code = session.finish(
            args, policy, title, about, [], set(), dispatcher, signals.code, last=result
        )
    if args.format == "text" and args.events != "-":
        sys.stdout.write(summary([], 0, session.gate_of(args), last=result) + "\n")
    return code


def run_in_workspace(
    call: RunContext, signals: Signals, request: BatchRunRequest, rerun: str
) -> tuple[JobResult, bool]:
    """`run`: the batch of a workspace, its outputs and result there; and whether it was kept."""
    place = request.workspaces[0].batch
    scratch = place.folder / batch_run.SCRATCH
    settle(place)
    remove_tree(scratch)
    try:
        key = batch_run.batch_cache_key(request, call.build, call.prepared)
    except RunnerError as error:
        result = _broken(request, error)
        call.notify(Event("finished", call.clock(), request.name, result=result))
        return result, False
    settings = settings_digest(call.build, call.policy)
    kept = batch_run.kept_result(place, key, settings, rerun)
    if kept is not None:
        call.notify(Event("kept", call.clock(), request.name, result=kept))
        return kept, True

    def work() -> JobResult:
        new = new_outputs(place)
        result = batch_run.run_served(call, request, new, place.log, scratch, key)
        publish(place, result)
        return result

    return _told(call, request, lambda: session.watched(call, signals, work)), False


def _told(call: RunContext, request: BatchRunRequest, run: Callable[[], JobResult]) -> JobResult:
    call.notify(Event("started", call.clock(), request.name))
    try:
        result = run()
    except RunnerError as error:
        result = _broken(request, error)
    for note in result.notes:
        call.notify(Event("warning", call.clock(), request.name, f"{request.name}: {note}"))
    call.notify(Event("finished", call.clock(), request.name, result=result))
    return result


def _broken(request: BatchRunRequest, error: RunnerError) -> JobResult:
    return JobResult(
        request.name,
        str(request.id),
        Outcome.BROKEN,
        message=error.reason,
        hint=error.hint,
        mode=request.mode.value,
    )
