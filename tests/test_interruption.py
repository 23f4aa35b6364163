"""Ctrl-C while one of the programs loads or ends: its exit code, and no traceback."""

from __future__ import annotations

import random
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from resim_inspect.building.sample import write_sample
from resim_inspect.interruption import INTERRUPTED
from resim_inspect.terminal import Failure, run_program
from tests.soak import FACTOR

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process"),
]

ROOT = Path(__file__).parents[1]
OWN = ("resim_inspect", "runner")
STARTS = {
    "inspector-module": (["-m", "resim_inspect"], ["validate", "{path}"]),
    # What pip writes for an installed command.
    "inspector-script": (
        ["-c", "import re, sys; from resim_inspect.__main__ import run; sys.exit(run())"],
        ["show", "{path}"],
    ),
    "runner-module": (["-m", "runner"], ["init", "--help"]),
    "runner-script": (
        ["-c", "import re, sys; from runner.__main__ import run; sys.exit(run())"],
        ["status", "{folder}"],
    ),
}


SWALLOWED = """
import time, weakref
from resim_inspect.interruption import exit_on_interrupt, raise_on_interrupt

class Value: pass

def callback(_):
    raise {error}

exit_on_interrupt()
raise_on_interrupt()
value = Value()
reference = weakref.ref(value, callback)
try:
    del value
    for _ in range({rounds}):
        time.sleep(0.1)
except KeyboardInterrupt:
    print("interrupted")
"""
"""An exception in a callback of the interpreter, which does not pass it on."""


@pytest.fixture(scope="module", params=STARTS)
def call(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A call of one of the programs that reports each module on stderr once it is loaded."""
    start, words = STARTS[request.param]
    folder = tmp_path_factory.mktemp("sample")
    names = {"folder": str(folder), "path": str(write_sample(folder))}
    words = [word.format(**names) for word in words]
    return [sys.executable, "-X", "importtime", *start, *words]


def interrupted(call: list[str], modules: int | None) -> tuple[int, list[str]]:
    """Exit code of a call that is interrupted once that many modules are loaded after the first
    of its own, and the modules that it loaded after that one. None: it is not interrupted."""
    process = subprocess.Popen(
        call, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    loaded: list[str] = []
    texts: list[str] = []
    for line in process.stderr:
        if not line.startswith("import time:"):
            texts.append(line)
            continue
        module = line.rpartition("|")[2].strip()
        if loaded or module.partition(".")[0] in OWN:
            loaded.append(module)
            if len(loaded) - 1 == modules:
                process.send_signal(signal.SIGINT)
    assert not any("Traceback" in text or "ignored" in text for text in texts), "".join(texts)
    return process.wait(60), loaded


@pytest.mark.soak
def test_an_interruption_at_any_moment_has_its_exit_code_and_no_traceback(call: list[str]) -> None:
    code, modules = interrupted(call, None)
    assert len(modules) > 15
    moments = random.Random(len(modules))
    # After the first one, the package itself, Python still searches for the module of the guard.
    for early in (1, 2):
        assert interrupted(call, early)[0] == INTERRUPTED, modules[early]
    for _ in range(3 * FACTOR):
        moment = moments.randrange(1, len(modules))
        # At the last moments the call may have ended first.
        assert interrupted(call, moment)[0] in {INTERRUPTED, code}, modules[moment]


def test_an_interruption_that_an_import_wrapped_or_that_comes_with_an_error_has_its_exit_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def wrapped(argv: list[str]) -> int:
        raise RuntimeError("Error calling __set_name__") from KeyboardInterrupt()

    def failing(argv: list[str]) -> int:
        raise OSError("unreadable")

    def slow(error: BaseException) -> Failure | None:
        raise KeyboardInterrupt

    assert run_program("program", [], wrapped, lambda _: None, 70) == INTERRUPTED
    assert run_program("program", [], failing, slow, 70) == INTERRUPTED
    assert capsys.readouterr().err == ""
    assert run_program("program", [], failing, lambda _: None, 70) == 70
    assert "OSError: unreadable" in capsys.readouterr().err


def test_an_interruption_that_a_callback_swallowed_comes_again() -> None:
    script = SWALLOWED.format(error="KeyboardInterrupt", rounds=600)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("interrupted\n", "")


def test_another_error_in_a_callback_is_told() -> None:
    script = SWALLOWED.format(error="ValueError('seen')", rounds=1)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    assert "ValueError: seen" in done.stderr


@pytest.mark.parametrize("program", OWN)
def test_a_program_that_was_told_to_ignore_interruptions_does(program: str) -> None:
    words = [sys.executable, "-m", program, "--version"]
    script = f"trap '' INT; {shlex.join(words)} & pid=$!; kill -INT $pid; wait $pid"
    done = subprocess.check_output(["sh", "-c", script], cwd=ROOT, text=True)
    assert done.startswith(("resim-runner ", "resim-inspect "))
