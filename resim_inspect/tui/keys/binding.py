"""A binding of keys with the words of its hint, and the headings under which help lists them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from textual.binding import Binding

NEXT, PREVIOUS = "n,f3", "N,shift+f3,f15"
"""Keys to the next match of a search and to the previous one."""
RELOAD = "f5,ctrl+r"
"""Keys that read or fetch again what is in view."""
_REBOUND: dict[str, tuple[str, ...]] = {}
"""Keys that the user has given to bindings, by id."""


def rebind(keys: Mapping[str, tuple[str, ...]]) -> None:
    """Let hints, help and sentences name these keys, by id of the binding, instead of the defaults.

    The app of the process decides what the keys do; it calls this with the same keys.
    """
    _REBOUND.clear()
    _REBOUND.update(keys)


# The id tells bindings apart; methods that compare the hint too would cost time at the start.
@dataclass(frozen=True, eq=False, repr=False)
class KeyBinding(Binding):
    """A binding and the words of its hint: `description` names the action, `tooltip` adds detail.

    The part of the id before the dot is the group under which help lists the binding.
    """

    hint: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """The single keys in force, the one that hints show first."""
        return _REBOUND.get(self.id or "") or self.default_keys

    @property
    def default_keys(self) -> tuple[str, ...]:
        """The keys without settings of the user."""
        return tuple(self.key.split(","))

    @property
    def group_title(self) -> str:
        """Heading of the binding in the help."""
        return GROUPS[(self.id or "").split(".")[0]]


class Hint(NamedTuple):
    """A reference to a binding that applies now; `label` replaces the binding's own words."""

    id: str
    label: str = ""


GROUPS = {
    "rows": "List",
    "side": "Width of the list",
    "chart": "Chart",
    "metric_list": "Metrics list",
    "metrics": "Metrics",
    "card": "Metric",
    "series": "Table of data",
    "data": "Data",
    "events": "Events",
    "findings": "Findings",
    "document": "Document",
    "inputs": "Inputs",
    "preview": "Text",
    "records": "Rows of a file",
    "log": "Log",
    "jobs": "Jobs table",
    "columns": "List of columns",
    "column_chart": "Chart of a column",
    "workspace": "Workspace",
    "fetch": "Batch",
    "cards": "Cards",
    "dashboard": "Dashboard",
    "query": "Query",
    "raw": "Raw bytes",
    "comparison": "Comparison",
    "compared_jobs": "Compared jobs",
    "run": "Runs",
    "export": "Export",
    "open": "Open",
    "evaluating": "Evaluation",
    "focus": "Focus",
    "filter": "Filter field",
    "dialog": "Dialog",
    "checklist": "Checklist",
    "quick_open": "Quick open",
    "jump": "Labels",
    "app": "Everywhere",
}
"""Headings of the help, by the first part of the ids."""


def key(
    id: str,
    keys: str,
    action: str,
    description: str,
    tooltip: str = "",
    *,
    hint: str = "",
    priority: bool = False,
) -> KeyBinding:
    """Describe a binding: `keys` are its keys with commas between them, the first is hinted at."""
    return KeyBinding(
        keys, action, description, tooltip=tooltip, id=id, hint=hint, priority=priority
    )
