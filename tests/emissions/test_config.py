"""Metrics configs: values with lines, definitions, merging, and hostile YAML."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resim_inspect.emissions.config import Config, ConfigError, find_config, load_config
from resim_inspect.emissions.config.yaml_values import read_yaml

CONFIG = """\
version: 1
topics:
  speed:
    schema:
      v: float
  hit:
    event: yes
    schema: {name: string}
metrics:
  Max speed:
    type: test
    query_string: |
      SELECT MAX(v)
      FROM speed
    template_type: system
    template: scalar
    units: m/s
    status:
      query_string: SELECT 1 FROM speed WHERE v > ?
      warn: 3
      block: "10"
metrics sets:
  Main: {metrics: [Max speed]}
dashboards:
  Trend: {metrics_set: Main, refresh: auto, day_range: 30}
"""


def load(folder: Path, *texts: str) -> Config:
    paths = []
    for number, text in enumerate(texts):
        path = folder / f"config{number}.resim.yml"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return load_config(paths)


def test_definitions_have_their_lines(tmp_path: Path) -> None:
    config = load(tmp_path, CONFIG)
    assert config.faults == ()
    assert dict(config.topics["speed"].fields) == {"v": "float"}
    assert (config.topics["hit"].event, config.topics["hit"].origin.line) == (True, 6)
    metric = config.metric("Max speed")
    assert metric is not None
    assert (metric.origin.line, metric.query_line) == (10, 13)
    assert metric.query == "SELECT MAX(v)\nFROM speed\n"
    assert metric.status is not None
    assert (metric.status.origin.line, metric.status.warn, metric.status.block) == (18, 3.0, None)
    assert config.metrics_sets[0].metrics == ("Max speed",)
    assert config.dashboards[0].day_range == 30
    assert config.files[0].origin("metrics", "Max speed", "status", "block").line == 21


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ("topics: [a]", "topics", "must be a mapping of names"),
        ("topics: {a: 1}", 'topics["a"]', "must be a mapping"),
        ("topics: {a: {schema: 3}}", 'topics["a"].schema', "fields to types"),
        ("metrics: {a: {type: [x]}}", 'metrics["a"].type', "must be a text"),
        ("metrics: {a: {status: 3}}", 'metrics["a"].status', "must be a mapping"),
        ("metrics: {a: {template_settings: x}}", 'metrics["a"].template_settings', "mapping"),
        ("metrics sets: {a: {metrics: x}}", 'metrics sets["a"].metrics', "must be a list"),
        ("metrics sets: {a: {metrics: [[]]}}", 'metrics sets["a"].metrics[0]', "name of a"),
        ("topics: {on: {schema: {}}}", 'topics["True"]', "put the name into quotes"),
        ("topics: {a: {schema: {off: int}}}", 'topics["a"].schema.False', "into quotes"),
        ("dashboards: {a: {day_range: x}}", 'dashboards["a"].day_range', "number of days"),
    ],
)
def test_a_wrong_form_is_a_fault_with_its_place(
    text: str, where: str, message: str, tmp_path: Path
) -> None:
    (fault,) = load(tmp_path, text).faults
    assert (fault.kind, fault.where, fault.origin.line) == ("config-form", where, 1)
    assert message in fault.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [1", r"yml:1: the file is not valid YAML: expected"),
        ("x: 1\ny: !!python/object/apply:os.system [ls]", "yml:2: the tag .* is not allowed"),
        ("x: !secret y", "the tag !secret is not allowed"),
        ("- 1", "must be a mapping"),
        ("text", "must be a mapping"),
        ("a: 1\n---\nb: 2", "yml:2: .*more than one document"),
        ("a: *b", r"alias \*b has no anchor"),
        ("a: &a [*a]", r"alias \*a has no anchor"),
        ("a: &x 1\nb: &x 2", "yml:2: the anchor &x is set twice"),
        ("? [1]\n: 2", "a key must be a text"),
        ("a: 2024-99-99", "the value 2024-99-99 cannot be read"),
        ("a: 1\nb: {-0x" + "f" * 5000 + ": c}", "yml:2: the integer -0xfff.* has more than 200"),
        ("a: 1" + ":59" * 5000, "the integer 1:59:.*more than 200 characters"),
        ("<<: 3", "the value of << must be a mapping"),
        ("a: \x01", "a character that YAML does not allow"),
        ("a: " + "[" * 1000 + "]" * 1000, "more than 64 levels"),
        ("a: &a [x]\n" + "".join(f"b{i}: &b{i} [{('*b' + str(i - 1) + ',') * 9 if i else '*a'}]\n"
            for i in range(12)), "more than 50,000 values"),
        ("# " + "x" * (1 << 20), "larger than 1 MiB"),
    ],
    ids=lambda value: str(value)[:24],
)  # fmt: skip
def test_hostile_yaml_is_refused_in_one_sentence(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        load(tmp_path, text)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_missing_file_and_other_encodings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: no such file"):
        load_config([tmp_path / "config.resim.yml"])
    path = tmp_path / "latin.yml"
    path.write_bytes("version: 1\na: ü".encode("latin-1"))
    with pytest.raises(ConfigError, match=r"latin.yml:2: the file is not UTF-8"):
        load_config([path])


def test_merge_keys_and_aliases_are_expanded_as_the_safe_loader_does(tmp_path: Path) -> None:
    text = """\
