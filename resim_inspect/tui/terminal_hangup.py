"""End of the app when its terminal goes away (a closed window, a lost connection), or by a signal.

A session of its own gets no SIGHUP, and Textual notices nothing: its writer thread dies of an I/O
error, and the app waits for that thread for good. A watcher thread therefore polls the terminal.
"""

from __future__ import annotations

import os
import select
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any
from weakref import WeakSet

from resim_inspect.web import DRIVER_VARIABLE, WEB_DRIVER

POLL_SECONDS = 0.5
"""Seconds between two looks at the terminal where the system does not report a hang-up."""
EXIT_SECONDS = 1.5
"""Seconds that the app has to exit by itself once its terminal is gone."""
SIGNAL_EXIT_SECONDS = 9.0
"""Seconds that it has after a signal where there is a terminal that it can restore; what sends
SIGTERM often kills after ten."""
EXIT_CODE = 129
"""Exit code after a hang-up: 128 + SIGHUP."""
TERMINATED_CODE = 143
"""Exit code after SIGTERM."""

_CHILDREN: WeakSet[subprocess.Popen[str]] = WeakSet()


def end_with_app(process: subprocess.Popen[str]) -> None:
    """Terminate this child process when the terminal hangs up."""
    _CHILDREN.add(process)


@contextmanager
def exits_on_hangup(exit_app: Callable[[], object]) -> Iterator[None]:
    """Watch the terminal meanwhile; once it is gone, or at SIGTERM, call `exit_app` in a thread.

    Raises SystemExit at the end if it is gone; the process is ended if the app still runs after
    `EXIT_SECONDS`, or `SIGNAL_EXIT_SECONDS` where a signal came and the terminal is there.
    """
    done = threading.Event()
    # Exit codes of what has happened, of which the first counts. A signal handler must take no
    # lock, as that of an Event: it may interrupt another one that holds it.
    codes: list[int] = []

    def on_signal(number: int, _frame: FrameType | None) -> None:
        codes.append(TERMINATED_CODE if number == signal.SIGTERM else EXIT_CODE)

    former: dict[int, Any] = {}
    if sys.platform != "win32":
        for number in (signal.SIGHUP, signal.SIGTERM):
            handler = signal.getsignal(number)
            if handler is not signal.SIG_IGN:  # That is what `nohup` sets.
                former[number] = handler
                signal.signal(number, on_signal)
    descriptors = _terminals()
    watcher = threading.Thread(
        target=_watch,
        args=(descriptors, done, exit_app, codes),
        name="hang-up",
        daemon=True,
    )
    watcher.start()
    try:
        yield
    finally:
        done.set()
        for caught, handler in former.items():
            signal.signal(caught, handler)
    if codes:
        _discard_output(descriptors)
        raise SystemExit(codes[0])


def _terminals() -> list[int]:
    """File descriptors of the standard streams that are terminals, or a web server's pipes."""
    if os.environ.get(DRIVER_VARIABLE) == WEB_DRIVER and sys.__stdin__ is not None:
        return [sys.__stdin__.fileno()]
    descriptors = []
    for stream in (sys.__stdin__, sys.__stdout__, sys.__stderr__):
        try:
            if stream is not None and os.isatty(stream.fileno()):
                descriptors.append(stream.fileno())
        except (OSError, ValueError):
            continue
    return descriptors


def _discard_output(descriptors: list[int]) -> None:
    """Let what Python flushes at its end go nowhere where the terminal is gone: an error of that
    flush would be exit code 120."""
    for descriptor in filter(_is_gone, descriptors):
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)


def _watch(
    descriptors: list[int],
    done: threading.Event,
    exit_app: Callable[[], object],
    codes: list[int],
) -> None:
    while not (codes or any(map(_is_gone, descriptors))):
        if done.wait(POLL_SECONDS):
            return
    if not codes:
        codes.append(EXIT_CODE)
    for process in list(_CHILDREN):
        if process.poll() is None:
            process.terminate()
    exit_app()
    begun = time.monotonic()
    while not done.wait(POLL_SECONDS):
        is_gone = not descriptors or any(map(_is_gone, descriptors))
        if time.monotonic() - begun >= (EXIT_SECONDS if is_gone else SIGNAL_EXIT_SECONDS):
            break
    else:
        return
    # The main thread waits for Textual's writer, which is dead, or does not return.
    for process in list(_CHILDREN):
        if process.poll() is None:
            process.kill()
    os._exit(codes[0])


def _is_gone(descriptor: int) -> bool:
    """Return True if a terminal has hung up."""
    if sys.platform == "win32":
        return False
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(descriptor, 0)  # A hang-up and an error are reported in any case.
        if any(events & (select.POLLHUP | select.POLLERR) for _, events in poll.poll(0)):
            return True
    if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
        return False
    import termios

    try:
        termios.tcgetattr(descriptor)
    except (termios.error, OSError):
        return True
    return False
