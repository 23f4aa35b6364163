"""Axes of a plotly figure: their kind, categories and labels, and values as axis units."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resim_inspect.charts.analysis.bar_layout import sum_of
from resim_inspect.charts.model.drawing import Axis, TimeMode
from resim_inspect.charts.plotly import decode
from resim_inspect.charts.plotly.decode import NO_DATE

_MAX_CATEGORIES = 100_000
_SAMPLES = 1000
"""Values that are looked at to tell the kind of an axis."""

_AGGREGATES: dict[str, Callable[[list[float]], float]] = {
    "total": sum_of,
    "sum": sum_of,
    "min": min,
    "max": max,
    "mean": lambda values: sum_of(values) / len(values),
    "geometric mean": lambda values: statistics.fmean(math.log(abs(v) or 1e-300) for v in values),
    "median": statistics.median,
}


@dataclass
class PlotlyAxis:
    """One axis of the layout. `feed` it all values, call `determine_kind`, then ask for `units`."""

    name: str
    """`x`, `x2`, `y3` …"""
    layout: dict[str, Any]
    kind: str = ""
    categories: dict[str, int] = field(default_factory=dict)
    base: int = 0
    """ns since 1970 of a date axis's zero"""
    title_suffix: str = ""
    from_zero: bool = False
    """Bars or stacked areas grow along the axis from zero."""
    limits: tuple[float, float] | None = None
    """Range to show, in axis units; None: the range of the data."""
    reverse: bool = False
    _fed: list[Any] = field(default_factory=list)
    _aggregated: dict[str, list[float]] = field(default_factory=dict)
    _zones: set[str] = field(default_factory=set)
    _stamps: dict[int, NDArray[np.int64]] = field(default_factory=dict)
    """Dates of what was fed, by the identity of the list: parsing is slow."""

    def __post_init__(self) -> None:
        axis_type = self.layout.get("type")
        if axis_type in ("linear", "log", "date", "category", "multicategory"):
            self.kind = "category" if axis_type == "multicategory" else str(axis_type)
        order = decode.word(self.layout.get("categoryorder")) or "array"
        if order == "array":
            for name in decode.items(self.layout.get("categoryarray"))[:_MAX_CATEGORIES]:
                self.categories.setdefault(category_name(name), len(self.categories))

    def feed(self, values: Any) -> None:
        """Take in the values of a trace: the first ones tell the kind of the axis."""
        if values is not None and length_of(values):
            self._fed.append(values)

    def weigh(self, positions: Any, values: Iterable[float]) -> None:
        """Take in the values at categories, for orders such as `total descending`."""
        if not self.layout.get("categoryorder"):
            return
        for position, value in zip(each(positions), values, strict=False):
            if position is not None and math.isfinite(value):
                self._aggregated.setdefault(category_name(position), []).append(value)

    def determine_kind(self) -> None:
        """Decide on the kind as plotly does: dates, else categories, else numbers."""
        if not self.kind:
            strict = self.layout.get("autotypenumbers") == "strict"
            self.kind = _kind(self._fed[0], strict) if self._fed else "linear"
        if self.kind == "category":
            self._order_categories()
        if self.kind == "date":
            earliest = []
            for values in self._fed:
                stamps = self._stamps[id(values)] = decode.dates(values)
                known = stamps != NO_DATE
                if not known.any():
                    continue
                earliest.append(int(stamps[known].min()))
                if not isinstance(values, np.ndarray):
                    self._zones |= decode.zones(decode.items(values), known)
            self.base = min(earliest, default=0)

    def _order_categories(self) -> None:
        fed = [value for values in self._fed for value in each(values) if value is not None]
        if any(isinstance(value, tuple) for value in fed):
            # Two levels: what shares its first level stands together.
            firsts: dict[str, int] = {}
            for value in fed:
                first = value[0] if isinstance(value, tuple) else value
                firsts.setdefault(category_name(first), len(firsts))
            fed.sort(key=lambda v: firsts[category_name(v[0] if isinstance(v, tuple) else v)])
        names = [category_name(value) for value in fed]
        known_categories = list(self.categories)
        order = decode.word(self.layout.get("categoryorder"))
        distinct = list(dict.fromkeys([*known_categories, *names]))[:_MAX_CATEGORIES]
        if order.startswith("category"):
            distinct = sorted(distinct, reverse=order.endswith("descending"))
        elif (aggregate := _AGGREGATES.get(order.rpartition(" ")[0])) is not None:
            weights = {n: aggregate(v) for n, v in self._aggregated.items() if v}
            distinct.sort(
                key=lambda name: weights.get(name, 0.0), reverse=order.endswith("descending")
            )
        self.categories = {name: k for k, name in enumerate(distinct)}

    def calc(self, values: Any) -> NDArray[np.float64]:
        """Values in units that add up: numbers (also on a log axis), s since `base`, places."""
        if self.kind == "date":
            stamps = self._stamps.get(id(values))
            if stamps is None:
                stamps = decode.dates(values)
            # Differences of int64 may overflow: floats are exact enough beyond a century.
            known_stamps = np.where(stamps == NO_DATE, 0, stamps)
            seconds = (known_stamps - np.int64(self.base)).astype(np.float64) / 1e9
            return np.where(stamps == NO_DATE, np.nan, seconds)
        if self.kind == "category":
            return np.array([self._place(v) for v in each(values)], np.float64)
        return decode.numbers(values)

    def from_calc(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Axis units of what `calc` gave: log10 on a log axis, NaN where there is none."""
        if self.kind != "log":
            return values
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(values > 0, np.log10(values), np.nan)

    def units(self, values: Any) -> NDArray[np.float64]:
        """Values as axis units; NaN for what has no place on this axis."""
        return self.from_calc(self.calc(values))

    def _place(self, value: Any) -> float:
        position = None if value is None else self.categories.get(category_name(value))
        return math.nan if position is None else float(position)

    def lengths(self, values: Any) -> NDArray[np.float64]:
        """Differences in `calc` units: on a date axis they are given in ms."""
        lengths = decode.numbers(values)
        return lengths / 1000 if self.kind == "date" else lengths

    def unit(self, value: Any, *, data: bool = False) -> float | None:
        """One value as axis units, None where it has no place.

        Ranges and annotations give the log10 on a log axis; shapes give `data`.
        """
        if value is None:
            return None
        if self.kind == "log" and not data:
            unit = decode.numeral(value)
        elif self.kind == "category":
            unit = self._place(value)
            if math.isnan(unit):
                unit = decode.numeral(value)
        else:
            units = self.units([value])
            unit = float(units[0]) if len(units) else math.nan
        return unit if math.isfinite(unit) else None

    @property
    def unit_text(self) -> str:
        """Text that the figure puts around the tick labels of numbers: `$`, `%`."""
        if self.kind not in ("linear", "log", ""):
            return ""
        affixes = (
            decode.text(self.layout.get(name), 12)
            for name, shown in (("tickprefix", "showtickprefix"), ("ticksuffix", "showticksuffix"))
            if self.layout.get(shown) != "none"
        )
        return " ".join(text for text in affixes if text)

    def axis(self, mode: TimeMode) -> Axis:
        """The axis as plain data."""
        kinds = {"linear": "number", "log": "log", "date": "time", "category": "category"}
        kind = kinds[self.kind or "linear"]
        title = decode.text(self.layout.get("title"), 60)
        return Axis(
            kind=kind,  # type: ignore[arg-type]
            title=f"{title} {self.title_suffix}".strip(),
            unit=self.unit_text,
            base=self.base,
            absolute=mode != "relative",
            # Dates count as they are written. Numbers are ms since 1970, which is in UTC.
            time_zone=(
                "".join(self._zones) if len(self._zones) == 1 else "" if self._zones else "UTC"
            ),
            categories=tuple(decode.text(name, 60) for name in self.categories),
            marks=self._marks() if kind in ("number", "log") else (),
            limits=self.limits,
            reverse=self.reverse,
        )

    def _marks(self) -> tuple[tuple[float, str], ...]:
        places = decode.items(self.layout.get("tickvals"))
        names = decode.items(self.layout.get("ticktext"))
        if not places or not names or self.layout.get("tickmode") in ("auto", "linear"):
            return ()
        return tuple(
            (float(at), decode.text(name, 40))
            for at, name in zip(self.units(places[:1000]), names, strict=False)
            if np.isfinite(at)
        )


def category_name(value: Any) -> str:
    """Text that tells a category from the others: 1 and "1" are the same one, as in plotly."""
    if isinstance(value, list | tuple):
        return " ".join(category_name(v) for v in value[:4])
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return decode.number_text(value)
    return str(value)


def is_nested(values: Any) -> bool:
    """Return True for the two lists of two-level categories."""
    if isinstance(values, np.ndarray):
        return values.ndim == 2 and len(values) >= 2
    if not isinstance(values, list) or len(values) < 2:
        return False
    return all(isinstance(part, list | np.ndarray) for part in values[:2])


def each(values: Any) -> list[Any]:
    """Values one by one: of two-level categories the pairs, else what `decode.items` gives."""
    if not is_nested(values):
        return decode.items(values)
    return [
        None if first is None or second is None else (first, second)
        for first, second in zip(decode.items(values[0]), decode.items(values[1]), strict=False)
    ]


def length_of(values: Any) -> int:
    """Number of values along an axis."""
    if is_nested(values):
        return min(len(values[0]), len(values[1]))
    if isinstance(values, np.ndarray):
        return int(values.size)
    return len(values) if isinstance(values, list) else 0


def _kind(values: Any, strict: bool) -> str:
    """Kind of axis that plotly chooses for values: by most of the different ones."""
    if is_nested(values):
        return "category"
    if isinstance(values, np.ndarray):
        return "linear"
    listed = decode.items(values)
    step = max(1, len(listed) // _SAMPLES)
    distinct = {category_name(v): v for v in listed[::step] if v is not None}.values()
    texts = [v for v in distinct if isinstance(v, str)]
    plain = sum(not isinstance(v, bool) and is_numeral(v) for v in distinct)
    if sum(decode.is_date(v) for v in texts) > plain * 2:
        return "date"
    numbers = sum(
        not math.isnan(decode.numeral(v)) for v in distinct if not (strict and isinstance(v, str))
    )
    words = sum(
        isinstance(v, bool) or (isinstance(v, str) and (strict or math.isnan(decode.numeral(v))))
        for v in distinct
    )
    return "category" if words > numbers * 2 else "linear"


def is_numeral(value: Any) -> bool:
    """Return True for numbers, and for texts that are one without removing any sign."""
    if isinstance(value, str):
        return decode.is_plain_numeral(value)
    return not math.isnan(decode.numeral(value))
