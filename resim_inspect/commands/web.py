"""`resim-inspect web`: the app in a browser on this machine."""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import suppress
from pathlib import Path

from resim_inspect.arguments import add_config_options
from resim_inspect.commands import CommandError
from resim_inspect.errors import missing
from resim_inspect.exit_codes import ExitCode
from resim_inspect.files import exists
from resim_inspect.terminal import positive, shell_line
from resim_inspect.text import clean

EXTRA = "pip install 'resim-inspect[web]'"
MAX_PORT = 65535


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `web`."""
    parser.add_argument(
        "path",
        metavar="PATH",
        type=Path,
        nargs="?",
        help="what the app opens (default: its list of recent files)",
    )
    parser.add_argument(
        "--port", metavar="N", type=_port, default=0, help="port on 127.0.0.1 (default: any free)"
    )
    parser.add_argument(
        "--sessions",
        metavar="N",
        type=positive,
        default=4,
        help="number of pages that may be open at once; each is a process of about 70 MB (default:"
        " %(default)s)",
    )
    parser.add_argument("--open", action="store_true", help="open the address in the browser")
    add_config_options(parser)


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C; return 0. Raises SettingsError as each page would."""
    if args.path is not None and not exists(args.path):
        raise missing(args.path)
    from resim_inspect.commands.shared.app_start import refuse_faults, user_settings

    refuse_faults(user_settings(args.config, args.no_config))
    try:
        from resim_inspect.web.server import AppServer, ServeError
    except ImportError as error:
        raise CommandError(f"the extra `web` is not installed: {EXTRA}") from error

    # `--`: a path may be named as a command is.
    opened = [] if args.path is None else ["--", str(args.path.absolute())]
    settings = ["--no-config"] if args.no_config else []
    if args.config is not None:
        settings = ["--config", str(args.config.absolute())]
    words = [sys.executable, "-m", "resim_inspect", "--images", "half", *settings, *opened]
    title = "resim-inspect" if args.path is None else clean(args.path.name or str(args.path))
    try:
        server = AppServer(shell_line(words), title, args.port, args.sessions)
    except ServeError as error:
        raise CommandError(str(error)) from error
    with suppress(KeyboardInterrupt):
        asyncio.run(server.serve(lambda address: _tell(address, args.open)))
    return ExitCode.OK


def _tell(address: str, opens: bool) -> None:
    sys.stderr.write(
        "The app is served to this machine only, at the address below; Ctrl-C ends it.\n"
    )
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()
    if opens:
        import webbrowser

        webbrowser.open(address)


def _port(text: str) -> int:
    port = int(text) if text.isascii() and text.isdecimal() else -1
    if not 0 <= port <= MAX_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 0 to {MAX_PORT}")
    return port
