"""Flies drones that do not exist, and writes the inputs of a metrics build for each flight.

    python generate.py WORKSPACE [--laps N] [--rate HZ] [--wind FACTOR] [NAME ...]

It stands for the simulator: it knows the format of the logs and nothing of the metrics. The
same arguments give the same flights.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

CRUISE = 10.0
"""m/s"""
ACCELERATION = 2.5
"""m/s²"""
HOVER = 2.0
"""Seconds at each waypoint, for its picture."""
SETTLING = 2.0
"""Seconds in which the controller makes up for a gust."""
COLUMNS = ["time", "x", "y", "z", "plan_x", "plan_y", "plan_z", "battery", "mode"]

Point = tuple[float, float, float]


class Experience(NamedTuple):
    """Route of a flight: waypoints in metres from the start, x east, y north, z up."""

    about: str
    wind: float
    """m/s"""
    waypoints: tuple[Point, ...]


def lanes(x_values: tuple[float, ...], length: float, height: float) -> tuple[Point, ...]:
    """Up one lane and down the next."""
    ends = [(0.0, length), (length, 0.0)]
    return tuple((x, y, height) for i, x in enumerate(x_values) for y in ends[i % 2])


def orbit(radius: float, low: float, high: float, corners: int) -> tuple[Point, ...]:
    """Once around a tower, rising."""
    turns = [2 * math.pi * i / corners for i in range(corners + 1)]
    rise = (high - low) / corners
    return tuple(
        (60 + radius * math.cos(turn), radius * math.sin(turn), low + i * rise)
        for i, turn in enumerate(turns)
    )


EXPERIENCES = {
    "calm_survey": Experience(
        "a field, photographed in lanes on a calm morning",
        1.5,
        lanes((20.0, 40.0, 60.0, 80.0), 90.0, 30.0),
    ),
    "coast_inspection": Experience(
        "along a cliff and back, in a steady breeze",
        5.0,
        ((60, 20, 25), (140, 35, 18), (220, 30, 22), (140, 15, 40)),
    ),
    "gusty_delivery": Experience(
        "a parcel, straight across town in gusts",
        12.0,
        ((90, 60, 35), (180, 120, 45), (180, 120, 6)),
    ),
    "night_patrol": Experience(
        "round a depot, corner by corner",
        3.0,
        ((70, 0, 15), (70, 70, 15), (0, 70, 15), (0, 0, 15)),
    ),
    "tower_orbit": Experience(
        "around a radio tower, from its foot to its top",
        6.5,
        orbit(25.0, 10.0, 45.0, 8),
    ),
}


class Sample(NamedTuple):
    """Planned position of the drone at a time."""

    mode: str
    plan: Point
    waypoint: int
    """The waypoint it hovers at, or -1."""


def main(argv: list[str]) -> int:
    """Write the inputs; the exit code is 0, or 2 for a wrong call or a file that fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("workspace", type=Path, metavar="WORKSPACE")
    parser.add_argument("names", nargs="*", metavar="NAME", help="default: all experiences")
    parser.add_argument("--laps", type=_positive, default=1, help="times round (default: 1)")
    parser.add_argument("--rate", type=_positive, default=10, help="samples a second (default: 10)")
    parser.add_argument("--wind", type=float, default=1.0, help="times the wind (default: 1)")
    args = parser.parse_intermixed_args(argv)
    for name in args.names:
        if name not in EXPERIENCES:
            parser.error(f"no experience {name!r}; there are {', '.join(EXPERIENCES)}")
    try:
        _write_flights(args)
    except OSError as error:
        where = f"{error.filename}" if error.filename else "the output"
        print(f"generate.py: {where} cannot be written: {error.strerror}.", file=sys.stderr)  # noqa: T201
        # Python writes what is left in the buffer once more at its end.
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - open to the end
        return 2
    return 0


def _write_flights(args: argparse.Namespace) -> None:
    """Write the inputs of each flight, and print a line about it; raises OSError."""
    for name in args.names or EXPERIENCES:
        folder = args.workspace / "jobs" / name / "inputs"
        rows = write_flight(folder, name, EXPERIENCES[name], args.laps, args.rate, args.wind)
        try:
            print(f"{folder}: {rows:,} samples", flush=True)  # noqa: T201 - the only output
        except BrokenPipeError:
            # The reader has enough lines; the files of all experiences are wanted nevertheless.
            sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - open to the end


