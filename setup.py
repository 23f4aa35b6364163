"""Puts the example builds into the wheel, where an installed `resim-runner demo` finds them."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

EXAMPLES = (Path("examples/flight_metrics"), Path("examples/flight_emissions"))


class BuildWithExample(build_py):
    """Copies the examples beside the runner; an editable install uses them where they lie."""

    def run(self) -> None:
        """Build as always, then copy."""
        super().run()
        if not self.editable_mode:
            ignore = shutil.ignore_patterns("__pycache__")
            for example in EXAMPLES:
                target = Path(self.build_lib, "runner", example.name)
                shutil.copytree(example, target, dirs_exist_ok=True, ignore=ignore)


setup(cmdclass={"build_py": BuildWithExample})
