"""The app's part in the reference of the tables of jobs: it keeps the one that all share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App

from resim_inspect.tui.document.reference import SharedReference

if TYPE_CHECKING:
    from resim_inspect.tui.workspace.reference import JobsReference


class JobsReferenceApp:
    """An app with one reference for the tables of jobs of all open workspaces."""

    def __init__(self) -> None:
        assert isinstance(self, App)
        self.jobs_reference: SharedReference[JobsReference]
        self.jobs_reference = SharedReference(self, "jobs-reference")
