"""Evaluation: each template as its metric type, statuses, missing data, errors and events."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from resim_inspect.document import Document
from resim_inspect.document.approximate import is_approximate
from resim_inspect.document.enums import MetricStatus, MetricType
from resim_inspect.document.model import (
    HistogramValues,
    LinePlotValues,
    PlotlyValues,
    ScalarValues,
    StatesOverTimeValues,
    TextValues,
)
from resim_inspect.emissions.evaluation.evaluator import Evaluation
from resim_inspect.validation import Severity, validate
from tests.emissions.evaluation.harness import (
    custom,
    evaluate,
    metric,
    named,
    write_config,
    write_outputs,
)

for _library in ("duckdb", "sqlglot", "liquid"):
    pytest.importorskip(_library)


SPEED = "SELECT 'fast' AS g, timestamp / 1E9 AS t, v AS y FROM speed"
STATUS = "SELECT 1 FROM speed WHERE v > ?"
METRICS: dict[str, Any] = {
    "Over time": metric(SPEED, "line", template_settings={"yaxis": {"label": "speed"}}),
    "Nanoseconds": metric("SELECT timestamp, v FROM speed", "line"),
    "By number": metric("SELECT 'g' AS g, n AS x, v AS y FROM speed", "line"),
    "By text": metric("SELECT 'g' AS g, state AS x, v AS y FROM speed", "line"),
    "Bars": metric("SELECT ok AS g, state AS c, MAX(v) FROM speed GROUP BY 1, 2", "bar"),
    "Twice": metric("SELECT 'g' AS g, state AS c, v FROM speed", "bar"),
    "Links": metric(
        "SELECT 'g' AS g, state, MAX(v), '/x' AS link_path FROM speed GROUP BY 2", "bar"
    ),
    "Largest": metric("SELECT MAX(v) AS value FROM speed", "scalar", units="m/s"),
    "Words": metric("SELECT 'a_b' AS value FROM speed", "scalar"),
    "Spread": metric(
        "SELECT v FROM speed", "histogram", template_settings={"display": {"bins": 4}}
    ),
    "Groups": metric("SELECT state, v FROM speed", "histogram"),
    "Shares": metric("SELECT state, COUNT(*) FROM speed GROUP BY 1 ORDER BY 2", "pie"),
    "States": metric("SELECT 'nav' AS s, timestamp, state FROM speed", "state_timeline"),
    "Image": metric("SELECT file FROM frame LIMIT 1", "image"),
    "Images": metric("SELECT file FROM frame", "image"),
    "Video": metric("SELECT file FROM clip", "video"),
    "Table": metric("SELECT state, COUNT(*) AS n FROM speed GROUP BY 1 ORDER BY 2"),
    "Figure": custom("SELECT raw_metric FROM figure", "raw.liquid"),
    "Warned": metric(
        "SELECT MAX(v) FROM speed",
        "scalar",
        status={"query_string": STATUS, "warn": 9.0, "block": 90},
    ),
    "Blocked": metric(
        "SELECT MAX(v) FROM speed",
        "scalar",
        status={"query_string": STATUS, "warn": 1, "block": 9},
    ),
    "No rows": metric(
        "SELECT v FROM empty", "scalar", status={"query_string": "SELECT 1 WHERE 1 > ?", "block": 0}
    ),
    "Null": metric("SELECT MAX(v) FROM empty", "scalar", skip_if_no_data=True),
    "Zero": metric("SELECT COUNT(*) FROM empty", "scalar"),
    "Unknown column": metric("SELECT v,\n  speeed\nFROM speed", "scalar"),
    "Syntax": metric("SELECT FROM WHERE", "scalar"),
    "Bad status": metric(
        "SELECT 1 FROM speed",
        "scalar",
        status={"query_string": "SELECT nope WHERE 1 > ?", "warn": 0},
    ),
    "Too few": metric("SELECT v FROM speed", "line"),
    "Unknown template": metric("SELECT v FROM speed", "gauge"),
    "Artifact": metric("SELECT v FROM speed", "artifact"),
    "Missing template": custom("SELECT v FROM speed", "nope.liquid"),
    "Outside": custom("SELECT v FROM speed", "../config.resim.yml"),
    "No commas": custom("SELECT v FROM speed", "loop.liquid"),
    "Identity": metric("SELECT 7/2 AS a, 7/2.0 AS b, experience_name FROM metadata"),
}


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Evaluation, Document]:
    folder = write_outputs(tmp_path_factory.mktemp("evaluated") / "outputs")
    templates = write_config(folder, METRICS).parent / "templates"
    templates.mkdir()
    (templates / "raw.liquid").write_text("{{ raw_metric | json }}")
    (templates / "loop.liquid").write_text(
        '{"data": [{"y": [{% assign more = false %}{% for one in v %}{% if more %},{% endif %}'
        "{{ one }}{% assign more = true %}{% endfor %}]}]}"
    )
    return evaluate(folder, METRICS)


def states(evaluation: Evaluation) -> dict[str, str]:
    return {one.spec.name: one.state for one in evaluation.metrics}


def test_each_metric_is_there_under_its_name_and_tagged(
    evaluated: tuple[Evaluation, Document],
) -> None:
    evaluation, document = evaluated
    names = [one.name for one in document.metrics if not one.event_metric]
    assert names == list(METRICS) == [one.spec.name for one in evaluation.metrics]
    assert is_approximate(document)
    tags = {(tag.key, tag.value) for one in document.metrics for tag in one.tags}
    assert tags == {("RESIM_INSPECT_APPROXIMATE", "1")}
    assert all(len(one.tags) == 1 for one in document.metrics)


def test_templates_become_metric_types(evaluated: tuple[Evaluation, Document]) -> None:
    _, document = evaluated
    types = {
        "Over time": MetricType.DOUBLE_OVER_TIME,
        "Nanoseconds": MetricType.DOUBLE_OVER_TIME,
        "By number": MetricType.LINE_PLOT,
        "By text": MetricType.PLOTLY,
        "Bars": MetricType.BAR_CHART,
        "Twice": MetricType.PLOTLY,
        "Links": MetricType.BAR_CHART,
        "Largest": MetricType.SCALAR,
        "Words": MetricType.TEXT,
        "Spread": MetricType.HISTOGRAM,
        "Groups": MetricType.PLOTLY,
        "Shares": MetricType.PLOTLY,
        "States": MetricType.STATES_OVER_TIME,
        "Image": MetricType.IMAGE,
        "Images": MetricType.IMAGE_LIST,
        "Video": MetricType.TEXT,
        "Table": MetricType.TEXT,
        "Figure": MetricType.PLOTLY,
    }
    assert {name: named(document, name).type for name in types} == types


def test_values_are_those_of_the_query(evaluated: tuple[Evaluation, Document]) -> None:
    _, document = evaluated
    for name in ("Over time", "Nanoseconds"):
        data = document.data_of(named(document, name))[0]
        assert document.series(data).values.tolist() == [n / 2 for n in range(20)]
        index = document.index_of(data)
        assert index is not None
        assert document.series(index).values.tolist() == [n * 500_000_000 for n in range(20)]
    values = named(document, "Largest").values
    assert isinstance(values, ScalarValues)
    assert (values.value, values.unit) == (9.5, "m/s")
    spread = named(document, "Spread").values
    assert isinstance(spread, HistogramValues)
    assert [bucket.lower for bucket in spread.buckets] == [0.0, 2.375, 4.75, 7.125]
    assert spread.upper_bound == 9.5
    states_over_time = named(document, "States").values
    assert isinstance(states_over_time, StatesOverTimeValues)
    assert list(states_over_time.states_set) == ["IDLE", "CRUISE"]
    plot = named(document, "By number").values
    assert isinstance(plot, LinePlotValues)
    figure = named(document, "Figure").values
    assert isinstance(figure, PlotlyValues)
    assert figure.load()["data"][0]["y"] == [3, 4]
    shares = named(document, "Shares").values
    assert isinstance(shares, PlotlyValues)
    assert shares.load()["data"][0]["values"] == [5, 15]
    assert "| IDLE | 5 |\n| CRUISE | 15 |" in text(document, "Table")
    assert "| 3 | 3.5 |" in text(document, "Identity")


def text(document: Document, name: str) -> str:
    values = named(document, name).values
    assert isinstance(values, TextValues)
    return values.text


def test_block_is_tried_before_warn(evaluated: tuple[Evaluation, Document]) -> None:
    evaluation, document = evaluated
    assert named(document, "Warned").status is MetricStatus.FAIL_WARN
    assert named(document, "Blocked").status is MetricStatus.FAIL_BLOCK
    assert evaluation.verdict is document.verdict is MetricStatus.FAIL_BLOCK


def test_no_data_is_told_and_its_status_is_not_tried(
    evaluated: tuple[Evaluation, Document],
) -> None:
    evaluation, document = evaluated
    for name in ("No rows", "Null"):
        assert states(evaluation)[name] == "NO_DATA"
        assert named(document, name).status is MetricStatus.NOT_APPLICABLE
        assert text(document, name).startswith("NO_DATA")
    assert named(document, "Null").should_display is False
    assert named(document, "No rows").should_display is None
    assert states(evaluation)["Zero"] == "PASSED"


@pytest.mark.parametrize(
    ("name", "state", "part"),
    [
        ("Unknown column", "QUERY_ERROR", "line 2 column 3 of the SQL"),
        ("Syntax", "QUERY_ERROR", "cannot be parsed"),
        ("Bad status", "QUERY_ERROR", ".status.query_string"),
        ("Too few", "RENDER_ERROR", "needs 2 or 3 columns"),
        ("Unknown template", "RENDER_ERROR", "“gauge” is not known"),
        ("Artifact", "PASSED", "not drawn here"),
        ("Missing template", "RENDER_ERROR", "no such file"),
        ("Outside", "RENDER_ERROR", "is not in"),
        ("No commas", "RENDER_ERROR", "does not print JSON"),
    ],
)
def test_an_error_stays_in_its_metric(
    evaluated: tuple[Evaluation, Document], name: str, state: str, part: str
) -> None:
    evaluation, document = evaluated
    assert states(evaluation)[name] == state
    assert named(document, name).status is MetricStatus.NOT_APPLICABLE
    assert part in text(document, name)
    assert any(f'metrics["{name}"]' in finding.where for finding in evaluation.findings)
    if state.endswith("ERROR") and name not in ("Unknown template",):
        assert METRICS[name]["query_string"].split()[0] in text(document, name)


def test_missing_media_are_findings(evaluated: tuple[Evaluation, Document]) -> None:
    evaluation, _ = evaluated
    found = [one for one in evaluation.findings if one.rule == "metric-media-missing"]
    assert [one.message.split()[3].rstrip(",") for one in found] == ["missing.png", "run.mp4"]


def test_events_have_names_of_their_own_and_their_metrics(
    evaluated: tuple[Evaluation, Document],
) -> None:
    _, document = evaluated
    assert [event.name for event in document.events] == ["Hit", "Hit (2)", "Hit (3)"]
    statuses = [event.status for event in document.events]
    assert statuses == [MetricStatus.PASSED, MetricStatus.FAIL_WARN, MetricStatus.RAW]
    attached = [document.metric_by_id(one) for one in document.events[1].metrics]
    assert [one.name for one in attached if one is not None] == ["Speed", "Note"]


def test_the_document_is_valid(evaluated: tuple[Evaluation, Document]) -> None:
    _, document = evaluated
    findings = validate(document).findings
    # One of the images is missing on purpose.
    assert [f.rule for f in findings if f.severity is not Severity.INFO] == ["file-missing"]


def test_equal_emissions_give_equal_bytes(tmp_path: Path) -> None:
    folder = write_outputs(tmp_path / "outputs")
    metrics = {name: METRICS[name] for name in ("Over time", "Table")}
    assert evaluate(folder, metrics)[0].data == evaluate(folder, metrics)[0].data
