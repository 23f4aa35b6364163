"""When garbage is looked for: not during the start, and later in portions that nobody notices."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PORTION, OFTEN = 2000, 10
"""So many new objects are looked through at once; every tenth time those of the times before."""
NEVER = 1_000_000_000
MANY = 50_000
"""To look through so many objects takes longer than a key may wait."""


@contextmanager
def brisk() -> Iterator[Callable[[], None]]:
    """The interpreter set for a screen that answers at once; gives what to call when it is up."""
    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    # A thread that decodes hands over five times as often as by default.
    sys.setswitchinterval(0.001)
    # A collection in the middle of the start would cost a tenth of it.
    gc.disable()

    def started() -> None:
        # What is loaded by now stays to the end, and what has become old is left alone too:
        # with a large file, to look through all of it takes half a second.
        gc.freeze()
        gc.set_threshold(PORTION, OFTEN, NEVER)
        gc.enable()

    try:
        yield started
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)
        gc.enable()
        sys.setswitchinterval(interval)


@contextmanager
def uncollected() -> Iterator[None]:
    """Without collections; when very much was made meanwhile, it is taken as what stays."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if gc.get_count()[0] > MANY:
            gc.freeze()
        if enabled:
            gc.enable()
