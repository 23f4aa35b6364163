"""`resim-runner demo`: the example build, jobs and then the batch, on this machine."""

from __future__ import annotations

from runner.demo import run

__all__ = ["run"]
