"""The command `report`: what is in a page, what is beside it, exit codes, and hostile texts."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.building.sample import write_sample
from resim_inspect.cli import main
from resim_inspect.export.report.options import INLINE_BYTES
from resim_inspect.export.report.page import Page
from resim_inspect.markdown import MAX_BYTES

Report = Callable[..., int]


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    """Calls the command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *words: main(["report", *map(str, words)])


def small(folder: Path, name: str = "Speed", *, value: float = 3.0) -> Path:
    """A file with one scalar that fails above 2."""
    build = DocumentBuilder("report")
    build.scalar(name, value, unit="m/s", fails_above=2.0, status="FAIL_BLOCK")
    path = folder / "metrics.binproto"
    build.write(path)
    return path


def test_a_page_has_every_metric_and_what_fails(
    report: Report, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_sample(tmp_path)
    assert report("metrics.binproto", "-o", "page.html") == 0
    page = (tmp_path / "page.html").read_text("utf-8")
    assert capsys.readouterr().out.startswith("page.html: 19 metrics, ")
    failing = page[page.index("What fails") : page.index("</ol>")]
    assert re.findall(r"#j0-c\d+\">([^<]+)<", failing)[:2] == ["Flight report", "Max speed"]
    for name in ("Clearance to obstacles", "Crane passing", "Flight mode"):
        assert f"<h4>{name}</h4>" in page
    assert "values-nan" in page
    assert "A gust from the west pushes the drone towards the crane." in page


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
@pytest.mark.parametrize("out", ["page.html", "page.md"])
def test_a_full_device_for_the_lines_is_not_said_of_the_file(
    report: Report,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    out: str,
) -> None:
    small(tmp_path)
    with Path("/dev/full").open("wb", buffering=0) as full:
        monkeypatch.setattr("sys.stdout", io.TextIOWrapper(full, write_through=True))
        assert report("metrics.binproto", "-o", out) == 2
    assert "the output cannot be written: " in capsys.readouterr().err
    assert "Speed" in (tmp_path / out).read_text("utf-8")


def test_text_of_a_file_is_never_markup(report: Report, tmp_path: Path) -> None:
    name = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    small(tmp_path, name)
    assert report("metrics.binproto", "-o", "page.html") == 0
    page = (tmp_path / "page.html").read_text("utf-8")
    assert name not in page
    assert "<img" not in page
    assert name in unescape(page)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("missing", "-o", "page.html"), "missing does not exist\n"),
        (("missing", "none", "-o", "page.html"), "Nothing can be written: missing does not exist"),
        (("metrics.binproto", "-o", "."), "is not a regular file"),
        (("metrics.binproto", "-o", "metrics.binproto"), "is one of the files to report"),
        (("metrics.binproto", "-o", "page.html", "--metric", "nothing"), "No metric matches"),
        (("metrics.binproto", "-o", "page.html", "--metric", "status:nonsense"), "nonsense"),
    ],
)
def test_a_wrong_call_writes_nothing(
    report: Report,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    message: str,
) -> None:
    content = small(tmp_path).read_bytes()
    assert report(*words) == 2
    assert message in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["metrics.binproto"]
    assert (tmp_path / "metrics.binproto").read_bytes() == content


