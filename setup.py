"""Puts the example build into the wheel, where an installed `resim-runner demo` finds it."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

EXAMPLE = Path("examples/flight_metrics")


class BuildWithExample(build_py):
    """Copies the example beside the runner; an editable install uses it where it lies."""

    def run(self) -> None:
        """Build as always, then copy."""
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib, "runner", EXAMPLE.name)
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(EXAMPLE, target, dirs_exist_ok=True, ignore=ignore)


setup(cmdclass={"build_py": BuildWithExample})
