"""The project file `resim.toml`: builds by name, defaults of flags, limits of comparisons.

Importing the package loads no TOML parser; `read_project` does.
"""

from __future__ import annotations

from resim_inspect.settings.model import (
    BuildSettings,
    CompareLimit,
    FlagSetting,
    Origin,
    ProjectSettings,
    SettingsError,
    WatchSettings,
)
from resim_inspect.settings.project import find_project, load_project, read_project

__all__ = [
    "BuildSettings",
    "CompareLimit",
    "FlagSetting",
    "Origin",
    "ProjectSettings",
    "SettingsError",
    "WatchSettings",
    "find_project",
    "load_project",
    "read_project",
]
