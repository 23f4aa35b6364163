"""Files of a run's jobs: their logs and results, in a workspace or beside a folder of outputs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from resim_inspect.document.discovery import METRICS_FILE
from resim_inspect.files import is_folder
from resim_inspect.tui.runs.run_request import RunTarget

if TYPE_CHECKING:
    from runner.workspace.layout import RunFolder
    from runner.workspace.run_state import RunKey


class RunPlaces(NamedTuple):
    """Places of the files of one run."""

    folder: Path
    """Folder of the run's record."""

    @property
    def _outputs(self) -> Path:
        """Outputs that the record lies beside, of a run without a workspace."""
        from runner.workspace.run_record import OUTPUTS_SUFFIX

        return self.folder.with_name(self.folder.name.removesuffix(OUTPUTS_SUFFIX))

    def target(self) -> RunTarget | None:
        """Return what a further run would be about; None if that is unknown."""
        if self._is_of_workspace():
            return RunTarget(self.folder.parent)
        inputs = self.folder.parent / "inputs"
        return RunTarget(inputs=inputs, outputs=self._outputs) if is_folder(inputs) else None

    def log_of(self, key: RunKey, recorded: str) -> Path:
        """Return the log of a job; `recorded`: the path that the run itself tells, or nothing."""
        from runner.workspace.run_record import RunRecord

        folder = self.run_folder(key)
        if folder is not None:
            return folder.log
        return Path(recorded) if recorded else RunRecord(self.folder).build_log

    def metrics_of(self, key: RunKey) -> Path:
        """Return the metrics of a job, which may not exist."""
        folder = self.run_folder(key)
        return self._outputs / METRICS_FILE if folder is None else folder.metrics

    def _is_of_workspace(self) -> bool:
        from runner.workspace.run_record import record_of_workspace

        return record_of_workspace(self.folder.parent).path == self.folder

    def run_folder(self, key: RunKey) -> RunFolder | None:
        """Return the folder of a job of the workspace; None for a run without a workspace."""
        from runner.workspace.layout import BATCH, JOBS, RunFolder

        if not self._is_of_workspace():
            return None
        workspace = self.folder.parent
        return RunFolder(workspace / JOBS / key.name if key.mode == "job" else workspace / BATCH)
