"""Search for the metrics config that belongs to a folder."""

from __future__ import annotations

from pathlib import Path

from resim_inspect.emissions.config.model import ConfigError
from resim_inspect.files import is_file, is_open_to_all
from resim_inspect.settings import load_project

FOLDER = Path(".resim", "metrics")
FILE_NAMES = ("config.resim.yml", "config.resim.yaml", "config.yml")
"""Names of the config in its folder, the newest first."""


def find_config(start: Path) -> tuple[Path, ...]:
    """Return the config files for a folder; empty if there are none.

    They are those of `metrics-config` in the project file, or else the first of FILE_NAMES in the
    folder itself or in `.resim/metrics` of it or of the nearest folder above. A folder above that
    every user may write to is left out. Raises SettingsError for a faulty project file, and
    ConfigError if it names a file that does not exist.
    """
    start = start.absolute()
    project = load_project(start)
    if project is not None and project.metrics_config:
        for path in project.metrics_config:
            if not is_file(path):
                origin = project.origin("metrics-config")
                reason = f"metrics-config names {path}, which is not a file."
                raise ConfigError(reason, origin.path, origin.line)
        return project.metrics_config
    beside = [start / name for name in FILE_NAMES if ".resim." in name]
    for folder in (start, *start.parents):
        if folder != start and is_open_to_all(folder):
            continue
        for path in (*beside, *(folder / FOLDER / name for name in FILE_NAMES)):
            if is_file(path):
                return (path,)
    return ()
