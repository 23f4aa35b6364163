"""Pages for the browser, images, Markdown and tables: safe, limited, within their width."""

from __future__ import annotations

import json
import math
import os
import re
import stat
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from rich.cells import cell_len

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.charts import (
    DARK,
    PLAIN,
    DrawOptions,
    draw,
    external_viewer,
    html_page,
    natural_height,
    render,
)
from resim_inspect.charts.model.drawing import Cell, Drawing, Image, Message, Table, Text
from resim_inspect.charts.rendering.panels.image import fitted
from resim_inspect.document import Document, images
from tests.charts.scenes import picture

EVIL = "</script><script>alert(1)</script>\u2028\u2029<!-- &"

# ------------------------------------------------------------ pages


def test_a_page_cannot_be_broken_out_of() -> None:
    figure = {"data": [{"name": EVIL, "y": [1.0, math.nan, math.inf]}]}
    text = html_page.page(figure, EVIL, "<script>/* library */</script>")
    assert text.count("<script>") == 2
    assert text.count("</script>") == 2
    assert "\u2028" not in text
    assert "\u2029" not in text
    inside = re.search(r"const figure = (.*);\n", text)
    assert inside is not None
    assert json.loads(inside.group(1)) == {"data": [{"name": EVIL, "y": [1.0, None, None]}]}
    assert "connect-src" not in text
    assert "default-src 'none'" in text


def test_a_page_lies_in_a_folder_of_its_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    library = tmp_path / "plotly.min.js"
    library.write_text("window.Plotly = {}; // </script> <!--", "utf-8")
    found = html_page.write_page({"data": []}, "t", library)
    assert stat.S_IMODE(found.path.parent.stat().st_mode) == 0o700
    text = found.path.read_text("utf-8")
    assert "window.Plotly" in text
    assert text.count("</script>") == 2
    assert "https://" not in text
    assert str(library) in found.notice


def test_without_a_library_the_page_says_that_it_goes_to_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(html_page, "installed_library", lambda: None)
    found = html_page.write_page({"data": []}, "t")
    assert "network" in found.notice
    text = found.path.read_text("utf-8")
    assert f'src="{html_page.CDN}" integrity="{html_page.CDN_HASH}"' in text


def test_an_installed_library_is_found_without_importing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "plotly" / "package_data"
    folder.mkdir(parents=True)
    (tmp_path / "plotly" / "__init__.py").write_text("raise RuntimeError('imported')")
    (folder / "plotly.min.js").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert html_page.installed_library() == folder / "plotly.min.js"


