"""Values of the data at a position of a drawing, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from resim_inspect.charts.model.style import ColorRole
from resim_inspect.document.enums import MetricStatus


@dataclass(frozen=True, slots=True)
class Reading:
    """One exact value of the data at a position."""

    series: str
    text: str
    """The value with its unit: `0.81 s`, `LANE_KEEP`."""
    status: MetricStatus | None = None
    x_text: str = ""
    """Position of the sample: `8.420 s`."""
    color_role: ColorRole = "text"
    x: float | None = None
    """Position of the sample in axis units; None for a value that holds over a stretch."""
    sample_x: str = ""
    """Position of the sample, if it differs from that of the readout."""
    value: float | None = None
    """The value as a number; None if it is not on a scale of numbers."""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Readout:
    """Values of the data at a position."""

    x: float | None
    """Position in axis units; None if the panel has no x."""
    x_text: str
    readings: tuple[Reading, ...]

    @property
    def text(self) -> str:
        """One line: `8.420 s: Actor 1 4.10 s ✓  Actor 2 0.81 s !`."""
        parts = []
        for reading in self.readings:
            mark = "" if reading.status is None else " " + reading.status.symbol
            name = f"{reading.series} " if reading.series else ""
            away = f" at {reading.sample_x}" if reading.sample_x else ""
            parts.append(f"{name}{reading.text}{mark}{away}")
        joined = "  ".join(parts)
        return f"{self.x_text}: {joined}" if self.x_text else joined
