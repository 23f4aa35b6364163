"""Every query of signalflag's demos, held to plain DuckDB over rows of its own emitter."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from random import Random
from shutil import copytree
from typing import Any

import pytest

from resim_inspect.building.png import png
from resim_inspect.cli import main
from resim_inspect.document import open_document
from resim_inspect.emissions.config import Config, load_config
from resim_inspect.emissions.evaluation.config_metrics import topic_schemas
from resim_inspect.emissions.evaluation.query_client import QueryClient
from resim_inspect.emissions.evaluation.topic_tables import (
    JobEmissions,
    JobIdentity,
    build_tables,
)
from resim_inspect.emissions.evaluation.translation import translate
from resim_inspect.emissions.reader import read_emissions
from tests.conformance.open_core import signalflag

duckdb = pytest.importorskip("duckdb")
sqlglot = pytest.importorskip("sqlglot")
pytest.importorskip("liquid")

RELEASE = "1.8.0"
WORKER = Path(__file__).with_name("emitter_worker.py")
QUERIES = {"config": 24, "mujoco": 21, "session": 47}
"""Queries of each demo: one a metric, and one for each threshold of its status."""
UNDRAWN = {"config": {"Localization Error Spread"}}
"""Metrics whose template loses a variable that it assigns in a loop, here as on the server."""
JOBS = ("first", "second", "third")
ROWS = 40
SQL_TYPES = {"boolean": "BOOLEAN", "int": "BIGINT", "float": "DOUBLE", "string[]": "VARCHAR[]"}
SERVER_COLUMNS = {
    "job_id": "VARCHAR", "batch_id": "VARCHAR", "project_id": "VARCHAR",
    "build_version": "VARCHAR", "run_counter": "BIGINT", "experience_name": "VARCHAR",
}  # fmt: skip


def value(kind: str, field: str, number: int, random: Random) -> Any:
    """A value of a field of a schema, as a test would emit it."""
    if kind == "float":
        times = {"t_s": number * 0.1, "start_s": number * 10.0, "end_s": number * 10 + 9.0}
        return times.get(field, round(5 + 3 * math.sin(number / 7) + random.gauss(0, 0.5), 4))
    if kind == "int":
        return {"seq": number, "mission_idx": number % 3}.get(field, random.randrange(4))
    if field == "raw_metric":
        return json.dumps({"data": [{"type": "scatter", "x": [1, 2], "y": [number, 2]}]})
    others: dict[str, Any] = {
        "boolean": number % 3 > 0,
        "status": random.choice(("PASSED", "FAIL_WARN")),
        "image": f"image{number % 3}.png",
        "video": "clip.mp4",
        "string[]": ["a", f"b{number}"],
        "metric[]": [{"name": "Speed", "type": "scalar", "value": 1.5 * number, "unit": "m/s"}],
        "string": f"{field} {number % 4}",
    }
    return others[kind]


def rows(topics: dict[str, Any], seed: int) -> Iterator[dict[str, Any]]:
    """Rows of every topic, those of figures and videos once."""
    random = Random(seed)
    for topic, entry in topics.items():
        schema, event = entry["schema"], bool(entry.get("event"))
        single = "raw_metric" in schema or "video" in schema.values() or "summary" in topic
        for number in range(1 if single else 8 if event else ROWS):
            data = {field: value(kind, field, number, random) for field, kind in schema.items()}
            stamp = number * 10**9 if event else number * 10**8
            yield {"topic": topic, "data": data, "timestamp": stamp, "event": event}


@pytest.fixture(scope="module", params=list(QUERIES))
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of three jobs with emissions of the official emitter, and the demo's config."""
    yaml = pytest.importorskip("yaml")
    official = signalflag(RELEASE)
    root: Path = tmp_path_factory.mktemp("demos") / str(request.param)
    metrics = root / ".resim" / "metrics"
    copytree(official / "signalflag/demo/data/templates", metrics / "templates")
    source = official / f"signalflag/demo/data/{request.param}.resim.yml"
    config = metrics / "config.resim.yml"
    config.write_bytes(source.read_bytes())
    topics = yaml.safe_load(source.read_text(encoding="utf-8"))["topics"]
    module = official / "signalflag/sdk/metrics/emissions.py"
    for seed, job in enumerate(JOBS):
        outputs = root / "jobs" / job / "outputs"
        outputs.mkdir(parents=True)
        out = outputs / "emissions.resim.jsonl"
        done = subprocess.run(
            [sys.executable, str(WORKER), str(module), str(config), str(out)],
            input="".join(json.dumps(row) + "\n" for row in rows(topics, seed)),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "refused" not in done.stdout
        for number in range(3):
            pixels = bytes([60 * number, 100, 200] * 12)
            (outputs / f"image{number}.png").write_bytes(png(4, 3, pixels))
        (outputs / "clip.mp4").write_bytes(b"not looked at")
    return root


def plain_database(config: Config, folders: list[Path]) -> Any:
    """A DuckDB of its own with the rows as the files have them, by Python's json alone."""
    connection = duckdb.connect()
    connection.execute("SET integer_division=true")
    schemas = topic_schemas(config)
    for topic, schema in schemas.items():
        types = {field: SQL_TYPES.get(kind, "VARCHAR") for field, kind in schema.items()}
        types |= {field: "JSON" for field, kind in schema.items() if kind == "metric[]"}
        columns = types | {"timestamp": "BIGINT"} | SERVER_COLUMNS
        parts = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        connection.execute(f'CREATE TABLE "{topic}" ({parts})')
    parts = ", ".join(f"{name} {kind}" for name, kind in SERVER_COLUMNS.items())
    connection.execute(
        f"CREATE TABLE metadata ({parts}, job_conflated_status VARCHAR, "
        "build_creation_timestamp TIMESTAMP)"
    )
    for folder in folders:
        added = [folder.name, "batch", "project", "local", 1, f"experience {folder.name}"]
        connection.execute("INSERT INTO metadata VALUES (?, ?, ?, ?, ?, ?, 'PASSED', NULL)", added)
        with (folder / "outputs/emissions.resim.jsonl").open(encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                topic = row["$metadata"]["topic"]
                values = [
                    json.dumps(row["$data"][field]) if kind == "metric[]" else row["$data"][field]
                    for field, kind in schemas[topic].items()
                ]
                values += [row["$metadata"].get("timestamp"), *added]
                marks = ", ".join("?" * len(values))
                connection.execute(f'INSERT INTO "{topic}" VALUES ({marks})', values)
    return connection


def comparable(value: Any) -> Any:
    """A value that equals itself: numbers that doubles hold as doubles, NaN by name."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return value
    number = float(value)
    if math.isnan(number):
        return "NaN"
    return value if isinstance(value, int) and abs(value) > 2**53 else number


@pytest.mark.slow
def test_every_query_gives_the_values_of_plain_duckdb(demo: Path) -> None:
    config = load_config([demo / ".resim/metrics/config.resim.yml"])
    queries = 0
    for is_test in (True, False):
        folders = sorted((demo / "jobs").iterdir())[: 1 if is_test else None]
        jobs = [
            JobEmissions(
                JobIdentity(
                    folder.name, "batch", "project", f"experience {folder.name}", status="PASSED"
                ),
                read_emissions(folder / "outputs"),
                folder / "outputs",
            )
            for folder in folders
        ]
        plain = plain_database(config, folders)
        with closing(QueryClient(build_tables(jobs, topic_schemas(config)))) as client:
            for metric in config.metrics:
                if (metric.type == "test") is not is_test:
                    continue
                calls: list[tuple[str, float | None]] = [(metric.query, None)]
                if metric.status is not None:
                    thresholds = (metric.status.warn, metric.status.block)
                    calls += [(metric.status.query, at) for at in thresholds if at is not None]
                for query, threshold in calls:
                    queries += 1
                    table = client.run(translate(query, threshold), query)
                    columns = [column.python() for column in table.columns]
                    ours = [tuple(map(comparable, row)) for row in zip(*columns, strict=True)]
                    (sql,) = sqlglot.transpile(query, read="trino", write="duckdb")
                    arguments = [] if threshold is None else [threshold]
                    found = plain.execute(sql, arguments).fetchall()
                    expected = [tuple(map(comparable, row)) for row in found]
                    # Without ORDER BY, the order is the database's own.
                    assert sorted(map(repr, ours)) == sorted(map(repr, expected)), metric.name
    assert queries == QUERIES[demo.name]


@pytest.mark.slow
@pytest.mark.parametrize("scope", ["test", "batch"])
def test_every_metric_is_evaluated(
    demo: Path, scope: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = demo / "jobs/first/outputs" if scope == "test" else demo
    out = tmp_path / "metrics.binproto"
    undrawn = UNDRAWN.get(demo.name, set())
    code = main(["evaluate", str(path), "--scope", scope, "-o", str(out)])
    errors = capsys.readouterr().err
    config = load_config([demo / ".resim/metrics/config.resim.yml"])
    wanted = {metric.name for metric in config.metrics if metric.type == scope}
    if not wanted:
        assert code == 2
        assert "no metric of the scope" in errors
        return
    with open_document(out) as document:
        names = {metric.name for metric in document.metrics if not metric.event_metric}
        failed = {metric.name for metric in document.metrics if "ERROR" in metric.description}
    assert wanted <= names
    assert code == (1 if undrawn & wanted else 0), errors
    assert failed <= undrawn
