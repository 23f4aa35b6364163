"""`resim-runner fetch`: a batch of the cloud onto disk, as a workspace."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from resim_inspect.document.text import clean, count, size
from runner.redact import Secrets

API = "https://api.resim.ai/v1"
_FEW = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "workspace", type=Path, metavar="WORKSPACE", help="the folder to fetch into, new or begun"
    )
    parser.add_argument("--project", type=_uuid, required=True, metavar="ID")
    parser.add_argument("--batch", type=_uuid, required=True, metavar="ID")
    parser.add_argument("--api-url", default=API, metavar="URL", help=f"default: {API}")
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


def run(args: Namespace) -> int:
    """Fetch, and tell what came; 2 where something is missing; raises RunnerError."""
    from runner.fetching.token import find_token
    from runner.signals import Interrupted, Signals

    with Signals() as signals:
        try:
            token = find_token(args.token_file, os.environ, time.time())
            return _fetch(args, token, Secrets([token]))
        except Interrupted:
            sys.stderr.write("interrupted: what came is kept; run the same again to go on.\n")
            return signals.code or 130


def _fetch(args: Namespace, token: str, secrets: Secrets) -> int:
    from runner.api.address import origin_of
    from runner.api.client import Client
    from runner.api.patience import Patience
    from runner.fetching.batch import fetch_batch
    from runner.fetching.gather import MOST
    from runner.fetching.names import Wish
    from runner.fetching.store import Target

    client = Client(
        args.api_url,
        token,
        args.project,
        connections=args.connections or MOST,
        allow_http=args.allow_http,
        patience=Patience(read=30.0),
    )
    wish = Wish(
        frozenset(args.jobs),
        frozenset(one.upper() for one in args.status),
        args.name,
        args.logs,
        args.files,
    )
    target = Target(args.workspace, args.project, args.batch)
    host = clean(origin_of(args.api_url).host, 200)
    try:
        with _watching(secrets) as watch:
            found = fetch_batch(
                client,
                target,
                wish,
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


@contextmanager
def _watching(secrets: Secrets) -> Iterator[Any]:
    """Tells of the table, and of progress where somebody sits at a terminal."""
    from runner.fetching.batch import Watch
    from runner.fetching.gather import Progress

    if not sys.stderr.isatty():
        yield Watch(table=lambda jobs: _tell(jobs, secrets, sys.stderr.write))
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    bar = Bar(
        TextColumn("jobs"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[came]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task("jobs", total=None, came="")
    seen: list[Progress] = []

    def begun(progress: Progress) -> None:
        seen.append(progress)
        bar.update(task, total=progress.jobs, completed=progress.done)

    def tick() -> None:
        progress = seen[0]
        came = f"{size(progress.bytes)}, {count(progress.connections, 'connection')}"
        bar.update(task, completed=progress.done, came=came)

    def table(jobs: list[dict[str, Any]]) -> None:
        _tell(jobs, secrets, lambda text: bar.console.out(text, end="", highlight=False))

    with bar:
        yield Watch(begun, tick, table)


def _tell(jobs: list[dict[str, Any]], secrets: Secrets, write: Callable[[str], object]) -> None:
    """The table in a few lines: how many of each status, and the worst jobs first."""
    order = ("FAIL_BLOCK", "FAIL_WARN", "PASSED", "RAW", "NOT_APPLICABLE")
    statuses = Counter(str(job.get("status", "")) for job in jobs)
    metrics = sum(len(job["metrics"]) for job in jobs)
    parts = [f"{times:,} {clean(status, 24) or 'unknown'}" for status, times in statuses.items()]
    write(f"{count(len(jobs), 'job')}, {count(metrics, 'metric')}: {', '.join(sorted(parts))}\n")
    bad = [job for job in jobs if job.get("status") in order[:2]]
    bad.sort(key=lambda job: (order.index(job["status"]), job["name"]))
    for job in bad[:_FEW]:
        failing = [
            clean(str(one["name"]), 40) for one in job["metrics"] if one["status"] == job["status"]
        ]
        text = f"  {job['status']:<10} {clean(job['name'], 60)}: {', '.join(failing[:3])}"
        write(secrets.hide_text(text) + "\n")
    if len(bad) > _FEW:
        write(f"  and {len(bad) - _FEW:,} more\n")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{clean(text, 60)!r} is no UUID") from None


def _connections(text: str) -> int:
    if text.isascii() and text.isdecimal() and 1 <= int(text) <= 256:
        return int(text)
    raise argparse.ArgumentTypeError("from 1 to 256")
