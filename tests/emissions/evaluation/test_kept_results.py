"""Results that are kept: what is evaluated again, how much is kept, and that none is outdated."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resim_inspect.emissions.config import load_config
from resim_inspect.emissions.evaluation import custom_templates, folders, kept_results
from resim_inspect.emissions.evaluation.budget import Budget
from resim_inspect.emissions.evaluation.columns import Column, Table
from resim_inspect.emissions.evaluation.errors import RenderError, SqlError
from resim_inspect.emissions.evaluation.folders import document_of, evaluate_job, job_of
from resim_inspect.emissions.evaluation.kept_results import KeptResults
from resim_inspect.emissions.evaluation.limits import DEFAULT_LIMITS
from resim_inspect.emissions.evaluation.query_client import QueryClient, SqlTable
from resim_inspect.emissions.evaluation.query_results import QueryResults
from resim_inspect.emissions.evaluation.specs import MetricSpec
from resim_inspect.emissions.evaluation.translation import Translation, translate
from resim_inspect.emissions.reader import emissions_files
from tests.emissions.evaluation.harness import (
    custom,
    emission,
    metric,
    write_config,
    write_outputs,
)

for _library in ("duckdb", "sqlglot", "liquid"):
    pytest.importorskip(_library)

# Each state is evaluated twice, with processes of its own.
pytestmark = pytest.mark.slow
LARGEST = "SELECT MAX(v) FROM speed"
FRAMES = "SELECT COUNT(*) FROM frame"
JOINED = "SELECT COUNT(*) FROM frame, clip"
JOBS = "WITH own AS (SELECT * FROM metadata) SELECT COUNT(*) FROM own"
BROKEN = "SELECT nope FROM clip"
FIGURE = "SELECT raw_metric FROM figure"
STATUS = "SELECT 1 FROM clip HAVING COUNT(*) > ?"
METRICS: dict[str, Any] = {
    "Largest": metric(LARGEST, "scalar"),
    "Frames": metric(FRAMES, "scalar", status={"query_string": STATUS, "warn": 5, "block": 9}),
    "Joined": metric(JOINED, "scalar"),
    "Jobs": metric(JOBS, "scalar"),
    "Broken": metric(BROKEN, "scalar"),
    "Figure": custom(FIGURE, "raw.liquid"),
}


class Watched:
    """An outputs folder of which each new state is evaluated, with what was run for it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.outputs = write_outputs(folder / "outputs")
        self.folder = folder
        self.write(METRICS)
        self.template("{{ raw_metric }}")
        self.ran: list[str] = []
        self._monkeypatch = monkeypatch
        run, render = QueryClient.run, custom_templates.TemplateRenderer.render

        def counted(client: QueryClient, translation: Translation, original: str) -> Table:
            self.ran.append(original)
            return run(client, translation, original)

        def rendered(*args: Any) -> str:
            self.ran.append("template")
            return render(*args)

        monkeypatch.setattr(QueryClient, "run", counted)
        monkeypatch.setattr(custom_templates.TemplateRenderer, "render", rendered)
        monkeypatch.setattr(folders, "_kept", KeptResults())

    def write(self, metrics: dict[str, Any]) -> None:
        self.config = write_config(self.folder, metrics)

    def template(self, text: str) -> None:
        path = self.config.parent / "templates" / "raw.liquid"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    def append(self, line: str) -> None:
        with (self.outputs / "emissions.resim.jsonl").open("a") as stream:
            stream.write(line + "\n")

    def evaluated(self) -> list[str]:
        """Evaluate the present state; returns what was run, and compares with a whole run."""
        self.ran.clear()
        document = document_of(self.outputs / "metrics.binproto")
        ran = list(self.ran)
        job = job_of(emissions_files(self.outputs), self.outputs)
        assert document == evaluate_job(job, load_config([self.config])).data
        return ran


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """A folder that has been evaluated once."""
    folder = Watched(tmp_path, monkeypatch)
    everything = [LARGEST, FRAMES, STATUS, STATUS, JOINED, JOBS, BROKEN, FIGURE, "template"]
    assert folder.evaluated() == everything
    return folder


def test_a_row_evaluates_the_metrics_that_read_its_topic(watched: Watched) -> None:
    watched.append(emission("speed", {"v": 99.0, "state": "X", "n": 1, "ok": True}, timestamp=1))
    assert watched.evaluated() == [LARGEST]
    watched.append(emission("frame", {"file": "b.png"}))
    assert watched.evaluated() == [FRAMES, JOINED]
    # Another topic than that of its query: the status alone.
    watched.append(emission("clip", {"file": "b.mp4"}))
    assert watched.evaluated() == [STATUS, STATUS, JOINED, BROKEN]
    # A topic that no query reads.
    watched.append(emission("empty", {"v": 1.0}))
    assert watched.evaluated() == []


def test_a_metric_of_the_config_is_evaluated_alone(watched: Watched) -> None:
    changed = {**METRICS, "Largest": metric("SELECT MIN(v) FROM speed", "scalar")}
    watched.write(changed)
    assert watched.evaluated() == ["SELECT MIN(v) FROM speed"]
    # What only the drawing needs runs no query.
    watched.write({**changed, "Joined": metric(JOINED, "table", description="new")})
    assert watched.evaluated() == []
    changed["Frames"] = metric(
        FRAMES, "scalar", status={"query_string": STATUS, "warn": 0, "block": 9}
    )
    watched.write(changed)
    assert watched.evaluated() == [STATUS]
    watched.template('{"data": []}')
    assert watched.evaluated() == ["template"]


