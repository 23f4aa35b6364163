"""The flight of the sample: series over time, and the metrics of them."""

from __future__ import annotations

import math
from random import Random

from resim_inspect.building.builder import DataRef, DocumentBuilder

DURATION = 120.0
"""Seconds of flight."""
RATE = 10
"""Samples a second."""
MIN_CLEARANCE = 2.0
"""m; closer to an obstacle is a warning."""
MAX_SPEED = 15.0
"""m/s; faster blocks."""
GUST = 41.3
"""s; when the wind hits."""

PHASES = ("TAKEOFF", "CLIMB", "CRUISE", "AVOID", "APPROACH", "LAND", "FAILSAFE")
_MODES = ((0, 0), (6, 1), (18, 2), (40, 6), (43.5, 3), (56, 2), (88, 4), (108, 5))
_REPORT = """\
# Flight 017: parcel to the pier

The parcel arrived, **but the flight does not pass**:

- a gust at 41.3 s pushed the drone to *17.4 m/s*, over the limit of 15 m/s
- the planner kept less than 2 m from the crane for a moment
- the left rangefinder dropped out three times

| phase    | planned | used   |
|----------|--------:|-------:|
| climb    | 9.0 Wh  | 9.4 Wh |
| cruise   | 21.0 Wh | 24.8 Wh |
| approach | 6.5 Wh  | 6.1 Wh |

Wind at launch: `3.2 m/s` from the west.
"""


