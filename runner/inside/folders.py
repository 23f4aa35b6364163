"""Folders of a build: the paths of the contract, or those of the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from runner.workspace.contract import INPUTS, INPUTS_VARIABLE, OUTPUTS, OUTPUTS_VARIABLE


def inputs_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Path of the inputs: `/tmp/resim/inputs`, unless RESIM_INPUTS names another folder."""
    return Path(environ.get(INPUTS_VARIABLE) or INPUTS)


def outputs_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Path of the outputs: `/tmp/resim/outputs`, unless RESIM_OUTPUTS names another folder.

    Write images and other files of metrics here; a metric refers to them by their path
    relative to this folder.
    """
    return Path(environ.get(OUTPUTS_VARIABLE) or OUTPUTS)