def test_a_batch_leads_with_its_jobs_and_names_those_it_cannot_read(
    report: Report, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(3):
        small(tmp_path / "in" / f"run {number}", value=float(number))
    (tmp_path / "in" / "run 1" / "metrics.binproto").write_bytes(b"\n\xff")
    assert report("in", "-o", "page.html") == 2
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "run 1" in capsys.readouterr().err
    assert re.findall(r'href="#(j\d)">([^<]+)</a></th>', page) == [("j0", "run 0"), ("j2", "run 2")]
    assert "<td colspan" in page
    assert page.count('class="job-page hidden"') == 2


def test_markdown_is_bounded_and_says_what_it_leaves_out(
    report: Report, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build = DocumentBuilder("many")
    hostile = "|`<b>@everyone\n[x](javascript:alert(1))"
    for number in range(1500):
        build.scalar(f"{number} {hostile}", 3.0, fails_above=2.0, status="FAIL_WARN")
        build.scalar(f"good {number}", 1.0, unit="m")
    build.write(tmp_path / "metrics.binproto")
    assert report("metrics.binproto", "--format", "markdown") == 0
    text = capsys.readouterr().out
    assert MAX_BYTES // 2 < len(text.encode()) <= MAX_BYTES
    failing, good = (int(more.replace(",", "")) for more in re.findall(r"… ([\d,]+) more;", text))
    rows = [line for line in text.splitlines() if line.startswith("| ") and "scalar" in line]
    assert len(rows) + failing + good == 3000
    assert all(re.sub(r"`[^`]*`", "", row).count("|") == 5 for row in rows)
    assert "<b>" not in re.sub(r"`[^`]*`", "", text)


def test_a_dash_is_stdout(
    report: Report, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small(tmp_path)
    assert report("metrics.binproto", "--format", "markdown") == 0
    text = capsys.readouterr().out
    assert report("metrics.binproto", "--format", "markdown", "-o", "-") == 0
    assert capsys.readouterr().out == text
    assert report("metrics.binproto", "-o", "-") == 2
    assert "a page is written to a file" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["metrics.binproto"]


def test_markdown_goes_to_a_file_by_its_name(report: Report, tmp_path: Path) -> None:
    for number in range(2):
        small(tmp_path / "in" / f"run {number}", value=float(number))
    assert report("in", "-o", "summary.md") == 0
    text = (tmp_path / "summary.md").read_text("utf-8")
    assert text.startswith("### `in`: ✗ FAIL_BLOCK\n")
    assert "| `Speed` | 2 jobs | `run 0`, `run 1` |" in text


def texts(folder: Path, *lengths: int) -> None:
    """A file with a text metric of each length."""
    build = DocumentBuilder("texts")
    for number, length in enumerate(lengths):
        build.text(f"Text {number}", "word " * (length // 5))
    build.write(folder / "metrics.binproto")


LONG = INLINE_BYTES + 100


def test_files_of_the_earlier_page_go_and_no_others(report: Report, tmp_path: Path) -> None:
    texts(tmp_path, LONG, LONG, LONG)
    assert report("metrics.binproto", "-o", "page.html") == 0
    beside = tmp_path / "page_files"
    (beside / "mine.txt").write_text("mine")
    (beside / "text-9.txt").write_text("of another page")
    texts(tmp_path, LONG)
    assert report("metrics.binproto", "-o", "page.html") == 0
    assert sorted(path.name for path in beside.iterdir()) == [
        "mine.txt",
        "text-1.txt",
        "text-9.txt",
    ]
    (beside / "mine.txt").unlink()
    (beside / "text-9.txt").unlink()
    assert report("metrics.binproto", "-o", "page.html", "--self-contained") == 0
    assert not beside.exists()


def test_a_report_that_fails_leaves_the_earlier_page_and_its_files(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts(tmp_path, LONG, LONG)
    assert report("metrics.binproto", "-o", "page.html") == 0
    content = {path: path.read_bytes() for path in tmp_path.rglob("*.[ht]*")}
    texts(tmp_path, LONG)

    def refuse(self: Page, title: str, target: Path) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Page, "finish", refuse)
    assert report("metrics.binproto", "-o", "page.html") == 2
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.[ht]*")} == content


@pytest.mark.parametrize(
    "listed", ["../victim.txt", "/victim.txt text-1.txt/../../victim.txt", "victim.txt"]
)
def test_a_list_of_a_foreign_page_removes_nothing_else(
    report: Report, tmp_path: Path, listed: str
) -> None:
    (tmp_path / "page_files").mkdir()
    for folder in (tmp_path, tmp_path / "page_files"):
        (folder / "victim.txt").write_text("stays")
    element = f'<meta name="resim-side-files" content="{listed}">'
    generator = '<meta name="generator" content="resim-inspect">'
    (tmp_path / "page.html").write_text(f"{generator}\n{element}\n<title>x</title>")
    small(tmp_path)
    assert report("metrics.binproto", "-o", "page.html") == 0
    assert (tmp_path / "victim.txt").exists()
    assert (tmp_path / "page_files" / "victim.txt").exists()
