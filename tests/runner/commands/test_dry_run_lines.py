"""Lines of `--dry-run`: commands that bash reads, without anything that a terminal obeys."""

from __future__ import annotations

import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from tests.containers.container_harness import command, make_inputs

NAMES = ["\x1b[31mred", "new\nline", "it's \u202ertl", "byte \udcff", "tab\t", "csi \x9b2J"]


@pytest.mark.skipif(sys.platform != "linux", reason="file names of any bytes")
@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_names_of_inputs_are_escaped_for_bash(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    make_inputs(folder / "inputs")
    done = subprocess.run(
        command(
            "job",
            "--dry-run",
            "--no-sandbox",
            "--command",
            "pwd",
            "--inputs",
            folder / "inputs",
            "--outputs",
            folder / "out",
        ),
        capture_output=True,
        cwd=tmp_path,
        check=True,
    )
    text = done.stdout.decode()
    bad = {"Cc", "Cf", "Cs"}
    assert not [char for char in text if unicodedata.category(char) in bad and char != "\n"]
    comment, line = text.splitlines()
    assert comment.startswith("# ")
    subprocess.run(["bash", "-c", line], check=True, stdout=subprocess.DEVNULL)
    assert (folder / "out").is_dir()
