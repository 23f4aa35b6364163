"""A table of what each metric type is, and the places of the code that depend on it.

A place that treats some types in a way of its own does something sensible with all others, so
that a forgotten type would not fail there. Here it does, with the names of the place and the type.
"""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from resim_inspect.building.sample import write_sample
from resim_inspect.charts import draw
from resim_inspect.charts.build.overlay import overlaid
from resim_inspect.charts.html_page import NothingToBrowseError, target
from resim_inspect.charts.model.drawing import Plot
from resim_inspect.commands.plain_output.document_facts import value_facts
from resim_inspect.commands.plain_output.series_facts import series_facts
from resim_inspect.commands.show_output.as_json import metric_values
from resim_inspect.commands.show_output.cards import CardOptions, Cards
from resim_inspect.comparison.context import Pair
from resim_inspect.comparison.metrics import measured, unit_of
from resim_inspect.document import Document, open_document
from resim_inspect.document.enums import MetricType
from resim_inspect.document.model import Metric
from resim_inspect.document.summary import headline
from resim_inspect.export.document_rows import metric_rows
from resim_inspect.export.omissions import Omissions
from resim_inspect.export.report import ReportOptions
from resim_inspect.export.report.comparison_page import both_sides
from resim_inspect.export.report.metric_cards import metric_card
from resim_inspect.export.report.page import Page
from resim_inspect.export.tables import METRICS
from resim_inspect.export.wide import SCALARS
from resim_inspect.files import Staging
from resim_inspect.job_rows import metrics_of
from resim_inspect.tui.document.details import failure_definitions
from resim_inspect.tui.document.events.pane import TIMED
from resim_inspect.tui.document.metrics.preview import metric_preview, metric_range
from resim_inspect.tui.widgets.chart.painter import Subject
from resim_inspect.tui.widgets.chart.view import ChartView


class Traits(NamedTuple):
    """Traits of a type, as the metric of building/sample.py shows it."""

    preview: str
    """Content of a row of the list: `curve`, `median`, `max`, or the `headline`."""
    span: bool
    """True if a metric has a smallest and a largest value."""
    overlaid: str
    """The panels of a comparison with another side."""
    is_browsed: bool = False
    is_timed: bool = False
    """True if the chart of the values has a time axis, on which an event can be found."""
    is_picture: bool = False
    is_text: bool = False
    is_number: bool = False
    """True for the type that is one number, which it has in the file."""
    has_value: bool = False
    """True if one number can be read, from the file or from a series."""
    has_unit: bool = False
    has_limits: bool = False
    facts: tuple[str, ...] = ()
    """Beginnings of the facts that its values have, and those of series do not."""
    series_fact: str = ""
    """A fact of its series, that those of other types do not have."""
    card: str = "chart"
    """Content of a card of a report: `chart`, `figure`, `gallery` or `markdown`."""
    is_wide: bool = False
    has_headline: bool = True
    """True if a card of a report has a line with the value, which is not drawn."""
    compared: str = "chart"
    """Content of a card of a comparison: `chart`, `figure`, `gallery`, or nothing."""


