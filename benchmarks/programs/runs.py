"""The app on a run of 1,000 jobs under way: `python -m benchmarks.programs.runs`; prints JSON.

`python -m benchmarks.programs.runs write FOLDER` is the process that writes meanwhile:
events, and a log whose lines have the time at which they were written.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

from benchmarks import files
from benchmarks.programs.keys import REPEAT, AppDriver
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.gc_tuning import low_latency_gc
from resim_inspect.tui.open.opening import open_path
from resim_inspect.tui.runs.log_view import LogView
from runner.workspace.results import JobResult, Outcome
from runner.workspace.run_events import Event
from runner.workspace.run_record import record_of_workspace, this_process

JOBS = 1000
RUNNING = 8
LOGGED = "job-0000"
"""The job whose log is in view; it does not end."""
RATE = 50_000_000
"""Bytes of log a second."""
TICK = 0.05
SAMPLE = 0.05
"""Seconds between two looks at the lag of the log."""
SETTLE = 3.0
KEYS = (
    *("j", "k", "pagedown", "pageup", "G", "g", "f", "f"),
    *("slash", *"99", "enter", "f3", "g"),
    *("tab", "k", "pageup", "f", "l", "l", "f", "f", "slash", *"line", "enter", "f3", "G", "tab"),
)
"""Keys over the table, then over the log."""


def begin(folder: Path) -> None:
    """Write the start of the run, of which this process is the owner until it ends."""
    record = record_of_workspace(folder)
    record.path.mkdir(parents=True)
    started = time.time()
    record.owner.write_bytes(this_process("bench", started, ("resim-runner", "run")).as_bytes())
    names = [f"job-{number:04}" for number in range(JOBS)]
    for name in names:
        (folder / "jobs" / name / "run").mkdir(parents=True)
        (folder / "jobs" / name / "inputs").mkdir()
    plan = {"title": "bench", "jobs": JOBS, "todo": JOBS, "parallel": RUNNING, "queue": names}
    first = [
        Event("begin", started, data={"run": "bench", "command": "run"}),
        Event("plan", started, data=plan),
        *(Event("started", started, name) for name in names[:RUNNING]),
    ]
    with record.events.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(event.as_dict()) + "\n" for event in first)


def write(folder: Path) -> None:
    """End 20 jobs a second and write the log, until the process is ended."""
    begin(folder)
    events = record_of_workspace(folder).events.open("a", encoding="utf-8")
    log = (folder / "jobs" / LOGGED / "run" / "log.txt").open("wb", buffering=0)
    filler = b" line of a build that writes a lot, \x1b[33mwith colours\x1b[0m and more\n"
    done, written, started = 1, 0, time.monotonic()
    while True:
        time.sleep(TICK)
        while written < RATE * (time.monotonic() - started):
            line = b"%.6f" % time.monotonic() + filler
            written += log.write(line * (500_000 // len(line)))
        if done < JOBS - RUNNING:
            name, verdict = f"job-{done:04}", ("PASSED", "FAIL_WARN", "FAIL_BLOCK")[done % 3]
            result = JobResult(name, "", Outcome.DONE, verdict=verdict, seconds=0.4, metrics=12)
            started_next = Event("started", time.time(), f"job-{done + RUNNING - 1:04}")
            for event in (Event("finished", time.time(), name, result=result), started_next):
                events.write(json.dumps(event.as_dict()) + "\n")
            events.flush()
            done += 1


def lag(view: LogView) -> float | None:
    """ms since the last line in view was written; None for lines without a time."""
    last = view.copy_text(view.count - 1) if view.count else ""
    written, line, _ = last.partition(" line of")
    with contextlib.suppress(ValueError):
        return 1000 * (time.monotonic() - float(written)) if line else None
    return None


async def sample(view: LogView, lags: list[float]) -> None:
    """Take the lag of the log again and again while it is followed."""
    while True:
        await asyncio.sleep(SAMPLE)
        now = lag(view)
        if now is not None:
            lags.append(now)


async def play(folder: Path) -> dict[str, object]:
    """Open the run, press the keys, and measure."""
    with low_latency_gc() as started:
        app = InspectApp(open_path(record_of_workspace(folder).path))
        app.call_later(started)
        async with app.run_test(size=(120, 40)) as pilot:
            driver = AppDriver(pilot)
            await asyncio.sleep(SETTLE)
            view = app.screen.query_one(LogView)
            view.show(folder / "jobs" / LOGGED / "run" / "log.txt")
            await asyncio.sleep(SETTLE)
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            lags: list[float] = []
            sampler = asyncio.create_task(sample(view, lags))
            answers: dict[str, list[float]] = defaultdict(list)
            spent: dict[str, list[float]] = defaultdict(list)
            for _ in range(3):
                for position, key in enumerate(KEYS):
                    press = await driver.press(key)
                    answers[f"{key} (key {position})"].append(press["answer"])
                    spent[f"{key} (key {position})"].append(press["cpu"])
                    await asyncio.sleep(REPEAT)
            await asyncio.sleep(SETTLE)
            sampler.cancel()
            growth = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
            state = app.screen.query_one("RunBar").state  # type: ignore[attr-defined]
            for key in sorted(answers, key=lambda key: -min(answers[key]))[:6]:
                print(
                    f"{key:24} {min(answers[key]):6.0f} ms, CPU {min(spent[key]):5.0f} ms",
                    file=sys.stderr,
                )
            slowest = max(answers, key=lambda key: min(answers[key]))
            return {
                "key": slowest,
                "answer": min(answers[slowest]),
                "lag": max(lags),
                "median_lag": statistics.median(lags),
                "growth": growth / 1024,
                "written": view.bytes / 1e6,
                "finished": state.done,
            }


def measured() -> dict[str, object]:
    """Measure in a folder of its own, which is removed."""
    folder = files.FOLDER / "run-under-way"
    shutil.rmtree(folder, ignore_errors=True)
    writer = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.programs.runs", "write", str(folder)]
    )
    try:
        events = record_of_workspace(folder).events
        while not (events.exists() and events.stat().st_size):
            time.sleep(0.05)
        return asyncio.run(play(folder))
    finally:
        writer.kill()
        writer.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        write(Path(sys.argv[2]))
    else:
        print(json.dumps(measured()))
