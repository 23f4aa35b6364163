"""Defaults of the runner's flags from a project file, and builds by name."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from resim_inspect.settings.project import SCHEMA
from resim_inspect.settings.schema_check import resolved, shipped_schema
from runner.cli import main
from runner.commands import COMMANDS, WITHOUT_PROJECT
from runner.commands.shared.arguments import non_negative, positive_number
from runner.commands.shared.build_args import build_of
from runner.commands.shared.policy_args import policy_of
from runner.commands.shared.project_args import apply_project, opposite_of
from runner.engines.protocol import Build, Mount
from runner.errors import CallError
from tests.containers.container_harness import make_jobs

NOT_FOR_A_FILE = {
    *("help", "debug", "dry-run", "image", "command", "build", "env", "mount", "from", "name"),
    *("watch", "job", "yes", "results", "images", "limit", "max-bytes", "start"),
    # A key of the whole file.
    "metrics-config",
}
"""Flags that name a single call or confirm it, and those for which a build has keys of its own."""
RUNS_BUILDS = ("job", "run", "batch", "report")
BUILDS = """\
default-build = "flight"
default-workspace = "flights"
[build.flight]
image = "flight:dev"
arguments = ["--fast"]
env = ["HOME_PORT"]
env-set = { LOG_LEVEL = "debug", SHARED = "set" }
env-file = "build.env"
mounts = ["data:/dataset:rw"]
timeout = 60
[build.flight.limits]
cpus = 2
[build.flight.hardening]
image-user = true
[build.native]
command = "python3 'my metrics.py'"
no-sandbox = true
[build.made]
context = "docker"
[defaults.run]
timeout = 7
parallel = 3
fail-fast = true
junit = "junit.xml"
events = "events.jsonl"
[defaults.job]
outputs = "out"
events = "-"
inputs = "in"
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "resim.toml").write_text(BUILDS)
    (tmp_path / "build.env").write_text("# plain\n\nFROM_FILE=a=b\nSHARED=file\n")
    (tmp_path / "data").mkdir()
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    monkeypatch.delenv("HOME_PORT", raising=False)
    return tmp_path


