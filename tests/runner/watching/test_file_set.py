"""The files that a run depends on: what belongs to them, and what never does."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from runner.engines.protocol import Build
from runner.watching.file_set import NOTHING, Patterns, WatchScope, expand


def write(path: Path, text: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def names(scope: WatchScope, folder: Path) -> set[str]:
    paths = map(Path, scope.code_stamps() | scope.input_stamps())
    return {path.relative_to(folder).as_posix() for path in paths}


@pytest.mark.parametrize(
    ("globs", "path", "matches"),
    [
        (("*.md",), "docs/a.md", True),
        (("*.md",), "docs/a.py", False),
        (("docs",), "docs/deep/a.py", True),
        (("docs/",), "docs/deep/a.py", True),
        (("docs/*.py",), "docs/a.py", True),
        (("docs/*.py",), "docs/deep/a.py", False),
        (("docs/**/*.py",), "docs/deep/er/a.py", True),
        (("./*.py",), "a.py", True),
        (("./*.py",), "docs/a.py", False),
        (("./docs/*.py",), "docs/a.py", True),
        (("docs/deep",), "docs/deep/a.py", True),
        (("docs/deep",), "other/docs/deep/a.py", False),
        ((), "a", False),
    ],
)
def test_patterns(globs: tuple[str, ...], path: str, matches: bool, tmp_path: Path) -> None:
    assert Patterns(tmp_path, globs).match(tmp_path / path) is matches


def test_code_of_a_command_and_its_settings(tmp_path: Path) -> None:
    for name in ("metrics.py", "helper.py", "lib/limits.py", "lib/notes.md", "resim.toml"):
        write(tmp_path / name)
    write(tmp_path / "__pycache__/helper.pyc")
    write(tmp_path / "venv/pyvenv.cfg")
    write(tmp_path / "venv/other.py")
    build = Build(command=("python3", "metrics.py"), folder=tmp_path)
    scope = WatchScope((tmp_path / "resim.toml", tmp_path / "missing.env"), build)
    assert names(scope, tmp_path) == {"resim.toml", "metrics.py", "helper.py", "lib/limits.py"}
    module = Build(command=("python3", "-m", "lib.limits"), folder=tmp_path)
    assert "helper.py" in names(WatchScope(build=module), tmp_path)
    path = Build(command=("python3", "-m", "other"), env=(("PYTHONPATH", "lib"),), folder=tmp_path)
    assert names(WatchScope(build=path), tmp_path) == {"lib/limits.py"}
    ignoring = WatchScope(build=build, ignore=Patterns(tmp_path, ("lib",)))
    assert names(ignoring, tmp_path) == {"metrics.py", "helper.py"}
    installed = Build(command=("x",), env=(("PYTHONPATH", sys.prefix),), folder=tmp_path)
    assert names(WatchScope(build=installed), tmp_path) == set()


def test_a_context_without_what_runs_and_tools_write(tmp_path: Path) -> None:
    for name in (
        *("Dockerfile", "app/main.py", "app/data.bin", "a/main.py~", "a/.main.py.swp", "a/4913"),
        *(".git/HEAD", "node_modules/x.js", "out/metrics.binproto", "out.failed/x", "out.txt"),
        *(".out.resim-staging-1/x", ".out.resim-lock"),
    ):
        write(tmp_path / name)
    written = tuple(tmp_path / name for name in ("out", "out.failed", ".out."))
    scope = WatchScope(build=Build("i", context=tmp_path), written=written)
    assert names(scope, tmp_path) == {"Dockerfile", "app/main.py", "app/data.bin", "out.txt"}


def test_what_docker_does_not_send_is_not_watched(tmp_path: Path) -> None:
    for name in ("app/main.py", "data/a.bin", "app/data/b.bin", "x.log", "app/x.log", "app/y.md"):
        write(tmp_path / name)
    scope = WatchScope(build=Build("i", context=tmp_path))
    write(tmp_path / ".dockerignore", "# large\n\n/data/\n*.log\n**/*.md\n")
    assert names(scope, tmp_path) == {
        *(".dockerignore", "app/main.py", "app/data/b.bin", "app/x.log")
    }
    # Exceptions of exceptions are left to docker.
    write(tmp_path / ".dockerignore", "*\n!app\n")
    assert "data/a.bin" in names(scope, tmp_path)


def test_inputs_of_all_jobs_new_ones_too(tmp_path: Path) -> None:
    write(tmp_path / "jobs/one/inputs/logs/a.csv")
    write(tmp_path / "jobs/one/outputs/metrics.binproto")
    scope = WatchScope(jobs=tmp_path / "jobs", completed=(tmp_path / "workspace.json",))
    assert names(scope, tmp_path) == {"jobs/one/inputs/logs/a.csv"}
    write(tmp_path / "jobs/two/inputs/logs/b.csv")
    write(tmp_path / "workspace.json")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "jobs/two/inputs/logs/pipe")
    assert names(scope, tmp_path) == {
        "workspace.json",
        "jobs/one/inputs/logs/a.csv",
        "jobs/two/inputs/logs/b.csv",
    }
    assert names(WatchScope(inputs=(tmp_path / "nowhere",)), tmp_path) == set()


def test_links_are_followed_once(tmp_path: Path) -> None:
    write(tmp_path / "data/a.csv")
    (tmp_path / "jobs/one").mkdir(parents=True)
    (tmp_path / "jobs/one/inputs").symlink_to(tmp_path / "data")
    (tmp_path / "data/self").symlink_to(tmp_path / "data")
    (tmp_path / "data/broken").symlink_to(tmp_path / "nowhere")
    found = names(WatchScope(jobs=tmp_path / "jobs"), tmp_path)
    assert "jobs/one/inputs/a.csv" in found
    assert len(found) <= 3


def test_paths_and_globs_of_the_file(tmp_path: Path) -> None:
    for name in ("config/a.yaml", "config/b.yaml", "src/x.py", "src/x.md", "out/m", "one.txt"):
        write(tmp_path / name)
    ignore = Patterns(tmp_path, ("*.md", "config/b.*"))
    paths = ("config/*.yaml", "src", "out", "one.txt", "missing", "*/x.*")
    found = expand(tmp_path, paths, ignore, (tmp_path / "out",))
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        "config/a.yaml",
        "one.txt",
        "src/x.py",
    ]
    scope = WatchScope(paths=("config/*.yaml",), ignore=ignore)
    assert names(scope, tmp_path) == {"config/a.yaml"}
    write(tmp_path / "config/new.yaml")
    assert names(scope, tmp_path) == {"config/a.yaml", "config/new.yaml"}
    assert expand(tmp_path, (str(tmp_path / "one.txt"),), NOTHING) == (tmp_path / "one.txt",)
