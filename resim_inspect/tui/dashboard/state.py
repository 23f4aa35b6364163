"""State of a dashboard that outlives it, as a frozen value that JSON can hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

from resim_inspect.tui.dashboard.placing.page_layout import CARD_SIZES, DEFAULT_SIZE

MAX_MOVES = 1_000
"""Most moves of cards that are kept; older ones are dropped."""
MAX_SPANS = 200
"""Most wide cards that are kept; the ones widened longest ago are dropped."""


class Move(NamedTuple):
    """A card that was moved next to another one, both by their keys."""

    key: str
    anchor: str
    """Key of the card that it stands directly before, or after."""
    after: bool = False


class Span(NamedTuple):
    """A card that is several columns wide, by its key."""

    key: str
    columns: int
    """Number of columns, 2 or more; a page with fewer gives it all of them."""


@dataclass(frozen=True)
class DashboardState:
    """Choices of the user for one dashboard. Cards are named by their keys (see `CardKeys`)."""

    pins: tuple[str, ...] = ()
    """Cards that stand before all others, in their order."""
    moves: tuple[Move, ...] = ()
    """Cards that were moved, the earliest move first."""
    spans: tuple[Span, ...] = ()
    """Cards that are wider than the others, the one that was widened last at the end."""
    size: int = DEFAULT_SIZE
    """Index of the size of cards in `CARD_SIZES`."""
    page: int = 0
    """The page in view, from 0."""
    linked_zoom: bool = True
    """True if a zoom applies to all charts that share a clock."""
    shared_scale: bool = True
    """True if all cards over jobs have one y axis."""
    grouping: str = "status"
    """Value of the `Grouping`."""
    query: str = ""
    """The filter as typed."""
    metric: str = ""
    """Name of the metric that is shown over jobs."""

    def moved(self, move: Move) -> tuple[Move, ...]:
        """The moves with one more. Of several moves of one card in turn only the last is kept."""
        before = self.moves
        if before and before[-1].key == move.key:
            before = before[:-1]
        return (*before, move)[-MAX_MOVES:]

    def span(self, key: str) -> int:
        """Number of columns of a card."""
        return dict(self.spans).get(key, 1)

    def with_span(self, key: str, columns: int) -> DashboardState:
        """This state with a card that has so many columns."""
        others = tuple(span for span in self.spans if span.key != key)
        added = (Span(key, columns),) if columns > 1 else ()
        return replace(self, spans=(*others, *added)[-MAX_SPANS:])

    def to_json(self) -> dict[str, Any]:
        """The state as JSON holds it."""
        lists = {"moves": self.moves, "spans": self.spans}
        return asdict(self) | {
            name: [list(each) for each in pairs] for name, pairs in lists.items()
        }


def state_from_json(values: object) -> DashboardState:
    """A state from parsed JSON; what is missing or of a wrong type takes its default."""
    if not isinstance(values, Mapping):
        return DashboardState()
    default = DashboardState()
    known: dict[str, Any] = {}
    for name in ("linked_zoom", "shared_scale"):
        known[name] = _typed(values.get(name), bool, getattr(default, name))
    for name in ("grouping", "query", "metric"):
        known[name] = _typed(values.get(name), str, getattr(default, name))
    size, page = (values.get(name) for name in ("size", "page"))
    if isinstance(size, int) and 0 <= size < len(CARD_SIZES):
        known["size"] = int(size)
    if isinstance(page, int) and page >= 0:
        known["page"] = int(page)
    pins, moves, spans = (values.get(name) for name in ("pins", "moves", "spans"))
    if isinstance(pins, list | tuple):
        known["pins"] = tuple(dict.fromkeys(pin for pin in pins if isinstance(pin, str)))
    if isinstance(moves, list | tuple):
        known["moves"] = tuple(move for move in map(_move, moves) if move)[-MAX_MOVES:]
    if isinstance(spans, list | tuple):
        wide = dict(span for span in map(_span, spans) if span)
        known["spans"] = tuple(Span(*pair) for pair in wide.items())[-MAX_SPANS:]
    return DashboardState(**known)


def _typed(value: object, kind: type, default: object) -> object:
    return value if isinstance(value, kind) else default


def _span(value: object) -> Span | None:
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    key, columns = value
    is_number = isinstance(columns, int) and not isinstance(columns, bool)
    return Span(key, columns) if isinstance(key, str) and is_number and columns > 1 else None


def _move(value: object) -> Move | None:
    if not isinstance(value, list | tuple) or len(value) != 3:
        return None
    key, anchor, after = value
    if isinstance(key, str) and isinstance(anchor, str) and isinstance(after, bool):
        return Move(key, anchor, after)
    return None