def parser_of(command: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    import_module(f"runner.commands.{command}").add_arguments(parser)
    return parser


def parsed(command: str, *words: str) -> argparse.Namespace:
    """The arguments of a call in the working folder, as the command gets them."""
    parser = parser_of(command)
    apply_project(parser, command, words, Path.cwd())
    args = parser.parse_args(words, argparse.Namespace(command_name=command))
    args.arguments = getattr(args, "arguments", [])
    return args


def built(command: str, *words: str) -> Build:
    return build_of(parsed(command, *words), {"HOME_PORT": "42"})


@pytest.mark.parametrize("text", ["x", "-1", "1.5", "²", ""])
def test_an_argument_that_is_not_a_whole_number_is_quoted(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=r"' is not a whole number of at least 0"):
        non_negative(text)
    if text != "1.5":
        with pytest.raises(argparse.ArgumentTypeError, match=r"' is not a number above 0"):
            positive_number(text)


def test_a_command_without_the_project_file_leaves_a_faulty_one_alone(project: Path) -> None:
    (project / "resim.toml").write_text("x = 1")
    # The arguments of `run` as `demo` parses them.
    args = parser_of("run").parse_args(["flights"])
    assert policy_of(args, Build(), {}).metrics_config == ()


def test_the_default_build_has_its_settings(project: Path) -> None:
    build = built("run")
    assert (build.image, build.command) == ("flight:dev", ("--fast",))
    assert build.env == (
        ("FROM_FILE", "a=b"),
        ("SHARED", "set"),
        ("LOG_LEVEL", "debug"),
        ("HOME_PORT", "42"),
    )
    assert build.mounts == (Mount(project / "data", "/dataset", False),)
    assert (build.limits.cpus, build.hardening.user) == (2, None)


def test_a_flag_wins_over_the_file(project: Path) -> None:
    args = parsed("run")
    assert (args.workspace, args.parallel, args.fail_fast) == (project / "flights", 3, True)
    assert args.junit == project / "junit.xml"
    assert (args.events, parsed("job").events) == (str(project / "events.jsonl"), "-")
    # The build's own value is nearer to the run than that of all runs.
    assert policy_of(args, Build(), {}).timeout == 60
    args = parsed(
        "run", "here", "--timeout", "5", "--parallel=1", "--no-fail-fast", "--user", "7:7"
    )
    assert (args.workspace, args.parallel, args.fail_fast) == (Path("here"), 1, False)
    assert policy_of(args, Build(), {}).timeout == 5
    # --user and --image-user exclude each other: the one of the call holds.
    assert built("run", "--user", "7:7").hardening.user == "7:7"
    build = built("run", "--env", "SHARED=flag", "--mount", f"{project}:/more")
    assert dict(build.env)["SHARED"] == "flag"
    assert [mount.target for mount in build.mounts] == ["/dataset", "/more"]


def test_another_build_or_none_of_the_file(project: Path) -> None:
    build = built("run", "--build", "native")
    assert (build.image, build.command) == ("", ("python3", "my metrics.py"))
    assert (build.folder, build.env) == (project, ())
    made = built("run", "--build=made")
    assert (made.image, made.context) == ("resim-build/made", project / "docker")
    plain = built("run", "--image", "other")
    assert (plain.image, plain.command, plain.env) == ("other", (), ())
    assert (plain.hardening.user, plain.folder) == ("12345:12345", None)
    # Defaults of the command hold for any build.
    assert parsed("run", "--image", "other").timeout == 7


def test_what_a_call_must_have_may_stand_in_the_file(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert parsed("job", "--name", "x").outputs == project / "out"
    assert main(["batch", "--outputs", "x"]) == 2
    assert "the following arguments are required: --jobs\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["run", "--build", "flihgt"], 'the file has no build "flihgt"; did you mean "flight"?'),
        (["run", "--build", "natvie"], "resim.toml:15: the file has no build"),
        (["run", "--build", "native", "--image", "x"], "not allowed with argument"),
        (["run", "--build"], "expected one argument"),
        (["run"], "resim.toml:6: the variable HOME_PORT: the environment has no such variable."),
        (["batch", "--jobs", "x", "--outputs", "y"], "x does not exist"),
    ],
)
def test_wrong_calls_are_one_sentence(
    project: Path, words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("mounts = ['nowhere:/a']", "resim.toml:3: the mount: "),
        ("mounts = ['data']", 'resim.toml:3: the mount "data" is not SRC:DST'),
        ("env-file = 'nothing.env'", "nothing.env cannot be read: No such file"),
        ("env-file = 'resim.toml'", "resim.toml:1 is not NAME=VALUE."),
        (
            "env-file = 'secret.env'",
            "secret.env:1: API_TOKEN looks like a secret, which is visible",
        ),
        ("env = ['GITHUB_TOKEN']", "GITHUB_TOKEN looks like a secret, which is visible"),
    ],
)
def test_faults_of_a_build_name_their_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, says: str
) -> None:
    (tmp_path / "resim.toml").write_text(f"[build.a]\nimage = 'x'\n{text}\n")
    (tmp_path / "secret.env").write_text("API_TOKEN=abcdef\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CallError) as caught:
        build_of(parsed("run", "workspace"), {"GITHUB_TOKEN": "abcdefgh"})
    assert says in str(caught.value)


def test_a_command_that_cannot_be_split_names_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "resim.toml").write_text('[build.a]\n\ncommand = "x \'y"\n')
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CallError, match=r"resim\.toml:3: the command cannot be split"):
        build_of(parsed("run", "workspace"), {})


