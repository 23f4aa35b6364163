"""Small emissions and configs for the tests of the evaluation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from resim_inspect.building.png import png
from resim_inspect.document import Document, parse_document
from resim_inspect.document.model import Metric
from resim_inspect.emissions.config import load_config
from resim_inspect.emissions.evaluation.config_metrics import select_metrics, topic_schemas
from resim_inspect.emissions.evaluation.evaluator import Evaluation, evaluate_metrics
from resim_inspect.emissions.evaluation.folders import job_of
from resim_inspect.emissions.evaluation.limits import DEFAULT_LIMITS, Limits
from resim_inspect.emissions.reader import emissions_files

TOPICS = {
    "speed": {"v": "float", "state": "string", "n": "int", "ok": "boolean"},
    "frame": {"file": "image"},
    "clip": {"file": "video"},
    "figure": {"raw_metric": "string"},
    "empty": {"v": "float"},
    "hit": {
        "name": "string",
        "description": "string",
        "status": "status",
        "tags": "string[]",
        "metrics": "metric[]",
    },
}
FIGURE = '{"data": [{"type": "scatter", "x": [1, 2], "y": [3, 4]}], "layout": {}}'


def emission(topic: str, data: Mapping[str, Any], **metadata: Any) -> str:
    """One line of an emissions file."""
    return json.dumps({"$metadata": {"topic": topic, **metadata}, "$data": dict(data)})


def write_outputs(folder: Path, offset: float = 0.0) -> Path:
    """Write 20 rows of speed, three events and an image; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        emission(
            "speed",
            {"v": offset + n / 2, "state": "IDLE" if n < 5 else "CRUISE", "n": n, "ok": n > 3},
            timestamp=n * 500_000_000,
        )
        for n in range(20)
    ]
    lines += [emission("frame", {"file": "a.png"}), emission("frame", {"file": "missing.png"})]
    lines += [emission("clip", {"file": "run.mp4"}), emission("figure", {"raw_metric": FIGURE})]
    entries = [
        {"name": "Speed", "type": "scalar", "value": 3.5, "unit": "m/s"},
        {"name": "Note", "type": "text", "value": "hello"},
    ]
    for n, status in enumerate(("PASSED", "FAIL_WARN", "NO_STATUS_REPORTED")):
        event = {"name": "Hit", "description": "d", "status": status, "tags": ["t"]}
        lines.append(
            emission("hit", {**event, "metrics": entries}, timestamp=n * 10**9, event=True)
        )
    (folder / "emissions.resim.jsonl").write_text("\n".join(lines) + "\n")
    (folder / "a.png").write_bytes(png(2, 1, bytes(6)))
    return folder


def metric(query: str, template: str = "table", **more: Any) -> dict[str, Any]:
    """A metric of a config with a system template."""
    values = {"type": "test", "query_string": query, "template_type": "system"}
    return {**values, "template": template, "description": "", **more}


def custom(query: str, file: str) -> dict[str, Any]:
    """A metric of a config with a custom template."""
    values = {"type": "test", "query_string": query, "description": ""}
    return {**values, "template_type": "custom", "template_file": file}


def write_config(folder: Path, metrics: Mapping[str, Any], **more: Any) -> Path:
    """Write a config of metrics over TOPICS; JSON is YAML."""
    topics = {
        name: {"schema": schema, **({"event": True} if name == "hit" else {})}
        for name, schema in TOPICS.items()
    }
    path = folder / ".resim" / "metrics" / "config.resim.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"version": 1, "topics": topics, "metrics": metrics, **more}))
    return path


def evaluate(
    folder: Path, metrics: Mapping[str, Any], limits: Limits = DEFAULT_LIMITS
) -> tuple[Evaluation, Document]:
    """Evaluate metrics over the outputs of `write_outputs`."""
    config = load_config([write_config(folder, metrics)])
    evaluation = evaluate_metrics(
        [job_of(emissions_files(folder), folder)],
        select_metrics(config, "test"),
        topic_schemas(config),
        folder=folder,
        seed="test",
        limits=limits,
    )
    return evaluation, parse_document(evaluation.data, path=folder / "metrics.binproto")


def named(document: Document, name: str) -> Metric:
    """The metric of a name, which must exist."""
    named_metric = document.metric_named(name)
    assert named_metric is not None, name
    return named_metric