def write_flight(
    folder: Path, name: str, experience: Experience, laps: int, rate: int, wind: float
) -> int:
    """Write `experience/` and `logs/` of one flight; how many samples its log has."""
    cameras = folder / "logs" / "camera"
    cameras.mkdir(parents=True, exist_ok=True)
    (folder / "experience").mkdir(exist_ok=True)
    strength = experience.wind * wind
    chance = Random(name)
    error = [0.0, 0.0, 0.0]
    rows = 0
    seen: set[int] = set()
    duration = sum(1 for _ in fly(experience.waypoints, laps, rate)) / rate
    with (folder / "logs" / "flight.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for rows, sample in enumerate(fly(experience.waypoints, laps, rate), 1):
            time = (rows - 1) / rate
            on_ground = sample.plan[2] < 0.5
            _blow(error, 0.0 if on_ground else strength, 1 / rate, chance)
            position = [plan + off for plan, off in zip(sample.plan, error, strict=True)]
            position[2] = max(0.0, position[2])
            battery = 100.0 - 55.0 * (1 + strength / 20) * time / max(duration, 120.0)
            numbers = [time, *position, *sample.plan, max(0.0, battery)]
            writer.writerow([f"{value:.3f}" for value in numbers] + [sample.mode])
            if sample.waypoint >= 0 and sample.waypoint not in seen:
                seen.add(sample.waypoint)
                picture = landscape(position[2], strength, len(seen))
                (cameras / f"{sample.waypoint:03}.png").write_bytes(picture)
    mission = {
        "name": name,
        "about": experience.about,
        "wind": round(strength, 3),
        "waypoints": experience.waypoints,
        "geofence": {"x": [-20, 240], "y": [-40, 140], "z": [0, 60]},
    }
    text = json.dumps(mission, indent=2) + "\n"
    (folder / "experience" / "mission.json").write_text(text, "utf-8")
    return rows


def fly(waypoints: tuple[Point, ...], laps: int, rate: int) -> Iterator[Sample]:
    """The plan, sample by sample: up, from waypoint to waypoint, home, down."""
    height = waypoints[0][2]
    here: Point = (0.0, 0.0, 0.0)
    legs: list[tuple[str, Point, int]] = [("TAKEOFF", (0.0, 0.0, height), -1)]
    for _ in range(laps):
        legs += [("CRUISE", point, index) for index, point in enumerate(waypoints)]
    legs += [("RETURN", (0.0, 0.0, waypoints[-1][2]), -1), ("LAND", (0.0, 0.0, 0.0), -1)]
    for mode, there, waypoint in legs:
        speed = 3.0 if mode in {"TAKEOFF", "LAND"} else CRUISE
        for share in _shares(math.dist(here, there), speed, rate):
            x, y, z = (a + share * (b - a) for a, b in zip(here, there, strict=True))
            yield Sample(mode, (x, y, z), -1)
        here = there
        if waypoint >= 0:
            for _ in range(int(HOVER * rate)):
                yield Sample("HOVER", here, waypoint)
    for _ in range(rate):
        yield Sample("LANDED", here, -1)


def _shares(distance: float, top: float, rate: int) -> Iterator[float]:
    """Completed share of a leg at each sample: acceleration, cruise, deceleration."""
    if distance == 0:
        return
    speed = min(top, math.sqrt(distance * ACCELERATION))
    ramp = speed / ACCELERATION
    total = distance / speed + ramp
    for i in range(int(total * rate)):
        time = i / rate
        if time < ramp:
            done = ACCELERATION * time**2 / 2
        elif time < total - ramp:
            done = speed * (time - ramp / 2)
        else:
            done = distance - ACCELERATION * (total - time) ** 2 / 2
        yield done / distance


def _blow(error: list[float], wind: float, step: float, chance: Random) -> None:
    """Push the drone off its plan, and let the controller bring it back for one step."""
    keep = math.exp(-step / SETTLING)
    for axis, share in enumerate((0.09, 0.07, 0.03)):
        push = wind * share * math.sqrt(1 - keep**2)
        error[axis] = error[axis] * keep + push * chance.gauss(0, 1)


def landscape(height: float, wind: float, seed: int, width: int = 96, rows: int = 64) -> bytes:
    """View of the camera as a PNG: sky, hills, and a field that looks smaller from above."""
    horizon = rows * (0.35 + 0.2 * min(1.0, height / 50))
    stripe = max(3.0, 14 - height / 4)
    lines = []
    for y in range(rows):
        line = bytearray(b"\0")
        for x in range(width):
            hill = horizon - 5 * math.sin(x / 11 + seed) - 3 * math.sin(x / 5 + 2 * seed)
            if y < hill:
                haze = y / max(1.0, hill)
                line += bytes(
                    (int(90 + 90 * haze), int(140 + 60 * haze), max(160, int(225 - 5 * wind)))
                )
            else:
                deep = (y - hill) / rows
                dark = int((x + 40 * deep * math.sin(seed)) / stripe) % 2
                line += bytes((int(60 + 60 * deep), 110 + 25 * dark, int(50 + 20 * deep)))
        lines.append(bytes(line))
    return png(width, rows, b"".join(lines))


def png(width: int, height: int, lines: bytes) -> bytes:
    """An RGB picture as a PNG file; each line begins with a zero byte."""

    def part(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = part(b"IHDR", header), part(b"IDAT", zlib.compress(lines, 9)), part(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
