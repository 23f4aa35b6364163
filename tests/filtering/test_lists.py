"""The filter language over data, events, findings and jobs, and comparisons of values."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document import Document
from resim_inspect.document.enums import MetricStatus
from resim_inspect.filtering.catalog import Catalog
from resim_inspect.filtering.items import DataFields, EventFields, FindingFields
from resim_inspect.filtering.jobs import JobFields
from resim_inspect.filtering.metrics import MetricFields
from resim_inspect.filtering.query import Fields, Marks, QueryError, T, compile_query
from resim_inspect.job_rows import Cell, JobRow
from resim_inspect.validation import validate
from resim_inspect.validation.findings import Finding, Severity


@pytest.fixture(scope="module")
def document() -> Document:
    build = DocumentBuilder("lists")
    fast = build.scalar("Max speed", 44.7, unit="m/s", status="FAIL_BLOCK")
    build.scalar("Mean speed", 4.0)
    build.scalar("Height", float("nan"))
    build.text("speed notes", "none")
    time = build.times("time", [0.0, 1.0, 2.0])
    speed = build.doubles("speed", [1.0, 2.0, 3.0], unit="m/s", index=time)
    build.doubles("spare", [1.0])
    build.double_over_time(
        "Speed over time", [(speed, build.statuses("s", ["PASSED"] * 3, index=time))]
    )
    build.event("Gust", at=41.3, metrics=[fast], status="FAIL_WARN", tags=["wind"])
    build.event("Landing", at=100.0, importance="HIGH", description="on the pad")
    return build.document()


def job(
    name: str, verdict: MetricStatus | None, values: dict[str, float | None], note: str = ""
) -> JobRow:
    cells = {metric: Cell(MetricStatus.RAW, value) for metric, value in values.items()}
    return JobRow(name, Path(name), verdict, note, cells)


JOBS = (
    job("warning", MetricStatus.FAIL_WARN, {"Max speed": 44.7, "Notes": None}),
    job("night warning", MetricStatus.FAIL_BLOCK, {"Max speed": 12.0, "Speed": 50.0}),
    job("calm", MetricStatus.PASSED, {"Max speed": 2.0})._replace(seconds=75.0),
    job("broken", None, {}, "The build failed."),
    job("new", None, {}, "not run yet")._replace(has_run=False),
)


def names(items: Sequence[Any], fields: Fields[T], query: str) -> list[Any]:
    test = compile_query(query, fields)
    return [item for item in items if test is None or test(item)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("speed>10", ["Max speed"]),
        ("speed<=44.7", ["Max speed", "Mean speed"]),
        ("Max speed>40", ["Max speed"]),
        ("max  speed >= 40", ["Max speed"]),
        ('"Max speed">40', ["Max speed"]),
        ("-Max speed>40 speed", ["Mean speed", "speed notes", "Speed over time"]),
        ("height>0 OR height<=0", []),
        ("mean=4", ["Mean speed"]),
        ("speed>10 status:pass", []),
        ("speed>", ["Max speed", "Mean speed", "Height", "speed notes", "Speed over time"]),
        ("speed>1e1", ["Max speed"]),
        (">10", ["Max speed"]),
    ],
)
def test_values_of_metrics_are_compared(
    document: Document, query: str, expected: list[str]
) -> None:
    catalog = Catalog(document)
    positions = list(range(len(catalog)))
    found = names(positions, MetricFields(catalog), query)
    assert [catalog.names[position] for position in found] == expected


def test_an_unknown_value_is_an_error(document: Document) -> None:
    with pytest.raises(
        QueryError, match="no value has the name value; one that exists is max speed"
    ):
        compile_query("value>10", MetricFields(Catalog(document)))
    with pytest.raises(QueryError, match="no values"):
        compile_query("speed>10", JobFields[JobRow](()))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status:block", ["night warning"]),
        ("verdict:fail", ["warning", "night warning"]),
        ("Max speed>40", ["warning"]),
        ("Max speed<40", ["night warning", "calm"]),
        ("speed>40", ["night warning"]),
        ("night Max speed>1", ["night warning"]),
        ("max>40 OR is:broken", ["warning", "broken"]),
        ("duration>60", ["calm"]),
        ("metric:notes", ["warning"]),
        ("is:failing NOT note:build", ["warning", "night warning"]),
        ("warn", ["warning", "night warning"]),
        ("is:pending", []),
        ("is:unrun", ["new"]),
        ("is:broken", ["broken"]),
        ("is:failing", ["warning", "night warning", "broken"]),
    ],
)
def test_jobs(query: str, expected: list[str]) -> None:
    assert [job.name for job in names(JOBS, JobFields(JOBS), query)] == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("type:number", ["speed", "spare"]),
        ("type:time", ["time"]),
        ("unit:m/s", ["speed"]),
        ("length>2 type:status", ["s"]),
        ("length<2", ["spare"]),
        ("is:unused", ["spare"]),
        ("is:indexed NOT type:status", ["speed"]),
        ("has:finding", ["time"]),
        ("sp", ["speed", "spare"]),
    ],
)
def test_data(document: Document, query: str, expected: list[str]) -> None:
    names_ = [data.name for data in document.data]
    unused, marked = {names_.index("spare")}, frozenset({names_.index("time")})
    fields = DataFields(document, Marks(marked, frozenset(), marked), unused)
    assert [data.name for data in names(document.data, fields, query)] == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status:warn", ["Gust"]),
        ("time>60", ["Landing"]),
        ("importance:>=high", ["Landing"]),
        ("tag:wind", ["Gust"]),
        ("metric:max", ["Gust"]),
        ("NOT has:metric", ["Landing"]),
        ("description:pad", ["Landing"]),
        ("gust OR name:land", ["Gust", "Landing"]),
    ],
)
def test_events(document: Document, query: str, expected: list[str]) -> None:
    fields = EventFields(document)
    assert [event.name for event in names(document.events, fields, query)] == expected


@pytest.mark.parametrize("severity", Severity)
def test_every_severity_can_be_asked_for(severity: Severity) -> None:
    fields = FindingFields()
    findings = [Finding("rule", each, "file", "It is wrong.", "") for each in Severity]
    assert severity in fields.HELP["severity"].split(", ")
    assert [f.severity for f in names(findings, fields, f"severity:{severity}")] == [severity]


def test_findings() -> None:
    build = DocumentBuilder("findings")
    build.scalar("Same", float("nan"))
    build.scalar("Same", 2.0)
    findings = list(validate(build.document()).findings)
    fields = FindingFields()
    rules = {finding.rule for finding in findings}
    assert len(rules) > 1
    for rule in rules:
        assert {f.rule for f in names(findings, fields, f"rule:{rule}")} == {rule}
    errors = names(findings, fields, "severity:err")
    assert errors
    assert all(finding.severity == "error" for finding in errors)
    assert names(findings, fields, "same")
    assert not names(findings, fields, "severity:error NOT severity:error")
    with pytest.raises(QueryError, match="no severity fatal; the severities are error"):
        compile_query("severity:fatal", fields)
    with pytest.raises(QueryError, match="no field status; the fields are severity"):
        compile_query("status:fail", fields)