@pytest.mark.parametrize("words", [["run", "ws"], ["serve", "ws"], ["fetch", "ws"], ["doctor"]])
def test_a_wrong_file_is_two_for_every_command_but_its_help_works(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "resim.toml").write_text("[biuld.a]\n")
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    said = capsys.readouterr().err
    assert said.startswith("resim-runner: ")
    assert 'resim.toml:1: "biuld" is not a key of the file; did you mean "build"?' in said
    assert main([words[0], "--help"]) == 0


def test_a_command_runs_in_the_folder_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_jobs(tmp_path / "flights", 1)
    (tmp_path / "code").mkdir()
    program = "import helper, os, shutil\nhelper.copy(os, shutil)\n"
    (tmp_path / "code/build.py").write_text(program)
    helper = tmp_path / "code/helper.py"
    helper.write_text(
        "def copy(os, shutil):\n"
        "    given = os.environ['RESIM_INPUTS'] + '/experience/given.binproto'\n"
        "    shutil.copy(given, os.environ['RESIM_OUTPUTS'] + '/metrics.binproto')\n"
    )
    text = f"""
        default-workspace = "flights"
        [build.native]
        command = "{sys.executable} code/build.py"
        no-sandbox = true
        [defaults.run]
        only = "jobs"
        format = "json"
    """
    (tmp_path / "resim.toml").write_text(text)
    (tmp_path / "a/b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a/b")
    kept = []
    for change in ("", "", "\n# changed\n"):
        helper.write_text(helper.read_text() + change)
        assert main(["run"]) == 0
        kept.append(json.loads(capsys.readouterr().out)["jobs"][0]["kept"])
    # The modules beside the program are part of the build.
    assert kept == [False, True, False]


def flags_of(command: str) -> Iterator[tuple[str, argparse.Action]]:
    for action in parser_of(command)._actions:
        for flag in action.option_strings:
            if flag.startswith("--") and flag.removeprefix("--") not in NOT_FOR_A_FILE:
                yield flag.removeprefix("--"), action


def kind_of(action: argparse.Action) -> set[str]:
    """The schema's types for the value of a flag."""
    if isinstance(action.default, bool):
        return {"boolean"}
    if isinstance(action.default, list):
        return {"array"}
    name = getattr(action.type, "__name__", "str")
    numbers = {"int": "integer", "positive": "integer", "non_negative": "integer"}
    numbers |= {"_connections": "integer", "positive_number": "number"}
    return {numbers.get(name, "string")}


@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in WITHOUT_PROJECT])
def test_the_schema_has_every_flag_of_a_command_with_its_type(command: str) -> None:
    root = shipped_schema(SCHEMA)
    table: Any = root["properties"]["defaults"]["properties"][command]["properties"]
    flags = dict(flags_of(command))
    names = set(table)
    assert names == set(flags) - NOT_FOR_A_FILE
    for name, action in flags.items():
        schema = resolved(table[name], root)
        assert {schema["type"]} == kind_of(action), name
        assert schema.get("enum") == (list(action.choices) if action.choices else None), name
        is_path = action.type is Path or name == "events"
        assert (schema.get("format") == "path") == is_path, name


def test_the_keys_of_a_build_are_flags_of_every_command_that_runs_builds() -> None:
    root = shipped_schema(SCHEMA)
    table = root["$defs"]["build"]["properties"]
    keys = {name for name, each in table.items() if each.get("x-flag")}
    keys |= set(table["limits"]["properties"]) | set(table["hardening"]["properties"])
    for command in RUNS_BUILDS:
        assert keys <= {name for name, _ in flags_of(command)}
    assert keys <= set(root["properties"]["defaults"]["properties"]["run"]["properties"])


def test_every_switch_has_an_opposite_that_is_not_taken() -> None:
    assert (opposite_of("--quiet"), opposite_of("--no-sandbox")) == ("--no-quiet", "--sandbox")
    for command in (*RUNS_BUILDS, "serve", "fetch"):
        flags = dict(flags_of(command))
        for name, action in flags.items():
            if isinstance(action.default, bool):
                assert opposite_of(f"--{name}").removeprefix("--") not in flags
