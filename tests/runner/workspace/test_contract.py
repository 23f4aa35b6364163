"""The contract's facts: modes, config files, what inputs must look like."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resim_inspect.validation.findings import Severity
from runner.workspace import contract
from runner.workspace.contract import BatchConfig, ContractError, Mode, ReportConfig

BATCH = UUID("0b2f5c1e-5b0e-4c58-8a1f-3d6a0c9e7f21")
PROJECT = UUID("f3b8a0f2-1111-4c58-8a1f-3d6a0c9e7f21")


def fields(**changes: object) -> dict[str, object]:
    values: dict[str, object] = {
        "authToken": "t0ken",
        "apiURL": "https://api.example/v1",
        "batchID": str(BATCH),
        "projectID": str(PROJECT),
    }
    values.update(changes)
    return {key: value for key, value in values.items() if value is not ...}


def rules(data: bytes, mode: Mode = Mode.BATCH) -> list[str]:
    return [finding.rule for finding in contract.check_config(data, mode)]


def test_a_config_file_alone_decides_the_mode() -> None:
    assert contract.mode_of(["experience", "logs"]) is Mode.JOB
    assert contract.mode_of([]) is Mode.JOB
    assert contract.mode_of(["batch_metrics_config.json"]) is Mode.BATCH
    assert contract.mode_of(["report_config.json"]) is Mode.REPORT
    assert contract.mode_of(["report_config.json", "batch_metrics_config.json"]) is Mode.BATCH


@pytest.mark.parametrize("project", [PROJECT, None])
def test_batch_configs_of_four_and_three_fields_come_back(project: UUID | None) -> None:
    config = BatchConfig("t0ken", "http://127.0.0.1:8080/v1", BATCH, project)
    data = contract.config_bytes(config)
    assert contract.parse_batch_config(data) == config
    assert len(json.loads(data)) == (4 if project else 3)


def test_a_report_config_comes_back() -> None:
    config = ReportConfig("t0ken", "https://api.example/v1", BATCH, PROJECT)
    assert contract.parse_report_config(contract.config_bytes(config)) == config


def test_a_token_is_in_no_repr_and_no_masked_text() -> None:
    config = BatchConfig("very-secret", "https://api.example/v1", BATCH, PROJECT)
    assert "very-secret" not in repr(config)
    shown = contract.masked(contract.config_bytes(config))
    assert "very-secret" not in shown
    assert str(BATCH) in shown
    assert "very-secret" not in contract.masked(b'{"a": [{"AuthToken": ["very-secret"]}]}')
    assert "very-secret" not in contract.masked(b'{"authToken": "very-secret"')


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"authToken": ...}, "config-missing-key"),
        ({"batchID": ...}, "config-missing-key"),
        ({"projectID": ...}, "config-no-project"),
        ({"batchId": "x"}, "config-unknown-key"),
        ({"batchID": "nope"}, "config-uuid"),
        ({"projectID": ""}, "config-uuid"),
        ({"batchID": 7}, "config-type"),
        ({"authToken": None}, "config-type"),
        ({"authToken": ["a"]}, "config-type"),
        ({"authToken": ""}, "config-token"),
        ({"authToken": "a\r\nHost: evil"}, "config-token"),
        ({"apiURL": "api.example"}, "config-url"),
        ({"apiURL": "ftp://api.example"}, "config-url"),
        ({"apiURL": "https://"}, "config-url"),
        ({"apiURL": "https://user:pw@api.example"}, "config-url"),
        ({"apiURL": "http://api.example:99999999"}, "config-url"),
        ({"apiURL": "http://[::1"}, "config-url"),
    ],
)
def test_each_mistake_in_a_config_has_its_own_finding(change: dict[str, object], rule: str) -> None:
    data = json.dumps(fields(**change)).encode()
    assert rules(data) == [rule]
    if rule != "config-no-project":
        with pytest.raises(ContractError):
            contract.parse_batch_config(data)


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "config-json"),
        (b"[]", "config-json"),
        (b"{", "config-json"),
        (b"\xff\xfe", "config-json"),
        (b"[" * 100_000, "config-json"),
        (b'{"authToken": "a", "authToken": "b"}', "config-repeated-key"),
    ],
)
def test_what_is_no_config_at_all_is_said(data: bytes, rule: str) -> None:
    assert rules(data) == [rule]


def test_all_mistakes_are_said_at_once() -> None:
    assert rules(b'{"apiURL": 1, "extra": 2}') == [
        "config-missing-key",
        "config-type",
        "config-missing-key",
        "config-no-project",
        "config-unknown-key",
    ]


def test_a_report_needs_its_project() -> None:
    data = json.dumps(fields(batchID=..., reportID=str(BATCH), projectID=...)).encode()
    assert rules(data, Mode.REPORT) == ["config-missing-key"]


@given(st.binary(max_size=200))
def test_no_bytes_break_the_check(data: bytes) -> None:
    errors = [f for f in contract.check_config(data, Mode.BATCH) if f.severity is Severity.ERROR]
    if errors:
        with pytest.raises(ContractError) as caught:
            contract.parse_batch_config(data)
        assert caught.value.findings == errors


def job_inputs(folder: Path) -> Path:
    for name in ("experience", "logs"):
        (folder / name).mkdir(parents=True)
        (folder / name / "a.json").write_text("{}")
    return folder


def test_good_inputs_have_no_findings(tmp_path: Path) -> None:
    assert contract.check_inputs(job_inputs(tmp_path)) == []
    assert contract.looks_like_inputs(tmp_path)


def test_both_modes_at_once_is_an_error(tmp_path: Path) -> None:
    job_inputs(tmp_path)
    (tmp_path / "batch_metrics_config.json").write_text(json.dumps(fields()))
    assert [f.rule for f in contract.check_inputs(tmp_path)] == ["inputs-modes"]
    (tmp_path / "report_config.json").write_text("{}")
    assert [f.rule for f in contract.check_inputs(tmp_path)] == ["inputs-modes", "inputs-modes"]


def test_missing_empty_and_odd_parts_of_job_inputs_are_found(tmp_path: Path) -> None:
    assert [f.rule for f in contract.check_inputs(tmp_path / "no")] == ["inputs-missing"]
    (tmp_path / "experience").write_text("a file")
    (tmp_path / "stray.txt").write_text("")
    found = contract.check_inputs(tmp_path)
    assert [f.rule for f in found] == ["inputs-not-folder", "inputs-no-logs", "inputs-extra"]
    (tmp_path / "logs").mkdir()
    assert "inputs-empty-logs" in [f.rule for f in contract.check_inputs(tmp_path)]


def test_a_bad_config_in_an_inputs_folder_is_found(tmp_path: Path) -> None:
    (tmp_path / "batch_metrics_config.json").write_text(json.dumps(fields(batchID="x")))
    assert [f.rule for f in contract.check_inputs(tmp_path)] == ["config-uuid"]
