"""Documents of evaluated emissions, held to the official validator."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from resim_inspect.validation.editions import NEWEST
from tests.conformance.open_core import Official
from tests.emissions.evaluation.harness import emission, evaluate, metric, write_outputs

for _library in ("duckdb", "sqlglot", "liquid"):
    pytest.importorskip(_library)

METRICS: dict[str, Any] = {
    "": metric("SELECT 1"),
    "Over time": metric("SELECT state, timestamp, v FROM speed", "line"),
    "Plot": metric("SELECT state, n, v FROM speed", "line"),
    "No x": metric("SELECT 'g' AS g, CAST(NULL AS DOUBLE) AS x, v FROM speed", "line"),
    "Bars": metric("SELECT state, n, v FROM speed", "bar"),
    "Null bars": metric(
        "SELECT NULL AS g, NULL AS c, 1 AS v UNION ALL SELECT 'a', 'b', NULL", "bar"
    ),
    "Spread": metric("SELECT v FROM speed", "histogram"),
    "One value": metric("SELECT 1e300 AS v", "histogram"),
    "Wide": metric("SELECT -1.7e308 AS v UNION ALL SELECT 1.7e308", "histogram"),
    "States": metric("SELECT state, timestamp, state FROM speed", "state_timeline"),
    "A state missing": metric(
        "SELECT 'x' AS s, 1 AS t, 'a' AS st UNION ALL SELECT 'y', 2, NULL", "state_timeline"
    ),
    "Scalar": metric("SELECT MAX(v) FROM speed", "scalar", units="m/s"),
    "Infinite": metric("SELECT CAST('inf' AS DOUBLE)", "scalar"),
    "Pie": metric("SELECT state, COUNT(*) FROM speed GROUP BY 1", "pie"),
    "Images": metric("SELECT file FROM frame", "image"),
    "Video": metric("SELECT file FROM clip", "video"),
    "None": metric("SELECT v FROM empty", "line"),
    "Error": metric("SELECT nope FROM empty", "line"),
}


def test_the_official_validator_accepts_what_is_evaluated(tmp_path: Path) -> None:
    folder = write_outputs(tmp_path / "outputs")
    with (folder / "more.resim.jsonl").open("w") as file:
        # Times since 1970 beside those since the start, names twice, and half a surrogate pair.
        for stamp in (1_760_000_000_000_000_000, 5, 2**63 - 1):
            event = {"name": "\ud800", "status": "WHATEVER", "metrics": ["name", {"name": 1}]}
            file.write(emission("hit", event, timestamp=stamp, event=True) + "\n")
    evaluation, _ = evaluate(folder, METRICS)
    with Official(NEWEST) as official:
        assert official.verdicts([evaluation.data]) == ["valid"]
