"""`resim-runner serve`: the stub API on this machine, to develop a batch mode."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.request import getproxies, proxy_bypass

from resim_inspect.files import is_folder
from resim_inspect.text import clean, count
from runner.api.stub_server.index_builder import ServedFolder, build_index, new_token
from runner.api.stub_server.server import Server, serve
from runner.commands.shared.arguments import add_config_fields, add_hide_images
from runner.errors import CallError
from runner.execution.cancellation import Signals
from runner.storage.fs import write_atomic
from runner.storage.scratch import SERVE_PREFIX, scratch_folder
from runner.workspace.batch_info import check_one_suite
from runner.workspace.contract import BATCH_CONFIG, REPORT_CONFIG, config_bytes
from runner.workspace.failed_runs import failed_runs
from runner.workspace.layout import open_workspace

HOST = "127.0.0.1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `serve`."""
    parser.add_argument(
        "workspaces",
        type=Path,
        nargs="+",
        metavar="WORKSPACE",
        help="the folder of the jobs; several with --report",
    )
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="also write the config to a file, or under its own name into a folder",
    )
    add_config_fields(parser)
    parser.add_argument(
        "--report",
        action="store_true",
        help=f"write a {REPORT_CONFIG.name} instead of a batch's config",
    )
    parser.add_argument(
        "--port",
        type=int,
        default=0,
        metavar="N",
        help="port to listen on (default: any free port)",
    )
    add_hide_images(parser)


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C or TERM, then return 0; raises RunnerError."""
    if len(args.workspaces) > 1 and not args.report:
        raise CallError("several workspaces are served only with --report.")
    if args.report and args.config_fields == 3:
        raise CallError(
            "--config-fields 3 cannot be used with --report, whose config always has four fields."
        )
    if not 0 <= args.port <= 65535:
        raise CallError(f"{args.port} is not a port number from 0 to 65535.")
    _check_port(args.port)
    workspaces = [open_workspace(path) for path in args.workspaces]
    check_one_suite([(str(each.folder), each.info) for each in workspaces])
    failed = failed_runs(workspaces, batches=True)
    with Signals(), _hangup_as_term(), scratch_folder(SERVE_PREFIX) as folder:
        prepared = build_index(
            workspaces,
            folder / "api",
            token=new_token(),
            secret=new_token(),
            without=failed.metrics,
            logs=True,
            hide_images=args.hide_images,
        )
        for sentence in failed.sentences():
            _say(f"! {sentence}")
        server = Server(prepared.folder)
        try:
            asyncio.run(
                serve(server, HOST, args.port, lambda running: _ready(running, prepared, args))
            )
        except OSError as error:
            if server.port:
                raise
            raise _cannot_listen(args.port, error) from error
        _say(_summary(server.counts(final=True)))
    return 0


def _check_port(port: int) -> None:
    """Raise CallError if a port is taken; 0 is any free port."""
    if not port:
        return
    with socket.socket() as probe:
        if os.name == "posix":
            # As the server does: a connection of an earlier server may still be closing.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise _cannot_listen(port, error) from error


def _cannot_listen(port: int, error: OSError) -> CallError:
    return CallError(f"the server cannot listen on {HOST}:{port}: {error.strerror or error}.")


@contextmanager
def _hangup_as_term() -> Iterator[None]:
    """Let the end of the terminal end the server as TERM does, unless `nohup` ignores it."""
    if sys.platform == "win32" or signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        yield
        return
    before = signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


def _ready(server: Server, prepared: ServedFolder, args: argparse.Namespace) -> None:
    """Write the config to stdout and to its file, and the state to stderr."""
    url = f"http://{HOST}:{server.port}/v1"
    if args.report:
        data, name = config_bytes(prepared.report_config(url)), REPORT_CONFIG.name
    else:
        config = prepared.batch_config(url, fields=args.config_fields)
        data, name = config_bytes(config), BATCH_CONFIG.name
    if args.config is not None:
        path = args.config / name if is_folder(args.config) else args.config
        write_atomic(path, data + b"\n", private=True)
        _say(f"{path} is for the build's inputs; it contains the token of this server.")
    sys.stdout.write(data.decode() + "\n")
    sys.stdout.flush()
    for problem in prepared.problems:
        _say(f"! {problem}; it is served as a job that failed.")
    metrics, data_count = count(prepared.metrics, "metric"), f"{prepared.data:,} metrics data"
    _say(f"Serving {count(prepared.jobs, 'job')}, {metrics} and {data_count} at {url}")
    if "http" in getproxies() and not proxy_bypass(HOST):
        _say(f"! A proxy is set here: a build needs NO_PROXY={HOST} to reach this server.")
    _say("Ctrl-C ends the server.")


def _summary(counts: dict[str, Any]) -> str:
    """Return a summary of what was served."""
    lists = counts["lists"]
    parts = [
        f"{lists[key]['served']:,} of {lists[key]['blobs']:,} {name}"
        for key, name in (("metrics", "metrics"), ("metricsData", "metrics data"))
    ]
    text = f"Served {' and '.join(parts)} in {count(counts['requests'], 'request')}."
    if counts["unknown"]:
        text += f" {count(counts['unknown'], 'request')} asked for paths that do not exist, such as"
        text += f" {counts['unknown_paths'][0]}"
    return text


def _say(text: str) -> None:
    # The terminal may be gone already.
    with suppress(OSError):
        sys.stderr.write(clean(text) + "\n")
        sys.stderr.flush()
