"""`--dry-run`: the plan of a call, with equivalent `docker run` lines to try by hand."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from resim_inspect.text import clean
from runner.commands.shared.reporting_args import ReportingOptions
from runner.engines.docker.container_settings import labelled
from runner.engines.protocol import Build
from runner.execution.batch_run import BatchRunRequest
from runner.execution.run_context import RunPolicy
from runner.workspace.contract import BATCH_CONFIG, INPUTS, OUTPUTS, REPORT_CONFIG, Mode
from runner.workspace.results import FORMAT


def served_row(
    build: Build, request: BatchRunRequest, outputs: Path, plan: str
) -> tuple[str, str, str]:
    """Return the row of a batch or report; the line by hand is isolated less than the runner."""
    report = request.mode is Mode.REPORT
    name = REPORT_CONFIG.name if report else BATCH_CONFIG.name
    folders = [str(workspace.folder) for workspace in request.workspaces]
    serve = ["resim-runner", "serve", *folders, "--config", name, *(["--report"] if report else [])]
    if build.image:
        build = replace(build, hardening=replace(build.hardening, network="host"))
    plan += f"; by hand after {shlex.join(serve)}"
    return request.name, command_line(build, ((name, Path(name)),), outputs), plan


def print_plan(
    command: str,
    options: ReportingOptions,
    policy: RunPolicy,
    rows: Sequence[tuple[str, str, str]],
) -> int:
    """Print the rows: name, command line and plan of each run; return 0."""
    if options.format == "json":
        jobs = [{"job": job, "plan": plan, "command": line} for job, line, plan in rows]
        values = {"format": FORMAT, "command": command, "dry_run": True, "jobs": jobs}
        text = json.dumps(values, indent=1)
    else:
        text = "\n".join(f"# {clean(job)}: {plan}\n{line}" for job, line, plan in rows)
    sys.stdout.write(policy.secrets.hide_text(text) + "\n")
    return 0


def command_line(build: Build, inputs: Inputs, outputs: Path) -> str:
    """Return the run as a shell command. Values of variables stay in the environment.

    The command mounts the outputs, which the runner copies out: by hand that is simpler,
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
    # A path with a comma needs quotes inside of the word.
    place = f'"source={source}"' if "," in str(source) else f"source={source}"
    return f"--mount=type=bind,{place},target={target}" + (",readonly" if read_only else "")
