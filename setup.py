"""Puts into the wheel what is made when it is built: example builds, completion, manual pages."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT))  # A build in isolation has no path to the sources.

from build_tools.shell_files import write_completion, write_manual  # noqa: E402

EXAMPLES = (Path("examples/flight_metrics"), Path("examples/flight_emissions"))
COMPLETION = "resim_inspect/completion"
MANUAL = "build/manual"


class BuildWithMadeFiles(build_py):
    """Makes the shell's files, and copies the examples beside the runner.

    An editable install uses the examples where they lie, and has the scripts in the checkout.
    """

    def run(self) -> None:
        """Build as always, then make and copy."""
        super().run()
        if self.editable_mode:
            write_completion(ROOT / COMPLETION)
            return
        write_completion(Path(self.build_lib, COMPLETION))
        ignore = shutil.ignore_patterns("__pycache__")
        for example in EXAMPLES:
            target = Path(self.build_lib, "runner", example.name)
            shutil.copytree(example, target, dirs_exist_ok=True, ignore=ignore)


# Pages must lie where `data_files` names them, before the commands of setuptools look.
write_manual(ROOT / MANUAL)
setup(
    cmdclass={"build_py": BuildWithMadeFiles},
    data_files=[
        (
            "share/man/man1",
            [f"{MANUAL}/resim-inspect.1", f"{MANUAL}/resim-runner.1"],
        )
    ],
)
