"""Pictures of cards are kept within bounds."""

from __future__ import annotations

from contextlib import AbstractContextManager

import numpy as np
import pytest

from resim_inspect.charts.model.drawing import Axis, Curve, Drawing, Plot
from resim_inspect.charts.model.picture import Picture
from resim_inspect.charts.model.style import DARK
from resim_inspect.document import Document
from resim_inspect.document.model import Metric
from resim_inspect.tui.dashboard import painted_cards
from resim_inspect.tui.dashboard.bounded_drawing import DrawnCard
from resim_inspect.tui.dashboard.painted_cards import (
    CardRequest,
    PaintedCard,
    PaintedCards,
    paint_batch,
)
from resim_inspect.tui.widgets.chart.viewport import View


class Ramp:
    """A source of a rising curve that counts how often it is drawn."""

    def __init__(self, samples: int = 10) -> None:
        self.samples = samples
        self.drawn = 0

    file_name = "ramp"

    def draw(self, max_samples: int | None) -> DrawnCard:
        assert max_samples is None or self.samples <= max_samples
        self.drawn += 1
        values = np.arange(self.samples, dtype=np.float64)
        plot = Plot(Axis(), Axis(unit="m"), curves=(Curve("ramp", values, values),))
        return DrawnCard(Drawing("Ramp", "line plot", (plot,)), 3)

    def opened(self) -> AbstractContextManager[tuple[Document, Metric]]:
        raise AssertionError("A picture opens no document.")


def wanted(
    source: Ramp, key: str = "a", *, width: int = 40, view: View | None = None
) -> CardRequest:
    return CardRequest(source, key, width, 10, view or View(), DARK, 1000)


def painted(request: CardRequest, known: PaintedCard | None = None) -> PaintedCard:
    return paint_batch([(request, known)], lambda: False)[0]


def test_a_drawing_is_made_once_for_all_sizes_and_windows() -> None:
    source = Ramp()
    card = painted(wanted(source))
    zoomed = painted(wanted(source, view=View((2.0, 4.0), (0.0, 100.0))), card)
    assert source.drawn == 1
    assert zoomed.picture.x_range == (2.0, 4.0)
    assert zoomed.picture.y_range == (0.0, 100.0)
    assert zoomed.position == 3
    assert painted(wanted(Ramp()), card).drawing is not card.drawing


def test_a_batch_ends_when_its_worker_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    requests = [(wanted(Ramp(), key), None) for key in "abc"]
    assert paint_batch(requests, lambda: True) == []
    monkeypatch.setattr(painted_cards, "BATCH_SECONDS", -1.0)
    assert len(paint_batch(requests, lambda: False)) == 1


def test_the_oldest_cards_out_of_view_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(painted_cards, "KEPT_CARDS", 2)
    cards = PaintedCards()
    in_view = {("a", 40, 10)}
    for key in "abcd":
        cards.put([painted(wanted(Ramp(), key))], in_view)
    assert [key for key in "abcd" if cards.drawn(key)] == ["a", "d"]
    assert cards.get("b", 40, 10) is None
    drawn = cards.drawn("d")
    assert drawn is not None
    assert isinstance(drawn.picture, Picture)


def test_the_picture_painted_last_serves_until_it_is_dropped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(painted_cards, "KEPT_CARDS", 2)
    cards, source = PaintedCards(), Ramp()
    for width in (40, 30):
        cards.put([painted(wanted(source, width=width))], set())
    last = cards.drawn("a")
    assert last is not None
    assert last.request.width == 30
    assert cards.get("a", 40, 10) is not None
    for key in "bcd":
        cards.put([painted(wanted(Ramp(), key))], set())
    assert cards.drawn("a") is None
    assert len(cards) == 2


def test_large_drawings_are_dropped_first_come_first_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(painted_cards, "KEPT_BYTES", 50_000)
    cards = PaintedCards()
    for key in "abcd":
        cards.put([painted(wanted(Ramp(900), key))], set())
    assert [key for key in "abcd" if cards.drawn(key)] == ["c", "d"]
