"""Arguments that limit every run of a call, and the policy that they describe."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from resim_inspect.files import is_file
from resim_inspect.terminal import positive
from resim_inspect.text import clean
from runner.commands.shared.arguments import non_negative, positive_number, project_of
from runner.engines.protocol import Build
from runner.errors import CallError
from runner.execution.cancellation import GRACE
from runner.execution.run_context import RunPolicy
from runner.redact import Secrets, names_a_secret
from runner.storage.output_extraction import MIB, Caps
from runner.workspace.urls import TOKEN_VARIABLE


def add_policy_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the limits of time and size that apply to every run."""
    group = parser.add_argument_group("limits of time and size")
    group.add_argument(
        "--timeout",
        type=positive_number,
        default=3600.0,
        metavar="SECONDS",
        help="time after which a run is stopped and has failed (default: %(default)g)",
    )
    group.add_argument(
        "--grace",
        type=positive_number,
        default=GRACE,
        metavar="SECONDS",
        help=f"time between TERM and KILL for a build that is stopped (default: {GRACE:g})",
    )
    group.add_argument(
        "--retries",
        type=non_negative,
        default=0,
        metavar="N",
        help="run again up to N times if the engine or this machine fails; never for a verdict or"
        " a build that fails (default: 0)",
    )
    group.add_argument(
        "--metrics-config",
        type=Path,
        action="append",
        metavar="FILE",
        help="config of emissions (*.resim.jsonl), by which they get a verdict; may be given"
        " several times (default: metrics-config of the project file)",
    )
    group.add_argument(
        "--max-files",
        type=positive,
        default=Caps.files,
        metavar="N",
        help="number of output files and folders above which a run fails (default: %(default)s)",
    )
    group.add_argument(
        "--max-outputs-mib",
        type=positive,
        default=Caps.total // MIB,
        metavar="N",
        help="size of all outputs in MiB above which a run fails (default: %(default)s)",
    )
    group.add_argument(
        "--max-metrics-mib",
        type=positive,
        default=Caps.metrics // MIB,
        metavar="N",
        help="size of metrics.binproto in MiB above which a run fails (default: %(default)s)",
    )
    group.add_argument(
        "--max-log-mib",
        type=positive,
        default=64,
        metavar="N",
        help="size of a log in MiB; of a longer one the beginning and the end are kept (default:"
        " %(default)s)",
    )


def policy_of(args: argparse.Namespace, build: Build, env: Mapping[str, str]) -> RunPolicy:
    """Return the policy of every run of the call; raises CallError."""
    configs = tuple(path.absolute() for path in args.metrics_config or ())
    for path in configs:
        if not is_file(path):
            raise CallError(f"--metrics-config {clean(str(path))} is not a file.")
    project = project_of(args)
    if not configs and project is not None:
        configs = project.metrics_config
    return RunPolicy(
        metrics_config=configs,
        timeout=args.timeout,
        grace=args.grace,
        caps=Caps(args.max_outputs_mib * MIB, args.max_metrics_mib * MIB, args.max_files),
        log_limit=args.max_log_mib * MIB,
        secrets=secrets_of(build, env),
        retries=args.retries,
    )


def secrets_of(build: Build, env: Mapping[str, str], *more: str) -> Secrets:
    """Return RESIM_TOKEN, all variables of the build with the name of a secret, and `more`."""
    values = [value for name, value in build.env if names_a_secret(name)]
    return Secrets([*values, env.get(TOKEN_VARIABLE, ""), *more])
