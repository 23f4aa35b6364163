"""How much a test with random input tries: `make soak` wants more of it than `make test`."""

from __future__ import annotations

import os

FACTOR = max(1, int(os.environ.get("RESIM_SOAK") or 1))
"""How many times as much as in `make test`; tests that use it are marked `soak`."""
