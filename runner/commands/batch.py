"""`resim-runner batch`: one build in batch mode, on the jobs of any folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from runner.commands.shared.api_args import add_api_arguments
from runner.commands.shared.arguments import add_outputs_arguments
from runner.commands.shared.batch_call import run_to_folder
from runner.commands.shared.build_args import add_build_arguments
from runner.commands.shared.policy_args import add_policy_arguments
from runner.commands.shared.reporting_args import add_reporting_arguments
from runner.workspace.bare_outputs import open_jobs
from runner.workspace.contract import Mode


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `batch`."""
    add_build_arguments(parser)
    parser.add_argument(
        "--jobs",
        type=Path,
        required=True,
        metavar="DIR",
        help="a workspace, or a folder in which every metrics.binproto is a job",
    )
    add_outputs_arguments(parser)
    add_api_arguments(parser)
    add_policy_arguments(parser)
    add_reporting_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Run the command; raises RunnerError."""
    return run_to_folder(args, Mode.BATCH, (open_jobs(args.jobs),))
