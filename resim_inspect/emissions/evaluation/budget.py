"""The time that all queries and templates of one evaluation have together."""

from __future__ import annotations

import math
from time import monotonic

from resim_inspect.derived import UNOBSERVED, Control
from resim_inspect.emissions.evaluation.processes.child_process import CancelledEvaluationError
from resim_inspect.text import number

_MIN_QUERY_TIME = 0.05
"""s that a query gets at least: the limit is checked before each one."""


class NotEvaluatedError(Exception):
    """The evaluation ends here: its time is up, or it was stopped; the text is a sentence."""


class Budget:
    """Rest of the time limit, with the requests to stop or to give up."""

    def __init__(self, seconds: float = math.inf, control: Control = UNOBSERVED) -> None:
        """The time starts now; `seconds` is that of all queries and templates together."""
        self.control = control
        self._limit = seconds
        self._end = monotonic() + seconds

    @property
    def is_over_time(self) -> bool:
        """True once the time limit has passed."""
        return monotonic() >= self._end

    def is_interrupted(self) -> bool:
        """Return True if what runs now is to end at once."""
        return self.control.is_cancelled() or self.control.is_stopped()

    def check_cancelled(self) -> None:
        """Raise CancelledEvaluationError if the evaluation is to be given up."""
        if self.control.is_cancelled():
            raise CancelledEvaluationError

    def check(self) -> None:
        """Raise CancelledEvaluationError or NotEvaluatedError if nothing more may run."""
        self.check_cancelled()
        if self.control.is_stopped():
            raise NotEvaluatedError("The evaluation was stopped.")
        if self.is_over_time:
            limit = number(self._limit)
            raise NotEvaluatedError(
                f"The time limit of {limit} s for all queries and templates has passed."
            )

    def seconds(self, most: float) -> float:
        """Return the time that a query or template may take, `most` or what is left.

        Raises as `check`.
        """
        self.check()
        return max(_MIN_QUERY_TIME, min(most, self._end - monotonic()))
