"""All that a metric type needs: a place that was forgotten fails with the name of the type.

A new type starts in `schema/metrics.proto` and `document/enums.py`; these tests then fail for
it place by place, in the order in which they stand here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, get_args

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.building.sample import write_sample
from resim_inspect.charts import Drawing, draw, render
from resim_inspect.charts.model.drawing import Message
from resim_inspect.commands.plain_output.document_facts import value_facts
from resim_inspect.commands.plain_output.series_facts import series_facts
from resim_inspect.commands.show_output.as_json import metric_values
from resim_inspect.commands.show_output.cards import CardOptions, Cards
from resim_inspect.commands.show_output.figures import parts
from resim_inspect.comparison.attributes import attribute_differences
from resim_inspect.comparison.metric_types import COMPARERS
from resim_inspect.document import Document, open_document
from resim_inspect.document.enums import MetricType
from resim_inspect.document.model import FailureDefinition, Metric, MetricValues
from resim_inspect.document.references import data_ids, value_series
from resim_inspect.document.summary import headline
from resim_inspect.schema import metrics_pb2 as pb
from resim_inspect.tui.document.details import failure_definitions
from resim_inspect.validation import schema_constants, validate
from resim_inspect.validation.editions import ARRIVALS
from resim_inspect.validation.rules.values import CHECKS

TYPES = [kind for kind in MetricType if kind is not MetricType.UNSET and kind.known]
WITHOUT_SERIES = {
    MetricType.SCALAR, MetricType.PLOTLY, MetricType.TEXT, MetricType.IMAGE, MetricType.IMAGE_LIST,
}  # fmt: skip
WITHOUT_FIRST_RELEASE = {
    "batchwise_bar_chart_metric_values", "text_metric_values", "image_list_metric_values",
}  # fmt: skip

CHANGED: dict[str, Callable[[Any], Any]] = {
    "failure_definition": lambda _: FailureDefinition(fails_above=1e6),
    "failure_definitions": lambda _: (FailureDefinition(fails_above=1e6),),
    "x_axis_name": lambda _: "other",
    "y_axis_name": lambda _: "other",
    "stack_bars": lambda stacked: not stacked,
    "states_set": lambda states: (*states, "other"),
    "failure_states": lambda states: (*states, "other"),
    "buckets": lambda _: (),
    "lower_bound": lambda _: 1e6,
    "upper_bound": lambda _: 1e6,
}
"""Another value of each field whose differences are named beside those of the values."""
OTHERWISE_COMPARED = {
    # The values themselves, and what selects them.
    *("value", "unit", "text", "load"),
    *("series_index", "timestamp_index", "uuid_index", "string_index"),
    # Names by which series are found on the other side.
    *("legend_series_names", "categories"),
    # Not compared, as docs/compare.md says.
    *("start_time", "end_time", "colors", "project_id"),
}
DOCS = Path(__file__).parents[2] / "docs"

of_each_type = pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)


@pytest.fixture(scope="module")
def sample_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sample(tmp_path_factory.mktemp("types"))


@pytest.fixture(scope="module")
def document(sample_path: Path) -> Document:
    return open_document(sample_path)


def metric_of(document: Document, kind: MetricType) -> Metric:
    metric = next((metric for metric in document.metrics if metric.type is kind), None)
    assert metric is not None, f"building/sample.py has no {kind.name} metric"
    return metric


def field_of(document: Document, metric: Metric) -> str:
    message = document.message.job_level_metrics.metrics[metric.position]
    return str(message.metric_values.WhichOneof("metric_values"))


def test_schema_and_enumeration_have_the_same_types() -> None:
    numbers = {value.number for value in pb.MetricType.DESCRIPTOR.values}
    assert numbers == {int(kind) for kind in (*TYPES, MetricType.UNSET)}
    for kind in TYPES:
        assert pb.MetricType.Value(f"{kind.name}_METRIC_TYPE") == kind


def test_each_type_has_a_field_and_a_class_for_its_values(document: Document) -> None:
    schema = {field.name for field in pb.MetricValues.DESCRIPTOR.fields}
    assert {field_of(document, metric_of(document, kind)) for kind in TYPES} == schema
    classes = {type(metric_of(document, kind).values) for kind in TYPES}
    assert classes == set(get_args(MetricValues))


@of_each_type
def test_builder(kind: MetricType) -> None:
    assert hasattr(DocumentBuilder, kind.name.lower()), f"building/metric_builder.py: {kind.name}"


@of_each_type
def test_conversion_from_protobuf(document: Document, kind: MetricType) -> None:
    assert metric_of(document, kind).values is not None, f"document/from_proto.py: {kind.name}"


@of_each_type
def test_references(document: Document, kind: MetricType) -> None:
    values = metric_of(document, kind).values
    assert values is not None
    named: set[str] = set()
    for field in fields(values):
        if field.name.endswith("_data"):
            value = getattr(values, field.name)
            named |= {value} if isinstance(value, str) else set(value)
    assert set(data_ids(values)) == named, f"document/references.py: {kind.name}"


@of_each_type
def test_series(document: Document, kind: MetricType) -> None:
    values = metric_of(document, kind).values
    assert values is not None
    series = {id_ for ids in value_series(values) for id_ in ids if id_}
    files = {data.id for data in document.data if data.external_path is not None}
    assert series == set(data_ids(values)) - files, f"document/references.py: {kind.name}"


@of_each_type
def test_limits(document: Document, kind: MetricType) -> None:
    metric = metric_of(document, kind)
    values = metric.values
    assert values is not None
    has_limits = any(field.name.startswith("failure_definition") for field in fields(values))
    found = bool(failure_definitions(metric, document))
    assert found == has_limits, f"tui/document/details.py: {kind.name}"


@of_each_type
def test_headline(document: Document, kind: MetricType) -> None:
    text = headline(document, metric_of(document, kind))
    assert text not in ("", "no value"), f"document/summary.py: {kind.name}"


@of_each_type
def test_rules(document: Document, kind: MetricType) -> None:
    field = field_of(document, metric_of(document, kind))
    assert field in CHECKS, f"validation/rules/values.py: {kind.name}"
    wanted = schema_constants.VALUES_OF_TYPE.get(kind, schema_constants.IMAGE_VALUES)
    assert wanted == field, f"validation/schema_constants.py: {kind.name}"
    assert kind <= schema_constants.LAST_TYPE, f"validation/schema_constants.py: {kind.name}"
    assert schema_constants.values_type(field) == kind.label


def test_releases_in_which_types_arrived() -> None:
    known = {field.name for field in pb.MetricValues.DESCRIPTOR.fields}
    assert set(ARRIVALS) <= known
    # A type that is newer than this list needs an entry in validation/editions.py.
    assert len(known) - len(ARRIVALS) == 9
    assert set(ARRIVALS) == WITHOUT_FIRST_RELEASE


def test_the_sample_of_all_types_is_valid(document: Document) -> None:
    assert validate(document).valid


@of_each_type
def test_chart(document: Document, kind: MetricType) -> None:
    drawing: Drawing = draw(document, metric_of(document, kind))
    panels = [panel for panel in drawing.panels if not isinstance(panel, Message)]
    assert panels, f"charts/build: {kind.name}: {drawing.panels}"
    assert drawing.type_label == kind.label
    lines = render(drawing, 60, 16).lines
    assert any(span.text.strip() for line in lines for span in line), f"rendering: {kind.name}"


@of_each_type
def test_comparison(document: Document, kind: MetricType) -> None:
    values = metric_of(document, kind).values
    assert type(values) in COMPARERS, f"comparison/metric_types: {kind.name}"


@of_each_type
def test_comparison_of_what_is_beside_the_values(document: Document, kind: MetricType) -> None:
    metric = metric_of(document, kind)
    values = metric.values
    assert values is not None
    for field in fields(values):
        if field.name.endswith("_data") or field.name in OTHERWISE_COMPARED:
            continue
        where = f"{kind.name}: {field.name}"
        assert field.name in CHANGED, f"say in CHANGED or OTHERWISE_COMPARED how it is: {where}"
        change = {field.name: CHANGED[field.name](getattr(values, field.name))}
        other = replace(metric, values=replace(values, **change))
        assert list(attribute_differences(metric, other)), f"comparison/attributes.py: {where}"


@of_each_type
def test_lines_of_facts(document: Document, kind: MetricType) -> None:
    metric = metric_of(document, kind)
    facts = [*value_facts(document, metric), *series_facts(document, metric)]
    assert facts, f"commands/plain_output/document_facts.py: {kind.name}"


@of_each_type
def test_pages(kind: MetricType) -> None:
    for page in ("glossary", "compare"):
        text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
        assert re.search(rf"\b{kind.label}\b", text), f"docs/{page}.md: {kind.label}"


@of_each_type
def test_show(document: Document, kind: MetricType) -> None:
    metric = metric_of(document, kind)
    text = "\n".join(Cards(document, CardOptions()).lines([metric]))
    assert kind.label in text
    entry = metric_values(document, metric)
    assert entry["type"] == kind.name
    assert entry["values"], f"commands/show_output/as_json.py: {kind.name}"
    assert entry["summary"]
    series = list(parts(document, metric))
    assert bool(series) == (kind not in WITHOUT_SERIES), f"show_output/figures.py: {kind.name}"


@of_each_type
def test_unpacking_inside_an_image(document: Document, kind: MetricType) -> None:
    if os.environ.get("RESIM_REQUIRE_OPEN_CORE") != "1":
        pytest.importorskip("resim.metrics.python.unpack_metrics", reason="no resim-open-core here")
    from runner.inside.unpacking import unpack

    metric = metric_of(document, kind)
    message = document.message.job_level_metrics.metrics[metric.position]
    data = [one.SerializeToString() for one in document.data_messages]
    unpacked = unpack([message.SerializeToString()], data, "the sample")
    # Images stay with their job: what a batch gets has none of them.
    images = kind in (MetricType.IMAGE, MetricType.IMAGE_LIST)
    assert [one.name for one in unpacked.metrics] == ([] if images else [metric.name])
