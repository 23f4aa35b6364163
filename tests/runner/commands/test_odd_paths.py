"""Paths of a call that lead to something else: each command says a sentence and does not crash."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from resim_inspect.terminal import load_command
from runner.cli import COMMANDS, _parser, main
from runner.commands import demo
from runner.engines import registry
from tests.containers.container_harness import make_inputs

BUILD = ("--command", "true", "--no-sandbox")
IDS = ("11111111-1111-1111-1111-111111111111", "22222222-1111-1111-1111-111111111111")
CALLS = {
    "job": (*BUILD, "--inputs", "{inputs}", "--outputs", "{outputs}"),
    "run": (*BUILD, "--from", "{source}", "{flights}"),
    "batch": (*BUILD, "--jobs", "{flights}", "--outputs", "{outputs}"),
    "report": (*BUILD, "{flights}", "--outputs", "{outputs}"),
    "status": ("{flights}",),
    "logs": ("{flights}",),
    "stop": ("{flights}",),
    "shell": (*BUILD, "{flights}"),
    "serve": ("{nowhere}",),
    "fetch": (IDS[0], "{flights}", "--project", IDS[1], "--api-url", "http://127.0.0.1:9/v1"),
    "demo": ("--no-inspect",),
    "init": ("{new}",),
    "clean": ("{flights}",),
    "doctor": (),
}
"""A call of each command that takes a path."""
PLACES = {"DIR", "FILE", "PATH", "WORKSPACE"}


def _arguments() -> Iterator[tuple[str, str]]:
    """Command and flag, or name, of every argument that is a path."""
    for command in COMMANDS:
        _, parser = _parser(command, load_command(f"runner.commands.{command}"))
        for action in parser._actions:
            if str(action.metavar) in PLACES:
                yield command, next(iter(action.option_strings), action.dest)


def _words(command: str, argument: str, odd: Path, folder: Path) -> list[str]:
    """A call whose `argument` is the path `odd`."""
    words = [command, *CALLS[command]]
    if argument in words:
        words[words.index(argument) + 1] = str(odd)
    elif argument.startswith("--"):
        words += [argument, str(odd)]
        words += ["--executor", "dask+tls://127.0.0.1:9"] if "tls" in argument else []
    else:
        words = [
            str(odd) if word in {"{flights}", "{new}", "{nowhere}"} else word for word in words
        ]
    names = ("inputs", "outputs", "source", "flights", "nowhere", "new")
    return [word.format(**{name: folder / name for name in names}) for word in words]


@pytest.fixture(params=["file", "link", "device", "locked"])
def odd(request: pytest.FixtureRequest, tmp_path: Path, lock: Callable[[Path], None]) -> Path:
    """A path that leads to something that few arguments accept."""
    path = tmp_path / "odd"
    if request.param == "file":
        path.write_text("x")
    elif request.param == "link":
        path.symlink_to("nothing")
    elif request.param == "locked":
        make_inputs(path / "jobs/a/inputs")
        lock(path)
    elif request.param == "device":
        device: Path = request.getfixturevalue("null_device")
        return device
    return path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_inputs(tmp_path / "inputs")
    make_inputs(tmp_path / "source/b")
    make_inputs(tmp_path / "flights/jobs/a/inputs")
    (tmp_path / "new").mkdir()
    monkeypatch.setenv("RESIM_TOKEN", "x")
    monkeypatch.setattr(registry, "ENGINES", registry.ENGINES[:1])
    monkeypatch.setattr(demo, "why_not", lambda: "No SDK is installed.")
    return tmp_path


@pytest.mark.parametrize(("command", "argument"), [*_arguments()])
def test_a_path_to_something_else_is_a_sentence(
    command: str, argument: str, odd: Path, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code = main(_words(command, argument, odd, folder))
    said = capfd.readouterr().err
    assert code in {0, 2, 5}, said
    assert "Traceback" not in said