topics:
  a: &a {schema: &s {x: int, y: float}}
  b: {<<: *a, event: true}
  c: {schema: {<<: [*s], x: string}}
"""
    config = load(tmp_path, text)
    fields = {name: dict(topic.fields) for name, topic in config.topics.items()}
    both = {"x": "int", "y": "float"}
    assert fields == {"a": both, "b": both, "c": {"x": "string", "y": "float"}}
    assert config.topics["b"].event


def test_a_key_that_is_written_twice_is_known(tmp_path: Path) -> None:
    config = load(tmp_path, "topics:\n  a: {schema: {x: int}}\n  a: {schema: {y: int}}\n")
    assert config.files[0].duplicates == ((("topics", "a"), 3),)
    assert dict(config.topics["a"].fields) == {"y": "int"}


def test_files_are_merged_and_differences_of_the_tools_are_said(tmp_path: Path) -> None:
    first = "version: 1\ntopics: {a: {schema: {}}}\ndashboards: {D: {metrics_set: S}}\n"
    second = "version: 2\ntopics: {a: {schema: {}}, b: {schema: {}}}\n"
    second += "dashboards: {D: {metrics_set: S}}\nextra: 1\nglobal: {skip-if-no-data: true}\n"
    second += "metrics: {M: {type: test}, N: {skip_if_no_data: false}}\n"
    config = load(tmp_path, first, second)
    assert list(config.topics) == ["a", "b"]
    assert [metric.skip_if_no_data for metric in config.metrics] == [True, False]
    assert [(fault.kind, fault.where, fault.origin.line) for fault in config.faults] == [
        ("config-merge", "version", 1),
        ("config-merge", 'topics["a"]', 2),
        ("config-merge-differs", 'dashboards["D"]', 3),
        ("config-merge-differs", "dashboards", 3),
        ("config-merge-differs", "extra", 4),
        ("config-merge-differs", "global", 5),
    ]


def test_the_config_is_found_beside_above_and_by_the_project_file(tmp_path: Path) -> None:
    outputs = tmp_path / "jobs" / "one" / "outputs"
    outputs.mkdir(parents=True)
    assert find_config(outputs) == ()
    folder = tmp_path / ".resim" / "metrics"
    folder.mkdir(parents=True)
    for name in ("config.yml", "config.resim.yaml", "config.resim.yml"):
        (folder / name).write_text("version: 1", encoding="utf-8")
        assert find_config(outputs) == (folder / name,)
    beside = outputs / "config.resim.yml"
    beside.write_text("version: 1", encoding="utf-8")
    assert find_config(outputs) == (beside,)
    project = tmp_path / "resim.toml"
    project.write_text('metrics-config = ["a.yml", "b.yml"]', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"resim.toml:1: metrics-config names .*a.yml"):
        find_config(outputs)
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text("version: 1", encoding="utf-8")
    assert find_config(outputs) == (tmp_path / "a.yml", tmp_path / "b.yml")
    project.write_text('metrics-config = "a.yml"', encoding="utf-8")
    assert find_config(outputs) == (tmp_path / "a.yml",)


@pytest.mark.skipif(os.name != "posix", reason="folders of Windows have no such mode")
def test_a_folder_above_that_all_may_write_to_decides_nothing(tmp_path: Path) -> None:
    folder = tmp_path / ".resim" / "metrics"
    folder.mkdir(parents=True)
    (folder / "config.resim.yml").write_text("version: 1", encoding="utf-8")
    inner = tmp_path / "inner"
    inner.mkdir()
    tmp_path.chmod(0o777)
    assert find_config(inner) == ()
    assert find_config(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        CONFIG,
        "",
        "# nothing",
        "---\na: 1\n...\n",
        "a: yes\nb: no\nc: ~\nd: null\ne:\nf: 'yes'\n",
        "a: 017\nb: 0x1f\nc: 1_000\nd: 1:30\ne: 1e3\nf: 1.5e3\ng: .inf\nh: -.INF\n",
        "a: 2024-01-02\nb: 2024-01-02T03:04:05Z\nc: '2024-01-02'\n",
        "a: >\n  folded\n  text\n\n  more\nb: |-\n  kept\n  lines\nc: plain\n  continued\n",
        "a: {b: [1, [2, {c: 3}]], 'd e': \"f\\n\"}\n1: x\ntrue: y\n",
        "x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\nz: {<<: [*x, {c: 4}], a: 0}\n",
        "x: &x [1, 2]\ny: *x\nz: &z 5\nw: *z\n",
        "a: 1\na: 2\n",
        "a: ! 12\n",
    ],
)
def test_values_are_those_of_the_safe_loader(text: str, tmp_path: Path) -> None:
    path = tmp_path / "config.yml"
    path.write_text(text, encoding="utf-8")
    assert read_yaml(path).values == (yaml.safe_load(text) or {})


@given(
    st.dictionaries(
        st.text(max_size=8),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(st.text(max_size=6), inner, max_size=4)
            ),
            max_leaves=12,
        ),
        max_size=5,
    ),
    st.booleans(),
)
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_document_is_read_as_the_safe_loader_reads_it(
    tmp_path: Path, values: dict[str, Any], flow: bool
) -> None:
    path = tmp_path / "config.yml"
    text = yaml.safe_dump(values, default_flow_style=flow, allow_unicode=True)
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    assert read_yaml(path).values == (yaml.safe_load(text) or {})
