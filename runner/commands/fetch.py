"""`resim-runner fetch`: a batch of the cloud onto disk, as a workspace."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

from resim_inspect.text import clean, count, size
from runner.errors import CallError, RunnerError
from runner.execution.events import Event
from runner.redact import Secrets
from runner.workspace.urls import API_VARIABLE, DEFAULT_API_URL

Tell = Callable[[Event], None]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "workspace", type=Path, metavar="WORKSPACE", help="the folder to fetch into, new or begun"
    )
    parser.add_argument("--project", type=_uuid, required=True, metavar="ID")
    parser.add_argument("--batch", type=_uuid, required=True, metavar="ID")
    parser.add_argument(
        "--api-url",
        default=os.environ.get(API_VARIABLE) or DEFAULT_API_URL,
        metavar="URL",
        help=f"default: {API_VARIABLE}, then {DEFAULT_API_URL}",
    )
    parser.add_argument(
        "--token-file",
        type=Path,
        metavar="FILE",
        help="a file that only you may read (default: RESIM_TOKEN, then resim-inspect/token in the"
        " folder of configurations)",
    )
    what = parser.add_argument_group("what of the batch")
    what.add_argument(
        "--jobs", action="append", default=[], metavar="JOB", help="an id or a name; repeatable"
    )
    what.add_argument(
        "--status",
        action="append",
        default=[],
        metavar="STATUS",
        help="jobs of a status, such as BLOCKER, ERROR or FAIL_WARN; repeatable",
    )
    what.add_argument("--name", default="", metavar="TEXT", help="jobs with this in their name")
    what.add_argument("--logs", action="store_true", help="also the logs of the simulations")
    what.add_argument("--files", action="store_true", help="also images and other external files")
    how = parser.add_argument_group("how")
    how.add_argument(
        "--connections",
        type=_connections,
        metavar="N",
        help="requests at once (default: as many as the latency asks for, up to 64)",
    )
    how.add_argument(
        "--allow-http", action="store_true", help="send the token over plain http, for all to see"
    )
    how.add_argument("--format", choices=("text", "json"), default="text")
    how.add_argument("--events", metavar="FILE", help="one JSON line per change; - is stdout")


def run(args: Namespace) -> int:
    """Fetch, and tell what came; 2 where something is missing; raises RunnerError."""
    from runner.download.token import find_token
    from runner.execution.cancellation import Interrupted, Signals

    if args.events == "-" and args.format == "json":
        raise CallError("--events - and --format json cannot both have stdout.")
    with Signals() as signals, ExitStack() as stack:
        tell = _events(args, stack)
        try:
            token = find_token(args.token_file, os.environ, time.time())
            return _fetch(args, token, Secrets([token]), tell)
        except RunnerError as error:
            if tell is not None:
                kind = type(error).__name__
                data = {"hint": error.hint, "kind": kind}
                tell(Event("error", time.time(), text=error.reason, data=data))
            raise
        except Interrupted:
            sys.stderr.write("interrupted: what came is kept; run the same again to go on.\n")
            return signals.code or 130


def _events(args: Namespace, stack: ExitStack) -> Tell | None:
    """Where events go, where they are wanted; raises StorageError."""
    from runner.reporting import machine

    if args.events is None:
        return None
    stream = machine.open_events(args.events, sys.stdout)
    if stream is not sys.stdout:
        stack.enter_context(stream)
    return machine.JsonLines(stream, Secrets())


def _fetch(args: Namespace, token: str, secrets: Secrets, tell: Tell | None) -> int:
    from runner.api.client.client import Client
    from runner.api.client.retry import RetryPolicy
    from runner.download.batch import fetch_batch
    from runner.download.downloader import MAX_CONNECTIONS
    from runner.download.selection import DownloadSelection
    from runner.download.store import Target
    from runner.reporting.fetch_progress import showing, telling
    from runner.workspace.urls import origin_of

    client = Client(
        args.api_url,
        token,
        args.project,
        connections=args.connections or MAX_CONNECTIONS,
        allow_http=args.allow_http,
        retry=RetryPolicy(read=30.0),
    )
    wanted = DownloadSelection(
        frozenset(args.jobs),
        frozenset(one.upper() for one in args.status),
        args.name,
        args.logs,
        args.files,
    )
    target = Target(args.workspace, args.project, args.batch)
    host = clean(origin_of(args.api_url).host, 200)
    try:
        with showing(secrets) if tell is None else telling(tell) as watch:
            found = fetch_batch(
                client,
                target,
                wanted,
                host=host,
                secrets=secrets,
                connections=args.connections,
                watch=watch,
            )
    finally:
        client.close()
    for note in found.notes:
        sys.stderr.write(f"{secrets.hide_text(clean(note, 300))}\n")
    for job, one in found.missing:
        text = f"missing: {clean(job, 80)}: {clean(one.what, 120)}: {clean(one.why, 200)}"
        sys.stderr.write(f"{secrets.hide_text(text)}\n")
    code = 2 if found.missing else 0
    if tell is not None:
        data = {
            "jobs": len(found.jobs),
            "kept": found.kept,
            "bytes": found.bytes,
            "missing": len(found.missing),
            "notes": [secrets.hide_text(note) for note in found.notes],
            "exit_code": code,
        }
        tell(Event("end", time.time(), data=data))
    if args.events == "-":
        return code
    if args.format == "json":
        values = {
            "format": 1,
            "workspace": str(args.workspace),
            "jobs": found.jobs,
            "kept": found.kept,
            "bytes": found.bytes,
            "requests": found.requests,
            "missing": [
                {"job": job, "what": one.what, "why": one.why} for job, one in found.missing
            ],
            "exit_code": code,
        }
        sys.stdout.write(secrets.hide_text(json.dumps(values, indent=1)) + "\n")
    else:
        kept = f", {found.kept:,} of them there before" if found.kept else ""
        lost = f"; {count(len(found.missing), 'thing')} did not come" if found.missing else ""
        text = f"{count(len(found.jobs), 'job')}{kept}, {size(found.bytes)} fetched{lost}: "
        sys.stdout.write(f"{text}{clean(str(args.workspace))}\n")
    return code


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{clean(text, 60)!r} is no UUID") from None


def _connections(text: str) -> int:
    if text.isascii() and text.isdecimal() and 1 <= int(text) <= 256:
        return int(text)
    raise argparse.ArgumentTypeError("from 1 to 256")
