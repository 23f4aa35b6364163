"""`resim-inspect validate` and `rules`, as a shell sees them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.cli import main
from resim_inspect.commands import validate as command
from resim_inspect.emissions.evaluation.rules import RULES as EVALUATION_RULES
from resim_inspect.emissions.registry import RULES as EMISSIONS_RULES
from resim_inspect.validation.registry import RULES


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A folder with a valid file."""
    b = DocumentBuilder()
    b.scalar("Speed", 1)
    b.write(tmp_path / "good" / "metrics.binproto")
    return tmp_path / "good"


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A file with three separate faults, and a warning."""
    b = DocumentBuilder()
    b.scalar("Speed", None)
    b.text("Note", "")
    b.image("Photo", b.file("photo", "photo.png"), status="UNSET")
    return b.write(tmp_path / "bad.binproto")


def run(capsys: pytest.CaptureFixture[str], *argv: object) -> tuple[int, str, str]:
    """The exit code and what was written to stdout and stderr."""
    code = main([str(one) for one in argv])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_valid(capsys: pytest.CaptureFixture[str], good: Path) -> None:
    code, out, err = run(capsys, "validate", good)
    assert (code, err) == (0, "")
    assert out == f"{good / 'metrics.binproto'}  ✓ valid\n"


def test_three_faults_are_three_findings(capsys: pytest.CaptureFixture[str], bad: Path) -> None:
    code, out, _ = run(capsys, "validate", "--format", "json", bad)
    findings = json.loads(out)["files"][0]["findings"]
    errors = [one for one in findings if one["severity"] == "error"]
    assert code == 1
    assert len(errors) == 3
    assert len({one["where"] for one in errors}) == 3


def test_text_file_is_one_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("just some notes\n")
    code, out, _ = run(capsys, "validate", path)
    assert code == 2
    assert out.splitlines()[0] == f"E {path} is not a metrics file: it is text"


@pytest.mark.parametrize("format_", ["text", *command.FORMATS])
def test_unreadable_wins_over_invalid_in_every_format(
    capsys: pytest.CaptureFixture[str], good: Path, bad: Path, tmp_path: Path, format_: str
) -> None:
    code, out, err = run(capsys, "validate", "--format", format_, good, bad, tmp_path / "none")
    assert code == 2
    assert err == ""
    assert "does not exist" in out


def test_all_files_below_a_folder(
    capsys: pytest.CaptureFixture[str], good: Path, tmp_path: Path
) -> None:
    (tmp_path / "other" / "deep").mkdir(parents=True)
    data = (good / "metrics.binproto").read_bytes()
    (tmp_path / "other" / "deep" / "metrics.binproto").write_bytes(data)
    (tmp_path / "other" / "not.binproto").write_bytes(data)
    code, out, _ = run(capsys, "validate", tmp_path)
    assert code == 0
    assert out.splitlines()[-1] == "2 files: 2 valid"


def test_folder_without_a_file(
    capsys: pytest.CaptureFixture[str], good: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    code, out, _ = run(capsys, "validate", "--format", "json", tmp_path / "empty", good)
    files = json.loads(out)["files"]
    assert code == 2
    assert [file["readable"] for file in files] == [False, True]


def test_strict_fails_for_warnings_but_leaves_valid(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    b = DocumentBuilder()
    b.plotly("Figure", {})
    path = b.write(tmp_path / "warned.binproto")
    assert run(capsys, "validate", path)[0] == 0
    code, out, _ = run(capsys, "validate", "--strict", "--format", "json", path)
    assert code == 1
    assert json.loads(out)["files"][0]["valid"]


def test_edition(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    b = DocumentBuilder()
    b.scalar("Speed", float("nan"))
    path = b.write(tmp_path / "nan.binproto")
    assert run(capsys, "validate", path)[0] == 1
    code, out, _ = run(capsys, "validate", "--edition", "0.9", "--format", "json", path)
    assert code == 0
    assert json.loads(out)["files"][0]["edition"] == "0.9.0"
    code, out, err = run(capsys, "validate", "--edition", "new", path)
    assert (code, out) == (2, "")
    assert "is not a release number" in err
    code, out, err = run(capsys, "validate", "--edition", "99", path)
    assert (code, out) == (2, "")
    assert "rules of release 99 are not known; the newest is 1.6.0" in err


def test_damage_in_a_deferred_series_is_unreadable(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    b = DocumentBuilder()
    b.strings("names", ["abc"] * 2000)
    data = bytearray(b.bytes())
    data[data.index(b"\n\x03abc\n\x03abc") + 2] = 0xFF
    path = tmp_path / "damaged.binproto"
    path.write_bytes(data)
    code, out, _ = run(capsys, "validate", "--format", "json", path)
    assert code == 2
    file = json.loads(out)["files"][0]
    assert (file["readable"], file["valid"], len(file["findings"])) == (False, False, 1)


def test_colour(capsys: pytest.CaptureFixture[str], good: Path) -> None:
    assert "\x1b[" not in run(capsys, "validate", good)[1]
    assert "\x1b[" in run(capsys, "validate", "--color", "always", good)[1]


def test_many_files_with_progress(
    capsys: pytest.CaptureFixture[str], good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "MIN_FILES_FOR_PROGRESS", 3)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    paths = [good / "metrics.binproto"] * 4
    code, out, _ = run(capsys, "validate", *paths)
    assert code == 0
    assert len(out.splitlines()) == 5
    assert out.splitlines()[-1] == "4 files: 4 valid"


def test_real_files_are_all_valid(capsys: pytest.CaptureFixture[str], sample_data: Path) -> None:
    folders = sorted(sample_data.glob("getting_started/*/outputs"))
    files = sorted(sample_data.glob("all_types/*.binproto"))
    assert folders
    code, out, _ = run(capsys, "validate", "--format", "json", *folders, *files)
    assert code == 0
    assert all(file["valid"] for file in json.loads(out)["files"])


def test_rules_lists_all(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "rules")
    assert code == 0
    every = [*RULES, *EMISSIONS_RULES, *(rule.code for rule in EVALUATION_RULES)]
    assert all(f" {code} " in out for code in every)
    code, out, _ = run(capsys, "rules", "--format", "json")
    document = json.loads(out)
    assert document["format"] == 1
    assert [rule["code"] for rule in document["rules"]] == every


def test_rules_explains_one(capsys: pytest.CaptureFixture[str]) -> None:
    for code_, rule in (*RULES.items(), *EMISSIONS_RULES.items()):
        code, out, _ = run(capsys, "rules", code_)
        assert code == 0
        assert out.startswith(f"{code_}  {rule.title}\n")
        assert all(f"    {line}\n" in out for line in (*rule.bad, *rule.good))
    assert "before release 0.1.0" in run(capsys, "rules", "status-disagrees")[1]
    assert "\x1b[" in run(capsys, "rules", "scalar-nan", "--color", "always")[1]


def test_rules_of_an_unknown_code(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "rules", "scaler-nan")
    assert (code, out) == (2, "")
    assert "did you mean scalar-nan?" in err
    assert "lists them" in run(capsys, "rules", "zzzzzz")[2]
