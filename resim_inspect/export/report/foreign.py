"""Figures, images and texts of a build in a page: in frames, as pictures, or beside the page."""

from __future__ import annotations

import base64
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from resim_inspect.charts import draw
from resim_inspect.charts.build import MALFORMED_FIGURE_ERRORS
from resim_inspect.charts.html_page import as_json
from resim_inspect.document.approximate import APPROXIMATE_NOTE, is_approximate
from resim_inspect.document.document import Document
from resim_inspect.document.images import image_path, png_bytes, read_image
from resim_inspect.document.model import ImageListValues, ImageValues, Metric, PlotlyValues
from resim_inspect.errors import MissingError
from resim_inspect.export.errors import INSTALL
from resim_inspect.export.report.charts import drawing_html, notes_html
from resim_inspect.export.report.markdown_html import MAX_RENDERED, markdown_html
from resim_inspect.export.report.markup import escaped
from resim_inspect.export.report.page import Page
from resim_inspect.text import clean, count, size

_SHOWN_BY_BROWSERS = {"PNG": "png", "JPEG": "jpeg", "GIF": "gif", "WEBP": "webp", "BMP": "bmp"}
_MAX_IMAGES = 200
_FIGURE_HEIGHT = 450
_MAX_HEIGHT = 2_000
_MAPS = ("scattergeo", "choropleth", "scattermap", "densitymap")
"""Starts of the types of traces that load outlines or tiles from the network."""


def figure_html(page: Page, document: Document, metric: Metric, values: PlotlyValues) -> str:
    """A figure of the build by plotly itself, in a frame; without plotly as it is drawn here."""
    if not page.interactive:
        note = f"This figure is drawn without its own library. To see all of it: {INSTALL}"
        return notes_html([note]) + drawing_html(page, draw(document, metric))
    try:
        figure = values.load()
        json = as_json(figure)
        height = _height(figure)
        notes = _figure_notes(figure)
    except MALFORMED_FIGURE_ERRORS as error:
        reason = clean(f"{type(error).__name__}: {error}", 120)
        return notes_html([f"This figure cannot be read ({reason})."])
    if not page.is_inline(len(json)):
        remark = APPROXIMATE_NOTE if is_approximate(document) else ""
        content = _figure_page(page, metric.name, json, height, remark)
        link = page.side_file("figure", ".html", content)
        notes.append(f"The figure is not part of this page: its data take {size(len(json))}.")
        opened = f'<p><a href="{escaped(link)}">Open the figure, {size(len(json))}</a></p>'
        return opened + notes_html(notes)
    return _frame(page, metric.name, json, height) + notes_html(notes)


def _frame(page: Page, name: str, json: str, height: int) -> str:
    page.use_library()
    page.figures = True
    return (
        f'<div class="foreign" data-item="{page.item(json)}" data-height="{height}" '
        f'data-title="Figure: {escaped(name, 200)}" style="min-height:{height}px"></div>'
    )


def _figure_page(page: Page, name: str, json: str, height: int, remark: str) -> bytes:
    """A page of its own for one figure, with a remark above it."""
    with TemporaryFile() as stream:
        single = Page(page.path, stream, page.staging, page.options)
        single.write(notes_html([remark] if remark else []))
        single.write(_frame(single, name, json, height))
        return single.whole(name)


def _height(figure: dict[str, Any]) -> int:
    layout = figure.get("layout")
    height = layout.get("height") if isinstance(layout, dict) else None
    if isinstance(height, int | float) and 50 <= height <= _MAX_HEIGHT:
        return round(height) + 10
    return _FIGURE_HEIGHT


def _figure_notes(figure: dict[str, Any]) -> list[str]:
    traces = figure.get("data")
    listed = traces if isinstance(traces, list) else []
    kinds = [str(trace.get("type", "")) for trace in listed if isinstance(trace, dict)]
    if any(kind.startswith(_MAPS) for kind in kinds):
        return ["Maps load their outlines from the network, which a report never does."]
    return []


def images_html(
    page: Page, document: Document, metric: Metric, values: ImageValues | ImageListValues
) -> str:
    """The images of a metric, with their captions."""
    if isinstance(values, ImageListValues):
        ids = list(values.image_data)
    else:
        ids = [values.image_data] if values.image_data else []
    if not ids:
        return notes_html(["The metric names no image."])
    figures = []
    for number, data_id in enumerate(ids[:_MAX_IMAGES], 1):
        lead = f"image {number} of {len(ids)}" if len(ids) > 1 else ""
        try:
            figures.append(_image(page, document, metric, data_id, lead))
        except MissingError as error:
            figures.append(notes_html([f"{lead}: {error}" if lead else str(error)]))
    more = len(ids) - _MAX_IMAGES
    note = notes_html([f"{count(more, 'more image')} left out."]) if more > 0 else ""
    return f'<div class="gallery">{"".join(figures)}</div>{note}'


def _image(page: Page, document: Document, metric: Metric, data_id: str, lead: str) -> str:
    data = document.data_by_id(data_id)
    if data is None:
        raise MissingError(f"The image refers to data {clean(data_id, 40)}, which is not there.")
    path = image_path(document, data)
    shown = clean(data.external_path or "", 120)
    image = read_image(path, shown)
    subtype = _SHOWN_BY_BROWSERS.get(image.kind)
    content = _bytes(path, shown) if subtype is not None else png_bytes(image.pixels)
    subtype = subtype or "png"
    if page.is_inline(len(content)):
        source = f"data:image/{subtype};base64,{base64.b64encode(content).decode()}"
    else:
        source = page.side_file("image", f".{subtype}", content)
    facts = [shown, f"{image.width:,} × {image.height:,}", image.kind, size(image.file_size)]
    caption = " · ".join(part for part in (lead, *facts) if part)
    return (
        f'<figure><img loading="lazy" src="{escaped(source)}" '
        f'alt="{escaped(metric.name, 200)}: {escaped(caption, 300)}">'
        f'<figcaption class="dim">{escaped(caption, 300)}</figcaption></figure>'
    )


def _bytes(path: Path, shown: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MissingError(f'"{shown}" cannot be read: {error.strerror or error}.') from error


def text_html(page: Page, text: str) -> str:
    """A text of the build; of one that is too large its start, and all of it beside the page."""
    shown = clean(text, lines=True)
    if not shown.strip():
        return notes_html(["The text is empty."])
    length = len(shown.encode("utf-8", "replace"))
    if page.is_inline(length):
        return markdown_html(shown)
    link = page.side_file("text", ".txt", shown.encode("utf-8", "replace"))
    note = f"The start of the text is shown; all of it, {size(length)}, is beside this page."
    return (
        markdown_html(_start(shown))
        + notes_html([note])
        + f'<p><a href="{escaped(link)}">Open the whole text</a></p>'
    )


def _start(text: str) -> str:
    head = text[: MAX_RENDERED // 4]
    return head[: head.rfind("\n") + 1] or head
