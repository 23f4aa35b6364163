"""`resim-runner batch`: one build in batch mode, on jobs wherever they lie."""

from __future__ import annotations

from argparse import Namespace

from runner.commands.shared.batch_call import run_to_folder
from runner.workspace.contract import Mode
from runner.workspace.discovery import open_jobs


def run(args: Namespace) -> int:
    """Run the command; raises RunnerError."""
    return run_to_folder(args, Mode.BATCH, (open_jobs(args.jobs),))
