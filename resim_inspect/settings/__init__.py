"""The project file `resim.toml`: builds by name, defaults of flags, limits of comparisons.

Importing the package loads its values alone; the reader is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from resim_inspect.settings.model import (
    BuildSettings,
    CompareLimit,
    FlagSetting,
    Origin,
    ProjectSettings,
    SettingsError,
    SlurmSettings,
    WatchSettings,
)

if TYPE_CHECKING:
    from resim_inspect.settings.project import find_project, load_project, read_project

__all__ = [
    "BuildSettings",
    "CompareLimit",
    "FlagSetting",
    "Origin",
    "ProjectSettings",
    "SettingsError",
    "SlurmSettings",
    "WatchSettings",
    "find_project",
    "load_project",
    "read_project",
]


def __getattr__(name: str) -> object:
    if name not in {"find_project", "load_project", "read_project"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from resim_inspect.settings import project

    return getattr(project, name)
