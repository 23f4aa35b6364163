"""`show` of a workspace: a table of its jobs first, then what fails, and all of it on request."""

from __future__ import annotations

from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.cli import main
from resim_inspect.text import cell_width


def write_job(folder: Path, speed: float, *, more: int = 0, name: str = "Max speed") -> None:
    builder = DocumentBuilder("a test")
    for number in range(more):
        builder.scalar(f"Further {number}", float(number), unit="m")
    status = "FAIL_BLOCK" if speed > 40 else "PASSED"
    builder.scalar(name, speed, unit="m/s", status=status, fails_above=40.0)
    builder.text("Report", "It flew.")
    folder.mkdir(parents=True)
    (folder / "metrics.binproto").write_bytes(builder.bytes())


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    write_job(tmp_path / "ws/jobs/good/outputs", 31.2, more=9)
    write_job(tmp_path / "ws/jobs/fast/outputs", 44.7, more=9)
    (tmp_path / "ws/jobs/new/inputs/logs").mkdir(parents=True)
    return tmp_path / "ws"


def shown(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, list[str], str]:
    code = main(["show", *map(str, words)])
    captured = capsys.readouterr()
    return code, captured.out.splitlines(), captured.err


def test_a_workspace_leads_with_a_table_and_what_fails(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, lines, err = shown(capsys, workspace)
    assert (code, err) == (0, "")
    assert lines[0].endswith("✗ FAIL_BLOCK")
    assert lines[1] == "3 jobs   ✗ FAIL_BLOCK 1   ✓ PASSED 1   1 not run yet"
    rows = {line.split()[0]: line.split() for line in lines[3:8] if line.strip()}
    # The metric that fails is the first column, before those with values.
    assert rows["fast"][:5] == ["fast", "✗", "FAIL_BLOCK", "✗", "44.7"]
    assert rows["good"][:5] == ["good", "✓", "PASSED", "✓", "31.2"]
    assert any("further metrics: --width N shows more" in line for line in lines)
    at = lines.index("Failing")
    assert lines[at + 1] == "  fast"
    assert lines[at + 2] == "    ✗ FAIL_BLOCK  Max speed  44.7 m/s (fails above 40)"
    assert rows["new"] == ["new", "not", "run", "yet"]
    assert lines[-2:] == ["Not run yet", "  new"]
    assert not any("It flew." in line for line in lines)


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_every_line_fits(workspace: Path, capsys: pytest.CaptureFixture[str], width: int) -> None:
    write_job(workspace / "jobs" / ("long" * 20) / "outputs", 50, name="A metric " * 20)
    _, lines, _ = shown(capsys, workspace, "--width", str(width))
    assert max(map(cell_width, lines)) <= width
    assert any("…" in line for line in lines)


def test_all_shows_every_job_in_full(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines, _ = shown(capsys, workspace, "--all")
    assert code == 0
    assert sum("It flew." in line for line in lines) == 2
    _, lines, _ = shown(capsys, workspace, "--metric", "Report")
    assert sum("It flew." in line for line in lines) == 2


def test_the_batch_and_damaged_jobs_are_told(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_job(workspace / "batch/outputs", 45.0)
    write_job(workspace / "jobs/bad\x1b[2J/outputs", 45.0)
    (workspace / "jobs/bad\x1b[2J/outputs/metrics.binproto").write_bytes(b"\xff\xffno")
    code, lines, err = shown(capsys, workspace)
    assert code == 2
    assert "1 without metrics   1 not run yet" in lines[1]
    assert "batch ✗ FAIL_BLOCK" in lines[1] + lines[2]
    assert "  batch" in lines
    assert any(line.startswith("  bad�[2J: the file is damaged") for line in lines)
    assert "\x1b" not in "".join(lines) + err
    assert "damaged" in err


def test_a_workspace_that_cannot_be_read_is_one_sentence(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (workspace / "workspace.json").write_text("{")
    code, lines, err = shown(capsys, workspace)
    assert (code, lines) == (2, [])
    assert "is not valid JSON" in err


def test_the_table_ends_with_a_summary_of_each_column(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_job(workspace / "jobs/slow/outputs", 12.5)
    _, lines, _ = shown(capsys, workspace, "--width", "60")
    speeds = {line.split()[0]: line for line in lines if line[:1].isalpha()}
    at = speeds["fast"].index("44.7")
    for word, value in (("min", "12.5"), ("median", "31.2"), ("max", "44.7")):
        assert speeds[word][at:].split()[0] == value
    assert speeds["failing"].split()[1:5] == ["✗", "1", "✗", "1"]


def test_one_job_has_no_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_job(tmp_path / "ws/jobs/good/outputs", 31.2)
    _, lines, _ = shown(capsys, tmp_path / "ws")
    assert any(line.startswith("good") for line in lines)
    assert not any(line.startswith("median") for line in lines)
