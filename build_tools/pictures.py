"""Pictures of the app for the documentation: `python -m build_tools.pictures` makes them again.

Each is a screenshot of the real app on generated files, so that no picture shows what is not there.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from resim_inspect.building.sample import write_sample
from resim_inspect.schema import metrics_pb2 as pb

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
SIZE = (110, 34)
TURNS = 20
"""Turns of the event loop after a key, in which the app draws."""
SCALES = {
    "calm-survey": 0.6,
    "coast-inspection": 0.7,
    "gusty-delivery": 1.0,
    "night-patrol": 0.5,
    "tower-orbit": 0.9,
}
"""Jobs of the workspace -> factor of their scalars, against the sample."""


class Scene(NamedTuple):
    """A picture: what the app opens, the keys that lead to it, and a path to compare with."""

    opens: str
    keys: tuple[str, ...] = ()
    base: str | None = None


SCENES = {
    "metrics": Scene("flight-017", ("j", "j")),
    "dashboard": Scene("flight-017", ("D",)),
    "comparison": Scene("flight-018", (), "flight-017"),
    "workspace": Scene("flights"),
}


def write_pictures(folder: Path) -> None:
    """Write the picture of every scene, `NAME.svg`, into a folder, which is made if missing."""
    folder.mkdir(parents=True, exist_ok=True)
    folder = folder.resolve()
    with tempfile.TemporaryDirectory() as scratch:
        files = Path(scratch)
        # Nothing of this machine's user shows in a picture.
        os.environ |= {
            "XDG_STATE_HOME": str(files / "state"),
            "XDG_CONFIG_HOME": str(files / "config"),
        }
        for name in ("NO_COLOR", "COLORTERM", "TEXTUAL_THEME"):
            os.environ.pop(name, None)
        _write_files(files)
        # Paths are shown as they are given: these are the same on every machine.
        os.chdir(files)
        for name, scene in SCENES.items():
            picture = asyncio.run(_picture(scene))
            (folder / f"{name}.svg").write_text(picture, encoding="utf-8", newline="\n")


def _write_files(folder: Path) -> None:
    sample = write_sample(folder / "flight-017" / "outputs").parent
    _copy(sample, folder / "flight-018" / "outputs", _scaled(0.8))
    for job, factor in SCALES.items():
        _copy(sample, folder / "flights" / "jobs" / job / "outputs", _scaled(factor))


def _copy(source: Path, target: Path, change: Callable[[pb.JobMetrics], None]) -> None:
    shutil.copytree(source, target)
    path = target / "metrics.binproto"
    metrics = pb.JobMetrics.FromString(path.read_bytes())
    change(metrics)
    path.write_bytes(metrics.SerializeToString())


def _scaled(factor: float) -> Callable[[pb.JobMetrics], None]:
    """Return a change of the sample to a flight whose scalars are smaller, and fail less."""

    def change(metrics: pb.JobMetrics) -> None:
        collection = metrics.job_level_metrics
        for metric in collection.metrics:
            if metric.metric_values.HasField("scalar_metric_values"):
                _scale(metric, factor)
        fast = next(metric for metric in collection.metrics if metric.name == "Max speed")
        report = next(metric for metric in collection.metrics if metric.name == "Flight report")
        report.status = fast.status
        blocked = fast.status == pb.FAIL_BLOCK_METRIC_STATUS
        metrics.metrics_status = fast.status if blocked else pb.FAIL_WARN_METRIC_STATUS
        collection.metrics_status = metrics.metrics_status

    return change


def _scale(metric: pb.Metric, factor: float) -> None:
    scalar = metric.metric_values.scalar_metric_values
    scalar.value = round(scalar.value * factor, 1)
    limits = scalar.failure_definition
    if limits.HasField("fails_above") and scalar.value <= limits.fails_above:
        metric.status = pb.PASSED_METRIC_STATUS


async def _picture(scene: Scene) -> str:
    from resim_inspect.tui.app import InspectApp
    from resim_inspect.tui.open.opening import open_path

    base = None if scene.base is None else Path(scene.base)
    app = InspectApp(open_path(Path(scene.opens)), base=base, watch=False)
    async with app.run_test(size=SIZE) as pilot:
        for key in (None, *scene.keys):
            if key is not None:
                await pilot.press(key)
            for _ in range(TURNS):
                # The next of its kind may cancel a worker, which `wait_for_complete` raises.
                while any(not worker.is_finished for worker in app.workers):
                    await pilot.pause(0.01)
                await pilot.pause()
        return app.export_screenshot(title="resim-inspect")


if __name__ == "__main__":
    write_pictures(FOLDER)
