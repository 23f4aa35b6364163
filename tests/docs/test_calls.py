"""Calls in the documentation that show no output: each is run, or has a reason why it is not."""

from __future__ import annotations

import itertools
import json
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.building.sample import write_sample
from resim_inspect.cli import COMMANDS
from resim_inspect.cli import main as inspect
from runner.cli import main as runner
from runner.engines import registry
from runner.engines.process.entry import ProcessEntry
from tests.docs.console import calls
from tests.docs.test_pages import ENDS, PAGES, PROGRAMS, ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="The calls are those of a POSIX shell."),
]
MAINS = {"resim-inspect": inspect, "resim-runner": runner}
THE_APP = "opens the app: tests/cli does so"
AN_ENGINE = (
    "needs a container engine or a cluster: tests/containers and tests/runner/executors do it"
)
UNTIL_STOPPED = "goes on until it is stopped"
NOT_RUN = {
    rf"resim-inspect (?!({'|'.join(COMMANDS)})\b)": THE_APP,
    r"resim-inspect demo$": THE_APP,
    r"resim-(inspect web|runner serve|runner run .*--watch)": UNTIL_STOPPED,
    r"resim-runner run --watch": UNTIL_STOPPED,
    r"resim-runner (shell|report)": AN_ENGINE,
    r"resim-runner .*--executor": AN_ENGINE,
    r"resim-runner fetch": "needs ReSim's cloud: tests/runner/download has a stub of it",
    r"resim-runner demo": "tests/examples runs it",
    r"resim-runner run .*\$PWD/emit.py": "tests/examples runs it",
}
"""Patterns of calls that are not run, and the reasons."""
SENTENCES = {
    r"resim-runner stop": "no run is under way",
    r"resim-runner init": "already exists, and nothing was changed",
    r"resim-runner clean .*--results": "would be removed, and nothing was",
}
"""Sentences of calls that the world of these tests refuses."""
GOOD = {0, 1, 7, 8}
"""Exit codes of calls that have done what they are for."""
LOG = "started\nerror: none\n"
CONFIG = """\
version: 1
topics: {speed: {schema: {v: float}}}
metrics:
  Top:
    type: test
    query_string: SELECT max(v) FROM speed
    template_type: system
    template: scalar
  All:
    type: batch
    query_string: SELECT max(v) FROM speed
    template_type: system
    template: scalar
metrics sets: {Flight: {metrics: [Top]}, Batch: {metrics: [All]}}
"""
PROJECT = """\
default-workspace = "flights"
default-build = "local"
[build.local]
command = "sh -c 'cp FILE $RESIM_OUTPUTS/metrics.binproto'"
no-sandbox = true
[build.flight]
command = "sh -c 'cp FILE $RESIM_OUTPUTS/metrics.binproto'"
no-sandbox = true
"""


def write_outputs(folder: Path, value: float) -> None:
    """Write a metrics file with the names of the documentation, and emissions."""
    folder.mkdir(parents=True)
    b = DocumentBuilder(seed="documentation")
    b.plotly("NAME", {"data": [{"type": "scatter", "x": [1, 2], "y": [value, 2]}], "layout": {}})
    b.scalar("Value", value, unit="m", fails_above=2, status="FAIL_WARN")
    seconds = [i / 10 for i in range(20)]
    clock = b.times("Time", seconds)
    data = b.doubles("Distance", seconds, unit="m", index=clock)
    statuses = b.statuses("Statuses", ["PASSED"] * len(seconds), index=clock)
    b.double_over_time("Clearance", [(data, statuses)])
    b.write(folder / "metrics.binproto")
    write_emissions(folder)


def write_emissions(folder: Path) -> None:
    line = {"$metadata": {"topic": "speed", "timestamp": 1}, "$data": {"v": 2.5}}
    (folder / "emissions.resim.jsonl").write_text(json.dumps(line) + "\n")


