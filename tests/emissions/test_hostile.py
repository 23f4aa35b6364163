"""Mutated emissions and configs: findings or one sentence, never another exception."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from resim_inspect.emissions.config import ConfigError, load_config
from resim_inspect.emissions.linting import lint
from resim_inspect.emissions.reader import EmissionsReader, read_emissions
from tests.emissions.small_config import CONFIG, write
from tests.soak import FACTOR

pytest.importorskip("sqlglot", reason="the queries need sqlglot")
ODD: tuple[Any, ...] = (
    *(None, True, -1, 2**80, 1e308, "", "?", "\ud800", "\x00", "a" * 300, "../../x", "SELECT"),
    *([], [[]], [None], {}, {"a": {}}, {"query_string": 3}, "SELECT * FROM a, b", "--", "'", "/*"),
)
WORDS = (
    b'"',
    b"{",
    b"}",
    b"\n",
    b"\\",
    b"\xff",
    b"NaN",
    b"null",
    b"1e999",
    b"[",
    b":",
    b"\x00",
    b"",
)


def mutated(data: bytes, random: Random) -> bytes:
    """Bytes with a few of them replaced, removed or repeated."""
    for _ in range(random.choice((1, 2, 5))):
        start = random.randrange(len(data) + 1)
        end = min(len(data), start + random.choice((0, 1, 3, 20)))
        data = data[:start] + random.choice((*WORDS, data[start:end] * 2)) + data[end:]
    return data


def replaced(value: Any, random: Random) -> Any:
    """A value of JSON with one of the values in it replaced."""
    if isinstance(value, dict) and value and random.random() < 0.9:
        key = random.choice(list(value))
        if random.random() < 0.1:
            return {random.choice(("", "on", 5, key * 2)): each for each in value.values()}
        return {**value, key: replaced(value[key], random)}
    if isinstance(value, list) and value and random.random() < 0.7:
        return [replaced(each, random) for each in value]
    return random.choice(ODD)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(4 * FACTOR))
def test_mutated_rows_are_read_and_checked(seed: int, tmp_path: Path) -> None:
    config_path, path = write(tmp_path)
    config = load_config([config_path])
    topics = CONFIG["topics"]
    rows = [
        {"$metadata": {"topic": name, "timestamp": 5}, "$data": dict.fromkeys(topic["schema"], 1)}
        for name, topic in topics.items()
    ]
    random = Random(seed)
    for _ in range(25):
        lines = [json.dumps(replaced(row, random)).encode() for row in rows]
        data = b"\n".join([*lines, *(mutated(line, random) for line in lines)])
        path.write_bytes(data)
        emissions = read_emissions(path)
        assert emissions.line_counts[0] + len(emissions.held_back) <= data.count(b"\n") + 1
        for finding in lint(config, emissions)[path]:
            assert finding.message
            assert finding.line <= data.count(b"\n") + 1
        # Read in parts it is the same.
        reader = EmissionsReader([path])
        path.write_bytes(data[: len(data) // 2])
        reader.update()
        path.write_bytes(data)
        parts = reader.read_all()
        assert {n: t.rows for n, t in parts.topics.items()} == {
            n: t.rows for n, t in emissions.topics.items()
        }
        assert parts.faults == emissions.faults


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(4 * FACTOR))
def test_mutated_configs_are_checked_or_refused(seed: int, tmp_path: Path) -> None:
    path, emissions_path = write(tmp_path)
    emissions = read_emissions(emissions_path)
    text = path.read_bytes()
    random = Random(seed)
    checked, refusals = 0, []
    for _ in range(25):
        changed = json.dumps(replaced(replaced(CONFIG, random), random)).encode()
        path.write_bytes(changed if random.random() < 0.6 else mutated(text, random))
        try:
            config = load_config([path])
        except ConfigError as error:
            refusals.append(str(error))
            continue
        checked += 1
        for findings in lint(config, emissions, previous=config).values():
            assert all(finding.message and finding.hint for finding in findings)
    assert checked > 5
    assert all(text.endswith(".") and "\n" not in text for text in refusals)
