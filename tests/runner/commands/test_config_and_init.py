"""`resim-runner config` tells where each value comes from; `init` writes a file that is right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from resim_inspect.settings import SettingsError, read_project
from runner.cli import main
from tests.containers.container_harness import make_inputs, make_jobs, metrics_file

FILE = """\
[build.native]
command = "python3 metrics.py"
env-set = { LEVEL = "debug" }
timeout = 9
[build.native.limits]
cpus = 2
[defaults.run]
parallel = 3
[compare]
"Max *" = "abs:1"
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["config", "--format", "json", *words]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["format"] == 1
    return {each["name"]: each for each in document["settings"]}


def test_the_file_is_listed_with_its_lines(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "resim.toml").write_text(FILE)
    found = settings(capsys)
    assert {name: (each["value"], each["line"]) for name, each in found.items()} == {
        "default-build": ("native", 1),
        "build.native.command": ("python3 metrics.py", 2),
        "build.native.env-set.LEVEL": ("debug", 3),
        "build.native.timeout": (9, 4),
        "build.native.limits.cpus": (2, 6),
        "defaults.run.parallel": (3, 8),
        'compare."Max *"': ("abs:1", 10),
    }
    assert main(["config"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == str(folder / "resim.toml")
    assert out[4].split() == ["build.native.timeout", "9", "resim.toml:4"]


def test_a_call_is_explained_flag_by_flag(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "resim.toml").write_text(FILE)
    found = settings(capsys, "run", "flights", "--cpus", "4", "--fail-fast", "--env", "A=b")
    sources = {name: (each["value"], each["source"], each["line"]) for name, each in found.items()}
    assert sources["build"] == ("native", "file", 1)
    assert sources["command"] == ("python3 metrics.py", "file", 2)
    assert sources["timeout"] == (9, "file", 4)
    assert sources["parallel"] == (3, "file", 8)
    assert sources["cpus"] == (4.0, "flag", None)
    assert sources["workspace"] == ("flights", "flag", None)
    assert sources["fail-fast"] == (True, "flag", None)
    assert sources["env"] == (["A=b"], "flag", None)
    assert sources["pids"] == (4096, "default", None)
    assert sources["image"] == (None, "default", None)


def test_without_a_file_and_for_wrong_calls(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config"]) == 0
    assert capsys.readouterr().out.startswith("No resim.toml was found here")
    assert settings(capsys, "serve", "--port", "7")["port"]["source"] == "flag"
    assert main(["config", "walk"]) == 2
    assert '"walk" is not a command with settings.' in capsys.readouterr().err
    assert main(["config", "run", "--parallel", "x"]) == 2
    (folder / "resim.toml").write_text("x = 1")
    for words in (["config"], ["config", "run"]):
        assert main(words) == 2
        assert 'resim.toml:1: "x" is not a key of the file' in capsys.readouterr().err
    assert main(["config", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "resim.toml"


def test_every_fault_of_the_file_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "resim.toml"
    fitting = '[build.b]\nimage = "i"\n'
    cases = {
        f"{fitting}timeout = true\n[x]\n[defaults.run]\nparallel = 0\n": ["3", "4", "6"],
        f"{fitting}env-set = {{ API_TOKEN = 'hunter22' }}\ntimeout = -1\n": ["3", "4"],
        f"default-build = 'c'\n[build.b]\n[build.d]\n[compare]\nM = '{'9' * 400}'\n": [
            "1",
            "2",
            "3",
            "5",
        ],
        f"{fitting}command = 'c'\n[build.d]\nimage = 'd'\ndockerfile = 'D'\n": ["3", "6"],
    }
    for text, lines in cases.items():
        path.write_text(text)
        for words in (["config"], ["config", "run"]):
            assert main(words) == 2
            err = capsys.readouterr().err
            places = [line for line in err.splitlines() if line.startswith("resim-runner: ")]
            assert [line.split(":")[2] for line in places] == lines, err
            assert "hunter22" not in err
        with pytest.raises(SettingsError):
            read_project(path)


def test_secrets_of_a_call_are_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "run", "--env", "API_TOKEN=hunter22", "--env", "HOME"]) == 0
    out = capsys.readouterr().out
    assert "hunter22" not in out
    assert "API_TOKEN=[redacted], HOME" in out


def test_init_finds_image_module_and_workspace(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "docker").mkdir()
    (folder / "docker/Containerfile").write_text("FROM x")
    package = folder / "src/my_metrics"
    package.mkdir(parents=True)
    (package / "job.py").write_text("def job_metrics(inputs, writer): ...\n")
    (package / "__init__.py").write_text("from my_metrics.job import (\n    job_metrics,\n)\n")
    make_jobs(folder / "flights", 1)
    assert main(["init"]) == 0
    assert "resim.toml was written." in capsys.readouterr().out
    project = read_project(folder / "resim.toml")
    assert (project.default_build, project.default_workspace) == ("image", folder / "flights")
    image, local = project.build("image"), project.build("local")
    assert image.context == folder / "docker"
    assert image.dockerfile == folder / "docker/Containerfile"
    assert local.command == "python3 -m runner.inside"
    assert dict(local.env_set) == {"PYTHONPATH": "src", "RESIM_METRICS": "my_metrics"}


def test_init_finds_the_inputs_of_one_job_and_a_single_module(folder: Path) -> None:
    make_inputs(folder / "data/one", metrics_file())
    (folder / "metrics.py").write_text("x = 1\ndef job_metrics(inputs, writer):\n    pass\n")
    assert main(["init", str(folder)]) == 0
    project = read_project(folder / "resim.toml")
    assert project.defaults["job"]["inputs"].value == folder / "data/one"
    assert project.build("local").env_set["RESIM_METRICS"] == "metrics"


@pytest.mark.parametrize("name", ['we"ird\\', "\x7f\u2028", "é"])
def test_names_of_folders_are_quoted(folder: Path, name: str) -> None:
    make_jobs(folder / name, 1)
    assert main(["init"]) == 0
    project = read_project(folder / "resim.toml")
    assert project.default_workspace == (folder / name if name.isprintable() else None)


def test_every_commented_line_of_an_empty_folder_is_right(folder: Path) -> None:
    assert main(["init"]) == 0
    path = folder / "resim.toml"
    lines = path.read_text().splitlines()
    at = lines.index("# [build.metrics]")
    for position in (at, at + 1):
        lines[position] = lines[position].removeprefix("# ")
    at = lines.index("# [defaults.run]")
    for position in range(at, len(lines)):
        if "=" in lines[position] or "[" in lines[position]:
            lines[position] = lines[position].removeprefix("# ")
    path.write_text("\n".join(lines))
    project = read_project(path)
    assert project.build("metrics").image == "my-metrics:dev"
    assert project.defaults["run"]["parallel"].value == 4
    assert set(project.compare) == {"Max speed", "*latency*"}
    assert project.watch.ignore == ("*.md",)


@pytest.mark.parametrize("kind", ["file", "folder", "link", "pyproject"])
def test_init_changes_nothing_that_is_there(
    folder: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "resim.toml"
    if kind == "file":
        path.write_text("# mine")
    elif kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to(folder / "nowhere")
    else:
        (folder / "pyproject.toml").write_text("[tool.resim]\n")
    for words in (["init"], ["init", "."], ["init", str(folder)]):
        assert main(words) == 2
        assert "already exists, and nothing was changed" in capsys.readouterr().err
    if kind == "file":
        assert path.read_text() == "# mine"
    assert path.exists() == (kind in {"file", "folder"})
    assert main(["init", "nowhere"]) == 2


def test_init_below_another_project_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "resim.toml").write_text("")
    (folder / "below").mkdir()
    assert main(["init", "below"]) == 0
    assert "for this folder and all below it" in capsys.readouterr().out
