"""`resim-runner report`: one build in report mode, on the batches of several workspaces."""

from __future__ import annotations

import argparse
from pathlib import Path

from runner.commands.shared.api_args import add_api_arguments
from runner.commands.shared.arguments import add_outputs_arguments
from runner.commands.shared.batch_call import run_to_folder
from runner.commands.shared.build_args import add_build_arguments
from runner.commands.shared.policy_args import add_policy_arguments
from runner.commands.shared.reporting_args import add_reporting_arguments
from runner.workspace.batch_info import check_one_suite
from runner.workspace.contract import Mode
from runner.workspace.layout import open_workspace


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `report`."""
    add_build_arguments(parser)
    parser.add_argument(
        "workspaces",
        type=Path,
        nargs="+",
        metavar="WORKSPACE",
        help="the batches to report on; the report belongs to the project of the first one",
    )
    add_outputs_arguments(parser)
    add_api_arguments(parser, config_fields=False)
    add_policy_arguments(parser)
    add_reporting_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Run the command; raises RunnerError."""
    workspaces = tuple(open_workspace(folder) for folder in args.workspaces)
    check_one_suite([(str(each.folder), each.info) for each in workspaces])
    return run_to_folder(args, Mode.REPORT, workspaces)
