"""Messages of the thread that scans a workspace's jobs to its screen."""

from __future__ import annotations

from textual.message import Message

from resim_inspect.job_rows import JobRow, WorkspaceOutline


class OutlineRead(Message):
    """The list of jobs has been read; the jobs themselves are next."""

    def __init__(self, outline: WorkspaceOutline) -> None:
        super().__init__()
        self.outline = outline


class RowsRead(Message):
    """Jobs have been read, for the first time or again."""

    def __init__(self, rows: list[JobRow]) -> None:
        super().__init__()
        self.rows = rows


class ScanFinished(Message):
    """A scan of the disk has finished; `problem` says why the jobs cannot be listed."""

    def __init__(self, seconds: float, problem: str) -> None:
        super().__init__()
        self.seconds, self.problem = seconds, problem
