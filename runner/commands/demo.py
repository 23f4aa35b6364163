"""`resim-runner demo`: the example build on generated flights, job by job and then the batch."""

from __future__ import annotations

import argparse
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from resim_inspect.files import is_folder
from resim_inspect.text import clean
from runner.commands import PROGRAM
from runner.errors import RunnerError
from runner.storage.fs import disk_errors
from runner.storage.scratch import DEMO_PREFIX, scratch_folder
from runner.workspace.layout import BATCH, JOBS, RunFolder

EXAMPLE = "flight_metrics"
EMITTING = "flight_emissions"
CONFIG = "config.resim.yml"
SDK = "resim-open-core"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `demo`."""
    parser.add_argument(
        "--keep", metavar="DIR", type=Path, help="create the workspace in this folder and keep it"
    )
    parser.add_argument(
        "--no-inspect",
        action="store_true",
        help="end after the runs, without opening the inspector",
    )
    parser.add_argument(
        "--emissions",
        action="store_true",
        help="run the example whose build emits data and whose metrics are SQL queries of a config",
    )


def run(args: argparse.Namespace) -> int:
    """Create the workspace, run the build, open the inspector; return the code of the runs."""
    if args.keep is not None:
        folder: Path = args.keep
        with disk_errors(folder):
            is_taken = folder.exists() and any(folder.iterdir())
        if is_taken and not is_folder(folder / JOBS):
            raise RunnerError(
                f"{clean(str(folder))} has other content.", "Name a new or an empty folder."
            )
        return _demo(folder, inspect=not args.no_inspect, emissions=args.emissions)
    with scratch_folder(DEMO_PREFIX) as scratch:
        return _demo(scratch / "flights", inspect=not args.no_inspect, emissions=args.emissions)


def _demo(workspace: Path, *, inspect: bool, emissions: bool) -> int:
    if emissions:
        return _emissions_demo(workspace, inspect=inspect)
    reason = why_not()
    if reason:
        _say(f"Nothing is run: {reason} The following results are invented.")
        with disk_errors(workspace):
            invent_results(workspace)
        code = 0
    else:
        example = example_folder()
        assert example is not None  # else there is a reason
        generate(example, workspace)
        code = _run_all(example, workspace)
    if inspect:
        _inspect(workspace)
    return code


def _emissions_demo(workspace: Path, *, inspect: bool) -> int:
    """Run the build that emits; it needs no SDK. Raises RunnerError without the examples."""
    flights, emitting = example_folder(), example_folder(EMITTING, "emit.py")
    if flights is None or emitting is None:
        raise RunnerError("the example builds are not installed with this program.")
    generate(flights, workspace)
    # Where it is looked up when the jobs are opened.
    config = workspace / ".resim" / "metrics" / CONFIG
    with disk_errors(config):
        config.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(emitting / CONFIG, config)
    words = [str(workspace), "--only", "jobs", "--metrics-config", str(config)]
    words += ["--command", shlex.join([sys.executable, str(emitting / "emit.py")])]
    code = _run(words + _mounts(emitting), f"Five flights are in {workspace}; the example emits.")
    if inspect:
        _inspect(workspace)
    return code


def why_not() -> str:
    """Return why the example cannot run here, as a sentence; empty if it can."""
    if example_folder() is None:
        return "the example build is not installed with this program."
    try:
        spec = importlib.util.find_spec("resim.metrics.python.metrics_writer")
    except ModuleNotFoundError:
        spec = None
    if spec is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        return (
            f"the official SDK, {SDK}, is not installed (it exists for Linux and Python 3.10"
            f" to 3.13; this is {sys.platform} and {version})."
        )
    return ""


def example_folder(name: str = EXAMPLE, file: str = "generate.py") -> Path | None:
    """Return the folder of an example: beside the package if installed, else in the checkout."""
    here = Path(__file__).resolve().parents[1]
    for folder in (here / name, here.parent / "examples" / name):
        if (folder / file).is_file():
            return folder
    return None


def generate(example: Path, workspace: Path) -> None:
    """Let the example generate its flights into a workspace; raises RunnerError."""
    command = [sys.executable, str(example / "generate.py"), str(workspace)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["the generator wrote no error"])[-1]
        reason = clean(last.removeprefix("generate.py: ").removesuffix("."), 200)
        raise RunnerError(f"the flights cannot be generated: {reason}.")


def run_arguments(example: Path, workspace: Path) -> list[str]:
    """Return the arguments of `resim-runner run` for the example, natively on a workspace."""
    here = Path(__file__).resolve().parents[2]
    words = [str(workspace), "--command"]
    words.append(shlex.join([sys.executable, "-m", "runner.inside"]))
    words += ["--env", f"PYTHONPATH={example}{os.pathsep}{here}", "--env", "RESIM_METRICS=metrics"]
    return words + _mounts(here, example)


def _mounts(*folders: Path) -> list[str]:
    """Arguments for what a build, which has an empty /tmp of its own, needs of the real one."""
    words: list[str] = []
    for path in dict.fromkeys((Path(sys.prefix), *folders)):
        if path.is_relative_to("/tmp"):
            words += ["--mount", f"{path}:{path}"]
    return words


def _run_all(example: Path, workspace: Path) -> int:
    text = f"Five flights are in {workspace}; the example build runs on each, then on all."
    return _run(run_arguments(example, workspace), text)


def _run(words: list[str], text: str) -> int:
    from runner.commands import run as run_command

    _say(text)
    parser = argparse.ArgumentParser()
    run_command.add_arguments(parser)
    call_words = [PROGRAM, "run", *words]
    defaults = argparse.Namespace(command_name="run", arguments=[], call_words=call_words)
    return run_command.run(parser.parse_args(words, defaults))


def invent_results(workspace: Path) -> None:
    """Create a workspace as the example would leave it, with invented numbers; raises OSError."""
    from resim_inspect.building.builder import DocumentBuilder

    deviations = {"calm_survey": 0.15, "coast_inspection": 0.48, "gusty_delivery": 1.24}
    for name, deviation in deviations.items():
        b = DocumentBuilder(seed=name)
        status = "FAIL_WARN" if deviation > 1 else "PASSED"
        b.scalar("Mean deviation", deviation, unit="m", status=status, fails_above=1.0)
        seconds = [i / 10 for i in range(600)]
        clock = b.times("Time", seconds)
        heights = [30.0 * min(1.0, s / 10, (60 - s) / 10) for s in seconds]
        height = b.doubles("Flown height", heights, unit="m", index=clock)
        statuses = b.statuses("Height statuses", ["PASSED"] * len(seconds), index=clock)
        b.double_over_time("Height", [(height, statuses)])
        b.text("Flight report", f"## {name.replace('_', ' ')}\n\nThis flight is invented.\n")
        folder = RunFolder(workspace / JOBS / name)
        folder.outputs.mkdir(parents=True, exist_ok=True)
        b.write(folder.metrics)
    b = DocumentBuilder(seed="batch")
    average = sum(deviations.values()) / len(deviations)
    b.scalar("Mean deviation of all flights", average, unit="m", status="PASSED", fails_above=0.8)
    folder = RunFolder(workspace / BATCH)
    folder.outputs.mkdir(parents=True, exist_ok=True)
    b.write(folder.metrics)


def _inspect(workspace: Path) -> None:
    """Open the inspector on the workspace; without a terminal, print its view of the batch."""
    inspector = [sys.executable, "-m", "resim_inspect"]
    if sys.stdin.isatty() and sys.stdout.isatty():
        subprocess.run([*inspector, str(workspace)], check=False)
    else:
        batch = RunFolder(workspace / BATCH)
        shown = batch.path if batch.metrics.is_file() else workspace
        sys.stdout.flush()
        subprocess.run([*inspector, "show", str(shown)], check=False)


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
