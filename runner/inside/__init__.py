"""Runtime of the image: it calls the author's function for a mode and writes metrics.binproto.

`fetch(config)` returns the metrics of a batch's jobs, as batch mode gets them, on any machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runner.inside.folders import outputs_folder

if TYPE_CHECKING:
    from pathlib import Path

    from runner.inside.fetching import Jobs
    from runner.workspace.contract import BatchConfig

__all__ = ["fetch", "outputs_folder"]


def fetch(config: BatchConfig | Path | str) -> Jobs:
    """Fetch the metrics of every job of a batch, by job id; `config` is the config or its file.

    Raises FetchError unless all of them can be fetched, after retries: the result is never a
    part of the batch. Needs the official SDK, which has the classes of the metrics.
    """
    from runner.inside.fetching import fetch as fetch_now

    return fetch_now(config)
