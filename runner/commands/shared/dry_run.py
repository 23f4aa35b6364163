"""`--dry-run`: what a call would do, with an equal `docker run` line to try by hand."""

from __future__ import annotations

import json
import shlex
import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from resim_inspect.text import clean
from runner.engines.docker.container_settings import labelled
from runner.engines.protocol import Build
from runner.execution import scheduler
from runner.execution.batch_run import Wish
from runner.execution.run_job import Rules
from runner.workspace.contract import BATCH_CONFIG, INPUTS, OUTPUTS, REPORT_CONFIG, Mode
from runner.workspace.results import FORMAT

Inputs = tuple[tuple[str, Path], ...]


def tell_job(args: Namespace, build: Build, rules: Rules, inputs: Inputs) -> int:
    """Say what `job` would do."""
    line = command_line(build, inputs, args.outputs)
    return _tell(args, rules, [(args.name, line, "would run")])


def tell_served(args: Namespace, build: Build, rules: Rules, wish: Wish, outputs: Path) -> int:
    """Say what `batch` or `report` would do."""
    return _tell(args, rules, [_served(build, wish, outputs, "would run")])


def _served(build: Build, wish: Wish, outputs: Path, what: str) -> tuple[str, str, str]:
    """The row of a build that is served; by hand, that is less closed in."""
    report = wish.mode is Mode.REPORT
    name = REPORT_CONFIG.name if report else BATCH_CONFIG.name
    folders = [str(workspace.folder) for workspace in wish.workspaces]
    serve = ["resim-runner", "serve", *folders, "--config", name, *(["--report"] if report else [])]
    if build.image:
        build = replace(build, hardening=replace(build.hardening, network="host"))
    what += f"; by hand after {shlex.join(serve)}"
    return wish.name, command_line(build, ((name, Path(name)),), outputs), what


def tell_run(args: Namespace, build: Build, rules: Rules, wish: Wish) -> int:
    """Say what `run` would do; changes nothing."""
    rows = []
    (workspace,) = wish.workspaces
    for job in workspace.jobs if args.only != "batch" else ():
        line = command_line(build, scheduler.inputs_of(job.folder), job.folder.outputs)
        known = job.folder.result.is_file()
        what = "has a result; runs if anything changed" if known else "would run"
        rows.append((job.name, line, "would run" if args.rerun == "all" else what))
    if args.only != "jobs":
        what = "runs after the jobs, beside an API that serves their metrics"
        rows.append(_served(build, wish, workspace.batch.outputs, what))
    return _tell(args, rules, rows)


def _tell(args: Namespace, rules: Rules, rows: Sequence[tuple[str, str, str]]) -> int:
    if args.format == "json":
        jobs = [{"job": job, "plan": what, "command": line} for job, line, what in rows]
        values = {"format": FORMAT, "command": args.command_name, "dry_run": True, "jobs": jobs}
        text = json.dumps(values, indent=1)
    else:
        text = "\n".join(f"# {clean(job)}: {what}\n{line}" for job, line, what in rows)
    sys.stdout.write(rules.secrets.hide_text(text) + "\n")
    return 0


def command_line(build: Build, inputs: Inputs, outputs: Path) -> str:
    """The run as a line for a shell. Values of variables stay in the environment.

    The line mounts the outputs, where the runner takes them out: by hand that is simpler,
    and leaves files of another owner.
    """
    if not build.image:
        env = [f"{name}=${name}" for name, _ in build.env]
        return shlex.join(["env", *env, *build.command] if env else list(build.command))
    hard, limits = build.hardening, build.limits
    words = ["docker", "run", "--rm"]
    words += ["--init"] if hard.init else []
    words += ["--read-only"] if hard.read_only_root else []
    words += ["--cap-drop=ALL"] if hard.drop_capabilities else []
    words += ["--security-opt=no-new-privileges"] if hard.no_new_privileges else []
    words += [f"--network={hard.network}", "--ipc=private"]
    words += [f"--user={hard.user}"] if hard.user else []
    if limits.memory_mib:
        words += [f"--memory={limits.memory_mib}m", f"--memory-swap={limits.memory_mib}m"]
    words += [f"--cpus={limits.cpus:g}"] if limits.cpus else []
    words += [f"--pids-limit={limits.pids}", f"--shm-size={limits.shm_mb}m"]
    words += [f"--tmpfs=/tmp:rw,nosuid,nodev,size={limits.tmp_mb}m,mode=1777"]
    words += [f"--platform={build.platform}"] if build.platform else []
    words += [f"--pull={build.pull}"]
    if hard.user:
        words += ["--env=HOME=/tmp", "--env=USER=metrics"]
    words += ["--env=PYTHONDONTWRITEBYTECODE=1", "--env=MPLCONFIGDIR=/tmp"]
    words += [f"--env={name}" for name, _ in build.env]
    for name, path in inputs:
        words.append(_mount(path.resolve(), str(INPUTS / name), read_only=True))
    words.append(_mount(outputs.absolute(), str(OUTPUTS), read_only=False))
    for mount in build.mounts:
        if mount.label:
            words.append(f"--volume={labelled(mount)}")
        else:
            words.append(_mount(mount.source, mount.target, read_only=mount.read_only))
    return shlex.join([*words, build.image, *build.command])


def _mount(source: Path, target: str, *, read_only: bool) -> str:
    # With a comma in it a path needs quotes inside of the word; others are left as they are.
    place = f'"source={source}"' if "," in str(source) else f"source={source}"
    return f"--mount=type=bind,{place},target={target}" + (",readonly" if read_only else "")
