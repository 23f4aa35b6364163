"""The cursor and the zoom of the cards in view, which charts on one clock share."""

from __future__ import annotations

import math
from dataclasses import replace

from resim_inspect.tui.dashboard.card_canvas import CardCanvas
from resim_inspect.tui.dashboard.linking import Clock, LinkedView
from resim_inspect.tui.dashboard.painted_cards import PaintedCard
from resim_inspect.tui.key_hints import key_of
from resim_inspect.tui.widgets.chart.viewport import Window, pan, scroll_into_view, zoom


class ReadCards(CardCanvas):
    """Cards that are read and zoomed with keys; a notice says why a key has no effect."""

    def _view(self, card: PaintedCard) -> tuple[Window, Window] | None:
        """The window of x in view and the whole extent, axis units; None without an axis."""
        from resim_inspect.charts.analysis.readout import extent

        whole, shown = extent(card.drawing.main), card.picture.x_range
        if whole is None or shown is None or whole[1] <= whole[0]:
            return None
        return shown, whole

    @property
    def can_zoom(self) -> bool:
        """True if a card in view that is drawn has an axis to zoom."""
        drawn = map(self.drawn, self.indices)
        return any(card is not None and self._view(card[0]) is not None for card in drawn)

    def _readable(self) -> tuple[PaintedCard, Clock | None, Window, Window] | None:
        """A card, its clock, its window and its extent: of the chosen card, or if that has no
        axis to read, of the first one in view with a clock; None without any."""
        for index in (self.cursor, *self.indices):
            drawn = self.drawn(index)
            view = None if drawn is None else self._view(drawn[0])
            if drawn is not None and view is not None and (index == self.cursor or drawn[1]):
                return *drawn, *view
        return None

    def action_read(self, columns: int) -> None:
        readable = self._readable()
        if readable is None:
            self.app.notify("No card in view has an axis to read.", timeout=3)
            return
        if readable[0].picture.plot is None:
            return
        from resim_inspect.charts.analysis.sample_steps import snap, step

        card, clock, window, extent = readable
        main, plot = card.drawing.main, card.picture.plot
        is_horizontal = bool(card.picture.position_rows)
        distance = float(columns)
        if not is_horizontal:
            distance *= (window[1] - window[0]) / max(1, plot.width if plot else 1)
        here = self.linking.cursor_x(card.request.key, clock)
        if here is None or not window[0] <= here <= window[1]:
            at = snap(main, (window[0] + window[1]) / 2)
        else:
            at = step(main, here, -distance if card.picture.reverse else distance)
        self._put_cursor(card, clock, min(max(at, extent[0]), extent[1]))
        own = self.linking.window(card.request.key, clock)
        if own is None and is_horizontal:
            own = window  # There may be more bars than rows.
        if own is not None:
            moved = scroll_into_view(at, own, extent)
            if moved != own:
                self.linking.set_window(card.request.key, clock, moved)
                self.ask()

    def _put_cursor(self, card: PaintedCard, clock: Clock | None, at: float) -> None:
        if math.isfinite(at):
            self.linking.put_cursor(card.request.key, clock, at)
            self.refresh()
            self.post_message(self.Changed())

    def action_zoom(self, factor: float) -> None:
        readable = self._readable()
        if readable is None:
            self.app.notify("No card in view has an axis to zoom.", timeout=3)
            return
        card, clock, window, extent = readable
        anchor = self.linking.cursor_x(card.request.key, clock)
        self._set_window(card, clock, zoom(window, extent, factor, anchor))
        self._say_if_flat("the charts in view are zoomed")

    def action_pan(self, part: float) -> None:
        readable = self._readable()
        if readable is None or self.linking.window(readable[0].request.key, readable[1]) is None:
            self._say_that_nothing_is_zoomed()
            return
        card, clock, window, extent = readable
        self._set_window(card, clock, pan(window, extent, part))
        self._say_if_flat("the charts in view are panned")

    def _say_if_flat(self, rest: str) -> None:
        """Say that the chosen card has no axis, and what the key did to the other ones."""
        drawn = self.drawn(self.cursor)
        if drawn is not None and self._view(drawn[0]) is None:
            self.app.notify(f"This card has nothing to zoom; {rest}.", timeout=3)

    def _say_that_nothing_is_zoomed(self) -> None:
        key = key_of("cards.zoom_in")
        words = f"{key} zooms in" if self.can_zoom else "none has an axis to zoom"
        self.app.notify(f"No card in view is zoomed; {words}.", timeout=3)

    def _set_window(self, card: PaintedCard, clock: Clock | None, window: Window | None) -> None:
        self.linking.set_window(card.request.key, clock, window)
        self.ask()
        self.post_message(self.Changed())

    def action_reset(self) -> None:
        if not self.linking.is_zoomed:
            self._say_that_nothing_is_zoomed()
            return
        self.linking.show_all()
        self.ask()
        self.post_message(self.Changed())

    def action_link(self) -> None:
        if not self.can_zoom:
            self.app.notify("No card in view has an axis to zoom.", timeout=3)
            return
        drawn = self.drawn(self.cursor) if self.item is not None else None
        key = "" if drawn is None else drawn[0].request.key
        self.linking.toggle_zoom(key, None if drawn is None else drawn[1])
        self.state = replace(self.state, linked_zoom=self.linking.linked_zoom)
        self.ask()
        self.post_message(self.Changed())
        linked = self.linking.linked_zoom
        self._say_if_flat("the charts zoom in step" if linked else "each chart zooms on its own")

    def relink(self, view: LinkedView) -> None:
        """Take a cursor and a zoom that were kept."""
        self.linking.restore(view)
        self.relayout()

    def dismiss_layer(self) -> bool:
        """Drop the cursor, or else the zoom; return False if there is neither."""
        if self.linking.cursor is not None:
            self.linking.cursor = None
            self.refresh()
            self.post_message(self.Changed())
            return True
        if self.linking.is_zoomed:
            self.action_reset()
            return True
        return False
