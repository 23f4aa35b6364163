"""The number of tries of a test with random input: `make soak` has more than `make test`."""

from __future__ import annotations

import os

FACTOR = max(1, int(os.environ.get("RESIM_SOAK") or 1))
"""Multiple of the tries in `make test`; tests that use it are marked `soak`."""
