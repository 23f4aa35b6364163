"""Files of the image by .dockerignore, without a container: exactly what runner.inside imports."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder

ROOT = Path(__file__).parents[2]
PROGRAM = """
import importlib, pkgutil, sys
import runner.inside
for module in pkgutil.iter_modules(runner.inside.__path__):
    if module.name != "__main__":
        importlib.import_module(f"runner.inside.{module.name}")
from resim_inspect.document import parse_document
from resim_inspect.validation import validate
report = validate(parse_document(sys.stdin.buffer.read()))
assert not report.findings, report.findings
for name, module in sorted(sys.modules.items()):
    if name.partition(".")[0] in {"resim_inspect", "runner"}:
        print(module.__file__)
"""


def context_names() -> list[str]:
    """Files and folders that .dockerignore admits to the build context."""
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert [rule for rule in rules if not rule.startswith("!")] == ["*", "**/__pycache__"]
    return [rule.removeprefix("!") for rule in rules if rule.startswith("!")]


def context_files() -> Iterator[Path]:
    """Files of the build context, relative to the root of the project."""
    for name in context_names():
        path = ROOT / name
        for file in [path] if path.is_file() else path.rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                yield file.relative_to(ROOT)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources that the Dockerfile puts into the image."""
    folder = tmp_path_factory.mktemp("image")
    for file in context_files():
        if file.parts[0] in {"resim_inspect", "runner"}:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, folder / file)
    return folder


@pytest.fixture(scope="module")
def imported(image: Path) -> list[Path]:
    """Files that a fresh interpreter loads for runner.inside, with the image's sources first."""
    builder = DocumentBuilder("image")
    builder.scalar("Max speed", 31.2, unit="m/s", status="PASSED")
    done = subprocess.run(
        [sys.executable, "-P", "-c", PROGRAM],
        input=builder.bytes(),
        env={**os.environ, "PYTHONPATH": str(image), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=image,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return [Path(line) for line in done.stdout.decode().splitlines()]


def test_the_image_has_every_module_that_runner_inside_imports(
    image: Path, imported: list[Path]
) -> None:
    assert image / "runner/inside/main.py" in imported
    assert [file for file in imported if not file.is_relative_to(image)] == []


def test_every_single_module_of_the_context_is_imported(image: Path, imported: list[Path]) -> None:
    modules = [name for name in context_names() if name.endswith(".py")]
    assert "runner/workspace/contract.py" in modules
    assert [name for name in modules if image / name not in imported] == []