class Flight:
    """The flight as series over time; the same noise at every call."""

    def __init__(self) -> None:
        random = Random(17)
        self.noise = random.gauss
        self.builder = DocumentBuilder("parcel drone, flight 017")
        self.seconds = [step / RATE for step in range(round(DURATION * RATE) + 1)]
        self.clock = self.builder.times("flight time", self.seconds)

    def gust(self, time: float) -> float:
        """Strength of the gust, 0 to 1."""
        return math.exp(-(((time - GUST - 0.6) / 1.1) ** 2))

    def speed(self, time: float) -> float:
        """m/s over ground."""
        ramp = min(1.0, time / 14, max(0.0, (DURATION - time) / 22))
        return max(0.0, 9.6 * ramp + 0.5 * math.sin(time / 3.7) * ramp + 7.2 * self.gust(time))

    def statuses(self, name: str, values: list[str], index: DataRef) -> DataRef:
        return self.builder.statuses(name, values, index=index)

    def verdicts(self) -> None:
        """Text and single numbers."""
        build = self.builder
        build.text("Flight report", _REPORT, order=0, importance="HIGH", status="FAIL_BLOCK")
        build.scalar(
            "Max speed",
            17.4,
            unit="m/s",
            fails_above=MAX_SPEED,
            status="FAIL_BLOCK",
            importance="CRITICAL",
            blocking=True,
            should_display=True,
            order=1,
            description="The highest speed over ground; over 15 m/s the flight is not allowed.",
            tags={"RESIM_SUMMARY": "1"},
        )
        build.scalar("Wind at launch", 3.2, unit="m/s", status="RAW", importance="LOW", order=20)
        build.scalar(
            "Parcel temperature",
            21.5,
            unit="°C",
            status="NOT_APPLICABLE",
            importance="ZERO",
            order=21,
            description="This parcel need not be kept cool.",
        )
        build.scalar(
            "Energy used",
            42.6,
            unit="Wh",
            fails_above=50,
            order=3,
            blocking=False,
            tags={"RESIM_SUMMARY": "1", "team": "power"},
        )

    def over_time(self) -> None:
        """Series over the time of the flight."""
        build, seconds = self.builder, self.seconds
        left, right = self.clearance()
        left_data = build.doubles("clearance left", left, unit="m", index=self.clock)
        right_data = build.doubles("clearance right", right, unit="m", index=self.clock)
        pairs = []
        for data, values in ((left_data, left), (right_data, right)):
            words = ["FAIL_WARN" if value < MIN_CLEARANCE else "PASSED" for value in values]
            pairs.append((data, self.statuses(f"{data.name} status", words, self.clock)))
        build.double_over_time(
            "Clearance to obstacles",
            pairs,
            limits=[(None, MIN_CLEARANCE)] * 2,
            y_axis="clearance [m]",
            legend=("left", "right"),
            status="FAIL_WARN",
            importance="HIGH",
            order=2,
            description="Distance to the nearest obstacle on either side. Gaps are dropouts of "
            "the rangefinder.",
            tags={"team": "perception"},
        )
        closest = min(range(len(right)), key=right.__getitem__)
        build.double_summary(
            "Closest approach",
            right_data,
            pairs[1][1],
            time=seconds[closest],
            fails_below=MIN_CLEARANCE,
            status="FAIL_WARN",
            importance="HIGH",
            order=2.5,
            description="The smallest clearance to the crane.",
        )
        modes = [self.mode(time) for time in seconds]
        states = build.strings("flight mode", modes, index=self.clock)
        words = ["FAIL_WARN" if mode == "FAILSAFE" else "PASSED" for mode in modes]
        build.states_over_time(
            "Flight mode",
            [(states, self.statuses("flight mode status", words, self.clock))],
            states=PHASES,
            failures=("FAILSAFE",),
            status="FAIL_WARN",
            order=4,
            description="FAILSAFE is where the planner gave up for a moment.",
        )
        self.subsystems()

    def clearance(self) -> tuple[list[float], list[float]]:
        """m on the left, with dropouts, and on the right, past the crane."""
        left, right = [], []
        for time in self.seconds:
            base = 8 + 2.2 * math.sin(time / 9) + self.noise(0, 0.12)
            dropout = any(start <= time < start + 1.8 for start in (24.0, 61.5, 97.2))
            left.append(math.nan if dropout else round(base + 1.5 * self.gust(time), 3))
            crane = 7.4 * math.exp(-(((time - 48) / 7.5) ** 2))
            right.append(round(8.1 + math.cos(time / 7) + self.noise(0, 0.08) - crane, 3))
        return left, right

    def mode(self, time: float) -> str:
        """The flight mode at a time."""
        return PHASES[[mode for start, mode in _MODES if start <= time][-1]]

    def subsystems(self) -> None:
        """States by category: each subsystem has its own clock."""
        build = self.builder
        times = {
            "planner": [0.0, 6.0, 40.0, 43.5, 108.0, 120.0],
            "rangefinder": [0.0, 24.0, 25.8, 61.5, 63.3, 97.2, 99.0, 120.0],
        }
        states = {
            "planner": ["READY", "ACTIVE", "DEGRADED", "ACTIVE", "READY", "READY"],
            "rangefinder": [
                "ACTIVE",
                "LOST",
                "ACTIVE",
                "LOST",
                "ACTIVE",
                "LOST",
                "ACTIVE",
                "READY",
            ],
        }
        words = {
            name: ["FAIL_WARN" if value == "LOST" else "PASSED" for value in values]
            for name, values in states.items()
        }
        clock = build.times("subsystem times", times)
        data = build.strings("subsystem states", states, index=clock)
        build.states_over_time(
            "Subsystems",
            [(data, build.statuses("subsystem status", words, index=clock))],
            states=("READY", "ACTIVE", "DEGRADED", "LOST"),
            failures=("LOST",),
            status="FAIL_WARN",
            importance="LOW",
            order=5,
        )

    def charts(self) -> None:
        """Paths, bars and a histogram."""
        build = self.builder
        steps = [step / 120 for step in range(121)]
        planned = [(620 * a, 180 * math.sin(1.5 * a)) for a in steps]
        flown = [
            (x + self.noise(0, 0.6), y + 26 * math.exp(-(((a - 0.37) / 0.05) ** 2)))
            for (x, y), a in zip(planned, steps, strict=True)
        ]
        lines = []
        for name, points in (("planned", planned), ("flown", flown)):
            east = build.doubles(f"{name} east", [round(x, 2) for x, _ in points], unit="m")
            north = build.doubles(f"{name} north", [round(y, 2) for _, y in points], unit="m")
            lines.append((east, north, build.statuses(f"{name} status", north)))
        build.line_plot(
            "Flight path",
            lines,
            x_axis="east [m]",
            y_axis="north [m]",
            legend=("planned", "flown"),
            order=6,
            description="Seen from above, from the depot to the pier.",
        )
        phases = build.strings("phases", ["takeoff", "climb", "cruise", "approach", "landing"])
        bars = []
        for name, energy in (
            ("planned energy", [2.0, 9.0, 21.0, 6.5, 2.0]),
            ("used energy", [2.1, 9.4, 24.8, 6.1, 0.2]),
        ):
            data = build.doubles(name, energy, unit="Wh", index=phases)
            bars.append((data, build.statuses(f"{name} status", data)))
        build.bar_chart(
            "Energy by phase",
            bars,
            x_axis="phase",
            y_axis="energy [Wh]",
            legend=("planned", "used"),
            stack=False,
            order=7,
            tags={"team": "power"},
        )
        latencies = [round(12 + self.noise(0, 2.4) + abs(self.noise(0, 3)), 2) for _ in range(900)]
        data = build.doubles("detection latency", latencies, unit="ms")
        words = ["FAIL_WARN" if latency > 25 else "PASSED" for latency in latencies]
        build.histogram(
            "Detection latency",
            data,
            build.statuses("detection latency status", words),
            buckets=[(low, low + 2) for low in range(0, 32, 2)],
            lower=0,
            upper=32,
            x_axis="latency [ms]",
            order=8,
            description="One in a hundred may take longer than 25 ms.",
            tags={"team": "perception"},
        )
        # Data for the metrics of a batch of flights; no metric of this flight uses it.
        build.doubles(
            "speed over ground",
            [round(self.speed(time), 3) for time in self.seconds],
            unit="m/s",
            index=self.clock,
        )
