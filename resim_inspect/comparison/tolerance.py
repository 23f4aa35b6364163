"""Tolerances: differences of numbers that do not count, by the name of the metric."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from resim_inspect.errors import InspectError
from resim_inspect.settings.project_model import CompareLimit
from resim_inspect.text import clean

DEFAULT = 1e-9
"""Relative difference that counts as none where nothing else is set."""
_ABSOLUTE = "abs:"


class ToleranceError(InspectError, ValueError):
    """A tolerance that cannot be parsed; the text says what is expected."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Largest difference that counts as none: relative to max(|a|, |b|), or absolute."""

    relative: float = DEFAULT
    absolute: float | None = None
    explicit: bool = False
    """True if it was set for this metric: a passing value nearer to its limit is worse then."""

    exact: bool = False
    """True if it was set for the metric's very name."""

    statuses: bool = True
    """False to leave the statuses of samples out."""

    @property
    def share(self) -> float:
        """Share of time, pixels or samples that may differ, from 0.

        An absolute tolerance is in a unit; it is a share only if it was set for this very metric.
        """
        return self.absolute if self.exact and self.absolute is not None else self.relative

    def allowed(self, a: float, b: float) -> float:
        """Largest difference of these two numbers that counts as none; 0 beside infinity."""
        if self.absolute is not None:
            return self.absolute
        larger = max(abs(a), abs(b))
        return self.relative * larger if math.isfinite(larger) else 0.0

    def close(self, a: float | None, b: float | None) -> bool:
        """Return True if two numbers do not differ; NaN equals NaN, and None equals None."""
        if a is None or b is None:
            return a is b
        if a == b or (math.isnan(a) and math.isnan(b)):
            return True
        difference = abs(a - b)
        return math.isfinite(difference) and difference <= self.allowed(a, b)

    def different(
        self, a: NDArray[np.float64], b: NDArray[np.float64], apart: NDArray[np.float64]
    ) -> NDArray[np.bool_]:
        """Mask of the n pairs that differ; `apart` has their absolute differences."""
        limit = self.absolute
        allowed = (
            self.relative * np.maximum(np.abs(a), np.abs(b))
            if limit is None
            else np.broadcast_to(limit, a.shape)
        )
        close = np.isfinite(apart) & (apart <= allowed)
        close |= (a == b) | (np.isnan(a) & np.isnan(b))
        mask: NDArray[np.bool_] = ~close
        return mask


@dataclass(frozen=True, slots=True)
class UnmatchedTolerance:
    """A tolerance for a name or pattern that no metric has."""

    pattern: str
    nearest: str = ""
    """Name of the metric that is spelled most similarly; empty if none is similar."""

    @property
    def sentence(self) -> str:
        """The warning, cleaned, with the nearest name as the suggestion."""
        hint = f"; the nearest name is {clean(self.nearest, 120)!r}" if self.nearest else ""
        name = clean(self.pattern, 120)
        return f"the tolerance for {name!r} has no effect: no metric has such a name{hint}"


@dataclass(frozen=True)
class Tolerances:
    """Tolerances by name: an exact name first, then the first matching pattern."""

    default: Tolerance = Tolerance()
    named: tuple[tuple[str, Tolerance], ...] = ()
    """Names or glob patterns of metrics (`*`, `?`, `[…]`), the most important first."""
    _known: dict[str, Tolerance] = field(default_factory=dict, repr=False, compare=False)

    def of(self, name: str) -> Tolerance:
        """Tolerance of the metric with this name."""
        if not self.named:
            return self.default
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self._lookup(name)
        return known

    def _lookup(self, name: str) -> Tolerance:
        for pattern, tolerance in self.named:
            if pattern == name:
                return replace(tolerance, exact=True)
        for pattern, tolerance in self.named:
            if fnmatchcase(name, pattern):
                return tolerance
        return self.default

    def unmatched(self, names: Collection[str]) -> tuple[UnmatchedTolerance, ...]:
        """Named tolerances that match none of the names of metrics, in their order, each once."""
        rest = [
            pattern
            for pattern in dict.fromkeys(pattern for pattern, _ in self.named)
            if pattern not in names and not any(fnmatchcase(name, pattern) for name in names)
        ]
        folded = {name.casefold(): name for name in sorted(names)} if rest else {}
        return tuple(
            UnmatchedTolerance(
                pattern,
                *(
                    folded[likeliest]
                    for likeliest in get_close_matches(pattern.casefold(), folded, n=1)
                ),
            )
            for pattern in rest
        )


def parse_tolerance(text: str) -> Tolerance:
    """Parse `0.05` (relative) or `abs:0.2` (in the metric's unit). Raises ToleranceError."""
    number = text.removeprefix(_ABSOLUTE)
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        raise ToleranceError(
            f"the tolerance {text!r} is not valid: write a number such as 0.05, which is relative, "
            f"or {_ABSOLUTE}0.2 in the metric's unit"
        )
    return Tolerance(value) if number == text else Tolerance(absolute=value)


def file_tolerances(limits: Mapping[str, CompareLimit]) -> Tolerances:
    """Tolerances of `[compare]` in a project file, in its order."""
    named = []
    for name, limit in limits.items():
        tolerance = Tolerance(absolute=limit.value) if limit.absolute else Tolerance(limit.value)
        named.append((name, replace(tolerance, explicit=True)))
    return Tolerances(named=tuple(named))


def tolerances(texts: Iterable[str], base: Tolerances | None = None) -> Tolerances:
    """Tolerances of `--tolerance`: `REL`, `abs:X`, `NAME=REL` or `NAME=abs:X`, a later one first.

    They win over `base`, which has those of a file. Raises ToleranceError.
    """
    base = base or Tolerances()
    default, named = base.default, base.named
    for text in texts:
        # A name may contain the sign: the last one separates.
        name, sign, value = text.rpartition("=")
        tolerance = parse_tolerance(value)
        if not sign:
            default = tolerance
            continue
        if not name:
            raise ToleranceError(f"the tolerance {text!r} has no name before the sign =")
        named = ((name, replace(tolerance, explicit=True)), *named)
    return Tolerances(default, named)
