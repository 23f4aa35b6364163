"""Hostile SQL and Liquid: refused or stopped with one sentence, and nothing else is harmed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from resim_inspect.derived import Control
from resim_inspect.emissions.evaluation.budget import Budget
from resim_inspect.emissions.evaluation.errors import SqlError
from resim_inspect.emissions.evaluation.limits import MEBIBYTE, Limits
from resim_inspect.emissions.evaluation.processes.child_process import CancelledEvaluationError
from resim_inspect.emissions.evaluation.query_client import QueryClient
from resim_inspect.emissions.evaluation.translation import translate
from tests.emissions.evaluation.harness import custom, evaluate, metric, write_config, write_outputs

for _library in ("duckdb", "sqlglot", "liquid"):
    pytest.importorskip(_library)
# Each process that is killed is started again.
pytestmark = pytest.mark.slow

LIMITS = Limits(
    query_seconds=60.0,
    render_seconds=60.0,
    memory_bytes=700 * MEBIBYTE,
    result_rows=100_000,
    result_bytes=16 * MEBIBYTE,
    output_bytes=MEBIBYTE,
)
SHORT = replace(LIMITS, query_seconds=1.0, render_seconds=1.0)
"""Limits for what never ends: a busy machine takes its time for the rest."""
STOPPED = "stopped after 1 s"
ONLY = "only a single SELECT is allowed"
CROSS = "speed a, speed b, speed c, speed d, speed e, speed f, speed g, speed h, speed i"
QUERIES = {
    "COPY speed TO '{folder}/stolen'": ONLY,
    "ATTACH '{folder}/stolen'": ONLY,
    "INSTALL httpfs": ONLY,
    "LOAD httpfs": ONLY,
    "SET memory_limit = '100GB'": ONLY,
    "PRAGMA database_list": ONLY,
    "CREATE TABLE t AS SELECT 1": ONLY,
    "DROP TABLE speed": ONLY,
    "SELECT 1; DROP TABLE speed": ONLY,
    "WITH a AS (SELECT 1) INSERT INTO speed SELECT * FROM a": ONLY,
    "/* SELECT */ EXPORT DATABASE '{folder}/stolen'": ONLY,
    "SELECT * FROM read_csv('/etc/passwd')": "no file",
    "SELECT * FROM read_text('/etc/passwd')": "no file",
    "SELECT * FROM '/etc/passwd'": "does not exist",
    "SELECT * FROM read_parquet('http://127.0.0.1:1/x')": "no file",
    "SELECT getenv('HOME')": "getenv",
    "WITH RECURSIVE r AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM r) SELECT MAX(i) FROM r": (
        STOPPED
    ),
    f"SELECT SUM(a.v * i.v) FROM {CROSS}": STOPPED,
    "SELECT repeat('x', 2000000000)": "of memory",
    "SELECT range(1000000000)": "of memory",
    "SELECT repeat('x', 200000) || a.n || b.n AS x FROM speed a, speed b": "larger than",
    "SELECT a.n FROM speed a, speed b, speed c, speed d": "160,000 rows",
    "SELECT " + "(" * 5_000 + "1" + ")" * 5_000: "nested too deeply",
    "SELECT " + "ARRAY[" * 60 + "1" + "]" * 60: "nested too deeply",
    "SELECT 1 FROM speed " + "JOIN speed " * 60: "nested too deeply",
    "SELECT '" + "x" * 200_000 + "'": "longer than",
    "": "is empty",
    "SELECT ?": "only the query of a status",
}
LIQUID = {
    "{% for i in (1..2000000000) %}{% endfor %}": "loop iteration limit",
    "{% for i in (1..5000) %}{% for j in (1..5000) %}{% endfor %}{% endfor %}": STOPPED,
    "{% for i in (1..2000000) %}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{% endfor %}": "prints more than",
    "{% include '/etc/passwd' %}": "cannot be rendered",
    "{% if %}": "cannot be rendered",
    "{{ 'nan' | round }}": "liquid cannot be rendered: ",
    "{{ -99999999999999 | date: '%Y' }}": "liquid cannot be rendered: ",
    "{{ nope }}": "prints nothing",
    '{"data": [NaN]}': "NaN is not JSON",
    "[" * 100_000: "does not print JSON",
    '{"data": ' + "[" * 60 + "]" * 60 + "}": "nested deeper",
    "[]": "“data” is missing",
}


@pytest.mark.parametrize("limits", [LIMITS, SHORT], ids=["limits", "short"])
def test_hostile_queries_stay_in_their_metrics(tmp_path: Path, limits: Limits) -> None:
    queries = {sql: part for sql, part in QUERIES.items() if (part == STOPPED) is (limits is SHORT)}
    folder = write_outputs(tmp_path / "outputs")
    metrics: dict[str, Any] = {
        f"metric {number}": metric(sql.format(folder=tmp_path) if "{folder}" in sql else sql)
        for number, sql in enumerate(queries)
    }
    metrics["last"] = metric("SELECT COUNT(*) FROM speed", "scalar")
    evaluation, _ = evaluate(folder, metrics, limits)
    for (sql, part), found in zip(queries.items(), evaluation.metrics, strict=False):
        assert found.state == "QUERY_ERROR", sql[:80]
        assert part in found.message, sql[:80]
        assert "\n" not in found.message
        assert found.is_transient is (" was stopped" in found.message)
        assert found.message.endswith(".")
    assert evaluation.metrics[-1].state == "PASSED"
    assert not (tmp_path / "stolen").exists()


@pytest.mark.parametrize("limits", [LIMITS, SHORT], ids=["limits", "short"])
def test_hostile_templates_stay_in_their_metrics(tmp_path: Path, limits: Limits) -> None:
    texts = {text: part for text, part in LIQUID.items() if (part == STOPPED) is (limits is SHORT)}
    folder = write_outputs(tmp_path / "outputs")
    metrics = {
        f"metric {number}": custom("SELECT v FROM speed", f"{number}.liquid")
        for number in range(len(texts))
    }
    templates = write_config(folder, metrics).parent / "templates"
    templates.mkdir()
    for number, text in enumerate(texts):
        (templates / f"{number}.liquid").write_text(text)
    evaluation, _ = evaluate(folder, metrics, limits)
    for (text, part), found in zip(texts.items(), evaluation.metrics, strict=True):
        assert found.state == "RENDER_ERROR", text[:80]
        assert part in found.message, (text[:80], found.message)
        assert "\n" not in found.message
        assert found.is_transient is (" was stopped" in found.message)


def test_modules_in_the_working_directory_are_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_outputs(tmp_path / "outputs")
    for name in ("duckdb", "json", "numpy", "liquid", "resim_inspect"):
        (folder / f"{name}.py").write_text(f"open({str(tmp_path / name)!r}, 'w')\n")
    templates = write_config(folder, {}).parent / "templates"
    templates.mkdir()
    (templates / "raw.liquid").write_text("{{ raw_metric }}")
    monkeypatch.chdir(folder)
    evaluation, _ = evaluate(folder, {"M": custom("SELECT raw_metric FROM figure", "raw.liquid")})
    assert [metric.state for metric in evaluation.metrics] == ["PASSED"]
    assert [path.name for path in tmp_path.iterdir()] == ["outputs"]


def test_a_query_is_cancelled_and_leaves_no_process() -> None:
    cancelled = threading.Event()
    client = QueryClient({}, budget=Budget(control=Control(is_cancelled=cancelled.is_set)))
    sql = "WITH RECURSIVE r AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM r) SELECT MAX(i) FROM r"
    threading.Timer(1.5, cancelled.set).start()
    with pytest.raises(CancelledEvaluationError):
        client.run(translate(sql), sql)
    with pytest.raises(CancelledEvaluationError):
        client.run(translate("SELECT 1"), "SELECT 1")
    client.close()


def test_a_process_that_crashes_is_started_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(QueryClient({})) as client:
        assert client.run(translate("SELECT 1 AS a"), "").columns[0].python() == [1]
        assert client._process is not None
        client._process._process.kill()
        with pytest.raises(SqlError, match="stopped"):
            client.run(translate("SELECT 1 AS a"), "")
        assert client.run(translate("SELECT 2 AS a"), "").columns[0].python() == [2]


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_a_killed_parent_leaves_no_process(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from resim_inspect.emissions.evaluation.query_client import QueryClient\n"
        "from resim_inspect.emissions.evaluation.translation import translate\n"
        "client = QueryClient({})\n"
        "client.run(translate('SELECT 1'), '')\n"
        "print(client._process._process.pid, flush=True)\n"
        "sql = 'WITH RECURSIVE r AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM r) "
        "SELECT MAX(i) FROM r'\n"
        "client.run(translate(sql), '')\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    time.sleep(0.3)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 60
    while _runs(child):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    """Return True for a process that runs, False for a zombie too."""
    try:
        os.kill(pid, signal.SIGCONT)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"
