"""`resim-runner serve`; what it does lies in `runner.serve`."""

from runner.serve import run

__all__ = ["run"]
