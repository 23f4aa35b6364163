"""The filter language selects what its help describes."""

from __future__ import annotations

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.filtering import query as grammar
from resim_inspect.filtering.catalog import Catalog
from resim_inspect.filtering.metrics import MetricFields
from resim_inspect.filtering.query import MAX_WORDS, Marks, QueryError, compile_query


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    build = DocumentBuilder("query")
    build.scalar(
        "Max speed", 44.7, status="FAIL_BLOCK", importance="CRITICAL", tags={"kind": "speed"}
    )
    build.scalar("Mean speed", 4.0, status="PASSED", importance="HIGH", description="over all")
    build.text("Notes", "# hello", status="NOT_APPLICABLE", importance="LOW", should_display=False)
    hit = build.scalar("Gust", 3.0, status="FAIL_WARN", importance="ZERO", tags={"kind": "wind"})
    build.event("Gust of wind", at=3.0, metrics=[hit])
    return Catalog(build.document())


def found(catalog: Catalog, query: str, marks: Marks | None = None) -> list[str]:
    test = compile_query(query, MetricFields(catalog, marks))
    return [n for p, n in enumerate(catalog.names) if test is None or test(p)]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Max speed", "Mean speed", "Notes", "Gust"]),
        ("SPEED", ["Max speed", "Mean speed"]),
        ("speed -max", ["Mean speed"]),
        ('"max speed"', ["Max speed"]),
        ("status:fail", ["Max speed", "Gust"]),
        ("status:block", ["Max speed"]),
        ("status:na", ["Notes"]),
        ("NOT status:fail", ["Mean speed", "Notes"]),
        ("NOT NOT status:fail", ["Max speed", "Gust"]),
        ("importance:>=high", ["Max speed", "Mean speed"]),
        ("importance:<high", ["Notes", "Gust"]),
        ("importance:low", ["Notes"]),
        ("type:scalar speed", ["Max speed", "Mean speed"]),
        ("type:text OR status:block", ["Max speed", "Notes"]),
        ("tag:kind", ["Max speed", "Gust"]),
        ("tag:kind=wind", ["Gust"]),
        ("has:event", ["Gust"]),
        ("event:wind", ["Gust"]),
        ("has:tag NOT has:event", ["Max speed"]),
        ("is:hidden", ["Notes"]),
        ("is:shown type:text", []),
        ("description:all", ["Mean speed"]),
        ("has:description", ["Mean speed"]),
        ("status:", ["Max speed", "Mean speed", "Notes", "Gust"]),
        ("importance:>=", ["Max speed", "Mean speed", "Notes", "Gust"]),
        ("has:ev", ["Max speed", "Mean speed", "Notes", "Gust"]),
    ],
)
def test_a_query_finds(catalog: Catalog, query: str, names: list[str]) -> None:
    assert found(catalog, query) == names


def test_findings_can_be_asked_for(catalog: Catalog) -> None:
    marks = Marks(frozenset({0}), frozenset({3}), frozenset({0, 3}))
    assert found(catalog, "has:error", marks) == ["Max speed"]
    assert found(catalog, "has:warnings", marks) == ["Gust"]
    assert found(catalog, "NOT has:finding", marks) == ["Mean speed", "Notes"]


@pytest.mark.parametrize(
    ("query", "says"),
    [("colour:red", "no field colour"), ("status:green", "green"), ("has:wings", "wings")],
)
def test_a_query_that_means_nothing_says_why(catalog: Catalog, query: str, says: str) -> None:
    with pytest.raises(QueryError, match=says):
        compile_query(query, MetricFields(catalog))


@pytest.mark.parametrize("query", ["::", '"', '-"', "- -", "OR OR", "NOT", "(", "\\", '"a:b"'])
def test_odd_texts_are_no_errors(catalog: Catalog, query: str) -> None:
    assert isinstance(found(catalog, query), list)


@pytest.mark.parametrize("query", ["a:b:c", "importance:>>", "status:\x00", "type:*"])
def test_odd_values_are_query_errors(catalog: Catalog, query: str) -> None:
    with pytest.raises(QueryError):
        compile_query(query, MetricFields(catalog))


def test_a_filter_of_many_words_needs_no_deeper_stack(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grammar, "MAX_WORDS", 5000)
    assert found(catalog, "speed " * 5000) == ["Max speed", "Mean speed"]


def test_a_filter_of_more_words_than_are_tested_says_so(catalog: Catalog) -> None:
    assert found(catalog, "speed " * MAX_WORDS) == ["Max speed", "Mean speed"]
    with pytest.raises(QueryError, match=r"at most 200 words, and this one has 1,000$"):
        compile_query("speed " * 1000, MetricFields(catalog))


def test_words_before_a_comparison_are_joined_up_to_the_last_operator(catalog: Catalog) -> None:
    assert found(catalog, "speed OR max speed>40") == ["Max speed", "Mean speed"]
    assert found(catalog, "status:fail max speed>40") == ["Max speed"]
    assert found(catalog, "mean speed<5 max speed>40") == []
