"""What runs in the image: a mode, the author's function for it, and metrics.binproto.

`fetch(config)` gives the metrics of a batch's jobs as batch mode gets them, anywhere.
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
    """The metrics of every job of a batch, by job id; `config` is the config or its file.

    Raises FetchError where one of them cannot be had, after some retries: a part of a batch
    is never handed out. Needs the official SDK, whose classes the metrics are of.
    """
    from runner.inside.fetching import fetch as fetch_now

    return fetch_now(config)
