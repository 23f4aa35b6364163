"""The axes of a plotly figure: their kind, range and labels, and values as axis units."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.model.drawing import Axis, TimeMode
from resim_inspect.charts.plotly import decode
from resim_inspect.charts.plotly.decode import NO_DATE


@dataclass
class PlotlyAxis:
    """One axis of the layout. `feed` it all values first, then ask for `units`."""

    name: str
    """`x`, `x2`, `y3` …"""
    layout: dict[str, Any]
    kind: str = ""
    categories: dict[str, int] = field(default_factory=dict)
    base: int = 0
    _samples: list[Any] = field(default_factory=list)
    _earliest: list[int] = field(default_factory=list)
    _zones: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        given = self.layout.get("type")
        if given in ("linear", "log", "date", "category", "multicategory"):
            self.kind = "category" if given == "multicategory" else str(given)
        for name in decode.items(self.layout.get("categoryarray"))[:100_000]:
            self.categories.setdefault(_name(name), len(self.categories))

    def feed(self, values: Any) -> None:
        """Look at values, to tell which kind of axis it is."""
        if not self.kind:
            self._samples += decode.items(values)[:200]
        if self.kind in ("", "date") and not isinstance(values, np.ndarray):
            written = [v for v in decode.items(values) if decode.is_date(v)]
            self._zones |= {decode.zone(v) for v in written}
            found = decode.dates(written)
            found = found[found != NO_DATE]
            if len(found):
                self._earliest.append(int(found.min()))
        if self.kind in ("", "category") and not isinstance(values, np.ndarray):
            self._fed = [*getattr(self, "_fed", []), values]

    def settle(self) -> None:
        """Decide on the kind: dates, else numbers, else categories, by most of the values."""
        if not self.kind:
            known = [v for v in self._samples if v is not None]
            texts = [v for v in known if isinstance(v, str)]
            as_dates = sum(decode.is_date(v) for v in texts)
            as_numbers = sum(not np.isnan(decode.numbers([v])).any() for v in known)
            if texts and as_dates > len(known) / 2 and as_dates >= as_numbers:
                self.kind = "date"
            elif (known and as_numbers * 2 < len(known)) or (texts and as_numbers < len(known)):
                self.kind = "category"
            else:
                self.kind = "linear"
        if self.kind == "category":
            for values in getattr(self, "_fed", []):
                for value in decode.items(values):
                    if value is not None:
                        self.categories.setdefault(_name(value), len(self.categories))
            order = str(self.layout.get("categoryorder", ""))
            if order.startswith("category"):
                names = sorted(self.categories, reverse=order.endswith("descending"))
                self.categories = {name: k for k, name in enumerate(names)}
        if self.kind == "date":
            self.base = min(self._earliest, default=0)

    def units(self, values: Any) -> NDArray[np.float64]:
        """Values as axis units; NaN for what has no place on this axis."""
        if self.kind == "date":
            stamps = decode.dates(values)
            found = (stamps - np.int64(self.base)).astype(np.float64) / 1e9
            found[stamps == NO_DATE] = np.nan
            return found
        if self.kind == "category":
            return np.array([self._place(v) for v in decode.items(values)], np.float64)
        found = decode.numbers(values)
        if self.kind == "log":
            with np.errstate(divide="ignore", invalid="ignore"):
                logs = np.log10(found)
            return np.where(found > 0, logs, np.nan)
        return found

    def _place(self, value: Any) -> float:
        if value is None:
            return math.nan
        place = self.categories.get(_name(value))
        if place is None and isinstance(value, int | float):
            return float(value)
        return math.nan if place is None else float(place)

    def lengths(self, values: Any) -> NDArray[np.float64]:
        """Differences as axis units: on a date axis they are given in ms."""
        found = decode.numbers(values)
        return found / 1000 if self.kind == "date" else found

    def unit(self, value: Any) -> float | None:
        """One value as axis units, as ranges and shapes give them: log10 on a log axis."""
        if value is None:
            return None
        if self.kind == "log":
            return decode.number(value)
        if self.kind == "category" and isinstance(value, int | float):
            return float(value)
        found = self.units([value])
        return float(found[0]) if len(found) and np.isfinite(found[0]) else None

    def axis(self, mode: TimeMode) -> Axis:
        """The axis as plain data."""
        title = decode.text(self.layout.get("title"), 60)
        limits = None
        given = decode.items(self.layout.get("range"))
        reverse = self.layout.get("autorange") in ("reversed", "min reversed", "max reversed")
        if len(given) == 2 and self.layout.get("autorange") is not True:
            ends = [self.unit(v) for v in given]
            low, high = ends
            if low is not None and high is not None and low != high:
                reverse = low > high
                limits = (min(low, high), max(low, high))
        if self.layout.get("rangemode") == "tozero" and limits is None:
            reverse = reverse or False
        kinds = {"linear": "number", "log": "log", "date": "time", "category": "category"}
        kind = kinds[self.kind or "linear"]
        marks = self._marks()
        return Axis(
            kind=kind,  # type: ignore[arg-type]
            title=title,
            base=self.base,
            absolute=mode != "relative",
            # Dates count as they are written. Numbers are ms since 1970, which is in UTC.
            time_zone="".join(self._zones)
            if len(self._zones) == 1
            else ""
            if self._zones
            else "UTC",
            categories=tuple(decode.text(name, 60) for name in self.categories),
            marks=marks if kind in ("number", "log") else (),
            limits=limits,
            reverse=reverse,
        )

    def _marks(self) -> tuple[tuple[float, str], ...]:
        places = decode.items(self.layout.get("tickvals"))
        names = decode.items(self.layout.get("ticktext"))
        if not places or not names:
            return ()
        found = self.units(places[:1000])
        return tuple(
            (float(at), decode.text(name, 40))
            for at, name in zip(found, names, strict=False)
            if np.isfinite(at)
        )


def _name(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(_name(v) for v in value[:4])
    if isinstance(value, float):
        return decode.number_text(value)
    return str(value)
