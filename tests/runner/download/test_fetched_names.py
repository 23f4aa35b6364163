"""Names of files that a batch brings: clashes, doubles, and what the file system refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api.misbehaving_server import MisbehavingServer
from tests.runner.download.row_harness import (
    ALL,
    external_row,
    file_row,
    message_of,
    offer_logs,
    put_rows,
    rows_of,
)
from tests.runner.fetch_harness import fetch, tree


@pytest.fixture
def whole(server: MisbehavingServer) -> MisbehavingServer:
    return offer_logs(server)


@pytest.mark.parametrize("step", ["EXPERIENCE", "METRICS"])
@pytest.mark.parametrize(
    ("names", "kept_names", "problem"),
    [
        (["a", "a/b"], ["a"], "is below the file"),
        (["a/b", "A"], ["a/b"], "is the folder of the file"),
        (["b", "x" * 256], ["b"], "is too long"),
        (["b", "../b"], ["b"], "is outside of its folder"),
        (["b", "metrics.binproto/x"], ["b"], "is below the file"),
    ],
)
def test_a_name_that_clashes_is_one_missing_file(
    whole: MisbehavingServer, tmp_path: Path, names: list[str], kept_names: list[str], problem: str,
    step: str,
) -> None:  # fmt: skip
    if "metrics.binproto/x" in names and step == "EXPERIENCE":
        kept_names, problem = names, ""
    rows = [file_row(whole, name, name.encode(), executionStep=step) for name in names]
    put_rows(whole, 1, "logs", rows)
    externals = [external_row(whole, name, name.encode()) for name in names]
    put_rows(whole, 2, "metricsData", [*rows_of(whole, 2, "metricsData"), *externals])
    found = fetch(whole, tmp_path, ALL)
    lost = [one.why for job, one in found.missing if job == "flight 1"]
    assert len(lost) == len(names) - len(kept_names)
    assert all(problem in why for why in lost)
    if step == "METRICS":
        (external,) = [one for job, one in found.missing if job == "flight 2"]
        assert problem in external.why
        assert external.what.startswith("metrics data file ")
    part = "inputs/logs" if step == "EXPERIENCE" else "outputs"
    folder = tmp_path / "jobs/flight 1" / part
    files = {path: data for path, data in tree(folder).items() if data is not None}
    files.pop("metrics.binproto", None)
    assert files == {name: name.encode() for name in kept_names}
    assert len(message_of(tmp_path, 0).metrics_data) == 2


def test_files_of_one_name_get_distinct_names(whole: MisbehavingServer, tmp_path: Path) -> None:
    contents = [f"content {number % 3}".encode() for number in range(5)]
    put_rows(whole, 0, "logs", [file_row(whole, "log.txt", content) for content in contents])
    externals = [external_row(whole, "i/a.png", content) for content in contents]
    put_rows(whole, 1, "metricsData", [*rows_of(whole, 1, "metricsData"), *externals])
    assert not fetch(whole, tmp_path, ALL).missing
    logs = tree(tmp_path / "jobs/flight 0/inputs/logs")
    assert logs == {
        "log.txt": contents[0], "log (2).txt": contents[1], "log (3).txt": contents[2],
    }  # fmt: skip
    outputs = tmp_path / "jobs/flight 1/outputs"
    paths = [
        one.external_file.path
        for one in message_of(tmp_path, 1).metrics_data
        if one.HasField("external_file")
    ]
    assert [(outputs / path).read_bytes() for path in paths] == contents
    before = tree(tmp_path)
    assert fetch(whole, tmp_path, ALL).complete_before == 3
    assert tree(tmp_path) == before


def test_a_name_that_the_file_system_refuses_is_one_missing_file(
    whole: MisbehavingServer, tmp_path: Path
) -> None:
    # Valid as a name, but the path is longer than any system allows together with its folder.
    deep = tmp_path.joinpath(*["d" * 200] * 17)
    parts = ["p" * 220] * 4
    put_rows(whole, 1, "logs", [file_row(whole, "/".join(parts), b"x"), file_row(whole, "b", b"b")])
    found = fetch(whole, deep, ALL)
    assert [job for job, _ in found.missing] == ["flight 1"]
    assert "is refused by the file system: File name too long" in found.missing[0][1].why
    assert (deep / "jobs/flight 1/inputs/logs/b").read_bytes() == b"b"


def test_files_of_a_job_without_metrics_come(whole: MisbehavingServer, tmp_path: Path) -> None:
    for kind in ("metrics", "metricsData", "events"):
        put_rows(whole, 1, kind, [])
    put_rows(whole, 1, "logs", [file_row(whole, "debug.txt", b"x", executionStep="METRICS")])
    assert not fetch(whole, tmp_path, ALL).missing
    assert tree(tmp_path / "jobs/flight 1/outputs") == {"debug.txt": b"x"}
    assert fetch(whole, tmp_path, ALL).complete_before == 3


def test_a_job_whose_folder_cannot_be_made_is_named(
    whole: MisbehavingServer, tmp_path: Path
) -> None:
    (tmp_path / "jobs").mkdir()
    fetch(whole, tmp_path / "other")
    (tmp_path / "workspace.json").write_bytes((tmp_path / "other/workspace.json").read_bytes())
    (tmp_path / "jobs/flight 1").write_text("mine")
    found = fetch(whole, tmp_path)
    assert [(job, one.what) for job, one in found.missing] == [("flight 1", "job")]
    assert found.complete_before == 0
    assert (tmp_path / "jobs/flight 1").read_text() == "mine"
    assert len(message_of(tmp_path, 2).metrics_data) == 2
