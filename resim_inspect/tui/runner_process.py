"""Calls of `resim-runner` as child processes: their command line, environment and session."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import resim_inspect

NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""Flag that keeps Windows from opening a console for the child."""


def runner_command(*arguments: str) -> list[str]:
    """Return the command line of a call with this Python."""
    # -P: a folder named `runner` in the current directory is not this package.
    return [sys.executable, "-P", "-m", "runner", *arguments]


def runner_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment in which a child finds this very package, installed or not."""
    root = str(Path(resim_inspect.__file__).parents[1])
    if root in sysconfig.get_paths().values():
        return dict(environment)
    former = environment.get("PYTHONPATH")
    return {**environment, "PYTHONPATH": f"{former}{os.pathsep}{root}" if former else root}


def own_session() -> dict[str, Any]:
    """Return arguments of Popen for a child that outlives the app, its terminal and its Ctrl-C."""
    if sys.platform == "win32":
        return {"creationflags": NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
