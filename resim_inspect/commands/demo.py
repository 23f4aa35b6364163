"""`resim-inspect demo`: the app on a generated sample."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from resim_inspect.arguments import AppOptions, add_config_options, add_state_option


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `demo`."""
    parser.add_argument(
        "--keep", metavar="DIR", type=Path, help="write the sample here and leave it there"
    )
    add_config_options(parser)
    add_state_option(parser)


def run(args: argparse.Namespace) -> int:
    """Generate the sample and open it; without a terminal print it as `show` does."""
    if args.keep is not None:
        args.keep.mkdir(parents=True, exist_ok=True)
        return _open(args.keep, args, keeps_state=True)
    with tempfile.TemporaryDirectory(prefix="resim-inspect-demo-") as folder:
        # The next sample is in another folder.
        return _open(Path(folder), args, keeps_state=False)


def _open(folder: Path, args: argparse.Namespace, *, keeps_state: bool) -> int:
    from resim_inspect.building.sample import write_sample

    path = write_sample(folder)
    if sys.stdin.isatty() and sys.stdout.isatty():
        from resim_inspect.commands.shared.app_start import start_app

        options = AppOptions(None, args.config, args.no_config, args.no_state)
        return start_app(path, options, keeps_state=keeps_state)
    from resim_inspect.commands import show

    parser = argparse.ArgumentParser()
    show.add_arguments(parser)
    return show.run(parser.parse_args([str(path)], argparse.Namespace(**vars(args))))
