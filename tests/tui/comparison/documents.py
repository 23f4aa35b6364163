"""Pairs of documents for the comparison in the app."""

from __future__ import annotations

from pathlib import Path

from PIL import Image as Pillow

from resim_inspect.building.builder import DocumentBuilder


def flight(path: Path, *, late: bool) -> Path:
    """A flight, or the same one with a collision, a longer way and another note."""
    build = DocumentBuilder()
    clock = build.times("clock", [0.5 * step for step in range(20)])
    gap = [0.2 if late and 8 < step < 12 else 5.0 - 0.1 * step for step in range(20)]
    statuses = ["FAIL_BLOCK" if value < 2 else "PASSED" for value in gap]
    distance = build.doubles("distance", gap, unit="m", index=clock)
    build.double_over_time(
        "Distance to obstacles",
        [(distance, build.statuses("distance status", statuses, index=clock))],
        limits=[(None, 2.0)],
        status="FAIL_BLOCK" if late else "PASSED",
    )
    build.scalar("Length of the way", 1250.5 + 40 * late, unit="m", fails_above=2000)
    build.scalar("Landing error", 0.4 - 0.25 * late, unit="m", fails_above=0.1, status="FAIL_WARN")
    build.scalar("Mass", 3.2, unit="kg")
    if late:
        build.scalar("Wind", 7.0, unit="m/s")
    else:
        build.scalar("Gusts", 3.0, blocking=True)
    build.text("Notes", "Good light.\nNo wind.\n" + ("Bumped into a crane.\n" * late))
    return build.write(path)


def pictures(path: Path, *, late: bool) -> Path:
    """An image of 64 × 48 pixels with a square in it, which is redder if it is late."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Pillow.new("RGB", (64, 48), (90, 140, 200))
    image.paste((220 if late else 60, 60, 60), (20, 12, 40, 32))
    image.save(path.parent / "camera.png")
    build = DocumentBuilder()
    build.image("Camera", build.file("camera", "camera.png"))
    return build.write(path)


def modes(path: Path, *, late: bool) -> Path:
    """States over time, with a fault in them if it is late."""
    build = DocumentBuilder()
    clock = build.times("clock", [float(step) for step in range(8)])
    states = ["IDLE", "IDLE", "FLY", "FLY", "FLY", "FLY", "LAND", "LAND"]
    if late:
        states[4:7] = ["FAULT", "FAULT", "FLY"]
    data = build.strings("mode", states, index=clock)
    build.states_over_time(
        "Flight mode",
        [(data, build.statuses("mode status", data))],
        states=["IDLE", "FLY", "LAND", "FAULT"],
        failures=["FAULT"],
    )
    return build.write(path)
