"""Checks of `doctor` for Slurm: its programs, its partition, the scheduler, and a worker's job."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from resim_inspect.settings.project_model import SlurmSettings
from resim_inspect.text import clean, count
from runner.engines.checks import Check, failed
from runner.errors import RunnerError
from runner.executors.slurm_jobs import INSTALL, SlurmCallError, call_slurm, missing_programs
from runner.storage.scratch import SCHEDULER_PREFIX, scratch_folder

USABLE = frozenset({"idle", "mixed", "allocated", "completing", "planned", "reserved"})
"""States of nodes that run jobs now or later, as `sinfo` writes them."""
NOT_RESPONDING = "*"
FLAGS = "~#!%$@^-+"
"""Marks behind a state: a node that is off or starting is started for a job."""
SETTINGS_HINT = "The settings of the jobs are those of [slurm] in resim.toml."
PARTITION_OPTIONS = ("--partition=", "--partition ", "-p")
TIMEOUT = 20.0
"""Seconds after which a program of Slurm counts as hanging."""


class Trial(NamedTuple):
    """A scheduler that was started as a run does, and ended."""

    script: str
    """The batch script of a worker."""
    address: str
    logs: Path


class _Partition(NamedTuple):
    name: str
    is_default: bool
    is_up: bool
    nodes: Counter[str]
    """Number of nodes by their state; nodes that do not respond have the state `not responding`."""


def check_slurm(
    settings: SlurmSettings, env: Mapping[str, str], start: Callable[[Path], Trial]
) -> Iterator[Check]:
    """Check what a run needs whose workers are jobs of Slurm.

    `start` starts the scheduler, with a folder for files whose place the settings leave open; it
    raises RunnerError.
    """
    missing = missing_programs()
    if missing:
        verb = "programs {} are" if len(missing) > 1 else "program {} is"
        text = f"Slurm is not usable here: the {verb.format(', '.join(missing))} missing"
        yield Check("error", "executor", text, INSTALL)
        return
    try:
        answer = call_slurm(["sinfo", "--noheader", "--format=%P|%a|%D|%T"], timeout=TIMEOUT)
    except SlurmCallError as error:
        hint = "Check that the controller of the cluster runs, and that this machine reaches it."
        yield Check("error", "executor", f"Slurm does not answer ({error})", hint)
        return
    yield from _check_partitions(_partitions(answer), _wanted(settings, env))
    with scratch_folder(SCHEDULER_PREFIX) as folder:
        try:
            trial = start(folder)
        except RunnerError as error:
            yield failed("scheduler", error, needed=True)
            return
        yield _check_address(trial.address)
        if settings.log_directory is not None:
            yield _check_writable("logs", trial.logs)
        yield _check_job(trial.script)


def _check_partitions(partitions: Mapping[str, _Partition], names: list[str]) -> Iterator[Check]:
    """Check the partitions with some names; without names the default one."""
    yield Check("ok", "executor", f"Slurm answers, with {count(len(partitions), 'partition')}")
    if not names:
        chosen = [each for each in partitions.values() if each.is_default]
        if not chosen:
            text = "the cluster has no default partition"
            yield Check("error", "partition", text, "Name one by partition in [slurm].")
    else:
        chosen = [partitions[name] for name in names if name in partitions]
        unknown = [name for name in names if name not in partitions]
        if unknown:
            known = clean(", ".join(sorted(partitions)), 200) or "none"
            text = f"Slurm has no partition {clean(', '.join(unknown), 80)}; it has {known}"
            yield Check("error", "partition", text, SETTINGS_HINT)
    for partition in chosen:
        yield _check_nodes(partition)


def _check_nodes(partition: _Partition) -> Check:
    name, nodes = clean(partition.name, 80), partition.nodes
    if not partition.is_up:
        text = f"the partition {name} takes no jobs now: it is not up"
        return Check("error", "partition", text, SETTINGS_HINT)
    usable = sum(number for state, number in nodes.items() if state in USABLE)
    others = ", ".join(
        f"{number} {clean(state, 20)}"
        for state, number in sorted(nodes.items())
        if state not in USABLE
    )
    rest = f"; not usable: {others}" if others else ""
    if not usable:
        text = f"the partition {name} has no usable node, so that jobs would wait{rest}"
        return Check("error", "partition", text, "`sinfo --list-reasons` gives the reasons.")
    idle = nodes["idle"]
    return Check(
        "ok", "partition", f"{name} has {count(usable, 'usable node')}, {idle} of them idle{rest}"
    )


def _check_address(address: str) -> Check:
    host = urlsplit(address).hostname or ""
    try:
        is_loopback = ip_address(host).is_loopback
    except ValueError:
        is_loopback = host == "localhost"
    text = f"the scheduler of the workers listens at {clean(address, 120)}"
    if is_loopback:
        hint = "Name an address of this machine by host or interface in [slurm]."
        return Check("warning", "scheduler", f"{text}, which no other machine reaches", hint)
    return Check("ok", "scheduler", text)


def _check_writable(name: str, folder: Path) -> Check:
    shown = clean(str(folder))
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\n")
    except OSError as error:
        return Check("error", name, f"{shown} cannot be written: {error.strerror}", SETTINGS_HINT)
    return Check("ok", name, f"{shown} can be written")


def _check_job(script: str) -> Check:
    """Let Slurm check the job of a worker, without submitting it."""
    try:
        call_slurm(["sbatch", "--test-only"], script, timeout=TIMEOUT)
    except SlurmCallError as error:
        return Check("error", "workers", f"Slurm would accept no job ({error})", SETTINGS_HINT)
    return Check("ok", "workers", "Slurm would accept the job of a worker")


def _wanted(settings: SlurmSettings, env: Mapping[str, str]) -> list[str]:
    """Return the names of the partitions for workers; none for the default one."""
    names = settings.partition
    for directive in settings.directives:
        for option in PARTITION_OPTIONS:
            if directive.startswith(option):
                names = directive.removeprefix(option).lstrip("= ")
                break
    # The environment counts more than the lines of a script.
    names = env.get("SBATCH_PARTITION", names)
    return [name for name in names.split(",") if name]


def _partitions(answer: str) -> dict[str, _Partition]:
    """Read the lines of `sinfo`: a partition, its state, a number of nodes, and their state."""
    partitions: dict[str, _Partition] = {}
    for line in answer.splitlines():
        name, up, number, state = [*line.strip().split("|"), "", "", "", ""][:4]
        if not number.isdecimal():
            # Plugins of a cluster may print lines before it.
            continue
        is_default, name = name.endswith("*"), name.removesuffix("*")
        partition = partitions.setdefault(name, _Partition(name, is_default, up == "up", Counter()))
        responds = NOT_RESPONDING not in state
        word = state.lower().rstrip(FLAGS) if responds else "not responding"
        if int(number):
            partition.nodes[word] += int(number)
    return partitions
