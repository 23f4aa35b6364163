"""The chart in view as files: SVG, PNG, text, its data, and a figure as a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from resim_inspect.document.approximate import APPROXIMATE_NOTE, is_approximate
from resim_inspect.document.model import PlotlyValues
from resim_inspect.tui.exporting.choices import ExportChoice, table_choices
from resim_inspect.tui.exporting.tables import job_name

if TYPE_CHECKING:
    from typing import TypeAlias

    from resim_inspect.charts.model.drawing import Drawing
    from resim_inspect.charts.svg import SvgOptions
    from resim_inspect.document import Document
    from resim_inspect.document.model import Metric
    from resim_inspect.export.blocks import Block
    from resim_inspect.tui.widgets.chart.canvas import ChartCanvas

    OpenedMetric: TypeAlias = AbstractContextManager[tuple[Document, Metric]]
    """A metric in its document, which is closed at the end if it was opened for this."""


def chart_choices(chart: ChartCanvas) -> list[ExportChoice]:
    """The chart as it is shown: its zoom, hidden series and times; none until it is drawn."""
    drawing, subject = chart.drawing, chart.subject
    if drawing is None or subject is None:
        return []
    from resim_inspect.charts.svg import SvgOptions

    options = SvgOptions(window=chart.window, y_window=chart.y_window, fit_y=chart.fit_y)
    document = subject.document
    base = subject.base.document if subject.base is not None else None
    approximate = any(side is not None and is_approximate(side) for side in (document, base))
    choices = picture_choices(drawing.title, lambda: drawing, options, approximate=approximate)
    if document is None or subject.base is not None:
        return choices
    if subject.kind == "data":
        return choices + data_choices(document, subject.position)
    metric = document.metrics[subject.position]

    def opened() -> OpenedMetric:
        return nullcontext((document, metric))

    if isinstance(metric.values, PlotlyValues):
        choices.append(figure_choice(metric.name, opened, approximate=approximate))
    if document.data_of(metric):
        choices += series_choices(metric.name, opened)
    return choices


def choices_beside(chart: ChartCanvas, listed: list[ExportChoice]) -> list[ExportChoice]:
    """The choices of a list and of the chart beside it, those of the focus first."""
    charted = chart_choices(chart)
    return [*charted, *listed] if chart.has_focus else [*listed, *charted]


def picture_choices(
    name: str, drawing: Callable[[], Drawing], options: SvgOptions, *, approximate: bool
) -> list[ExportChoice]:
    """A chart as pictures; `drawing` is called in the thread that writes."""

    def writer(suffix: str) -> Callable[[Path, Event], str]:
        def write(path: Path, _: Event) -> str:
            from resim_inspect.export.pictures import PictureFormat, picture_bytes
            from resim_inspect.files import write_whole
            from resim_inspect.text import size

            kind = PictureFormat(suffix)
            content = picture_bytes(drawing(), kind, options, approximate=approximate)
            write_whole(path, content, overwrite=False)
            return size(len(content))

        return write

    formats = (("SVG", "svg"), ("PNG", "png"), ("text", "txt"))
    return [
        ExportChoice("chart", format, name, f".{suffix}", writer(suffix))
        for format, suffix in formats
    ]


def figure_choice(
    name: str, opened: Callable[[], OpenedMetric], *, approximate: bool
) -> ExportChoice:
    """The figure of a plotly metric as a page; `opened` is called in the thread that writes."""

    def write(path: Path, _: Event) -> str:
        from resim_inspect.charts.html_page import figure_page
        from resim_inspect.export.errors import ExportError
        from resim_inspect.files import write_whole
        from resim_inspect.text import clean

        with opened() as (_document, metric):
            if not isinstance(metric.values, PlotlyValues):
                raise ExportError(f'The metric "{clean(metric.name, 80)}" no longer has a figure.')
            note = APPROXIMATE_NOTE if approximate else ""
            text, notice = figure_page(metric.values.load(), metric.name, note=note)
        write_whole(path, text.encode(), overwrite=False)
        return notice

    return ExportChoice("figure", "HTML", name, ".html", write)


def series_choices(name: str, opened: Callable[[], OpenedMetric]) -> list[ExportChoice]:
    """The series of a metric as a table; `opened` is called in the thread that writes."""
    from resim_inspect.export.tables import SERIES

    def blocks() -> Iterator[Block]:
        from resim_inspect.export.omissions import Omissions
        from resim_inspect.export.series_rows import series_rows

        omissions = Omissions()
        with opened() as (document, metric):
            yield from series_rows(document, job_name(document), omissions, {metric.position})
        _raise_errors(omissions.errors)

    return table_choices("its data", f"{name} data", SERIES, blocks)


def data_choices(document: Document, position: int) -> list[ExportChoice]:
    """The series of one data, of all its categories; none for an external file."""
    from resim_inspect.export.tables import SERIES

    data = document.data[position]
    if data.external_path is not None:
        return []

    def blocks() -> Iterator[Block]:
        from resim_inspect.export.omissions import Omissions
        from resim_inspect.export.series_rows import rows_of_data

        omissions = Omissions()
        yield from rows_of_data(document, job_name(document), None, data, None, omissions)
        _raise_errors(omissions.errors)

    return table_choices("data", data.name, SERIES, blocks)


def _raise_errors(errors: Sequence[str]) -> None:
    """Refuse a table that lacks what cannot be read: nothing says so in the file."""
    if errors:
        from resim_inspect.export.errors import ExportError

        raise ExportError(errors[0])
