"""Temporary folders of processes that are killed: known to those who remove them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from runner.engines.process.work_folder import PREFIX
from runner.storage.scratch import DEMO_PREFIX, SCHEDULER_PREFIX, SCRATCH_KINDS, stale_folders
from tests.containers.container_harness import ROOT
from tests.runner.engines.process_harness import wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal that kills"),
]
KILLED = "import os, signal\ndef die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)\n"
DEMO = """
from argparse import Namespace
from runner.commands import demo
demo._demo = die
demo.run(Namespace(keep=None, no_inspect=True, emissions=False))
"""
CHECK = """
from resim_inspect.settings.project_model import SlurmSettings
from runner.executors import slurm_checks
slurm_checks.missing_programs = lambda: []
slurm_checks.call_slurm = lambda *_, **__: "debug*|up|1|idle\\n"
print(*slurm_checks.check_slurm(SlurmSettings(), {}, die))
"""
KEYS = """
import sys
from pathlib import Path
from resim_inspect.settings.project_model import SlurmSettings
from runner.executors import slurm_cluster

def certificates(folder):
    (folder / "key.pem").write_text("private")
    print(*folder.parent.iterdir(), flush=True)
    die()

slurm_cluster.missing_programs = lambda: []
slurm_cluster.temporary_certificates = certificates
slurm_cluster.SlurmCluster(SlurmSettings()).trial(Path(sys.argv[1]))
"""


def killed(program: str, folder: Path) -> str:
    """Run a program that kills itself, with a folder for temporary files; return its output."""
    words = [sys.executable, "-c", KILLED + program, str(folder)]
    env = {**os.environ, "TMPDIR": str(folder)}
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    return done.stdout


@pytest.mark.parametrize(("program", "prefix"), [(DEMO, DEMO_PREFIX), (CHECK, SCHEDULER_PREFIX)])
def test_a_folder_of_a_killed_process_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, prefix: str
) -> None:
    killed(program, tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert stale_folders(prefix) == list(tmp_path.iterdir())


def test_kinds_of_folders_have_names_of_their_own() -> None:
    prefixes = [PREFIX, *(kind.prefix for kind in SCRATCH_KINDS)]
    for prefix in prefixes:
        assert [other for other in prefixes if other.startswith(prefix)] == [prefix]


def test_private_keys_of_a_killed_process_do_not_stay(tmp_path: Path) -> None:
    pytest.importorskip("dask_jobqueue")
    written = Path(killed(KEYS, tmp_path).strip())
    assert written.name.startswith("keys-resim-")
    wait_for(lambda: not written.exists())
