"""Events of a call, and the functions that receive them."""

from __future__ import annotations

from collections.abc import Callable

from runner.workspace.run_events import Event as Event

EventSink = Callable[[Event], None]
"""A function that receives every event; it must be safe to call from any thread."""
