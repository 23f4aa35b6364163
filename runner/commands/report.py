"""`resim-runner report`: one build in report mode, on the batches of several workspaces."""

from __future__ import annotations

from argparse import Namespace

from runner.commands.shared.batch_call import run_to_folder
from runner.workspace.contract import Mode
from runner.workspace.layout import open_workspace


def run(args: Namespace) -> int:
    """Run the command; raises RunnerError."""
    workspaces = tuple(open_workspace(folder) for folder in args.workspaces)
    return run_to_folder(args, Mode.REPORT, workspaces)
