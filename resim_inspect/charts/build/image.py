"""Image metrics: the chosen image, or a message with the reason why it is missing."""

from __future__ import annotations

from dataclasses import replace

from resim_inspect.charts.model.drawing import Drawing, Image, Message
from resim_inspect.charts.source import Source
from resim_inspect.document.images import image_path, read_image
from resim_inspect.document.model import ImageListValues, ImageValues, Metric
from resim_inspect.errors import MissingError
from resim_inspect.text import clean


def single_image(source: Source, metric: Metric, values: ImageValues) -> Drawing:
    """Draw an image."""
    return _chosen(source, metric, (values.image_data,) if values.image_data else ())


def image_list(source: Source, metric: Metric, values: ImageListValues) -> Drawing:
    """Draw the chosen one of several images; the caption gives its number and their count."""
    return _chosen(source, metric, values.image_data)


def _chosen(source: Source, metric: Metric, ids: tuple[str, ...]) -> Drawing:
    if not ids:
        return source.message(metric, "The metric names no image.")
    chosen = min(max(0, source.options.image_index), len(ids) - 1)
    lead = f"image {chosen + 1} of {len(ids)} · " if len(ids) > 1 else ""
    panel: Image | Message
    try:
        data = source.data(ids[chosen], "image")
        path = image_path(source.document, data)
        shown = clean(data.external_path or "", 120)
        image = read_image(path, shown)
        caption = lead + image.caption(shown)
        panel = Image(image.pixels, caption, str(path), (image.width, image.height))
    except MissingError as error:
        panel = Message(lead + str(error))
    return replace(source.drawing(metric, panel), images=len(ids), image_index=chosen)
