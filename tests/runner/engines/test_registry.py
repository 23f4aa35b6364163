"""The registry of engines: one entry makes an engine known to doctor, --dry-run and a run."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from resim_inspect.settings.schema_check import shipped_schema
from runner.cli import main
from runner.engines import discovery, registry
from runner.engines.checks import Check, check_image, check_leftovers, check_limits
from runner.engines.entry import EngineOptions, Inputs
from runner.engines.protocol import Build
from runner.errors import CallError
from tests.runner.fake import FakeEngine, Script, metrics


class ScriptedEntry:
    """An engine that only this entry makes known."""

    names = ("scripted",)

    def __init__(self) -> None:
        self.engine = FakeEngine(lambda _: Script(data=metrics("PASSED")))

    def accepts(self, build: Build, options: EngineOptions) -> bool:
        return bool(build.image) and options.name == "scripted"

    def connect(self, options: EngineOptions, env: Mapping[str, str]) -> FakeEngine:
        assert options.name == "scripted"
        return self.engine

    def command_line(self, build: Build, inputs: Inputs, outputs: Path) -> str:
        return f"scripted exec {build.image} {' '.join(name for name, _ in inputs)}"

    def checks(
        self, build: Build, options: EngineOptions, env: Mapping[str, str]
    ) -> Iterator[Check]:
        if options.name == "scripted":
            engine = self.connect(options, env)
            yield Check("ok", "engine", engine.info.description)
            yield check_limits(engine.info)
            yield from check_leftovers(engine)
            yield from check_image(engine, build)


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> ScriptedEntry:
    entry = ScriptedEntry()
    monkeypatch.setattr(registry, "ENGINES", (*registry.ENGINES, entry))
    return entry


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    for name in ("experience", "logs"):
        (tmp_path / "inputs" / name).mkdir(parents=True)
        (tmp_path / "inputs" / name / "data.txt").write_text("data")
    folders = ["--inputs", str(tmp_path / "inputs"), "--outputs", str(tmp_path / "out")]
    return ["job", "--engine", "scripted", "--image", "build.sif", *folders]


def test_doctor_checks_an_engine_of_the_registry(
    scripted: ScriptedEntry, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "--engine", "scripted", "--image", "x.sif", "--format", "json"]) == 0
    checks = {row["name"]: row["text"] for row in json.loads(capsys.readouterr().out)["checks"]}
    assert checks["engine"] == "fake 1, 4 CPUs"
    assert checks["image"] == "x.sif is sha256:fake"
    assert checks["leftovers"] == "no container, network or folder of an ended run is left"


def test_a_dry_run_has_the_command_of_the_engine(
    scripted: ScriptedEntry, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--dry-run"]) == 0
    assert "scripted exec build.sif experience logs" in capsys.readouterr().out
    assert scripted.engine.started == []


def test_a_run_uses_an_engine_of_the_registry(
    scripted: ScriptedEntry,
    words: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(words) == 0
    assert scripted.engine.started == ["job"]
    assert (tmp_path / "out/metrics.binproto").is_file()
    assert "fake 1, 4 CPUs" in capsys.readouterr().err


def test_the_first_entry_that_accepts_a_build_runs_it() -> None:
    process, docker, *_ = registry.ENGINES
    command, image = Build(command=("true",)), Build("image")
    assert discovery.entry_for(command, EngineOptions()) is process
    for name in ("", "docker", "podman", "unix:///run/e.sock", "ssh://host"):
        assert discovery.entry_for(image, EngineOptions(name)) is docker


def test_an_engine_that_is_not_known_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(CallError, match='the engine "dokcer" is not known') as caught:
        discovery.connect(Build("image"), EngineOptions("dokcer"), {})
    assert "docker, podman" in caught.value.hint


def test_every_engine_is_registered_and_kept_behind_the_registry() -> None:
    """An engine is a folder with an `entry.py`."""
    folder = Path(registry.__file__).parent
    engines = {f"runner.engines.{path.parent.name}" for path in folder.glob("*/entry.py")}
    registered = {type(entry).__module__.removesuffix(".entry") for entry in registry.ENGINES}
    assert engines == registered
    settings = tomllib.loads((folder.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    contract = next(each for each in contracts if each["id"] == "engine-registry")
    assert engines == set(contract["forbidden_modules"])


@pytest.mark.parametrize("name", discovery.engine_names())
def test_an_engine_is_named_where_it_is_chosen(name: str) -> None:
    description = shipped_schema("resim.schema.json")["$defs"]["engine"]["description"]
    assert re.search(rf"\b{name}\b", description), f"resim.schema.json: engine: {name}"
    readme = Path(registry.__file__).parents[2] / "README.md"
    text = readme.read_text(encoding="utf-8")
    assert re.search(rf"\b{name}\b", text, re.IGNORECASE), f"README.md: {name}"


@pytest.mark.parametrize("name", discovery.engine_names())
def test_doctor_checks_an_engine_that_is_named(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No program of an engine is found.
    monkeypatch.setenv("PATH", str(tmp_path))
    options, env = EngineOptions(name), {"DOCKER_HOST": f"unix://{tmp_path}/none.sock"}
    build = Build("image")
    entry = discovery.entry_for(build, options)
    checks = list(entry.checks(build, options, env))
    assert [check.name for check in checks], f"{type(entry).__name__}.checks: {name}"
