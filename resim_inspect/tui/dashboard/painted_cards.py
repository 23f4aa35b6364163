"""Pictures of cards, made in a thread and kept within bounds."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from textual.strip import Strip

from resim_inspect.tui.dashboard.bounded_drawing import CardContent
from resim_inspect.tui.dashboard.cards import CardSource
from resim_inspect.tui.widgets.chart.painter import rendered, strips
from resim_inspect.tui.widgets.chart.viewport import View, Window

if TYPE_CHECKING:
    from resim_inspect.charts.analysis.value_range import ValueRange
    from resim_inspect.charts.model.drawing import Drawing
    from resim_inspect.charts.model.picture import Picture
    from resim_inspect.charts.model.style import Palette

KEPT_BYTES = 64_000_000
"""Bytes of the drawings of cards out of view that are kept."""
KEPT_CARDS = 200
"""Number of cards that are kept."""
BATCH_SECONDS = 0.04
"""Time after which a thread hands over the cards that it has painted."""


class CardRequest(NamedTuple):
    """A card's picture that is wanted."""

    source: CardSource
    key: str
    width: int
    height: int
    view: View
    palette: Palette
    max_samples: int

    def same_drawing(self, other: CardRequest) -> bool:
        """Return True if both are of one drawing."""
        return self.source is other.source and self.max_samples == other.max_samples


class PaintedCard(NamedTuple):
    """A card's picture, and the drawing and lines that it is made of."""

    request: CardRequest
    drawing: Drawing
    picture: Picture
    strips: tuple[Strip, ...]
    extremes: ValueRange | None
    position: int | None
    """Position of the metric in its document."""
    content: CardContent | None
    """None for a card without a metric."""

    @property
    def weight(self) -> int:
        """Approximate size of the drawing in bytes."""
        from resim_inspect.charts.model.drawing import Image, Plot

        total = 2_000
        for panel in self.drawing.panels:
            if isinstance(panel, Plot):
                total += sum(curve.x.nbytes + 2 * curve.y.nbytes for curve in panel.curves)
                total += 0 if panel.heatmap is None else panel.heatmap.z.nbytes
            elif isinstance(panel, Image):
                total += panel.pixels.nbytes
        return total


def paint_card(request: CardRequest, known: PaintedCard | None) -> PaintedCard:
    """Draw a card unless its drawing is known, and render it. Decodes series: for a thread."""
    from resim_inspect.charts.analysis.value_range import value_range

    if known is not None and known.request.same_drawing(request):
        drawing, extremes = known.drawing, known.extremes
        position, content = known.position, known.content
    else:
        drawing, position, content = request.source.draw(request.max_samples)
        extremes = value_range(drawing.main)
    scaled = with_scale(drawing, request.view.y_window)
    picture = rendered(scaled, request.width, request.height, request.view, request.palette)
    return PaintedCard(request, drawing, picture, strips(picture), extremes, position, content)


def with_scale(drawing: Drawing, scale: Window | None) -> Drawing:
    """The drawing with the scale of its numbers at least as wide as this range."""
    from resim_inspect.charts.model.drawing import Gauge

    if scale is None or drawing.main is not None:
        return drawing
    panels = (
        replace(panel, span=scale) if isinstance(panel, Gauge) else panel
        for panel in drawing.panels
    )
    return replace(drawing, panels=tuple(panels))


def paint_batch(
    wanted: Iterable[tuple[CardRequest, PaintedCard | None]], cancelled: Callable[[], bool]
) -> list[PaintedCard]:
    """Paint cards one after the other until the time of a batch is over; at least one."""
    painted: list[PaintedCard] = []
    end = time.monotonic() + BATCH_SECONDS
    for request, known in wanted:
        if cancelled():
            break
        painted.append(paint_card(request, known))
        if time.monotonic() > end:
            break
    return painted


CardPlace = tuple[str, int, int]
"""Key of a card, and the width and height of its picture."""


class PaintedCards:
    """Pictures of cards by key and size, the least recently used dropped beyond the bounds."""

    def __init__(self) -> None:
        self._cards: OrderedDict[CardPlace, PaintedCard] = OrderedDict()
        self._weights: dict[CardPlace, int] = {}
        self._latest: dict[str, CardPlace] = {}
        """Picture that was painted last, by key."""

    def __len__(self) -> int:
        return len(self._cards)

    def get(self, key: str, width: int, height: int) -> PaintedCard | None:
        """The picture of a card of this size; it may be of an older state."""
        card = self._cards.get((key, width, height))
        if card is not None:
            self._cards.move_to_end((key, width, height))
        return card

    def drawn(self, key: str) -> PaintedCard | None:
        """The picture of a card in the size that was painted last."""
        at = self._latest.get(key)
        return None if at is None else self._cards[at]

    def put(self, cards: Iterable[PaintedCard], in_view: Collection[CardPlace]) -> None:
        """Keep pictures; those of cards in view are never dropped."""
        for card in cards:
            at = card.request.key, card.request.width, card.request.height
            self._cards[at] = card
            self._cards.move_to_end(at)
            self._weights[at] = card.weight
            self._latest[card.request.key] = at
        total = sum(self._weights.values())
        for at in list(self._cards):
            if len(self._cards) <= KEPT_CARDS and total <= KEPT_BYTES:
                break
            if at not in in_view:
                del self._cards[at]
                total -= self._weights.pop(at)
                if self._latest.get(at[0]) == at:
                    del self._latest[at[0]]
