"""Commands on emissions: `evaluate` itself, and the note that nothing of it is ReSim's answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from resim_inspect import cli
from resim_inspect.charts.model.drawing import Drawing, Message
from resim_inspect.charts.svg import SvgOptions
from resim_inspect.commands.validate import FORMATS as VALIDATE_FORMATS
from resim_inspect.document import open_document
from resim_inspect.document.approximate import APPROXIMATE_NOTE
from resim_inspect.exit_codes import ExitCode
from resim_inspect.export import FORMATS as EXPORT_FORMATS
from resim_inspect.export import TABLES
from resim_inspect.export.pictures import PictureFormat, picture_bytes
from tests.emissions.evaluation.harness import metric, write_config, write_outputs
from tests.export.readers import READERS

for _library in ("duckdb", "sqlglot", "liquid"):
    pytest.importorskip(_library)

METRICS: dict[str, Any] = {
    "Largest": metric(
        "SELECT MAX(v) FROM speed",
        "scalar",
        status={"query_string": "SELECT 1 FROM speed WHERE v > ?", "block": 10},
    ),
    "Jobs": metric("SELECT COUNT(*) FROM metadata", "scalar", type="batch"),
    "By job": metric(
        "SELECT experience_name, MAX(v) FROM speed GROUP BY 1 ORDER BY 1", "table", type="batch"
    ),
    "Frames": metric("SELECT file FROM frame LIMIT 1", "image", type="batch"),
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project") / "workspace"
    for number, name in enumerate(("calm", "windy")):
        write_outputs(folder / "jobs" / name / "outputs", offset=number)
    sets = {"Main": {"metrics": ["By job", "Largest"]}}
    write_config(folder, METRICS, **{"metrics sets": sets})
    return folder


def run(
    capsys: pytest.CaptureFixture[str], *words: str | Path, code: int = ExitCode.OK
) -> tuple[str, str]:
    assert cli.main(list(map(str, words))) == code
    shown = capsys.readouterr()
    return shown.out, shown.err


def test_evaluate_writes_the_metrics_of_a_job(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "metrics.binproto"
    text, err = run(capsys, "evaluate", workspace / "jobs" / "calm" / "outputs", "-o", out)
    assert text.splitlines()[0] == f"calm  ! FAIL_WARN  {APPROXIMATE_NOTE}"
    assert "1 metric: 1 PASSED" in text
    assert "The verdict is that of an event with the status FAIL_WARN." in text
    assert "images are looked up beside" in err
    with open_document(out) as document:
        names = [one.name for one in document.metrics if not one.event_metric]
        assert names == ["Largest"]


def test_evaluate_a_batch_as_json(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, _ = run(capsys, "evaluate", workspace, "--format", "json")
    document = json.loads(text)
    assert (document["format"], document["approximate"], document["scope"]) == (1, True, "batch")
    (evaluation,) = document["evaluations"]
    assert [one["state"] for one in evaluation["metrics"]] == ["PASSED"] * 3
    # The media of each job were found in its own folder.
    assert evaluation["findings"] == []


def test_a_set_chooses_the_metrics_of_the_scope(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, _ = run(capsys, "evaluate", workspace, "--metrics-set", "Main", "--format", "json")
    names = [one["name"] for one in json.loads(text)["evaluations"][0]["metrics"]]
    assert names == ["By job"]


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["{w}", "--metrics-set", "Mian"], 'did you mean "Main"?'),
        (["{w}/jobs"], "no config was found"),
        (["{w}/nowhere"], "/nowhere does not exist\n"),
        (["{w}", "--scope", "test", "-o", "x.binproto"], "one job"),
        (["{w}", "--config", "{w}/none.yml"], "none.yml"),
    ],
)
def test_a_wrong_call_is_one_sentence(
    workspace: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    part: str,
) -> None:
    place = workspace
    if "config" in part:
        place = tmp_path / "bare"
        write_outputs(place / "jobs" / "one" / "outputs")
    filled = [word.format(w=place) for word in words]
    out, err = run(capsys, "evaluate", *filled, code=ExitCode.ERROR)
    assert out == ""
    assert part in err
    assert err.count("\n") == 1


def test_an_error_of_a_metric_is_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_outputs(tmp_path / "outputs")
    write_config(folder, {"Bad": metric("SELECT nope FROM speed", "scalar")})
    text, _ = run(capsys, "evaluate", folder, code=ExitCode.INVALID)
    assert "E QUERY_ERROR   Bad" in text
    assert "metric-query-error" in text


def test_an_error_of_a_metric_is_reported_once_whatever_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = 'Speed "raw"'
    config = write_config(
        tmp_path,
        {name: metric("SELECT 1 FROM spede")},
        **{"metrics sets": {"M": {"metrics": [name]}}},
    )
    write_outputs(tmp_path / "outputs")
    text, err = run(
        capsys, "evaluate", tmp_path / "outputs", "--config", config, code=ExitCode.INVALID
    )
    assert r'metrics["Speed \"raw\""].query_string' in text
    assert err == ""


def test_an_error_of_the_config_is_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_outputs(tmp_path / "outputs")
    sets = {"Main": {"metrics": ["Rows", "Nowhere"]}}
    rows = metric("SELECT COUNT(*) FROM speed", "scalar", units="rows")
    write_config(folder, {"Rows": rows}, **{"metrics sets": sets})
    text, err = run(capsys, "evaluate", folder, code=ExitCode.INVALID)
    assert "1 metric: 1 PASSED" in text
    assert "Nowhere" in err


def test_missing_extra_is_one_sentence(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from resim_inspect.emissions.evaluation import errors

    monkeypatch.setattr(errors, "find_spec", lambda name: None)
    _, err = run(capsys, "evaluate", workspace, code=ExitCode.ERROR)
    assert "pip install 'resim-inspect[emissions]'" in err
    assert err.count("\n") == 1


def test_every_command_says_approximate(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = [workspace / "jobs" / name / "outputs" for name in ("calm", "windy")]
    assert APPROXIMATE_NOTE in run(capsys, "show", outputs[0])[0]
    assert json.loads(run(capsys, "show", outputs[0], "--format", "json")[0])["files"][0][
        "approximate"
    ]
    assert APPROXIMATE_NOTE in run(capsys, "show", workspace)[0]
    worse = ExitCode.INVALID
    for shape in ("text", "markdown", "github", "junit", "html"):
        text, _ = run(capsys, "compare", *outputs, "--format", shape, code=worse)
        assert f"{APPROXIMATE_NOTE} (before, after)" in text, shape
    compared = json.loads(run(capsys, "compare", *outputs, "--format", "json", code=worse)[0])
    assert compared["approximate"] is True
    assert compared["comparisons"][0]["approximate"] == ["after", "before"]
    _, err = run(capsys, "export", workspace, "--to", "csv", "-o", tmp_path / "tables")
    assert f"The metrics of 2 jobs are {APPROXIMATE_NOTE}." in err
    assert (tmp_path / "tables" / "jobs.csv").read_text().count(",true\n") == 2
    for path in (workspace, outputs[0]):
        assert APPROXIMATE_NOTE in run(capsys, "report", path, "--format", "markdown")[0]
    page = tmp_path / "report.html"
    _, err = run(capsys, "report", workspace, "-o", page)
    assert APPROXIMATE_NOTE in page.read_text()
    assert f"The metrics of 2 jobs are {APPROXIMATE_NOTE}." in err


WITH_THE_NOTE = {"show", "compare", "evaluate", "export", "report", "validate"}
"""Commands that print what was evaluated; each is run below."""
WITHOUT_METRICS = {"rules", "browse", "demo", "web", "completion", "config", "schema"}
"""Commands that print no metrics: `browse` opens a figure, `web` serves the app."""


def test_every_command_is_one_that_says_it_or_has_no_metrics() -> None:
    assert set(cli.COMMANDS) == WITH_THE_NOTE | WITHOUT_METRICS


@pytest.mark.parametrize("format_", list(EXPORT_FORMATS))
def test_every_row_of_every_exported_table_says_approximate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], format_: str
) -> None:
    pytest.importorskip("polars")
    outputs = write_outputs(tmp_path / "outputs")
    write_config(tmp_path, {"Curve": metric("SELECT timestamp, v FROM speed", "line")})
    run(capsys, "export", outputs, "--to", format_, "-o", tmp_path / "tables")
    for name, table in TABLES.items():
        rows = READERS["polars"](tmp_path / "tables" / f"{name}.{format_}", table)
        assert rows, name
        assert all(row["approximate"] is True for row in rows), name


def test_the_wide_table_says_approximate(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "export", workspace, "--to", "csv", "--wide", "-o", tmp_path / "wide.csv")
    head, *rows = (tmp_path / "wide.csv").read_text().splitlines()
    place = head.split(",").index("approximate")
    assert [row.split(",")[place] for row in rows] == ["true", "true"]


@pytest.mark.parametrize("format_", list(VALIDATE_FORMATS))
def test_validate_of_written_metrics_says_approximate(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], format_: str
) -> None:
    out = tmp_path / "metrics.binproto"
    run(capsys, "evaluate", workspace / "jobs" / "calm" / "outputs", "-o", out)
    cli.main(["validate", str(out), "--format", format_])
    assert "approximate" in capsys.readouterr().out


def test_a_figure_of_emissions_is_browsed_and_drawn_as_a_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = write_outputs(tmp_path / "outputs")
    write_config(tmp_path, {"Pie": metric("SELECT state, COUNT(*) FROM speed GROUP BY 1", "pie")})
    page = Path(run(capsys, "browse", outputs, "--metric", "Pie", "--print")[0].strip())
    run(capsys, "show", outputs, "--metric", "Pie", "--svg", tmp_path / "pie.svg")
    for path in (page, tmp_path / "pie.svg"):
        text = path.read_text(encoding="utf-8")
        assert "CRUISE" in text
        assert APPROXIMATE_NOTE in text


@pytest.mark.parametrize("kind", [PictureFormat.SVG, PictureFormat.TEXT])
@pytest.mark.parametrize("approximate", [True, False])
def test_a_picture_says_approximate_if_its_metric_is(
    kind: PictureFormat, approximate: bool
) -> None:
    drawing = Drawing("Speed", "text", (Message("no data"),))
    content = picture_bytes(drawing, kind, SvgOptions(), approximate=approximate)
    assert (APPROXIMATE_NOTE in content.decode()) is approximate


def test_without_a_config_topics_are_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_outputs(tmp_path / "outputs")
    document = json.loads(run(capsys, "show", folder, "--format", "json")[0])["files"][0]
    names = [data["name"] for data in document["data"]]
    assert names[:3] == ["speed: timestamp", "speed: v", "speed: state"]
    assert document["data"][1]["length"] == 20
    assert {metric["event_metric"] for metric in document["metrics"]} == {True}
    assert len(document["events"]) == 3
