"""The chosen card of a dashboard as files: the choices of its chart as it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resim_inspect.tui.dashboard.painted_cards import with_scale
from resim_inspect.tui.exporting.charts import figure_choice, picture_choices, series_choices

if TYPE_CHECKING:
    from resim_inspect.charts.model.drawing import Drawing
    from resim_inspect.tui.dashboard.painted_cards import PaintedCard
    from resim_inspect.tui.exporting.choices import ExportChoice


def card_choices(card: PaintedCard) -> list[ExportChoice]:
    """A card with its zoom and the y axis that it shares; none for a card without a metric.

    A chart that is too large for a card is drawn in full, in the thread that writes.
    """
    content, source, view = card.content, card.request.source, card.request.view
    if content is None:
        return []
    from resim_inspect.charts.svg import SvgOptions

    def drawing() -> Drawing:
        drawn = card.drawing
        if not content.is_whole:
            with source.opened():  # A file or a metric that is gone is said in the dialog.
                drawn = source.draw(None).drawing
        return with_scale(drawn, view.y_window)

    name, approximate = source.file_name, content.is_approximate
    options = SvgOptions(window=view.window, y_window=view.y_window)
    choices = picture_choices(name, drawing, options, approximate=approximate)
    if content.is_figure:
        choices.append(figure_choice(name, source.opened, approximate=approximate))
    if content.has_data:
        choices += series_choices(name, source.opened)
    return choices
