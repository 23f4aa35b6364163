"""Search for the metrics config that belongs to a folder."""

from __future__ import annotations

from pathlib import Path

from resim_inspect.document.discovery import CONFIG_FOLDER, CONFIG_NAMES, config_of
from resim_inspect.emissions.config.model import ConfigError
from resim_inspect.files import is_file, is_open_to_all
from resim_inspect.settings import load_project


def find_config(start: Path) -> tuple[Path, ...]:
    """Return the config files for a folder; empty if there are none.

    They are those of `metrics-config` in the project file, or else the first of CONFIG_NAMES in the
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
    for folder in (start, *start.parents):
        if folder == start:
            config = config_of(folder)
        elif is_open_to_all(folder):
            continue
        else:
            config = next(
                filter(is_file, (folder / CONFIG_FOLDER / name for name in CONFIG_NAMES)), None
            )
        if config is not None:
            return (config,)
    return ()