TRAITS = {
    MetricType.DOUBLE_SUMMARY: Traits(
        "headline", False, "Gauge Gauge Plot",
        has_value=True, has_unit=True, has_limits=True, facts=("Its value is 1.399 m.",),
        series_fact="It fails below 2 m.",
    ),
    MetricType.DOUBLE_OVER_TIME: Traits(
        "curve", True, "Plot Plot",
        is_timed=True, has_unit=True, has_limits=True, series_fact="It fails below 2 m.",
    ),
    MetricType.LINE_PLOT: Traits(
        "curve", True, "Plot Plot", has_unit=True, series_fact="Its smallest value is 0 m at 0 m.",
    ),
    MetricType.BAR_CHART: Traits("max", True, "Bars Bars", has_unit=True),
    MetricType.STATES_OVER_TIME: Traits(
        "headline", False, "Plot", is_timed=True, series_fact="It is in a failure state in ",
    ),
    MetricType.HISTOGRAM: Traits(
        "median", False, "Plot Plot",
        has_unit=True, facts=("It has 900 values in 16 buckets.", "Its fullest bucket, from "),
    ),
    MetricType.SCALAR: Traits(
        "headline", False, "Gauge Gauge",
        is_number=True, has_value=True, has_unit=True, has_limits=True, has_headline=False,
        facts=("Its value is ", "It fails above ", "The value "), compared="",
    ),
    MetricType.PLOTLY: Traits(
        "max", True, "Plot Plot",
        is_browsed=True, facts=("Its figure has ", "The figure cannot be read out"),
        card="figure", is_wide=True, compared="figure",
    ),
    MetricType.IMAGE: Traits(
        "headline", False, "Image Image",
        is_browsed=True, is_picture=True, has_headline=False,
        facts=("Its image landing pad is the file ",), card="gallery", compared="gallery",
    ),
    MetricType.BATCHWISE_BAR_CHART: Traits(
        "max", True, "Bars Bars", has_unit=True, is_wide=True,
    ),
    MetricType.TEXT: Traits(
        "headline", False, "Message Text",
        is_text=True, has_headline=False, facts=("Its text has 11 lines:",), card="markdown",
        is_wide=True, compared="",
    ),
    MetricType.IMAGE_LIST: Traits(
        "headline", False, "Image Image",
        is_browsed=True, is_picture=True,
        facts=("Its image crane 1 ", "Its image crane 2 ", "Its image crane 3 "),
        card="gallery", is_wide=True, compared="gallery",
    ),
}  # fmt: skip


class Shown(NamedTuple):
    """A metric of the sample."""

    document: Document
    metric: Metric

    @property
    def exported(self) -> dict[str, Any]:
        """The row of the table `metrics`."""
        rows = metric_rows(self.document, "job", Omissions(), {self.metric.position})
        columns = [column.name for column in METRICS.columns]
        return dict(zip(columns, next(iter(rows)), strict=True))

    @property
    def page(self) -> Page:
        """A page of a report, without plotly.js."""
        return Page(Path("page.html"), io.BytesIO(), Staging(), ReportOptions())

    @property
    def card(self) -> str:
        """The card of a report."""
        return metric_card(self.page, self.document, self.metric, "m1")


def test_every_type_has_its_traits() -> None:
    kinds = {kind for kind in MetricType if kind is not MetricType.UNSET and kind.known}
    assert set(TRAITS) == kinds, "say in TRAITS what the type is"


def can_browse(shown: Shown) -> bool:
    try:
        target(*shown)
    except NothingToBrowseError:
        return False
    return True


def has_browse_key(shown: Shown) -> bool:
    view = ChartView()
    view.subject = Subject(shown.document, "metric", shown.metric.position)
    return "chart.browse" in [hint.id for hint in view.key_hints()]


def has_time_axis(shown: Shown) -> bool:
    panel = draw(*shown).panels[0]
    return isinstance(panel, Plot) and panel.x.kind == "time"


def preview(shown: Shown) -> str:
    text = metric_preview(*shown)
    if text == headline(*shown):
        return "headline"
    return text.rpartition(" ")[2] if text.endswith((" max", " median")) else "curve"


def is_unchanged(shown: Shown) -> bool:
    position = shown.metric.position
    return Pair(shown.document, shown.document).unchanged(shown.metric, position)


def is_same_record(shown: Shown) -> bool:
    position = shown.metric.position
    return Pair(shown.document, shown.document).same_record(position, position)


def overlaid_panels(shown: Shown) -> str:
    drawing = draw(*shown)
    return " ".join(type(panel).__name__ for panel in overlaid(drawing, drawing).panels)


def kind_of_html(html: str) -> str:
    if "drawn without its own library" in html:
        return "figure"
    found = re.search(r'class="(gallery|markdown|chart)"', html)
    return "" if found is None else found[1]


def has_numbers_in_full(shown: Shown) -> bool:
    text = "\n".join(Cards(shown.document, CardOptions()).lines([shown.metric]))
    return re.search(r"fails (above|below) [0-9.]+ ·", text) is not None


