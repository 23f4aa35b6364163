"""The project file: where it is found, what it means, and a sentence for each fault."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from resim_inspect.settings import (
    CompareLimit,
    FlagSetting,
    Origin,
    ProjectSettings,
    SettingsError,
    find_project,
    load_project,
    read_project,
)

FLIGHT = """\
default-build = "flight"
default-workspace = "flights"

[build.flight]
image = "flight:dev"
context = "."
dockerfile = "docker/Dockerfile"
arguments = ["--fast", ""]
env = ["RESIM_TOKEN"]
env-set = { LOG_LEVEL = "debug" }
env-file = "build.env"
mounts = ["data:/dataset"]
timeout = 600
like-cloud = true

[build.flight.limits]
cpus = 2
memory-mib = 4096.0
[build.flight.hardening]
network = "bridge"

[build.native]
command = "python3 -m metrics"

[defaults.run]
parallel = 2
junit = "reports/junit.xml"
[defaults.fetch]
status = ["BLOCKER"]

[compare]
"Max *" = "abs:0.5"
Speed = 0.1

[watch]
paths = ["metrics"]
ignore = ["*.md"]
"""


def write(folder: Path, text: str, name: str = "resim.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def read(folder: Path, text: str) -> ProjectSettings:
    return read_project(write(folder, text))


def test_every_value_comes_with_its_line(tmp_path: Path) -> None:
    project = read(tmp_path, FLIGHT)
    path = tmp_path / "resim.toml"
    assert (project.path, project.folder, project.default_build) == (path, tmp_path, "flight")
    assert project.default_workspace == tmp_path / "flights"
    flight = project.build("flight")
    assert (flight.image, flight.context) == ("flight:dev", tmp_path)
    assert flight.dockerfile == tmp_path / "docker/Dockerfile"
    assert flight.arguments == ("--fast", "")
    assert (flight.env, dict(flight.env_set)) == (("RESIM_TOKEN",), {"LOG_LEVEL": "debug"})
    assert flight.env_files == (tmp_path / "build.env",)
    assert flight.mounts == ("data:/dataset",)
    assert dict(flight.flags) == {
        "timeout": FlagSetting(600, Origin(path, 13)),
        "like-cloud": FlagSetting(True, Origin(path, 14)),
        "cpus": FlagSetting(2, Origin(path, 17)),
        "memory-mib": FlagSetting(4096, Origin(path, 18)),
        "network": FlagSetting("bridge", Origin(path, 20)),
    }
    assert type(flight.flags["memory-mib"].value) is int
    assert type(flight.flags["timeout"].value) is float
    assert str(flight.origins["limits.cpus"]) == f"{path}:17"
    assert project.build("native").command == "python3 -m metrics"
    assert project.defaults["run"]["junit"].value == tmp_path / "reports/junit.xml"
    assert project.defaults["fetch"]["status"].value == ("BLOCKER",)
    assert list(project.compare.items()) == [
        ("Max *", CompareLimit(0.5, True, Origin(path, 32))),
        ("Speed", CompareLimit(0.1, False, Origin(path, 33))),
    ]
    assert (project.watch.paths, project.watch.ignore) == (("metrics",), ("*.md",))
    assert project.origin("watch", "paths", 0).line == 36
    assert project.origin("watch", "nothing", "below").line == 35


def test_a_single_build_is_the_default(tmp_path: Path) -> None:
    assert read(tmp_path, "[build.one]\nimage = 'a'").default_build == "one"
    two = "[build.one]\nimage = 'a'\n[build.two]\nimage = 'b'"
    assert read(tmp_path, two).default_build == ""


def test_the_nearest_folder_wins(tmp_path: Path) -> None:
    outer = write(tmp_path, "[build.outer]\nimage = 'a'")
    inner = tmp_path / "a/b/c"
    inner.mkdir(parents=True)
    assert find_project(inner) == outer
    shared = write(tmp_path / "a", "[tool.resim.build.shared]\nimage = 'b'", "pyproject.toml")
    assert find_project(inner) == shared
    project = load_project(inner)
    assert project is not None
    assert (list(project.builds), project.build("shared").origin.line) == (["shared"], 1)
    # Without its table, or broken for other tools, it is not the project's file.
    for text in ("[tool.ruff]\nline-length = 1", "[project]\nname = 'resim-inspect'", "= broken"):
        write(tmp_path / "a/b", text, "pyproject.toml")
        assert find_project(inner) == shared


def test_a_folder_without_a_project_file_has_none(tmp_path: Path) -> None:
    assert load_project(tmp_path) is None


def test_a_folder_that_was_removed_has_no_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert load_project(Path()) is None


def test_a_folder_that_all_may_write_to_is_not_searched_from_below(tmp_path: Path) -> None:
    write(tmp_path, "[build.trap]\ncommand = 'steal'")
    inner = tmp_path / "mine"
    inner.mkdir()
    assert find_project(inner) is not None
    tmp_path.chmod(0o1777)
    assert find_project(inner) is None
    assert find_project(tmp_path) is not None


def test_both_files_in_a_folder_are_an_error(tmp_path: Path) -> None:
    write(tmp_path, "")
    write(tmp_path, "[tool.resim]", "pyproject.toml")
    with pytest.raises(SettingsError, match=r"resim\.toml: the folder also has pyproject\.toml"):
        find_project(tmp_path / "below")


FAULTS = {
    "an unknown key": (
        "[build.a]\n\nimge = 'x'",
        ':3: "imge" is not a key of [build.a]; did you mean "image"?',
    ),
    "an unknown table": (
        "[biuld.a]",
        ':1: "biuld" is not a key of the file; did you mean "build"?',
    ),
    "a key far from all": (
        "zzz = 1",
        ':1: "zzz" is not a key of the file; use one of default-build',
    ),
    "an unknown flag": (
        "[defaults.run]\nparalel = 3",
        ':2: "paralel" is not a key of [defaults.run]; did you mean "parallel"?',
    ),
    "a wrong type": (
        "[build.a]\nimage = 'x'\ntimeout = 'ten'",
        ':3: build.a.timeout must be a number, not the string "ten".',
    ),
    "true for a number": (
        "[build.a]\nimage = 'x'\nlimits = { pids = [\n  true,] }",
        ":3: build.a.limits.pids must be a whole number, not a list.",
    ),
    "true for another number": (
        "[build.a.limits]\npids = true\n[build.a]\nimage = 'x'",
        ":2: build.a.limits.pids must be a whole number, not true.",
    ),
    "a table for a string": (
        "default-build = {}",
        ":1: default-build must be a string, not a table.",
    ),
    "a wrong item": (
        "[watch]\npaths = ['a',\n 2]",
        ":3: watch.paths[1] must be a string, not the number 2.",
    ),
    "a date": ("default-build = 2020-01-01", ":1: default-build must be a string, not a date or"),
    "no number": ("[compare]\nx = nan", ":2: compare.x must be a finite number."),
    "a limit": ("[compare]\n'a b' = '5%'", ':2: compare."a b" is "5%", which is not a tolerance'),
    "too small": (
        "[defaults.run]\nparallel = 0",
        ":2: defaults.run.parallel must be at least 1, not 0.",
    ),
    "too large": (
        "[defaults.fetch]\nconnections = 999",
        ":2: defaults.fetch.connections must be at most 256, not 999.",
    ),
    "a wrong choice": (
        "[defaults.run]\nfail-on = 'blocks'",
        ':2: defaults.run.fail-on is "blocks"; did you mean "block"?',
    ),
    "an unknown build": (
        "default-build = 'flght'\n[build.flight]\nimage = 'x'",
        ':1: default-build is "flght", and the file has no such build; did you mean "flight"?',
    ),
    "nothing to run": ("\n[build.a]\ntimeout = 3", ":2: [build.a] has no image, no context and no"),
    "two things to run": (
        "[build.a]\nimage = 'x'\ncommand = 'y'",
        ":3: [build.a] has image and command, and a build is only one of them.",
    ),
    "no context": (
        "[build.a]\nimage = 'x'\ndockerfile = 'y'",
        ":3: [build.a] has a dockerfile and no context to build it in.",
    ),
    "a name": ("[build.'a b']\nimage = 'x'", ':1: a build is named "a b", and a name has letters,'),
    "not TOML": ("a = 1\nb = \n", ":2: the file is not valid TOML: invalid value."),
    "an open string": ("a = '''", ":1: the file is not valid TOML: expected"),
    "a long number": ("a = " + "9" * 5000, ": the file has an integer that does not fit into"),
    "a long hexadecimal": ("a = 0x" + "f" * 5000, ": the file has an integer that does not fit"),
    "nesting of keys": (".".join("a" * 9000) + " = 1", ": the file is nested too deeply."),
    "nesting": ("a = " + "[" * 5000, ": the file is nested too deeply."),
    "control characters": (
        "'\\u001b[2J\\u202e' = 1".replace("'", '"'),
        ':1: "�[2J�" is not a key of',
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_one_sentence_with_its_line(name: str, tmp_path: Path) -> None:
    text, message = FAULTS[name]
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path / 'resim.toml'}{message}")
    assert "\n" not in str(caught.value)


def test_lines_of_pyproject_are_those_of_the_file(tmp_path: Path) -> None:
    text = "[project]\nname = 'x'\n[tool.resim]\ndefault-build = 3"
    with pytest.raises(SettingsError, match=r"pyproject\.toml:4: default-build must be a string"):
        load_project(write(tmp_path, text, "pyproject.toml").parent)
    with pytest.raises(SettingsError, match=r"pyproject\.toml:1: the file is not valid TOML"):
        load_project(write(tmp_path, "= [tool.resim]", "pyproject.toml").parent)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "resim.toml"
    path.write_bytes(b"a = 1\nb = '\xff'")
    with pytest.raises(SettingsError, match=r":2: the file is not UTF-8 text\."):
        read_project(path)
    path.write_bytes(b"#" * ((1 << 20) + 1))
    with pytest.raises(SettingsError, match="is larger than 1 MiB"):
        read_project(path)
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        read_project(tmp_path / "missing")


@pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes")
@pytest.mark.parametrize("kind", ["folder", "pipe", "loop", "dangling"])
def test_what_is_not_a_file_is_an_error(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "resim.toml"
    match kind:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case _:
            path.symlink_to(path if kind == "loop" else tmp_path / "missing")
    (tmp_path / "below").mkdir()
    for folder in (tmp_path, tmp_path / "below"):
        with pytest.raises(SettingsError, match="must be a file"):
            load_project(folder)


def test_a_byte_order_mark_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "resim.toml").write_bytes(b"\xef\xbb\xbf" + b'[build.a]\nimage = "x"\n')
    project = load_project(tmp_path)
    assert project is not None
    assert project.builds["a"].image == "x"


def test_line_ends_of_windows(tmp_path: Path) -> None:
    path = tmp_path / "resim.toml"
    path.write_bytes(b"# one\r\n\r\n[build.a]\r\nimge = 1\r\n")
    with pytest.raises(SettingsError, match=r':4: "imge"'):
        read_project(path)


SECRETS = [
    "env-set = { RESIM_TOKEN = 'x' }",
    "env-set = { db_password = 'x' }",
    "env-set = { X = 'ghp_abcdefghijklmnop1234' }",
    "env-set = { URL = 'https://me:hunter2@host/x' }",
    "arguments = ['--key', 'AKIAABCDEFGHIJKLMNOP']",
    "arguments = ['--token=abcd']",
    "arguments = ['x', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc']",
    "env-set = { X = 'q7Zp4Xv9Lk2Rt8Wm3Ns6Bd1Hf5Jg0YcA' }",
    "mounts = ['''-----BEGIN RSA PRIVATE KEY-----''']",
]


@pytest.mark.parametrize("line", SECRETS)
def test_a_secret_is_refused_and_not_repeated(line: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r":3: .* looks like a secret") as caught:
        read(tmp_path, f"[build.a]\nimage = 'x'\n{line}\n")
    assert "hunter2" not in str(caught.value)
    assert "env = [" in caught.value.hint


HARMLESS = [
    "env = ['RESIM_TOKEN', 'API_KEY']",
    "env-set = { LOG_LEVEL = 'debug', PYTHONPATH = 'src:lib/metrics_of_the_long_named_project' }",
    "arguments = ['--token-file=/run/secrets/token', '--auth-url=https://x/y', 'TOKEN=$TOKEN']",
    "mounts = ['/data/2026-11-26_flights/experience_With_A_Long_Name_1234567890:/dataset:ro']",
    "platform = 'linux/amd64'",
    "arguments = ['TheQuickBrownFoxJumpsOverTheLazyDog1234567890']",
    "arguments = ['AutonomousWarehouseNavigation2SimulationBatchMetricsConfig2024']",
    "arguments = ['9f1c7d3e5b2a4860f7e1d2c3b4a59687', '/opt/Python3.11.7/lib/Foo2Bar3']",
]


@pytest.mark.parametrize("line", HARMLESS)
def test_what_only_names_a_secret_is_fine(line: str, tmp_path: Path) -> None:
    image = f"registry.example.com/team/flight@sha256:{'0123456789abcdef' * 4}"
    assert read(tmp_path, f"[build.a]\nimage = '{image}'\n{line}\n").build("a").image == image


def test_an_unknown_build_names_the_nearest_one(tmp_path: Path) -> None:
    project = read(tmp_path, FLIGHT)
    lines = {name: build.origin.line for name, build in project.builds.items()}
    wanted = 'has no build "Nativ"; did you mean "native"'
    with pytest.raises(SettingsError, match=rf"resim.toml:{lines['native']}: .*{wanted}"):
        project.build("Nativ")
    everything = rf"resim.toml:{lines['flight']}: .*; use one of flight, native\."
    with pytest.raises(SettingsError, match=everything):
        project.build("zzz")
    with pytest.raises(SettingsError, match=r'has no build "a"; it has none\.'):
        read(tmp_path, "").build("a")
