"""Pictures in the documentation: each is the present app's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from build_tools.pictures import FOLDER, SCENES

pytestmark = pytest.mark.slow


def test_the_pictures_are_those_of_the_app(tmp_path: Path) -> None:
    """`python -m build_tools.pictures` makes them again."""
    code = (
        "import sys; from pathlib import Path; from build_tools.pictures import write_pictures;"
        " write_pictures(Path(sys.argv[1]))"
    )
    environment = {**os.environ, "PYTHONPATH": str(FOLDER.parent.parent)}
    subprocess.run([sys.executable, "-c", code, tmp_path], check=True, env=environment, timeout=120)
    assert {path.stem for path in FOLDER.glob("*.svg")} == set(SCENES)
    changed = [
        name
        for name in SCENES
        if (tmp_path / f"{name}.svg").read_bytes() != (FOLDER / f"{name}.svg").read_bytes()
    ]
    assert not changed
