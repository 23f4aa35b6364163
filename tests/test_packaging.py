"""The package as it is installed: its metadata, and the content of the wheel."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

import pytest

import resim_inspect
from resim_inspect.shell_files import SHELLS

ROOT = Path(__file__).parents[1]
PACKAGES = [
    package for package in ("resim_inspect", "runner") if (ROOT / package / "__init__.py").is_file()
]


@pytest.fixture(scope="module")
def project() -> Any:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_the_metadata_allows_ranges_and_the_constraints_are_exact(project: Any) -> None:
    for need in project["dependencies"]:
        assert re.fullmatch(r"[\w-]+>=\d[\d.]*(,<\d+)?", need), need
    lines = (ROOT / "tests/constraints.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    for pin in pins:
        assert re.fullmatch(r"[\w-]+==\d[\d.]*", pin), pin
    assert {"textual", "pytest-textual-snapshot"} <= {pin.partition("==")[0] for pin in pins}


def test_the_tests_need_what_their_constraints_name(project: Any) -> None:
    needs = (ROOT / "tests/requirements.txt").read_text("utf-8").split()
    names = {re.split(r"[><=]", need)[0].lower() for need in [*needs, *project["dependencies"]]}
    for line in (ROOT / "tests/constraints.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name = line.partition("==")[0]
            # syrupy comes with the snapshot plugin.
            assert name in names | {"syrupy"}, name


def test_the_generated_schema_is_that_of_the_proto_file() -> None:
    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    from resim_inspect.schema import metrics_pb2 as pb

    described = FileDescriptorProto()
    pb.DESCRIPTOR.CopyToProto(described)
    source = (ROOT / "resim_inspect/schema/metrics.proto").read_text("utf-8")
    source = re.sub(r"//[^\n]*", "", source)
    # Every field, enum value and message of the text, by name and number, is in the module.
    numbered = set(re.findall(r"(\w+)\s*=\s*(\d+)\s*;", source))
    found: set[tuple[str, str]] = set()

    def collect(message: Any) -> None:
        found.update((field.name, str(field.number)) for field in message.field)
        for enum in message.enum_type:
            found.update((value.name, str(value.number)) for value in enum.value)
        for inner in message.nested_type:
            if not inner.options.map_entry:
                collect(inner)

    for message in described.message_type:
        collect(message)
    for enum in described.enum_type:
        found.update((value.name, str(value.number)) for value in enum.value)
    assert found == numbered
    names = {message.name for message in described.message_type}
    assert names <= set(re.findall(r"message\s+(\w+)", source))


def test_the_generated_schema_runs_with_protobuf_5_27() -> None:
    generated = (ROOT / "resim_inspect/schema/metrics_pb2.py").read_text("utf-8")
    assert "# Protobuf Python Version: 5.26.1" in generated
    # What later compilers write, and what refuses to load with an older protobuf.
    assert "runtime_version" not in generated


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if tuple(map(int, installed("setuptools").split(".")[:1])) < (77,):
        pytest.skip("building a wheel needs setuptools 77 or newer in this environment")
    pytest.importorskip("build")
    # Built from a copy: a build leaves folders behind, and finds what an earlier one left.
    copy = tmp_path_factory.mktemp("source")
    target = tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    for package in [*PACKAGES, "examples", "build_tools"]:
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, copy / package, ignore=ignore)
    result = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", target, copy],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    (file,) = target.glob("*.whl")
    return file


@pytest.mark.slow
def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = archive.read(
            f"resim_inspect-{resim_inspect.__version__}.dist-info/METADATA"
        ).decode()
        entries = archive.read(
            f"resim_inspect-{resim_inspect.__version__}.dist-info/entry_points.txt"
        ).decode()
    for needed in (
        "resim_inspect/py.typed",
        "runner/py.typed",
        "resim_inspect/cli.py",
        "resim_inspect/schema/metrics.proto",
        "resim_inspect/schema/metrics_pb2.py",
        "resim_inspect/schema/metrics_pb2.pyi",
        "resim_inspect/settings/resim.schema.json",
        "runner/flight_metrics/Dockerfile",
    ):
        assert needed in names
    sources = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
    }
    assert sources <= names
    # What `resim-runner demo` runs.
    for needed in ("generate.py", "metrics/__init__.py", "README.md", "Dockerfile"):
        assert f"runner/flight_metrics/{needed}" in names
    for needed in ("emit.py", "config.resim.yml", "README.md"):
        assert f"runner/flight_emissions/{needed}" in names
    tops = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    data = f"resim_inspect-{resim_inspect.__version__}.data"
    assert tops == {*PACKAGES, data}
    # What a shell and `man` read.
    assert {name for name in names if name.startswith(data)} == {
        f"{data}/data/share/man/man1/{program}.1" for program in ("resim-inspect", "resim-runner")
    }
    for shell in SHELLS:
        assert f"resim_inspect/completion/resim-runner.{shell}" in names
    assert "resim-inspect = resim_inspect.__main__:run" in entries
    assert "License-Expression: MIT" in metadata
    assert "Requires-Python: >=3.11" in metadata