def write_workspace(folder: Path) -> None:
    for name in ("left-turn", "right-1", "JOB", "calm_survey"):
        job = folder / "jobs" / name
        write_outputs(job / "outputs", 1.0)
        for part in ("experience", "logs"):
            (job / "inputs" / part).mkdir(parents=True)
        (job / "run").mkdir()
        (job / "run/log.txt").write_text(LOG)
    write_outputs(folder / "batch/outputs", 1.0)
    (folder / "batch/run").mkdir()
    (folder / "batch/run/log.txt").write_text(LOG)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything that the calls name."""
    folder = tmp_path_factory.mktemp("world")
    for number, name in enumerate(("BEFORE", "AFTER", "BASE", "A", "B", "C")):
        write_outputs(folder / name, number)
    write_outputs(folder / "outputs", 3.0)
    for name in ("monday", "tuesday", "baseline"):
        write_outputs(folder / name, 2.0)
    for name in ("flight-017", "flight-018"):
        write_sample(folder / name)
    shutil.copy(folder / "outputs/metrics.binproto", folder / "FILE")
    write_emissions(folder)
    for place in ("config.resim.yml", ".resim/metrics/config.resim.yml", "synced/config.resim.yml"):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(CONFIG)
    (folder / "resim.toml").write_text(PROJECT.replace("FILE", str(folder / "FILE")))
    write_workspace(folder / "WORKSPACE")
    write_workspace(folder / "flights")
    write_workspace(folder / "storm")
    shutil.copytree(folder / "WORKSPACE/jobs", folder / "DIR")
    for name in ("experience", "logs"):
        (folder / "IN" / name).mkdir(parents=True)
    return folder


def words_of(text: str) -> list[str]:
    """Return the words of a call up to a redirection, a pipe or another command."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    return list(itertools.takewhile(lambda word: word not in ENDS - {"--"}, lexer))


def reason_not_to_run(text: str) -> str:
    return next((reason for pattern, reason in NOT_RUN.items() if re.match(pattern, text)), "")


def calls_to_run(page: Path) -> Iterator[tuple[int, list[str]]]:
    """Line and words of each call; of a call with an image, those of a plan with a program."""
    for line, text in calls(page, PROGRAMS):
        if reason_not_to_run(text):
            continue
        words = words_of(text)
        if "--image" in words and words[1] in {"run", "job", "batch"}:
            place = words.index("--image")
            words[place : place + 2] = ["--command", "true", "--no-sandbox", "--dry-run"]
        yield line, words


RUN = [page for page in PAGES if any(calls_to_run(page))]


@pytest.mark.parametrize("page", RUN, ids=[str(page.relative_to(ROOT)) for page in RUN])
def test_the_calls_of_a_page_do_what_they_say(
    page: Path,
    world: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    for module in ("duckdb", "pyarrow"):
        pytest.importorskip(module)
    if any("--png" in words for _, words in calls_to_run(page)):
        request.getfixturevalue("fonts")
    folder = tmp_path / "world"
    shutil.copytree(world, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(registry, "ENGINES", (ProcessEntry(),))
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    faults = []
    for line, words in calls_to_run(page):
        code = MAINS[words[0]](words[1:])
        printed = capfd.readouterr()
        text = " ".join(words)
        sentence = next((s for pattern, s in SENTENCES.items() if re.match(pattern, text)), None)
        is_well = code in GOOD if sentence is None else code == 2 and sentence in printed.err
        if not is_well:
            faults.append(f"{page.name}:{line}: {text}: {code} {printed.err[-400:]}")
    assert not faults


def test_every_reason_is_of_a_call() -> None:
    texts = [text for page in PAGES for _, text in calls(page, PROGRAMS)]
    assert not [pattern for pattern in NOT_RUN if not any(re.match(pattern, t) for t in texts)]
    assert sum(not reason_not_to_run(text) for text in texts) > 60
