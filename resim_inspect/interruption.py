"""Ctrl-C while a program loads or ends: its exit code at once, without a traceback.

Both programs import this module first, since an interruption would break off the import of any
other module with a traceback. It imports little else, so that little time is left before it.
"""

import signal
import sys
from _thread import interrupt_main, start_new_thread
from os import _exit

INTERRUPTED = 130
"""Exit code of a program that Ctrl-C ended."""


def exit_on_interrupt() -> None:
    """Let an interruption end the process at once, while nothing is open that it could leave.

    An interruption that was ignored at the start of the process stays ignored.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)


def raise_on_interrupt() -> None:
    """Let an interruption raise KeyboardInterrupt again, if `exit_on_interrupt` changed that."""
    if signal.getsignal(signal.SIGINT) is _end:
        sys.unraisablehook = _interrupt_again
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _end(_number: int, _frame: object) -> None:
    # An exception could be swallowed, or wrapped in another, by an import.
    _exit(INTERRUPTED)


def _interrupt_again(unraisable: "sys.UnraisableHookArgs") -> None:
    """Repeat an interruption that came in a callback of the interpreter, as imports have them: it
    swallows every exception, prints a traceback and goes on."""
    if unraisable.exc_type is KeyboardInterrupt:
        # From another thread, so that it arrives behind the callback.
        start_new_thread(interrupt_main, ())
    else:
        sys.__unraisablehook__(unraisable)