def test_what_is_shared_evaluates_all_that_read_it(watched: Watched) -> None:
    topics = json.loads(watched.config.read_text())["topics"]
    topics["frame"]["schema"]["more"] = "int"
    values = json.loads(watched.config.read_text())
    watched.config.write_text(json.dumps({**values, "topics": topics}))
    assert watched.evaluated() == [FRAMES, JOINED]


def test_what_depends_on_the_time_is_never_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Watched(tmp_path, monkeypatch)
    query = "SELECT COUNT(*) FROM clip WHERE now() > TIMESTAMP '2000-01-01'"
    unknown = "SELECT COUNT(*) FROM nowhere"
    folder.write({"Now": metric(query), "Unknown": metric(unknown), "Frames": metric(FRAMES)})
    assert len(folder.evaluated()) == 3
    folder.append(emission("empty", {"v": 1.0}))
    # The tables of the database are a part of the error about one that it does not have.
    assert folder.evaluated() == [query, unknown]


@pytest.mark.parametrize(
    ("sql", "tables", "defined", "is_volatile"),
    [
        ("SELECT 1 FROM a JOIN B ON true", {"a", "b"}, set(), False),
        ('SELECT (SELECT MAX(x) FROM "C d") FROM a', {"a", "c d"}, set(), False),
        ("WITH a AS (SELECT * FROM b) SELECT * FROM a", {"a", "b"}, {"a"}, False),
        ("SELECT 1 FROM a UNION ALL SELECT 2 FROM b", {"a", "b"}, set(), False),
        ("SELECT * FROM a, UNNEST(a.l)", {"a"}, set(), False),
        ("TABLE a", {"a"}, set(), False),
        ("SELECT 1", set(), set(), False),
        ("SELECT * FROM query_table('a')", None, set(), False),
        ("SELECT * FROM main.a", None, set(), False),
        ("SELECT random() FROM a", {"a"}, set(), True),
        ("SELECT 1 FROM a WHERE t > current_timestamp", {"a"}, set(), True),
        ("SELECT 1 FROM a WHERE t > NOW()", {"a"}, set(), True),
        ("SELECT uuid() FROM a", {"a"}, set(), True),
        ("SELECT * FROM a TABLESAMPLE BERNOULLI (5)", {"a"}, set(), True),
    ],
)
def test_what_a_query_depends_on(
    sql: str, tables: set[str] | None, defined: set[str], is_volatile: bool
) -> None:
    translation = translate(sql)
    assert translation.tables == tables
    assert translation.defined == defined
    assert translation.is_volatile is is_volatile


def test_what_was_stopped_runs_again_after_a_while(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, render = QueryClient.run, custom_templates.TemplateRenderer.render
    stopped: list[str] = []

    def stopped_query(client: QueryClient, translation: Translation, original: str) -> Table:
        if stopped:
            return run(client, translation, original)
        stopped.append(original)
        raise SqlError("The query was stopped after 30 s.", is_transient=True)

    def stopped_template(*args: Any) -> str:
        if len(stopped) > 1:
            return render(*args)
        stopped.append("template")
        raise RenderError("The template was stopped after 10 s.", is_transient=True)

    monkeypatch.setattr(QueryClient, "run", stopped_query)
    monkeypatch.setattr(custom_templates.TemplateRenderer, "render", stopped_template)
    now = 1000.0
    for module in (folders, kept_results):
        monkeypatch.setattr(module, "monotonic", lambda: now)
    new = "SELECT MIN(v) FROM speed"
    watched.write({**METRICS, "Largest": metric(new, "scalar")})
    watched.template('{"data": []}')
    path = watched.outputs / "metrics.binproto"
    first = document_of(path)
    assert stopped == [new, "template"]
    watched.ran.clear()
    # Within one command it stays the same document.
    assert document_of(path) is first
    # A row of a topic that neither reads stops neither of them again, and hides neither error.
    now += 50
    watched.append(emission("empty", {"v": 1.0}))
    assert document_of(path) == first
    assert watched.ran == []
    # A document with a kept error of this kind is itself kept for a while only.
    now += 61
    assert watched.evaluated() == [new, "template"]


def test_a_kept_result_that_leaves_after_the_plan_is_used() -> None:
    tables = {
        f"t{number}": SqlTable(
            Table((Column("x", "int", np.full(1000, number)),), 1000), ["BIGINT"]
        )
        for number in range(6)
    }
    specs = [MetricSpec(name, f"SELECT x FROM {name}", "line") for name in tables]
    # Room for five of the six results: the first one has left, and its return pushes out others.
    kept = KeptResults(48_000)
    for _ in range(2):
        with closing(QueryResults(tables, DEFAULT_LIMITS, Budget(), kept)) as results:
            results.plan(specs)
            values = [results.query(spec.query).table.columns[0].values[0] for spec in specs]
        assert values == list(range(6))


def test_what_is_kept_is_bounded() -> None:
    kept = KeptResults(100_000)
    for number in range(50):
        kept.keep(number, "x", 9_000)
        # What is used stays.
        assert kept.get(0) == "x"
        assert kept.bytes <= 100_000
    assert kept.get(49) == "x"
    assert kept.get(1) is None
    # A value that would push out most of the others is not kept.
    kept.keep("large", "y", 60_000)
    assert kept.get("large") is None
    before = (len(kept), kept.bytes)
    kept.keep(49, "z", 9_000)
    assert (len(kept), kept.bytes) == before
    assert kept.get(49) == "z"


def test_the_size_of_a_result_is_about_its_memory() -> None:
    values = np.zeros(1000, np.int64)
    texts = Column("t", "text", np.zeros(1000, np.int32), np.ones(1000, np.bool_), ["x" * 5000])
    assert 18_000 < Table((Column("n", "int", values), texts), 1000).size < 20_000
