"""The folders of a build: inputs, outputs, modules, and runs of the entry point on them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from uuid import UUID

import pytest

from runner.inside.main import main

ROOT = Path(__file__).resolve().parents[2]
JOB_ID = UUID("5f7b2b54-0c4a-4c8e-9c5e-0c3a6d1f2b11")
PREAMBLE = """
import numpy as np
from resim.metrics.python.metrics_utils import MetricImportance, MetricStatus

def add(writer, name="Speed", status=MetricStatus.PASSED_METRIC_STATUS):
    metric = writer.add_scalar_metric(name).with_value(3.0).with_description("how fast")
    return metric.with_status(status).with_importance(MetricImportance.LOW_IMPORTANCE)
"""
PASSES = PREAMBLE + "def job_metrics(inputs, writer):\n    add(writer)\n"


def sdk_missing() -> bool:
    """Return True if the official SDK is missing; raise RuntimeError where it is required."""
    try:
        missing = find_spec("resim.metrics") is None
    except ModuleNotFoundError:
        missing = True
    if missing and os.environ.get("RESIM_REQUIRE_OPEN_CORE") == "1":
        raise RuntimeError("RESIM_REQUIRE_OPEN_CORE is set, and the official SDK is not installed")
    return missing


needs_sdk = pytest.mark.skipif(sdk_missing(), reason="the official SDK is not installed here")


@dataclass
class RuntimeHarness:
    """One build's folders. `run` is in this process, `start` in one of its own."""

    folder: Path
    name: str = "a_build"

    def __post_init__(self) -> None:
        for name in ("inputs/experience", "inputs/logs", "outputs", "app"):
            (self.folder / name).mkdir(parents=True)

    @property
    def inputs(self) -> Path:
        """Folder of the inputs of a run."""
        return self.folder / "inputs"

    @property
    def outputs(self) -> Path:
        """Folder of the outputs of a run."""
        return self.folder / "outputs"

    @property
    def metrics(self) -> Path:
        """The file that counts."""
        return self.outputs / "metrics.binproto"

    @property
    def environ(self) -> dict[str, str]:
        """Variables that name the folders of the entry point."""
        return {
            "RESIM_INPUTS": str(self.inputs),
            "RESIM_OUTPUTS": str(self.outputs),
            "RESIM_METRICS": self.name,
        }

    def module(self, source: str) -> None:
        """Write the build's module."""
        (self.folder / "app" / f"{self.name}.py").write_text(source)

    def config(self, name: str, data: bytes) -> None:
        """Make the inputs those of another mode."""
        for folder in ("experience", "logs"):
            (self.inputs / folder).rmdir()
        (self.inputs / name).write_bytes(data)

    def run(self, monkeypatch: pytest.MonkeyPatch) -> int:
        """Run the entry point here, with the module on the path and forgotten afterwards."""
        monkeypatch.syspath_prepend(self.folder / "app")
        monkeypatch.setattr(sys, "dont_write_bytecode", True)
        before = set(sys.modules)
        try:
            return main(self.environ, lambda: JOB_ID)
        finally:
            for name in set(sys.modules) - before:
                if name.partition(".")[0] == self.name:
                    del sys.modules[name]

    def start(self) -> subprocess.Popen[str]:
        """Start `python -m runner.inside` in the folder of the module."""
        return subprocess.Popen(
            [sys.executable, "-m", "runner.inside"],
            env={**os.environ, **self.environ, "PYTHONPATH": str(ROOT)},
            cwd=self.folder / "app",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
