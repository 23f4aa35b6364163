"""Arguments about the API that serves a build its metrics, and the request that they describe."""

from __future__ import annotations

import argparse
import os
from argparse import Namespace
from dataclasses import replace

from runner.commands.shared.arguments import add_config_fields, add_hide_images
from runner.commands.shared.policy_args import secrets_of
from runner.engines.protocol import Build
from runner.errors import CallError
from runner.execution.batch_run import BatchRunRequest
from runner.execution.run_context import RunPolicy
from runner.workspace.contract import Mode
from runner.workspace.layout import Workspace


def add_api_arguments(parser: argparse.ArgumentParser, *, config_fields: bool = True) -> None:
    """Add the arguments about the API; a report has no choice of `config_fields`."""
    group = parser.add_argument_group("the API that serves the build its metrics")
    group.add_argument(
        "--api-image",
        default="",
        metavar="IMAGE",
        help="an image with python3 to run the API in (default: the build's own)",
    )
    group.add_argument(
        "--api-on-host",
        action="store_true",
        help="run the API on this machine, for an engine that cannot run it next to the build",
    )
    if config_fields:
        add_config_fields(group)
    add_hide_images(group)
    group.add_argument(
        "--partial-fetch",
        action="store_true",
        help="the build fetches only some metrics on purpose: the others do not count as lost",
    )


def request_of(args: Namespace, mode: Mode, workspaces: tuple[Workspace, ...]) -> BatchRunRequest:
    """Return the request that the arguments describe; raises CallError."""
    for name in ("api_image", "api_on_host"):
        if args.image is None and getattr(args, name):
            raise CallError(f"--{name.replace('_', '-')} needs --image.")
    if args.api_image and args.api_on_host:
        raise CallError(
            "--api-image is for an API in a container, --api-on-host for one on this machine."
        )
    return BatchRunRequest(
        mode,
        workspaces,
        config_fields=getattr(args, "config_fields", 4),
        hide_images=args.hide_images,
        api_image=args.api_image,
        on_host=args.api_on_host,
        partial=args.partial_fetch,
    )


def policy_with_credentials(policy: RunPolicy, request: BatchRunRequest, build: Build) -> RunPolicy:
    """Return the policy with the API's credentials as further secrets."""
    credentials = request.credentials
    secrets = secrets_of(build, os.environ, credentials.token, credentials.secret)
    return replace(policy, secrets=secrets)
