"""A flight's log as numbers: read once, then asked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MODES = ("TAKEOFF", "CRUISE", "HOVER", "RETURN", "LAND", "LANDED")


class Inputs(Protocol):
    """Part of the entry point's inputs that this build uses."""

    @property
    def logs(self) -> Path:
        """The folder of the logs."""

    @property
    def outputs(self) -> Path:
        """The folder for files that metrics show."""

    def json(self, name: str) -> Any:
        """A JSON file's value."""

    def csv(self, name: str) -> dict[str, list[str]]:
        """A CSV file's columns."""


@dataclass(frozen=True)
class Flight:
    """One flight, sample by sample; n is the number of samples."""

    mission: dict[str, Any]
    time: Floats
    """(n,), s since the start"""
    place: Floats
    """(n, 3), m: east, north, up from the start"""
    plan: Floats
    """(n, 3), m: where it should have been"""
    battery: Floats
    """(n,), %"""
    modes: list[str]
    pictures: tuple[Path, ...]

    @cached_property
    def error(self) -> Floats:
        """(n,), m: how far off the plan it is."""
        off: Floats = np.linalg.norm(self.place - self.plan, axis=1)
        return off

    @cached_property
    def distance(self) -> Floats:
        """(n,), m: how far it has flown."""
        steps = np.linalg.norm(np.diff(self.plan, axis=0), axis=1)
        return np.concatenate([[0.0], np.cumsum(steps)])

    @cached_property
    def speed(self) -> Floats:
        """(n,), m/s: along the plan, so that gusts do not count."""
        return np.gradient(self.distance, self.time)

    @property
    def duration(self) -> float:
        """Duration in seconds."""
        return float(self.time[-1])

    def seconds_in(self, mode: str) -> float:
        """Time in a flight mode, in seconds."""
        steps = np.diff(self.time, append=self.time[-1])
        return float(steps[np.array(self.modes) == mode].sum())

    @property
    def ceiling(self) -> float:
        """Top of the mission's geofence, in metres."""
        return float(self.mission["geofence"]["z"][1])


def read_flight(inputs: Inputs) -> Flight:
    """Read a job's inputs; raises ValueError for a log without samples."""
    columns = inputs.csv("flight.csv")
    if len(columns["time"]) < 2:
        raise ValueError("flight.csv has fewer than two samples")

    def numbers(*names: str) -> Floats:
        return np.array([columns[name] for name in names], dtype=np.float64).T

    return Flight(
        inputs.json("mission.json"),
        numbers("time")[:, 0],
        numbers("x", "y", "z"),
        numbers("plan_x", "plan_y", "plan_z"),
        numbers("battery")[:, 0],
        columns["mode"],
        tuple(sorted((inputs.logs / "camera").glob("*.png"))),
    )
