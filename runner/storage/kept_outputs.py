"""Outputs that no run of the runner made, which a run sets aside in place of replacing them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import chain, count

from resim_inspect.files import exists
from resim_inspect.text import clean
from resim_inspect.text import count as counted
from runner.workspace.layout import RunFolder

KEPT_OUTPUTS = "outputs.before"
"""Name of the folder beside `outputs`, to which a number is added where the name is taken."""


def has_other_outputs(run_folder: RunFolder) -> bool:
    """Return True if there are outputs and no run is recorded: they were copied, downloaded or
    written by something else, and no run can be expected to make them again."""
    if exists(run_folder.result):
        return False
    try:
        with os.scandir(run_folder.outputs) as entries:
            return any(True for _ in entries)
    except OSError:
        return False


def set_aside(run_folder: RunFolder) -> None:
    """Rename outputs that no run made; raises OSError."""
    if has_other_outputs(run_folder):
        path = run_folder.path / KEPT_OUTPUTS
        numbered = (path.with_name(f"{path.name}.{number}") for number in count(2))
        free = next(name for name in chain([path], numbered) if not os.path.lexists(name))
        run_folder.outputs.rename(free)


def note_on(run_folders: Sequence[RunFolder]) -> str:
    """Return a sentence on the folders whose outputs will be set aside; empty if there are none."""
    names = [folder.path.name for folder in run_folders if has_other_outputs(folder)]
    if not names:
        return ""
    title = clean(names[0], 80) if len(names) == 1 else counted(len(names), "job")
    return (
        f"The outputs of {title} were not written by a run in this workspace; they are kept as"
        f" {KEPT_OUTPUTS}."
    )