def test_targets(scene: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    metrics = {metric.name: metric for metric in scene.metrics}
    assert html_page.target(scene, metrics["Altitude"]).path.name == "figure.html"
    assert html_page.target(scene, metrics["Camera"]).path.name == "camera.png"
    with pytest.raises(html_page.NothingToBrowseError, match="is a scalar"):
        html_page.target(scene, metrics["Top speed"])
    with pytest.raises(html_page.NothingToBrowseError, match="in the folder of the document"):
        html_page.target(scene, metrics["Frames"], 1)
    with pytest.raises(html_page.NothingToBrowseError, match="Image 3 does not exist"):
        html_page.target(scene, metrics["Frames"], 2)


def viewable(folder: Path, name: str) -> Path:
    build = DocumentBuilder()
    build.image("M", build.file("f", name))
    document = build.document(build.write(folder / "metrics.binproto"))
    return html_page.target(document, document.metrics[0]).path


@pytest.mark.parametrize("suffix", ["png", "jpg", "jpeg", "gif", "bmp", "webp", "tiff", "ppm"])
def test_images_are_opened_by_their_content_and_name(tmp_path: Path, suffix: str) -> None:
    formats = {"jpg": "jpeg", "ppm": "ppm"}
    names = f"a.{suffix}", f"A.{suffix.upper()}"
    for name in names:
        Pillow.new("RGB", (4, 4)).save(tmp_path / name, formats.get(suffix, suffix))
        assert viewable(tmp_path, name).name == name


HARMFUL = ["html", "svg", "desktop", "sh", "command", "bat", "jar", "lnk", "exe", "xhtml", ""]


@pytest.mark.parametrize("name", [f"evil.{suffix}".rstrip(".") for suffix in HARMFUL])
def test_a_file_that_is_not_an_image_is_not_opened(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    Pillow.new("RGB", (4, 4)).save(path, "png")
    with path.open("ab") as file:
        file.write(b"<script>alert(1)</script>")
    for content in (b"<script>alert(1)</script>", b"", path.read_bytes()):
        path.write_bytes(content)
        with pytest.raises(html_page.NothingToBrowseError, match=r"not (that of )?an image"):
            viewable(tmp_path, name)


def test_other_content_under_the_name_of_an_image_is_not_opened(tmp_path: Path) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
    for number, content in enumerate((b"#!/bin/sh\n", b"<html>", svg, b"%PDF-1.7", b"GIF")):
        (tmp_path / f"{number}.png").write_bytes(content)
        with pytest.raises(html_page.NothingToBrowseError, match=r"not an image|cannot be"):
            viewable(tmp_path, f"{number}.png")
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(html_page.NothingToBrowseError, match=r"is not a file|cannot be opened"):
        viewable(tmp_path, "folder.png")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.png")
        with pytest.raises(html_page.NothingToBrowseError, match="is not a file"):
            viewable(tmp_path, "pipe.png")


@pytest.mark.parametrize(
    "name",
    ["x" * 256 + ".png", "a/" * 3000 + "b.png", "x" * 100_000],
    ids=["file", "folders", "path"],
)
def test_the_name_of_an_image_may_be_of_any_length(tmp_path: Path, name: str) -> None:
    assert re.search(r"cannot be opened|is not opened", said(tmp_path, name))
    with pytest.raises(html_page.NothingToBrowseError, match=r"cannot be opened|is not opened"):
        viewable(tmp_path, name)


def test_browse_opens_a_display_only_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSH_CONNECTION", "SSH_TTY", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert not external_viewer.has_display()
    monkeypatch.setenv("DISPLAY", ":0")
    assert external_viewer.has_display()
    monkeypatch.setenv("SSH_CONNECTION", "1 2 3 4")
    assert not external_viewer.has_display()


# ------------------------------------------------------------ images


def image_drawing(folder: Path, name: str) -> Drawing:
    build = DocumentBuilder()
    build.image("M", build.file("f", name))
    document = build.document(build.write(folder / "metrics.binproto"))
    return draw(document, document.metrics[0])


def said(folder: Path, name: str) -> str:
    panel = image_drawing(folder, name).panels[0]
    assert isinstance(panel, Message), panel
    return panel.text


def test_the_colours_of_an_image_are_where_they_are(scene: Document) -> None:
    shown = picture(scene, "Camera", 80, 24, palette=DARK)
    rows = [line for line in shown.lines if any("▀" in span.text for span in line)]
    top, bottom = rows[0], rows[-1]
    assert [s.style.fg for s in top if s.style.fg] == [(200, 60, 60), (60, 60, 200)]
    assert [s.style.fg for s in bottom if s.style.fg] == [(60, 180, 60), (240, 220, 60)]
    assert "images/camera.png · 32 × 24 · PNG" in shown.text


def test_an_image_keeps_its_proportions() -> None:
    assert fitted(1920, 1080, 120, 40) == (120, 68)
    assert fitted(100, 1000, 120, 40) == (8, 80)
    assert fitted(1, 1, 10, 2) == (4, 4)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F", "LA"])
def test_images_of_every_mode(tmp_path: Path, mode: str) -> None:
    kind = "tif" if mode in ("CMYK", "F", "I") else "png"
    Pillow.new(mode, (9, 7)).save(tmp_path / f"i.{kind}")
    panel = image_drawing(tmp_path, f"i.{kind}").panels[0]
    assert isinstance(panel, Image), panel
    assert panel.pixels.shape == (7, 9, 3)


def test_transparent_parts_are_white(tmp_path: Path) -> None:
    Pillow.new("RGBA", (4, 4), (255, 0, 0, 0)).save(tmp_path / "i.png")
    panel = image_drawing(tmp_path, "i.png").panels[0]
    assert isinstance(panel, Image)
    assert np.unique(panel.pixels).tolist() == [255]


def test_an_animation_shows_its_first_frame_and_says_how_many(tmp_path: Path) -> None:
    frames = [Pillow.new("RGB", (8, 8), (60 * k, 0, 0)) for k in range(1, 5)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    panel = image_drawing(tmp_path, "a.gif").panels[0]
    assert isinstance(panel, Image)
    assert panel.caption.startswith("frame 1 of 4 · ")
    assert panel.pixels[0, 0, 0] == pytest.approx(60, abs=4)


def test_a_broken_image_gives_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "text.png").write_text("no image")
    Pillow.new("RGB", (50, 50)).save(tmp_path / "whole.png")
    (tmp_path / "half.png").write_bytes((tmp_path / "whole.png").read_bytes()[:60])
    (tmp_path / "folder").mkdir()
    assert said(tmp_path, "gone.png") == '"gone.png" does not exist in the folder of the document.'
    assert "folder" in said(tmp_path, "../../etc/passwd")
    assert "folder" in said(tmp_path, "/etc/passwd")
    assert "not an image in a known format" in said(tmp_path, "text.png")
    assert "cannot be decoded" in said(tmp_path, "half.png")
    assert said(tmp_path, "folder") == '"folder" is not a file.'
    monkeypatch.setattr(images, "MAX_PIXELS", 100)
    assert "too large" in said(tmp_path, "whole.png")
    monkeypatch.setattr(images, "MAX_FILE_BYTES", 10)
    assert "too large" in said(tmp_path, "whole.png")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
def test_a_fifo_in_an_image_s_place_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    assert said(tmp_path, "pipe.png") == '"pipe.png" is not a file.'


def test_a_list_shows_the_image_that_was_chosen(scene: Document) -> None:
    first = picture(scene, "Frames", options=DrawOptions(image_index=0)).text
    second = picture(scene, "Frames", options=DrawOptions(image_index=1)).text
    assert "image 1 of 2 · images/camera.png" in first
    assert (
        'image 2 of 2 · "images/gone.png" does not exist in the folder of the document.' in second
    )


# ------------------------------------------------------------ text and tables


def text_lines(markdown: str, width: int = 40) -> list[str]:
    drawing = Drawing("t", "text", (Text(markdown),))
    height = natural_height(drawing, width)
    return [
        line.rstrip() for line in render(drawing, width, height, palette=PLAIN).text.split("\n")
    ]


def test_markdown() -> None:
    assert text_lines("## Head\nsome **bold** and *it* `code`") == [
        "Head",
        "────",
        "some bold and it code",
    ]
    assert text_lines("- one\n- two\n  more") == ["• one", "• two more"]
    assert text_lines("1. a\n2) b") == ["1. a", "2) b"]
    assert text_lines("> quoted") == ["▏ quoted"]
    assert text_lines("```\n*raw*  text\n```") == ["  *raw*  text"]
    assert text_lines("[here](https://x.y)") == ["here (https://x.y)"]
    assert text_lines("a\\*b 2*3*4 snake_case_name") == ["a*b 2*3*4 snake_case_name"]
    assert text_lines("<b>html</b>") == ["<b>html</b>"]
    assert text_lines("---", 5) == ["─────"]


def test_links_and_headings_with_signs_of_their_own() -> None:
    assert text_lines("[wiki](https://w.org/Foo_(bar))") == ["wiki (https://w.org/Foo_(bar))"]
    assert text_lines('[here](/y "a (b)") [it]( )') == ["here (/y) it"]
    assert text_lines("[see [here](/y)") == ["[see here (/y)"]
    assert text_lines("# C#") == ["C#", "──"]
    assert text_lines("# Head ##") == ["Head", "────"]
    assert text_lines("# ##") == ["", ""]
    assert text_lines("`` a `b") == ["`` a `b"]


@pytest.mark.parametrize(
    ("start", "opening", "end"),
    [
        ("", "[a](", ""),
        ("", "[a](b", ""),
        ("", "[", ""),
        ("x", "`", "y"),
        ("# ", "#", "y"),
        ("a|b\n", " ", "y"),
    ],
)
def test_a_long_text_of_openings_does_not_hang(start: str, opening: str, end: str) -> None:
    # Where each opening looks through all the others, this many do not end in minutes.
    text = start + opening * (200_000 // len(opening) - 10) + end
    assert text_lines(text, 80)


def test_emphasis_is_a_style() -> None:
    shown = render(Drawing("t", "text", (Text("a **b** *c*"),)), 20, 1)
    styles = {span.text: span.style for line in shown.lines for span in line}
    assert styles["b"].bold
    assert styles["c"].italic


@pytest.mark.parametrize("width", [4, 7, 20, 61])
def test_text_stays_in_its_width(width: int) -> None:
    words = "a verylongwordthatdoesnotfit 日本語のテキスト 🙂🙂 | x | `y`" * 3
    for markdown in (
        words,
        f"# {words}",
        f"- {words}",
        f"> {words}",
        f"| {words} |\n|---|\n| {words} |",
    ):
        assert all(cell_len(line) <= width for line in text_lines(markdown, width))


def test_a_text_that_does_not_fit_counts_the_lines_left() -> None:
    drawing = Drawing("t", "text", (Text("\n\n".join(f"line {k}" for k in range(20))),))
    shown = render(drawing, 40, 10, palette=PLAIN)
    assert shown.text.split("\n")[-1] == "… 30 more lines"
    assert shown.more == 30


def test_a_table_cuts_its_widest_columns_first_and_counts_what_is_left() -> None:
    rows = tuple((Cell(f"n{k}"), Cell("x" * 90), Cell(str(k))) for k in range(30))
    drawing = Drawing("t", "table", (Table(("name", "long", "v"), rows, frozenset({2})),))
    lines = render(drawing, 40, 12, palette=PLAIN).text.split("\n")
    assert lines[2].startswith("n0    xxx")
    assert lines[2].rstrip().endswith("…  0")
    assert lines[-1].startswith("… 21 more rows")
