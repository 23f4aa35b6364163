"""A sample document: one parcel flight of a delivery drone, with all twelve metric types."""

from __future__ import annotations

import base64
import math
import struct
from functools import cache
from pathlib import Path

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.building.png import camera_picture, pad_picture, png
from resim_inspect.building.sample_flight import GUST, Flight
from resim_inspect.files import write_whole

FILE_NAME = "metrics.binproto"


def write_sample(folder: Path) -> Path:
    """Write the sample and its images into a folder; returns the document's path."""
    path = folder / FILE_NAME
    data = sample_bytes(folder)
    write_whole(path, data, durable=False)
    return path


def sample_bytes(folder: Path | None = None) -> bytes:
    """The sample, the same at every call; its images are written below `folder`, if given."""
    if folder is not None:
        for name, content in _images().items():
            write_whole(folder / name, content, durable=False)
    flight = Flight()
    flight.verdicts()
    flight.over_time()
    flight.charts()
    _batch(flight.builder)
    _figure(flight)
    _pictures(flight.builder)
    return flight.builder.bytes()


@cache
def _images() -> dict[str, bytes]:
    pictures = {
        "images/landing_pad.png": pad_picture(160, 120),
        "images/gust.png": camera_picture(160, 120, tilt=0.22, crane=0.62),
    }
    for shot, (tilt, crane) in enumerate(((0.02, 0.30), (-0.06, 0.46), (-0.12, 0.66)), 1):
        pictures[f"images/crane_{shot}.png"] = camera_picture(160, 120, tilt=tilt, crane=crane)
    return {name: png(*picture) for name, picture in pictures.items()}


def _batch(build: DocumentBuilder) -> None:
    """Landings of the last builds, by the ground they were on."""
    start, week = 1_757_404_800, 7 * 86_400
    builds = build.uuids(
        "builds", [f"7c5e1f00-0000-4000-8000-0000000000{number:02x}" for number in range(8)]
    )
    series = {}
    for ground, share in (("grass", 0.6), ("concrete", 0.35), ("boat", 1.0)):
        values = [round(share * (1.1 - 0.07 * n + 0.12 * math.sin(2.1 * n)), 2) for n in range(8)]
        times = build.times(
            f"{ground} build times", [float(start + n * week) for n in range(8)], index=builds
        )
        data = build.doubles(f"{ground} landing error", values, unit="m", index=builds)
        series[ground] = (times, data, build.statuses(f"{ground} landing status", data))
    build.batchwise_bar_chart(
        "Landing error by build",
        series,
        colors=("#5faf5f", "#8a8fa3", "#4f9fd8"),
        x_axis="build",
        y_axis="error [m]",
        stack=False,
        importance="LOW",
        order=9,
    )


def _figure(flight: Flight) -> None:
    """A plotly figure as plotly 6 writes it: arrays as base64 of their bytes."""
    times = [float(step) for step in range(121)]
    plan = [round(min(60, 10 * (t // 3), max(0.0, (118 - t) // 4 * 10)), 1) for t in times]
    flown = [
        round(max(0.0, value + flight.noise(0, 0.7) - 6 * flight.gust(t)), 2)
        for t, value in zip(times, plan, strict=True)
    ]
    flight.builder.plotly(
        "Altitude against plan",
        {
            "data": [
                {
                    "type": "scatter",
                    "name": "plan",
                    "mode": "lines",
                    "line": {"shape": "hv", "dash": "dash"},
                    "x": _array(times),
                    "y": _array(plan),
                },
                {
                    "type": "scatter",
                    "name": "flown",
                    "mode": "lines",
                    "x": _array(times),
                    "y": _array(flown),
                },
            ],
            "layout": {
                "title": {"text": "Altitude against plan"},
                "xaxis": {"title": {"text": "time [s]"}},
                "yaxis": {"title": {"text": "altitude [m]"}},
            },
        },
        order=10,
    )


def _pictures(build: DocumentBuilder) -> None:
    """Images, and the two events that some of them belong to."""
    pad = build.file("landing pad", "images/landing_pad.png")
    build.image(
        "Landing pad camera", pad, order=11, importance="LOW", description="After touchdown."
    )
    shots = [build.file(f"crane {shot}", f"images/crane_{shot}.png") for shot in (1, 2, 3)]
    build.image_list("Crane passing", shots, order=12, importance="LOW")
    gust = build.file("gust", "images/gust.png")
    frame = build.image("Camera at the gust", gust, event=True, status="FAIL_WARN")
    push = build.scalar(
        "Sideways push", 4.1, unit="m", event=True, status="FAIL_WARN", fails_above=3
    )
    drift = build.scalar("Touchdown error", 0.31, unit="m", event=True, fails_above=0.5)
    build.event(
        "Gust",
        GUST,
        [frame, push],
        status="FAIL_WARN",
        importance="HIGH",
        description="A gust from the west pushes the drone towards the crane.",
        tags=("wind", "crane"),
    )
    build.event("Touchdown", 117.9, [drift], description="On the pier.", tags=("landing",))


def _array(values: list[float]) -> dict[str, str]:
    """Doubles as plotly 6 writes them."""
    packed = struct.pack(f"<{len(values)}d", *values)
    return {"dtype": "f8", "bdata": base64.b64encode(packed).decode("ascii")}
