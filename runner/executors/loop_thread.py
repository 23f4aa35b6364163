"""A coroutine with a limit of its time, run so that signals end the wait for it at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from threading import Thread
from typing import Any

Ask = Callable[[], Coroutine[Any, Any, None]]
WAKE_INTERVAL = 0.2
"""Seconds after which a wait looks for signals, which do not end it on Windows."""


def run_in_thread(ask: Ask, seconds: float) -> None:
    """Run a coroutine in an event loop of another thread, and wait for its end.

    Raises its error, TimeoutError after `seconds`, and what the handler of a signal raises: in
    the thread of an event loop that would get lost, as a loop only logs the errors of callbacks.
    The thread is then left alone, and does not keep the process from ending.
    """
    future: Future[None] = Future()

    async def ask_in_time() -> None:
        await asyncio.wait_for(ask(), seconds)

    def run() -> None:
        try:
            asyncio.run(ask_in_time())
        except BaseException as error:  # noqa: BLE001 - the thread that waits raises it
            future.set_exception(error)
        else:
            future.set_result(None)

    thread = Thread(target=run, daemon=True, name="event loop")
    thread.start()
    while thread.is_alive():
        thread.join(WAKE_INTERVAL)
    future.result()
