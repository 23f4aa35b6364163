"""`resim-runner fetch`: the download of a batch of the cloud as a workspace."""

from __future__ import annotations

import argparse
import os
import sys
import time
from argparse import Namespace
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

from resim_inspect.text import clean, count, size
from runner.commands.shared.arguments import add_events_argument, add_format_argument
from runner.commands.shared.reporting_args import check_stdout
from runner.errors import RunnerError
from runner.execution.events import Event, EventSink
from runner.exit_codes import ExitCode
from runner.redact import Secrets
from runner.workspace.results import FORMAT
from runner.workspace.urls import API_VARIABLE, DEFAULT_API_URL


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `fetch`."""
    parser.add_argument(
        "workspace",
        type=_folder,
        metavar="WORKSPACE",
        help="the folder to download into: a new one, or one of an incomplete download",
    )
    parser.add_argument(
        "--project", type=_uuid, required=True, metavar="ID", help="UUID of the batch's project"
    )
    parser.add_argument(
        "--batch", type=_uuid, required=True, metavar="ID", help="UUID of the batch to download"
    )
    parser.add_argument(
        "--api-url",
        default=os.environ.get(API_VARIABLE) or DEFAULT_API_URL,
        metavar="URL",
        help=f"address of the API (default: {API_VARIABLE}, then {DEFAULT_API_URL})",
    )
    parser.add_argument(
        "--token-file",
        type=Path,
        metavar="FILE",
        help="a file that only your user may read (default: RESIM_TOKEN, then resim-inspect/token"
        " in the configuration folder)",
    )
    parts = parser.add_argument_group("parts of the batch")
    parts.add_argument(
        "--jobs",
        action="append",
        default=[],
        metavar="JOB",
        help="only this job, an id or a name; repeatable",
    )
    parts.add_argument(
        "--status",
        action="append",
        default=[],
        metavar="STATUS",
        help="only jobs with a status, such as BLOCKER, ERROR or FAIL_WARN; repeatable",
    )
    parts.add_argument(
        "--name", default="", metavar="TEXT", help="only jobs with this text in their name"
    )
    parts.add_argument("--logs", action="store_true", help="also the logs of the simulations")
    parts.add_argument("--files", action="store_true", help="also images and other external files")
    connection = parser.add_argument_group("connection and progress")
    connection.add_argument(
        "--connections",
        type=_connections,
        metavar="N",
        help="number of connections (default: by the latency, up to 64)",
    )
    connection.add_argument(
        "--allow-http",
        action="store_true",
        help="allow plain http, which sends the token unencrypted",
    )
    add_format_argument(connection, "one document on stdout, at the end")
    add_events_argument(connection)


def run(args: Namespace) -> int:
    """Download and report; return 2 if something is missing; raises RunnerError."""
    from runner.download.token import find_token
    from runner.execution.cancellation import Interrupted, Signals

    check_stdout(args.format, args.events)
    with Signals() as signals, ExitStack() as stack:
        notify = _events(args, stack)
        try:
            token = find_token(args.token_file, os.environ, time.time())
            return _fetch(args, token, Secrets([token]), notify)
        except RunnerError as error:
            if notify is not None:
                kind = type(error).__name__
                data = {"hint": error.hint, "kind": kind}
                notify(Event("error", time.time(), text=error.reason, data=data))
            raise
        except Interrupted:
            sys.stderr.write(
                "The download was interrupted. Completed files are kept; run the same command to"
                " continue.\n"
            )
            return signals.code or ExitCode.INTERRUPTED


def _events(args: Namespace, stack: ExitStack) -> EventSink | None:
    """Return the sink for `--events`, if it was given; raises StorageError."""
    from runner.reporting import machine

    if args.events is None:
        return None
    stream = machine.open_events(args.events, sys.stdout)
    if stream is not sys.stdout:
        stack.enter_context(stream)
    return machine.JsonLines(stream, Secrets())


def _fetch(args: Namespace, token: str, secrets: Secrets, notify: EventSink | None) -> int:
    from runner.api.client.client import Client
    from runner.api.client.retry import RetryPolicy
    from runner.download.batch import fetch_batch
    from runner.download.downloader import MAX_CONNECTIONS
    from runner.download.selection import DownloadSelection
    from runner.download.store import Target
    from runner.reporting.fetch_progress import send_progress, show_progress
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
        frozenset(status.upper() for status in args.status),
        args.name,
        args.logs,
        args.files,
    )
    target = Target(args.workspace, args.project, args.batch)
    host = clean(origin_of(args.api_url).host, 200)
    try:
        with show_progress(secrets) if notify is None else send_progress(notify) as watch:
            fetched = fetch_batch(
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
    for note in fetched.notes:
        sys.stderr.write(f"{secrets.hide_text(clean(note, 300))}\n")
    if not fetched.jobs and (args.jobs or args.status or args.name):
        sys.stderr.write("No job of the batch matches --jobs, --status and --name.\n")
    for job, missing in fetched.missing:
        text = f"missing: {clean(job, 80)}: {clean(missing.what, 120)}: {clean(missing.why, 200)}"
        sys.stderr.write(f"{secrets.hide_text(text)}\n")
    code = ExitCode.ERROR if fetched.missing else ExitCode.OK
    if notify is not None:
        data = {
            "jobs": len(fetched.jobs),
            "kept": fetched.complete_before,
            "bytes": fetched.bytes,
            "missing": len(fetched.missing),
            "notes": [secrets.hide_text(note) for note in fetched.notes],
            "exit_code": int(code),
        }
        notify(Event("end", time.time(), data=data))
    if args.events == "-":
        return code
    if args.format == "json":
        values = {
            "format": FORMAT,
            "workspace": str(args.workspace),
            "jobs": fetched.jobs,
            "kept": fetched.complete_before,
            "bytes": fetched.bytes,
            "requests": fetched.requests,
            "missing": [
                {"job": job, "what": missing.what, "why": missing.why}
                for job, missing in fetched.missing
            ],
            "exit_code": int(code),
        }
        from runner.reporting import machine

        sys.stdout.write(machine.dump(values, secrets))
    else:
        kept_sentence = (
            f", {fetched.complete_before:,} of them already complete"
            if fetched.complete_before
            else ""
        )
        lost = f"; {count(len(fetched.missing), 'item')} missing" if fetched.missing else ""
        jobs = f"{count(len(fetched.jobs), 'job')}{kept_sentence}"
        text = f"{jobs}, {size(fetched.bytes)} fetched{lost}: "
        sys.stdout.write(f"{text}{clean(str(args.workspace))}\n")
    return code


def _folder(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("the name of the folder is empty")
    return Path(text)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{clean(text, 60)!r} is not a valid UUID") from None


def _connections(text: str) -> int:
    if text.isascii() and text.isdecimal() and 1 <= int(text) <= 256:
        return int(text)
    raise argparse.ArgumentTypeError(f"{clean(text, 60)!r} is not a number from 1 to 256")
