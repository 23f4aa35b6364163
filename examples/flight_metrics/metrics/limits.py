"""Limits of the flights, and the status of a value by its limits."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from resim.metrics.python.metrics_utils import DoubleFailureDefinition, MetricStatus

PASSED = MetricStatus.PASSED_METRIC_STATUS
WARN = MetricStatus.FAIL_WARN_METRIC_STATUS
BLOCK = MetricStatus.FAIL_BLOCK_METRIC_STATUS
RAW = MetricStatus.RAW_METRIC_STATUS


class Limit(NamedTuple):
    """Values from which on a metric warns and blocks; with `below`, values below them do."""

    warn: float
    block: float
    below: bool = False

    def status(self, value: float) -> MetricStatus:
        """The status of one value."""
        return self.statuses([value])[0]

    def statuses(self, values: ArrayLike) -> NDArray[np.object_]:
        """The statuses of values, one each, as a series of the SDK."""
        sign = -1.0 if self.below else 1.0
        over = sign * np.asarray(values, dtype=np.float64)
        levels = (over > sign * self.warn).astype(int) + (over > sign * self.block)
        names: NDArray[np.object_] = np.array([PASSED, WARN, BLOCK], dtype=object)[levels]
        return names

    def definition(self) -> DoubleFailureDefinition:
        """The limit from which it warns, as a chart shows it."""
        if self.below:
            return DoubleFailureDefinition(fails_above=None, fails_below=self.warn)
        return DoubleFailureDefinition(fails_above=self.warn, fails_below=None)


MEAN_ERROR = Limit(warn=1.0, block=2.0)
"""m, of a flight"""
ERROR = Limit(warn=3.0, block=6.0)
"""m, of a sample"""
SPEED = Limit(warn=12.0, block=15.0)
"""m/s"""
BATTERY = Limit(warn=25.0, block=15.0, below=True)
"""%, at landing"""
BATCH_ERROR = Limit(warn=0.8, block=1.5)
"""m, of all flights together"""


def worst(statuses: NDArray[np.object_]) -> MetricStatus:
    """The worst of a series of statuses."""
    return next((status for status in (BLOCK, WARN) if status in set(statuses)), PASSED)
