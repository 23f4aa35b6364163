"""Entry point of `resim-runner` and of `python -m runner`.

Ctrl-C ends the program with its exit code from the first line on: the other modules, whose import
it would break off with a traceback, are imported after that.
"""

from __future__ import annotations

import os

INTERRUPTED = 130
try:
    import signal
    from typing import TYPE_CHECKING, NoReturn
except KeyboardInterrupt:
    os._exit(INTERRUPTED)

if TYPE_CHECKING:
    from types import FrameType


def run() -> NoReturn:
    """Run the command line of this process."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)
    from runner import cli

    cli.run(loaded=_listen_as_usual)


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    # Nothing was started and nothing is open. An exception could be swallowed by an import.
    os._exit(INTERRUPTED)


def _listen_as_usual() -> None:
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)


if __name__ == "__main__":
    run()
