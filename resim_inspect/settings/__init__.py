"""Settings: the project file `resim.toml`, the user's `config.toml`, and the schemas of both.

Importing the package loads nothing; its modules are imported when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resim_inspect.settings.faults import Origin, SettingsError
    from resim_inspect.settings.project import (
        find_project,
        load_project,
        project_faults,
        read_project,
    )
    from resim_inspect.settings.project_model import (
        BuildSettings,
        CompareLimit,
        FlagSetting,
        ProjectSettings,
        SlurmSettings,
        WatchSettings,
    )

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
    "project_faults",
    "read_project",
]

_HOMES = {
    **dict.fromkeys(("Origin", "SettingsError"), "faults"),
    **dict.fromkeys(("find_project", "load_project", "project_faults", "read_project"), "project"),
}
"""Modules of the names that are not in `project_model`."""


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    home = _HOMES.get(name, "project_model")
    return getattr(import_module(f"{__name__}.{home}"), name)