Place = tuple[str, str, Callable[[Shown], object]]
PLACES: list[Place] = [
    ("is_browsed", "tui/widgets/chart/view.py", has_browse_key),
    ("is_browsed", "charts/html_page.py", can_browse),
    ("is_timed", "tui/document/events/pane.py", lambda shown: shown.metric.type in TIMED),
    ("is_timed", "charts/build", has_time_axis),
    ("is_picture", "charts/build", lambda shown: draw(*shown).images > 0),
    ("is_picture", "comparison/context.py: unchanged", lambda shown: not is_unchanged(shown)),
    ("is_picture", "comparison/context.py: same_record", lambda shown: not is_same_record(shown)),
    ("is_text", "export/document_rows.py", lambda shown: shown.exported["text"] is not None),
    (
        "is_text",
        "job_rows.py",
        lambda shown: metrics_of(shown.document).cells[shown.metric.name].is_text,
    ),
    ("overlaid", "charts/build/overlay", overlaid_panels),
    (
        "is_number",
        "job_rows.py",
        lambda shown: metrics_of(shown.document).cells[shown.metric.name].value is not None,
    ),
    ("is_number", "comparison/metrics.py", lambda shown: measured(*shown).value is not None),
    ("has_value", "export/wide.py", lambda shown: shown.metric.type in SCALARS),
    ("has_value", "export/document_rows.py", lambda shown: shown.exported["value"] is not None),
    ("has_value", "commands/show_output/cards.py", has_numbers_in_full),
    ("has_unit", "export/document_rows.py", lambda shown: shown.exported["unit"] is not None),
    ("has_unit", "comparison/metrics.py", lambda shown: bool(unit_of(*shown))),
    ("has_limits", "export/document_rows.py", lambda shown: shown.exported["limits"] is not None),
    (
        "has_limits",
        "tui/document/details.py",
        lambda shown: bool(failure_definitions(shown.metric, shown.document)),
    ),
    ("preview", "tui/document/metrics/preview.py", preview),
    ("span", "tui/document/metrics/preview.py", lambda shown: "…" in metric_range(*shown)),
    ("card", "export/report/metric_cards.py", lambda shown: kind_of_html(shown.card)),
    ("is_wide", "export/report/metric_cards.py", lambda shown: 'class="card wide' in shown.card),
    (
        "has_headline",
        "export/report/metric_cards.py",
        lambda shown: 'class="headline' in shown.card,
    ),
    (
        "compared",
        "export/report/comparison_page.py",
        lambda shown: kind_of_html(both_sides(shown.page, shown, shown)),
    ),
]


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return open_document(write_sample(tmp_path_factory.mktemp("traits")))


@pytest.fixture(autouse=True)
def pages_in_a_folder_of_the_test(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.fixture(params=TRAITS, ids=lambda kind: kind.name)
def shown(document: Document, request: pytest.FixtureRequest) -> Shown:
    metric = next((metric for metric in document.metrics if metric.type is request.param), None)
    assert metric is not None, f"building/sample.py has no {request.param.name} metric"
    return Shown(document, metric)


@pytest.mark.parametrize(
    ("trait", "place", "seen"), PLACES, ids=[f"{place}-{trait}" for trait, place, _ in PLACES]
)
def test_place(shown: Shown, trait: str, place: str, seen: Callable[[Shown], object]) -> None:
    kind = shown.metric.type
    assert seen(shown) == getattr(TRAITS[kind], trait), f"{place}: {trait} of {kind.name}"


def test_facts_of_values(shown: Shown) -> None:
    kind = shown.metric.type
    facts, wanted = list(value_facts(*shown)), TRAITS[kind].facts
    where = f"commands/plain_output/document_facts.py: {kind.name}"
    assert len(facts) >= len(wanted), where
    assert bool(facts) == bool(wanted), where
    for fact, start in zip(facts, wanted, strict=False):
        assert fact.startswith(start), where


def test_facts_of_series(shown: Shown) -> None:
    kind = shown.metric.type
    fact = TRAITS[kind].series_fact
    said = any(one.startswith(fact) for one in series_facts(*shown))
    assert said or not fact, f"commands/plain_output/series_facts.py: {kind.name}"


def test_a_figure_is_json_as_it_is(shown: Shown) -> None:
    has_figure = "figure" in metric_values(*shown)["values"]
    kind = shown.metric.type
    is_figure = TRAITS[kind].card == "figure"
    assert has_figure == is_figure, f"commands/show_output/as_json.py: {kind.name}"
