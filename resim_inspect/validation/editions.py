"""Editions: the rules of each release of open-core.

The validator changed in eight releases; every other number follows the rules that were
in force then. The facts were read from the released packages, 0.0.19 to 1.6.0.
"""

from __future__ import annotations

from typing import NamedTuple

NEWEST = "1.6.0"
"""The newest release whose rules are known; the default edition."""

CHANGES = {
    (0, 0, 19): "the oldest release on the package index",
    (0, 1, 0): "the file's status may differ from its metrics",
    (0, 2, 0): "batchwise bar charts",
    (0, 3, 0): "a batchwise bar chart needs a project id",
    (0, 3, 3): "text metrics",
    (0, 5, 0): "image lists",
    (0, 10, 0): "a scalar must not be NaN",
    (0, 12, 0): "event metrics may share a name, but not within one event",
}
"""The first release with other rules than the one before, and what changed."""

# Published under a placeholder number, with the code of this release.
_PLACEHOLDER = {(0, 0, 0): (0, 7, 0)}


class Edition(NamedTuple):
    """The rules of one release."""

    name: str
    """The release as asked for: `1.6.0`."""
    rules: tuple[int, int, int]
    """The release that made these rules: one of CHANGES."""

    @property
    def statuses_agree(self) -> bool:
        """The file's status must be the worst of its metrics."""
        return self.rules < (0, 1, 0)

    @property
    def project_id(self) -> bool:
        """A batchwise bar chart must have a project id that is a UUID."""
        return self.rules >= (0, 3, 0)

    @property
    def scalar_nan(self) -> bool:
        """A scalar must not be NaN."""
        return self.rules >= (0, 10, 0)

    @property
    def event_names(self) -> bool:
        """Event metrics may share a name, but not within one event."""
        return self.rules >= (0, 12, 0)

    def knows(self, values: str) -> bool:
        """Return True if the schema of this release has this field of MetricValues."""
        return self.rules >= ARRIVALS.get(values, (0, 0, 19))


ARRIVALS = {
    "batchwise_bar_chart_metric_values": (0, 2, 0),
    "text_metric_values": (0, 3, 3),
    "image_list_metric_values": (0, 5, 0),
}
"""Fields of MetricValues that came later than the oldest release."""


def edition(release: str | None = None) -> Edition:
    """The rules in force at a release, such as `0.3.3`, `v1.2` or `1`; None: the newest.

    Raises ValueError for a text that is not a release number, and for a release after the
    newest known one, whose rules cannot be known.
    """
    if release is None:
        release = NEWEST
    parts = release.strip().removeprefix("v").split(".")
    if not 1 <= len(parts) <= 3 or not all(
        part.isascii() and part.isdigit() and len(part) < 6 for part in parts
    ):
        raise ValueError(f"{release!r} is not a release number; write it like {NEWEST}")
    numbers = [int(part) for part in parts] + [0, 0]
    number = (numbers[0], numbers[1], numbers[2])
    asked = _PLACEHOLDER.get(number, number)
    if asked > tuple(map(int, NEWEST.split("."))):
        raise ValueError(f"the rules of release {release} are not known; the newest is {NEWEST}")
    earlier = [change for change in CHANGES if change <= asked]
    return Edition(".".join(map(str, number)), max(earlier, default=min(CHANGES)))


def written(number: tuple[int, int, int]) -> str:
    """A release number as text."""
    return ".".join(map(str, number))
