"""A small config and emissions without findings, and edits of them as the rules' examples have."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import yaml

_EVENT = {"name": "string", "description": "string", "status": "status", "tags": "string[]"}
CONFIG: dict[str, Any] = {
    "version": 1,
    "topics": {
        "speed": {"schema": {"v": "float"}},
        "pose": {"schema": {"x": "int"}},
        "counts": {"schema": {"n": "int"}},
        "labels": {"schema": {"names": "string[]"}},
        "notes": {"schema": {"metrics": "metric[]"}},
        "frames": {"schema": {"image": "image"}},
        "hit": {"event": True, "schema": _EVENT},
    },
    "metrics": {
        "Max speed": {
            "type": "test",
            "description": "Highest speed of the run.",
            "query_string": "SELECT MAX(v) FROM speed",
            "template_type": "system",
            "template": "scalar",
            "units": "m/s",
            "skip_if_no_data": False,
            "status": {"query_string": "SELECT 1 FROM speed WHERE v > ?", "warn": 3, "block": 10},
        },
        "Frames": {
            "type": "test",
            "description": "Frames of the camera.",
            "query_string": "SELECT image FROM frames",
            "template_type": "system",
            "template": "image",
            "skip_if_no_data": True,
        },
        "Trend": {
            "type": "dashboard",
            "description": "Highest speeds of all batches.",
            "query_string": "SELECT 'max', batch_id, MAX(v) FROM speed GROUP BY batch_id",
            "template_type": "system",
            "template": "bar",
            "skip_if_no_data": True,
        },
    },
    "metrics sets": {
        "Main": {"metrics": ["Max speed", "Frames"]},
        "Trends": {"metrics": ["Trend"]},
    },
    "dashboards": {"Trend": {"metrics_set": "Trends", "refresh": "auto", "day_range": 30}},
}
ROWS = ('{"$metadata": {"topic": "speed"}, "$data": {"v": 2.5}}',)
_SECTION = re.compile(r"topics|metrics sets|metrics|dashboards|[a-z]+")
_PART = re.compile(r'\["([^"]*)"\]|\.([a-z_]+)')


def write(folder: Path, lines: tuple[str, ...] = ()) -> tuple[Path, Path]:
    """Write config and emissions with the lines of an example applied, and return their paths.

    A line that begins with `{` is a row; others are `place = value`, the value as JSON.
    """
    config = copy.deepcopy(CONFIG)
    rows = list(ROWS)
    for line in lines:
        if line.startswith("{"):
            rows.append(line)
        else:
            key_path, _, value = line.partition(" = ")
            _set(config, keys_of(key_path), json.loads(value))
    config_path = folder / "config.resim.yml"
    config_path.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    for name in ("frame.png", "frame.bmp"):
        (folder / name).write_bytes(b"image")
    path = folder / "emissions.resim.jsonl"
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return config_path, path


def keys_of(key_path: str) -> list[str]:
    """Return the keys of a path such as `metrics["Max speed"].status`."""
    section = _SECTION.match(key_path)
    assert section is not None, key_path
    rest = key_path[section.end() :]
    parts = _PART.findall(rest)
    assert "".join(f'["{name}"]' if name else f".{key}" for name, key in parts) == rest, key_path
    return [section[0], *(name or key for name, key in parts)]


def _set(values: dict[str, Any], keys: list[str], value: Any) -> None:
    for key in keys[:-1]:
        values = values[key]
    values[keys[-1]] = value
