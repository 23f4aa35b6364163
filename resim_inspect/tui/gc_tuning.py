"""Garbage collection tuned for latency: none during the start, small generations afterwards."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

GENERATION_0_THRESHOLD = 2000
"""Allocations between two collections of new objects."""
GENERATION_1_THRESHOLD = 10
"""Collections of new objects between two collections of the generation before."""
GENERATION_2_THRESHOLD = 1_000_000_000
"""High enough that a full collection never happens."""
FREEZE_THRESHOLD = 50_000
"""New objects beyond which one collection would delay a key press noticeably."""


@contextmanager
def low_latency_gc() -> Iterator[Callable[[], None]]:
    """Tune the interpreter for an interactive app; yields a function to call once it has started.

    The former settings are restored at the end.
    """
    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    # A thread that decodes hands over five times as often as by default.
    sys.setswitchinterval(0.001)
    # A collection in the middle of the start would cost a tenth of it.
    gc.disable()

    def started() -> None:
        # Everything loaded so far stays until the end, and a full collection
        # takes half a second with a large file.
        gc.freeze()
        gc.set_threshold(GENERATION_0_THRESHOLD, GENERATION_1_THRESHOLD, GENERATION_2_THRESHOLD)
        gc.enable()

    try:
        yield started
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)
        gc.enable()
        sys.setswitchinterval(interval)


@contextmanager
def gc_paused() -> Iterator[None]:
    """Pause garbage collection; if many objects were created meanwhile, freeze them."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if gc.get_count()[0] > FREEZE_THRESHOLD:
            gc.freeze()
        if enabled:
            gc.enable()
