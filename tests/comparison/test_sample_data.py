"""Real files against an independent computation with pandas, where they are available."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from google.protobuf.json_format import MessageToDict

from resim_inspect.comparison import Change, Direction, compare_documents
from resim_inspect.comparison.changes import FINDING
from resim_inspect.document import open_document
from resim_inspect.schema import metrics_pb2 as pb

RANK = {"PASSED_METRIC_STATUS": 0, "FAIL_WARN_METRIC_STATUS": 1, "FAIL_BLOCK_METRIC_STATUS": 2}


def plain_metrics(path: Path) -> dict[str, dict[str, Any]]:
    """Metrics by name, as protobuf itself writes them as JSON."""
    message = pb.JobMetrics.FromString(path.read_bytes())
    metrics = MessageToDict(message)["jobLevelMetrics"]["metrics"]
    return {metric["name"]: metric for metric in metrics}


def arrays(metric: dict[str, Any]) -> dict[str, np.ndarray[Any, Any]]:
    """All arrays of a figure's traces by trace and name."""
    found: dict[str, np.ndarray[Any, Any]] = {}
    values = metric["metricValues"].get("plotlyMetricValues")
    for place, trace in enumerate(values["json"]["data"] if values else []):
        for name in ("x", "y", "z"):
            value = trace.get(name)
            if isinstance(value, dict):
                raw = base64.b64decode(value["bdata"])
                found[f"{place}.{name}"] = np.frombuffer(raw, np.dtype("<" + value["dtype"]))
            elif value is not None:
                found[f"{place}.{name}"] = np.array(value)
    return found


def expected_directions(before: Path, after: Path) -> dict[str, str]:
    """Direction of each metric by status, then by equality of the plain JSON values."""
    pandas = pytest.importorskip("pandas")
    old, new = plain_metrics(before), plain_metrics(after)
    table = pandas.DataFrame(
        {
            "old": {name: RANK[metric["status"]] for name, metric in old.items()},
            "new": {name: RANK[metric["status"]] for name, metric in new.items()},
            "equal": {
                name: old[name]["metricValues"] == new[name]["metricValues"]
                for name in old.keys() & new.keys()
            },
        }
    )
    directions = pandas.Series("changed", index=table.index)
    directions[table.equal.eq(True)] = "same"
    directions[table.new > table.old] = "worse"
    directions[table.new < table.old] = "better"
    directions[table.old.isna()] = "added"
    directions[table.new.isna()] = "gone"
    return dict(directions)


def changes(before: Path, after: Path) -> dict[str, Change]:
    with open_document(before) as one, open_document(after) as other:
        found = compare_documents(one, other).changes
    return {change.name: change for change in found if change.type != FINDING}


@pytest.mark.parametrize(
    ("before_name", "other"),
    [("fast", "error"), ("error", "fast"), ("fast", "maiden"), ("warning", "error")],
)
def test_getting_started(before_name: str, other: str, sample_data: Path) -> None:
    before, after = (
        sample_data / "getting_started" / name / "outputs" / "metrics.binproto"
        for name in (before_name, other)
    )
    found = changes(before, after)
    directions = expected_directions(before, after)
    assert {name: change.direction.value for name, change in found.items()} == directions
    old, new = plain_metrics(before), plain_metrics(after)
    for name, change in found.items():
        pair = arrays(old[name]), arrays(new[name])
        why = "\n".join(change.why)
        for place, values in pair[0].items():
            partner = pair[1][place]
            trace, _, array = place.partition(".")
            own = f".{array}: "
            if values.shape == partner.shape and np.array_equal(values, partner):
                assert own not in why, (name, place)
            elif values.shape != partner.shape:
                assert f"{own}{len(values)} " in why, (name, place, why)
                assert f"now {len(partner)}" in why
            elif values.dtype.kind == "f":
                number_of = int((values != partner).sum())
                assert f"{own}{number_of} of {len(values)} numbers differ" in why, (name, place)
            assert trace == "0"


def test_fast_against_error_in_numbers(sample_data: Path) -> None:
    folder = sample_data / "getting_started"
    found = changes(
        folder / "fast/outputs/metrics.binproto", folder / "error/outputs/metrics.binproto"
    )
    worse = [name for name, change in found.items() if change.direction is Direction.WORSE]
    assert worse == ["Speed Over Time", "Altitude Over Time"]
    speed = found["Maximum Speed"]
    assert speed.delta == pytest.approx(44.7)
    pandas = pytest.importorskip("pandas")
    tables = [
        pandas.Series(arrays(plain_metrics(folder / name / "outputs/metrics.binproto")[
            "Altitude Over Time"])["0.y"].astype(float))
        for name in ("fast", "error")
    ]  # fmt: skip
    altitude = found["Altitude Over Time"]
    assert altitude.before is not None
    assert altitude.after is not None
    assert altitude.before.value == pytest.approx(tables[0].mean())
    assert altitude.after.value == pytest.approx(tables[1].mean())
