"""`resim-inspect validate` of emissions, configs and outputs folders, in every format."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from resim_inspect.building.sample import write_sample
from resim_inspect.cli import main
from resim_inspect.emissions.rules import queries
from tests.emissions.small_config import write

pytest.importorskip("sqlglot", reason="the queries need sqlglot")
WRONG = '{"$metadata": {"topic": "speed", "timestamp": 5}, "$data": {"v": "\\u001b[31mx"}}'


def call(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = main(["validate", *map(str, words)])
    out, err = capsys.readouterr()
    return code, out, err


def test_good_files_are_valid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config, emissions = write(tmp_path)
    code, out, err = call(capsys, emissions, config)
    assert (code, err) == (0, "")
    assert out.count("✓ valid") == 2
    assert "2 files: 2 valid" in out


def test_text_has_place_problem_and_hint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, emissions = write(tmp_path, (WRONG,))
    code, out, _ = call(capsys, emissions)
    assert code == 1
    assert 'E value-type  emissions.resim.jsonl:2 topic "speed" field "v"' in out
    assert 'is "�[31mx", and the schema has float. Emit a float' in out
    assert "\x1b" not in out


def test_json_names_the_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, emissions = write(tmp_path, (WRONG,))
    code, out, _ = call(capsys, emissions, "--format", "json")
    (file,) = json.loads(out)["files"]
    assert (code, file["valid"], file["checked"], file["edition"]) == (1, False, True, None)
    assert (file["findings"][0]["rule"], file["findings"][0]["line"]) == ("value-type", 2)


def test_sarif_and_github_have_the_line_and_the_rule(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, emissions = write(tmp_path, (WRONG,))
    _, out, _ = call(capsys, emissions, write_sample(tmp_path / "sample"), "--format", "sarif")
    (run,) = json.loads(out)["runs"]
    assert {"value-type"} < {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 2}
    _, out, _ = call(capsys, emissions, "--format", "github")
    assert out.startswith("::error file=")
    assert ",line=2,title=value-type::" in out


def test_junit_has_a_case_for_each_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config, emissions = write(tmp_path, (WRONG,))
    _, out, _ = call(capsys, emissions, config, "--format", "junit")
    cases = ElementTree.fromstring(out).findall(".//testcase")
    assert [case.get("classname") for case in cases] == ["emissions", "metrics config"]
    assert [case.find("failure") is not None for case in cases] == [True, False]


def test_an_outputs_folder_has_metrics_emissions_and_a_config(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = tmp_path / "jobs" / "one" / "outputs"
    outputs.mkdir(parents=True)
    write(outputs)
    write_sample(outputs)
    (outputs / "other.resim.jsonl").write_text(WRONG + "\n", encoding="utf-8")
    code, out, _ = call(capsys, tmp_path, "--format", "json")
    files = {Path(file["path"]).name: file["valid"] for file in json.loads(out)["files"]}
    metrics = {name for name in files if name.endswith(".binproto")}
    assert code == 1
    assert len(metrics) == 1
    assert files.keys() - metrics == {"emissions.resim.jsonl", "other.resim.jsonl"}
    assert files["emissions.resim.jsonl"] is True
    assert files["other.resim.jsonl"] is False
    code, out, _ = call(capsys, outputs, "--format", "json")
    assert "config.resim.yml" in {Path(file["path"]).name for file in json.loads(out)["files"]}


def test_a_folder_with_emissions_alone_needs_no_metrics_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config, _ = write(tmp_path)
    config.unlink()
    code, out, _ = call(capsys, tmp_path)
    assert code == 0
    assert "config-missing" in out
    code, out, _ = call(capsys, tmp_path, "--strict")
    assert code == 0


def test_named_configs_are_used_and_a_broken_one_ends_the_call(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config, emissions = write(tmp_path, (WRONG,))
    other = tmp_path / "other"
    other.mkdir()
    emissions = emissions.rename(other / emissions.name)
    config = config.rename(tmp_path / "speeds.yml")
    assert "config-missing" in call(capsys, emissions)[1]
    assert "value-type" in call(capsys, emissions, "--config", config)[1]
    config.write_text("a: [", encoding="utf-8")
    code, out, err = call(capsys, emissions, "--config", config)
    assert (code, out) == (2, "")
    assert "speeds.yml:1: the file is not valid YAML" in err
    code, out, err = call(capsys, config, "--previous-config", config)
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_a_broken_config_of_the_project_is_one_result(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config, emissions = write(tmp_path)
    config.write_text("- 1", encoding="utf-8")
    code, out, _ = call(capsys, emissions)
    assert code == 2
    assert "✗ unreadable" in out
    assert out.count("config-unreadable") == 1


def test_unread_files_have_a_reason_and_a_hint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = call(capsys, tmp_path / "none.resim.jsonl", tmp_path / "none.yml")
    assert (code, err) == (2, "")
    assert "none.resim.jsonl cannot be read: no such file" in out
    assert "none.yml cannot be read: no such file" in out


def test_a_config_whose_queries_are_not_checked_is_not_valid_in_any_format(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "can_parse", lambda: False)
    config, _ = write(tmp_path)
    code, out, _ = call(capsys, config, tmp_path / "emissions.resim.jsonl")
    assert code == 1
    assert "? not fully checked" in out
    assert 'SQL not checked: sqlglot is missing. Install it: pip install "resim-inspect' in out
    assert "2 files: 1 valid, 1 not fully checked" in out
    _, out, _ = call(capsys, config, "--format", "json")
    (file,) = json.loads(out)["files"]
    assert (file["valid"], file["checked"]) == (False, False)
    _, out, _ = call(capsys, config, "--format", "junit")
    assert ElementTree.fromstring(out).find(".//failure") is not None


def test_a_schema_change_is_found_against_the_previous_config(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "old"
    old.mkdir()
    before, _ = write(old, ('topics["speed"].schema["w"] = "int"',))
    config, _ = write(tmp_path)
    code, out, _ = call(capsys, config, "--previous-config", before)
    assert code == 1
    assert "E schema-change" in out
    assert 'topics["speed"].schema.w' in out
