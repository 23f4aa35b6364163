"""`show --svg` and `--png`: the chart of one metric as a file."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.cli import main

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    build = DocumentBuilder()
    build.scalar("Max speed", 17.4, unit="m/s", status="FAIL_BLOCK")
    build.scalar("Max spread", 1.0)
    build.scalar("Twice", 1.0)
    file = tmp_path_factory.mktemp("pictures") / "metrics.binproto"
    file.write_bytes(build.document().message.SerializeToString())
    return file


def show(path: Path, *arguments: str | Path) -> int:
    return main(["show", str(path), *map(str, arguments)])


def test_svg_is_written_to_a_file(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "speed.svg"
    out.write_text("an older picture")
    assert show(path, "--metric", "Max speed", "--svg", out) == 0
    root = ET.fromstring(out.read_text())
    assert "17.4 m/s" in "".join(root.itertext())
    assert [file.name for file in tmp_path.iterdir()] == ["speed.svg"]


def test_svg_goes_to_stdout(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert show(path, "--metric", "Max speed", "--svg", "-", "--width", "500") == 0
    assert ET.fromstring(capsys.readouterr().out).get("width") == "500"


@pytest.mark.usefixtures("fonts")
def test_png_is_twice_the_size(path: Path, tmp_path: Path) -> None:
    from PIL import Image

    out = tmp_path / "speed.png"
    assert show(path, "--metric", "Max speed", "--png", out, "--width", "400") == 0
    with Image.open(out) as image:
        assert image.width == 800
        colors = image.convert("RGB").getcolors(1 << 16)
    assert colors is not None
    assert len(colors) > 20


def test_png_without_the_extra(
    path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    svg, png = tmp_path / "speed.svg", tmp_path / "speed.png"
    assert show(path, "--metric", "Max speed", "--svg", svg, "--png", png) == 2
    error = capsys.readouterr().err
    assert "pip install 'resim-inspect[export]'" in error
    assert error.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_png_without_a_font(
    path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    resvg = pytest.importorskip("resvg_py")
    blank = resvg.svg_to_bytes(
        svg_string='<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    )
    monkeypatch.setattr(resvg, "svg_to_bytes", lambda **_: blank)
    assert show(path, "--metric", "Max speed", "--png", tmp_path / "speed.png") == 2
    assert "PNG needs a font" in capsys.readouterr().err


@pytest.mark.usefixtures("fonts")
def test_png_where_resvg_takes_a_font_that_is_not_installed(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import resvg_py as resvg

    paint, families = resvg.svg_to_bytes, set()

    def painted(svg_string: str, **options: Any) -> bytes:
        """Paint as resvg does where its own choice for each generic family is missing."""
        families.add(options.get("sans_serif_family"))
        for generic in ("sans-serif", "monospace"):
            svg_string = svg_string.replace(f'"{generic}"', '"A font that is not installed"')
        return bytes(paint(svg_string=svg_string, **options))

    monkeypatch.setattr(resvg, "svg_to_bytes", painted)
    assert show(path, "--metric", "Max speed", "--png", tmp_path / "speed.png") == 0
    assert len(families - {None}) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--svg", "x.svg"], "name it with --metric"),
        (["--metric", "Max speed", "--metric", "Twice", "--svg", "x.svg"], "of one metric"),
        (["--metric", "Max sped", "--svg", "x.svg"], "'Max speed'"),
        (["--metric", "Max sp", "--svg", "x.svg"], "'Max speed' or 'Max spread'?"),
        (["--metric", "Max speed", "--svg", "x.svg", "--format", "json"], "--format json"),
        (["--metric", "Max speed", "--png", "-"], "a PNG is written to a file"),
        (["--metric", "Max speed", "--svg", "."], "is a folder"),
        (["--metric", "Max speed", "--svg", "taken/x.svg"], "cannot be written"),
    ],
)
def test_wrong_calls(
    path: Path,
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").write_text("a file")
    assert show(path, *arguments) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.err.count("\n") == 1
    assert not captured.out
    assert [file.name for file in tmp_path.iterdir()] == ["taken"]


def test_the_file_to_read_is_not_overwritten(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = path.read_bytes()
    assert show(path, "--metric", "Twice", "--svg", path) == 2
    assert "is the file to read" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_a_name_that_two_metrics_have(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build = DocumentBuilder()
    build.scalar("Twice", 1.0)
    message = build.document().message
    metrics = message.job_level_metrics.metrics
    metrics.append(metrics[0])
    file = tmp_path / "metrics.binproto"
    file.write_bytes(message.SerializeToString())
    assert show(file, "--metric", "Twice", "--svg", tmp_path / "x.svg") == 2
    assert "2 metrics are named 'Twice'" in capsys.readouterr().err
