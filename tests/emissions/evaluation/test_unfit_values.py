"""Values and SQL that do not fit: reported or left out, and never misstated."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from resim_inspect.document.enums import MetricType
from resim_inspect.document.model import PlotlyValues, ScalarValues
from resim_inspect.emissions.evaluation.frames import Frame
from resim_inspect.emissions.evaluation.processes import child_process
from resim_inspect.emissions.evaluation.query_client import QueryClient
from resim_inspect.emissions.evaluation.template_idioms import lost_on_server
from resim_inspect.emissions.evaluation.translation import translate
from resim_inspect.emissions.query_parser import foreign_statement
from tests.emissions.evaluation.harness import (
    custom,
    emission,
    evaluate,
    metric,
    named,
    write_config,
    write_outputs,
)

for _library in ("duckdb", "sqlglot", "liquid"):
    pytest.importorskip(_library)


def test_values_that_do_not_fit_their_type_are_reported(tmp_path: Path) -> None:
    folder = write_outputs(tmp_path / "outputs")
    with (folder / "emissions.resim.jsonl").open("a") as stream:
        for n in (2**80, "many", 7.5):
            stream.write(emission("speed", {"v": 1, "state": "s", "n": n, "ok": True}) + "\n")
    found, _ = evaluate(folder, {"M": metric("SELECT COUNT(n) FROM speed", "scalar")})
    notes = [finding.message for finding in found.findings]
    assert "3 values of speed.n do not fit the type BIGINT, and are NULL." in notes
    assert len(notes) == 1


def test_a_figure_does_not_misstate_its_values(tmp_path: Path) -> None:
    folder = write_outputs(tmp_path / "outputs")
    found, document = evaluate(
        folder,
        {
            "Twice": metric("SELECT '1' AS a, v FROM speed", "bar"),
            "Shares": metric("SELECT * FROM (VALUES ('a', 1.0), ('b', -2.0)) t(l, v)", "pie"),
        },
    )
    figure = named(document, "Twice").values
    assert isinstance(figure, PlotlyValues)
    assert figure.load()["layout"]["xaxis"]["type"] == "category"
    notes = [finding.message for finding in found.findings]
    assert notes == ["1 value is not drawn: NaN, infinite or below 0."]


def _with_undated(folder: Path) -> Path:
    """Outputs in which two of 22 rows and one of four events have no timestamp."""
    outputs = write_outputs(folder / "outputs")
    row = {"v": 1.0, "state": "IDLE", "n": 1, "ok": True}
    event = {"name": "Undated", "description": "", "status": "PASSED", "tags": [], "metrics": []}
    lines = [emission("speed", row), emission("speed", row), emission("hit", event, event=True)]
    with (outputs / "emissions.resim.jsonl").open("a") as stream:
        stream.write("\n".join(lines) + "\n")
    return outputs


def test_rows_without_a_timestamp_are_left_out_of_a_time_axis(tmp_path: Path) -> None:
    outputs = _with_undated(tmp_path)
    evaluation, document = evaluate(
        outputs,
        {
            "Raw": metric("SELECT timestamp, v FROM speed", "line"),
            "Seconds": metric("SELECT state, timestamp/1E9, v FROM speed", "line"),
            "States": metric("SELECT timestamp, state FROM speed", "state_timeline"),
            "None": metric("SELECT timestamp, v FROM speed WHERE timestamp IS NULL", "line"),
            "Numbers": metric("SELECT n, v FROM speed", "line"),
        },
    )
    assert [one.state for one in evaluation.metrics] == [
        "PASSED", "PASSED", "PASSED", "RENDER_ERROR", "PASSED",
    ]  # fmt: skip
    assert evaluation.metrics[3].message == "No row has a time."
    for name, rows in (("Raw", [20]), ("Seconds", [5, 15]), ("States", [20])):
        drawn = named(document, name)
        assert drawn.type.name in ("DOUBLE_OVER_TIME", "STATES_OVER_TIME"), name
        data = [one for one in document.data if one.name.startswith(f"{name}: ")]
        assert sorted({len(document.series(one).values) for one in data}) == rows, name
    assert named(document, "Numbers").type.name == "LINE_PLOT"
    notes = [one.message for one in evaluation.findings if one.rule == "metric-evaluation-note"]
    assert notes.count("2 rows without a time are left out.") == 2
    assert notes.count("2 rows without a time or a state are left out.") == 1
    assert "1 event without a timestamp is left out." in notes
    assert "Undated" not in {event.name for event in document.events}


@pytest.mark.parametrize(
    ("template", "parts"),
    [
        ("{% for a in v %}{% assign x = a %}{{ x }}{% endfor %}{", []),
        (
            "{% for a in v %}{% if x %},{% endif %}{% assign x = true %}{% endfor %}{",
            ["“x” (line 1) is assigned within a loop"],
        ),
        (
            '{"data": [\n{% assign started = false %}{% for a in v %}\n'
            "{% if started %},{% endif %}{% assign started = true %}{}{% endfor %}]}",
            ["“started” (line 3) is assigned within a loop", "ReSim's server forgets"],
        ),
        ('{"data": [{{ state[0] | json }}]}', ["no filter “json” (line 1)"]),
        (
            '{"data": [\n{{ state[0]\n| json }}, {% assign x = v | json %}{{ x | json }}]}',
            ["(lines 3, 3, 3)", "texts have no quotes"],
        ),
    ],
)
def test_idioms_that_the_server_does_not_support_are_named(
    tmp_path: Path, template: str, parts: list[str]
) -> None:
    outputs = write_outputs(tmp_path / "outputs")
    metrics = {"Figure": custom("SELECT v, state FROM speed", "t.liquid")}
    templates = write_config(outputs, metrics).parent / "templates"
    templates.mkdir()
    (templates / "t.liquid").write_text(template)
    evaluation, _ = evaluate(outputs, metrics)
    message = evaluation.metrics[0].message
    assert evaluation.metrics[0].state == "RENDER_ERROR"
    assert "The template " in message
    assert [part for part in parts if part not in message] == []
    if not parts:
        assert "server" not in message


def test_a_group_without_a_category_has_no_missing_value_there(tmp_path: Path) -> None:
    outputs = write_outputs(tmp_path / "outputs")
    _, document = evaluate(
        outputs,
        {
            "Whole": metric("SELECT ok, n % 2, COUNT(*) FROM speed GROUP BY 1, 2", "bar"),
            "Gaps": metric("SELECT state, n, v FROM speed ORDER BY n", "bar"),
            "Line": metric("SELECT state, n, v FROM speed", "line"),
            "Colours": metric("SELECT state, state, v FROM speed ORDER BY n", "bar"),
        },
    )
    assert named(document, "Whole").type is MetricType.BAR_CHART
    colours = named(document, "Colours").values
    assert isinstance(colours, PlotlyValues)
    # Each bar stands on its category, though each category comes several times.
    assert colours.load()["layout"]["barmode"] == "relative"
    figure = named(document, "Gaps").values
    assert isinstance(figure, PlotlyValues)
    traces = figure.load()["data"]
    assert [(trace["name"], len(trace["x"])) for trace in traces] == [("IDLE", 5), ("CRUISE", 15)]
    # Every status series is that of a value: the x of a line have none.
    names = {data.name for data in document.data if data.name.startswith("Line: ")}
    assert {name for name in names if name.endswith("status")} == {
        "Line: IDLE v status", "Line: CRUISE v status",
    }  # fmt: skip


def test_maps_with_keys_that_json_does_not_have_become_texts() -> None:
    keys = "array[1.5], array[1]", "array[DATE '2020-01-01'], array[map(array[2.5], array[3])]"
    sql = f"SELECT map({keys[0]}) AS a, array[map({keys[1]})] AS b"
    with closing(QueryClient({})) as client:
        result = client.run(translate(sql), sql)
    found = [column.python() for column in result.columns]
    assert found == [[{"1.5": 1}], [[{"2020-01-01": {"2.5": 3}}]]]


def test_a_result_that_cannot_be_converted_leaves_the_process() -> None:
    from resim_inspect.emissions.evaluation.processes.query_process import QueryProcess

    header = {"kind": "query", "sql": "SELECT 1", "rows": "many", "bytes": 1}
    answer, _ = QueryProcess().answer(Frame(header, []))
    assert answer["error"] == "sql"
    assert "'str'" in answer["message"]


def test_many_comments_before_sql_take_no_time() -> None:
    comments = "/*a**/ -- b\n" * 5_000
    assert foreign_statement(comments + "(SELECT 1)") == ""
    assert foreign_statement(comments + "drop table a") == "DROP"


def test_queries_reckon_in_utc_wherever_they_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setattr(child_process, "_INHERITED", (*child_process._INHERITED, "TZ"))
    outputs = write_outputs(tmp_path / "outputs")
    _, document = evaluate(
        outputs, {"Hour": metric("SELECT hour(from_unixtime(3600)) AS h", "scalar")}
    )
    hour = named(document, "Hour").values
    assert isinstance(hour, ScalarValues)
    assert hour.value == 1


def test_a_column_of_a_star_has_no_unit_of_another_term(tmp_path: Path) -> None:
    outputs = write_outputs(tmp_path / "outputs")
    tables = "WITH p AS (SELECT state, n, v FROM speed), q AS (SELECT 5 AS timestamp)"
    queries = {
        "Star": f"{tables} SELECT p.*, timestamp / 1E9 AS t FROM p, q",
        "Counted": "SELECT COUNT(*), timestamp / 1E9 AS t, MAX(v) FROM speed GROUP BY 2",
    }
    _, document = evaluate(outputs, {name: metric(sql, "line") for name, sql in queries.items()})
    assert named(document, "Star").type is MetricType.LINE_PLOT
    assert named(document, "Counted").type is MetricType.DOUBLE_OVER_TIME


def test_times_beyond_64_bits_are_null_and_noted(tmp_path: Path) -> None:
    outputs = write_outputs(tmp_path / "outputs")
    times = "(TIMESTAMP '9999-12-31', 1), (CAST('-infinity' AS TIMESTAMP), 2), (NULL, 3)"
    usual = "(TIMESTAMP '2262-04-11', 4), (TIMESTAMP '1677-09-22', 5)"
    sql = f"SELECT * FROM (VALUES {times}, {usual}) AS t(at, v)"
    found, document = evaluate(outputs, {"Times": metric(sql, "line")})
    assert [finding.message for finding in found.findings] == [
        "The column “at” has 2 times before 1677-09-21 or after 2262-04-11, which are taken as "
        "NULL.",
        "3 rows without a time are left out.",
    ]
    (data,) = (data for data in document.data if data.name == "Times: v")
    assert document.series(data).values.tolist() == [4.0, 5.0]


def test_idioms_are_found_in_long_templates() -> None:
    loop = "".join(f"{{% assign v{number} = {number} %}}\n" for number in range(20_000))
    found = lost_on_server(
        "{{" * 100_000 + "{% for a in v %}" + loop * 2 + "{% endfor %}{{ a | json }}"
    )
    assert "“v0” (line 20001), “v1” (line 20002), " in found
    assert "and 19,996 more are assigned within a loop" in found
    assert "(line 40001)" in found
