"""Files that the screens of the gallery show, the same on every machine."""

from __future__ import annotations

import shutil
from pathlib import Path

from resim_inspect.building.builder import DocumentBuilder
from tests.emissions.evaluation.harness import write_outputs
from tests.tui.comparison.documents import flight, pictures
from tests.tui.inputs.test_recording_pictures import METADATA
from tests.tui.runs.run_harness import under_way
from tests.tui.test_snapshots import flawed

START = 1_700_000_000.0
JOBS = {
    "calm-survey": 18.0,
    "coast-inspection": 24.5,
    "gusty-delivery": 46.0,
    "night-patrol": 41.0,
    "tower-orbit": 33.0,
}
"""Jobs of the workspace -> top speed in m/s: over 40 warns, over 45 blocks."""

CUT_SHORT = "cut-short.binproto"
"""Name of a file of which only the beginning was written."""


def _job(folder: Path, name: str, top: float) -> None:
    """A job with metrics of every status, and two curves."""
    build = DocumentBuilder(name)
    status = "FAIL_BLOCK" if top > 45 else "FAIL_WARN" if top > 40 else "PASSED"
    clock = build.times("clock", [START + at for at in range(11)])
    curves = []
    for number, curve in enumerate(("air", "ground")):
        values = [top * at / (10 + number) for at in range(11)]
        series = build.doubles(curve, values, unit="m/s", index=clock)
        states = ["FAIL_WARN" if value > 40 else "PASSED" for value in values]
        curves.append((series, build.statuses(f"{curve} ok", states, index=clock)))
    build.double_over_time("Speed", curves, status=status)
    build.scalar("Top speed", top, unit="m/s", status=status, fails_above=45)
    build.scalar("Energy", round(top * 0.7, 1), unit="Wh", status="RAW")
    build.scalar("Wind", 3.0, unit="m/s", status="NOT_APPLICABLE")
    build.text("Notes", f"Flown at {top:g} m/s.", status="PASSED")
    build.write(folder / "jobs" / name / "outputs" / "metrics.binproto")


def _workspace(folder: Path, speeds: dict[str, float]) -> None:
    """A workspace with these jobs, one that was not run, and one with a broken file."""
    for name, top in speeds.items():
        _job(folder, name, top)
    (folder / "jobs" / "unflown" / "inputs" / "logs").mkdir(parents=True)
    broken = folder / "jobs" / "cut-short" / "outputs" / "metrics.binproto"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"\x0a\xff\xff")


def _inputs(folder: Path) -> None:
    """A recording and a text among the inputs of a job."""
    (folder / "experience").mkdir(parents=True)
    (folder / "experience" / "scene.txt").write_text("pier\n")
    (folder / "logs").mkdir()
    (folder / "logs" / "metadata.yaml").write_text(METADATA)
    (folder / "logs" / "flight.log").write_text("INFO up\nWARN a gap of 0.2 s\n" * 4)


def _table(folder: Path) -> None:
    """A file of rows among the inputs of a job."""
    (folder / "logs").mkdir(parents=True)
    (folder / "experience").mkdir()
    rows = [f"{at / 10},{at * 0.5:.1f},{'CRUISE' if at > 3 else 'IDLE'}" for at in range(30)]
    (folder / "logs" / "speed.csv").write_text("time,speed,mode\n" + "\n".join(rows) + "\n")


def write_files(folder: Path, sample: Path) -> None:
    """Write everything that the gallery opens into an empty folder; `sample` is copied."""
    shutil.copytree(sample.parent, folder / "flight-017" / "outputs")
    _inputs(folder / "flight-017" / "inputs")
    _table(folder / "tables" / "inputs")
    flawed().write(folder / "flaws" / "outputs" / "metrics.binproto")
    (folder / "flaws" / "outputs" / CUT_SHORT).write_bytes(sample.read_bytes()[:3000])
    _workspace(folder / "flights", JOBS)
    # The one that blocks got worse, another one better, one is new.
    before = {**JOBS, "gusty-delivery": 39.0, "calm-survey": 43.0}
    del before["tower-orbit"]
    _workspace(folder / "flights-before", before)
    for name in ("one", "two"):
        flight(folder / name / "outputs" / "metrics.binproto", late=name == "two")
        pictures(folder / f"camera-{name}" / "outputs" / "metrics.binproto", late=name == "two")
    under_way(folder / "nightly")
    write_outputs(folder / "emitted" / "jobs" / "calm" / "outputs")
