"""Rows that the official emitter refuses are errors here, and what it accepts is none."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from resim_inspect.emissions.config import Config, load_config
from resim_inspect.emissions.linting import lint
from resim_inspect.emissions.reader import read_emissions
from resim_inspect.emissions.registry import ROW_CHECKS
from resim_inspect.validation import Severity
from tests.conformance.open_core import whole_release
from tests.soak import FACTOR

ROWS = 2000
RELEASE = "1.6.0"
WORKER = Path(__file__).with_name("emitter_worker.py")
KINDS = ("boolean", "string", "int", "float", "image", "video", "status", "string[]", "metric[]")
TOPICS: dict[str, dict[str, Any]] = {
    "all": {"schema": {f"f{place}": kind for place, kind in enumerate(KINDS) if kind != "video"}},
    "clips": {"schema": {"camera": "string", "file": "video"}},
    "numbers": {"schema": {"n": "int", "v": "float"}},
    "hits": {"event": True, "schema": {"name": "string", "status": "status"}},
    "truthy": {"event": "later", "schema": {"name": "string"}},
    "lists": {"schema": {"tags": "string[]", "more": "string[]"}},
    "empty": {"schema": {}},
    "odd": {"schema": {"n": "bigint"}},
}
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -7, 2**40, 2**62 + 1, 2**63, 2**80, -(2**70)),
    *(0.0, 1.5, -1e300, 1e-300, math.nan, math.inf, -math.inf, 1.0),
    *("", "text", "PASSED", "WHATEVER", "../x.png", "/etc/passwd", "\ud800", "a\0b", "\u202e"),
    *([], ["a"], ["a", "b"], ["a", 1], [None], [1, 2.5], [[]], [["a"]]),
    *({}, {"a": 1}, [{}], [{"name": "S", "type": "scalar", "value": 1}], ["just a name"]),
)
FITTING: dict[str, tuple[Any, ...]] = {
    "boolean": (True, False),
    "int": (0, -3, 2**63, 2**80),
    "float": (0.5, 3, math.nan, 2**80),
    "string[]": ([], ["a"], ["a", "b"]),
    "metric[]": ([], [{"name": "S", "type": "scalar", "value": 1}]),
}
TIMESTAMPS: tuple[Any, ...] = (None, None, 0, 5, 12_000_000_000, 1.5, "2020", -5, 2**70, True)


def rows(seed: int, number: int) -> Iterator[dict[str, Any]]:
    """Random rows: mostly with one fault, or none."""
    random = Random(seed)
    names = [*TOPICS, "unknown", "All"]
    for _ in range(number):
        topic = random.choice(names)
        schema = TOPICS.get(topic, TOPICS["numbers"])["schema"]
        data = {
            field: random.choice(FITTING.get(kind, ("text", "PASSED", "../x.png")))
            for field, kind in schema.items()
        }
        for _ in range(random.choice((0, 0, 1, 1, 2))):
            fault = random.randrange(4)
            if fault == 0 and data:
                del data[random.choice(list(data))]
            elif fault == 1:
                data[random.choice(("extra", "f0", "n", ""))] = random.choice(VALUES)
            elif data:
                data[random.choice(list(data))] = random.choice(VALUES)
        yield {
            "topic": topic,
            "data": data,
            "timestamp": random.choice(TIMESTAMPS),
            "event": random.random() < 0.25,
        }


def written(row: dict[str, Any]) -> bytes:
    """The line that the emitter would write for a row if it did not check it."""
    metadata = {"topic": row["topic"]}
    if row["timestamp"] is not None:
        metadata["timestamp"] = row["timestamp"]
    if row["event"]:
        metadata["event"] = True
    return json.dumps({"$metadata": metadata, "$data": row["data"]}).encode() + b"\n"


def errors(config: Config, lines: bytes, path: Path) -> set[str]:
    """Codes of the errors about these lines."""
    path.write_bytes(lines)
    found = lint(config, read_emissions([path]), checks=ROW_CHECKS).get(path, [])
    return {finding.rule for finding in found if finding.severity is Severity.ERROR}


@pytest.mark.soak
def test_the_emitter_and_the_rules_agree_on_every_row(tmp_path: Path) -> None:
    module = whole_release(RELEASE) / "resim/sdk/metrics/emissions.py"
    if not module.is_file():
        pytest.skip("this release of open-core has no emitter")
    config_path = tmp_path / "config.resim.yml"
    config_path.write_text(json.dumps({"version": 1, "topics": TOPICS}), encoding="utf-8")
    out = tmp_path / "official.resim.jsonl"
    generated = list(rows(0, ROWS * FACTOR))
    done = subprocess.run(
        [sys.executable, str(WORKER), str(module), str(config_path), str(out)],
        input="".join(json.dumps(row) + "\n" for row in generated),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = done.stdout.splitlines()
    assert len(answers) == len(generated)
    official = out.read_bytes()
    # The rows are compared with the topics alone: the config has faults of its own.
    config = load_config([config_path])
    path = tmp_path / "one.resim.jsonl"
    size = accepted = 0
    differences = []
    for row, answer in zip(generated, answers, strict=True):
        verdict, _, detail = answer.partition(" ")
        if verdict == "refused":
            if not errors(config, written(row), path):
                differences.append(f"only the emitter refuses {row}: {detail}")
            continue
        accepted += 1
        lines, size = official[size : int(detail)], int(detail)
        allowed = set()
        if any(TOPICS[row["topic"]]["schema"].get(f) == "metric[]" for f in row["data"]):
            # The emitter accepts any list, and the server's metrics step ends with it.
            allowed.add("metric-list")
        if row["timestamp"] is None and row["topic"] == "lists":
            # It accepts the lists, and writes rows that it would not accept.
            allowed.add("list-spread")
        if found := errors(config, lines, path) - allowed:
            differences.append(f"only the rules refuse {row}: {found}")
    assert differences == []
    assert len(generated) / 6 < accepted < len(generated) * 5 / 6


MERGED: tuple[tuple[str, ...], ...] = (
    ("version: 1", "version: 1"),
    ("version: 1", "version: 2"),
    ("version: 1", "topics: {}"),
    ("topics: {}", "topics: {}"),
    ("version: 1\ntopics: {a: {}}", "version: 1\ntopics: {a: {}}"),
    ("version: 1\ntopics: {a: {}}", "version: 1\ntopics: {b: {}}"),
    ("version: 1\nmetrics: {a: {}}", "version: 1\nmetrics: {a: {}, b: {}}"),
    ("version: 1\nmetrics: {a: {}}", "version: 1\ntopics: {a: {}}"),
    ("version: 1\nmetrics sets: {a: {}}", "version: 1", "version: 1\nmetrics sets: {a: {}}"),
    ("version: 1\ndashboards: {a: {}}", "version: 1\ndashboards: {a: {}}"),
    ("version: 1\nother: 1", "version: 1\nother: 2"),
    ("version: 1.0", "version: 1"),
    ("version: '1'", "version: 1"),
    ("version: 1",),
    ("topics: {a: {}}",),
)


@pytest.mark.parametrize("texts", MERGED)
def test_configs_that_cannot_be_merged_are_errors(texts: tuple[str, ...], tmp_path: Path) -> None:
    paths = [tmp_path / f"{place}.yml" for place in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    module = whole_release(RELEASE) / "resim/sdk/metrics/emissions.py"
    done = subprocess.run(
        [sys.executable, "-c", MERGE, str(module), *map(str, paths)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode in (0, 3), done.stderr
    faults = {fault.kind for fault in load_config(paths).faults}
    assert ("config-merge" in faults) == (done.returncode == 3)


MERGE = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("official_emissions", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
try:
    module.merge_metrics_config_files(sys.argv[2:])
except ValueError as error:
    print(error)
    sys.exit(3)
"""
