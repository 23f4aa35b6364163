"""Screens of what can be compared with another document or batch."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, cast

from textual.screen import Screen

from resim_inspect.tui.messages import CompareRequested


class ComparedScreen:
    """A screen with a comparison of two paths; it comes after the screen among the bases."""

    base: Path
    other: Path
    compares_jobs = False
    """True for two batches, whose jobs are compared one by one."""

    def view_path(self) -> Path:
        """A path by which the view of this comparison is kept; it names no file."""
        from hashlib import sha256

        base = sha256(os.fsencode(self.base.absolute())).hexdigest()[:16]
        what = "jobs" if self.compares_jobs else "changes"
        return self.other.absolute() / f"{what} since {base}"


class CompareHost:
    """A screen with a document or batch to compare; it comes after the screen among the bases."""

    compares_jobs = False
    """True for a batch, whose jobs are compared one by one."""

    def compared_path(self) -> Path | None:
        """Path of the document or batch; None if it was not read from one."""
        raise NotImplementedError

    def action_compare(self) -> None:
        path, screen = self.compared_path(), cast(Screen[Any], self)
        if path is None:
            screen.app.notify("Only what was read from a file can be compared.", timeout=4)
        else:
            screen.post_message(CompareRequested(path, is_batch=self.compares_jobs))
