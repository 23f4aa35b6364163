"""Forty metrics over a million emitted rows: evaluated here, and the same SQL in bare DuckDB."""

from __future__ import annotations

from pathlib import Path

from resim_inspect.emissions.evaluation.specs import MetricSpec

COLUMNS = {
    "speed": "flight_sample",
    "yaw": "flight_sample",
    "x": "pose",
    "y": "pose",
    "distance_m": "goal_distance",
}
QUERIES = (
    ("line", "SELECT 'value' AS g, timestamp / 1E9 AS t, {c} FROM {t}"),
    ("line", "SELECT 'mean' AS g, FLOOR(timestamp / 1E9) AS t, AVG({c}) FROM {t} GROUP BY 2"),
    ("histogram", "SELECT {c} FROM {t}"),
    ("scalar", "SELECT MAX({c}) FROM {t}"),
    ("scalar", "SELECT APPROX_PERCENTILE({c}, 0.9) FROM {t}"),
    (
        "scalar",
        "SELECT MAX(d) FROM (SELECT {c} - LAG({c}) OVER (ORDER BY timestamp) AS d FROM {t})",
    ),
    ("table", "SELECT COUNT(*) AS n, AVG({c}) AS mean, MIN({c}) AS least FROM {t}"),
    ("bar", "SELECT 'n' AS g, CAST(FLOOR({c}) AS INTEGER) AS c, COUNT(*) FROM {t} GROUP BY 2"),
)


def metrics() -> list[MetricSpec]:
    """The metrics."""
    return [
        MetricSpec(name=f"{template} {position} of {column}", query=query, template=template)
        for column, topic in COLUMNS.items()
        for position, (template, text) in enumerate(QUERIES)
        for query in (text.format(c=column, t=topic),)
    ]


def evaluate(path: Path) -> None:
    """Read the emissions and evaluate the metrics. Raises RuntimeError if one fails."""
    from resim_inspect.emissions.evaluation.evaluator import evaluate_metrics
    from resim_inspect.emissions.evaluation.folders import job_of

    job = job_of([path], path.parent)
    evaluation = evaluate_metrics([job], metrics(), {}, folder=path.parent, seed="benchmark")
    failed = [metric.message for metric in evaluation.metrics if metric.failed]
    if failed:
        raise RuntimeError(failed[0])


def query(path: Path) -> None:
    """Read the emissions and run the same SQL in DuckDB, in this process."""
    import duckdb
    import sqlglot

    from resim_inspect.emissions.reader import read_emissions

    with duckdb.connect(":memory:", config={"threads": 2}) as connection:
        for name, topic in read_emissions([path]).topics.items():
            columns = {column.name: column.values for column in topic.columns.values()}
            connection.register("source", {**columns, "timestamp": topic.timestamps})
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM source")
            connection.unregister("source")
        for metric in metrics():
            (sql,) = sqlglot.transpile(metric.query, read="trino", write="duckdb")
            connection.execute(sql).fetchnumpy()
