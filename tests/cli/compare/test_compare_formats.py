"""`resim-inspect compare` as text, JUnit, annotations of GitHub and Markdown."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.building.sample import write_sample
from resim_inspect.commands.compare import FORMATS
from resim_inspect.commands.compare_output.columns import column_name
from resim_inspect.commands.compare_output.github import MAX_ANNOTATIONS
from resim_inspect.markdown import MAX_BYTES
from resim_inspect.text import cell_width
from tests.cli.compare.compare_harness import HOSTILE, run, write

# ------------------------------------------------------------ text


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("color", ["never", "always"])
def test_text_fits_the_width(
    width: int, color: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sample = str(write_sample(tmp_path))
    build = DocumentBuilder()
    for number in range(30):
        build.scalar(f"{number} {HOSTILE * 3}", 1e6 * number, unit=HOSTILE)
    build.text("Landing notes", f"{HOSTILE}\n" * 20)
    other = str(build.write(tmp_path / "other.binproto"))
    for words in ([sample, other], [other, sample], [sample, other, sample, other]):
        _, out, _ = run(capsys, *words, "--width", str(width), "--color", color)
        plain = re.sub(r"\x1b\[[0-9;]*m", "", out)
        assert (plain != out) == (color == "always")
        assert "\x1b" not in plain
        for line in plain.splitlines():
            assert cell_width(line) <= width, line
            if color == "never":
                assert line == line.rstrip()


def test_text_lists_the_worst_first_and_counts_the_same(
    pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = run(capsys, *pair)
    lines = out.splitlines()
    assert lines[0].endswith("✓ PASSED")
    assert lines[1].endswith("✗ FAIL_BLOCK")
    order = [lines.index(line) for line in lines if re.match("[▼−+] ", line)]
    assert [lines[at].split(":")[0] for at in order[:3]] == ["▼ worse", "− gone", "+ added"]
    row = next(line for line in lines if line.startswith("  speed"))
    assert re.search(r"speed +✓ 3 m +✗ 12 m +\+9 m +█", row)
    assert "same: 1" in out
    assert lines[-1] == "fails (--fail-on worse)"


def test_column_names() -> None:
    assert [column_name(number) for number in (0, 25, 26, 27, 702)] == ["A", "Z", "AA", "AB", "AAA"]


# ------------------------------------------------------------ other formats


def hostile_pair(folder: Path, count: int) -> list[str]:
    paths = []
    for name, shift in (("a", 0.0), ("b", 1.0)):
        build = DocumentBuilder()
        for number in range(count):
            build.scalar(f"{HOSTILE} {number}", number + shift, unit=HOSTILE, status="RAW")
            build.text(f"text {HOSTILE} {number}", f"{shift} {HOSTILE}")
        paths.append(str(build.write(folder / f"{name}.binproto")))
    return paths


def test_junit(pair: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, *pair, "--format", "junit")
    assert code == 1
    suite = ElementTree.fromstring(out)[0]
    cases = {case.get("name"): case for case in suite}
    assert set(cases) == {"verdict", "speed", "old", "new", "mass"}
    assert suite.get("failures") == "2"
    failure = cases["speed"].find("failure")
    assert failure is not None
    assert failure.get("message") == "worse: PASSED 3 m → FAIL_BLOCK 12 m (+9 m)"
    assert cases["old"].find("failure") is None
    _, out, _ = run(capsys, *hostile_pair(tmp_path, 3), "--format", "junit")
    assert len(ElementTree.fromstring(out)[0]) == 7


def no_name(folder: Path) -> list[str]:
    """Two files with a changed metric without a name."""
    return [str(write(folder / f"no-name-{value}", **{"": value})) for value in (1.0, 2.0)]


def test_github_annotations(
    pair: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = run(capsys, *pair, "--format", "github")
    levels = [line.split(" ")[0] for line in out.splitlines()]
    assert levels == ["::error", "::error", "::warning", "::notice"]
    assert "::error title=worse%3A speed::3 m → 12 m (+9 m); PASSED → FAIL_BLOCK" in out
    _, out, _ = run(capsys, *hostile_pair(tmp_path, 30), "--format", "github")
    lines = out.splitlines()
    assert len(lines) == MAX_ANNOTATIONS
    assert "title=changed%3A (no name)" in run(capsys, *no_name(tmp_path), "--format", "github")[1]
    assert all(re.match("::notice title=[^,:]*::", line) for line in lines)
    assert lines[-1] == "::notice title=51 more changes::--format json has them all."


def test_markdown(
    pair: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = run(capsys, *pair, "--format", "markdown")
    assert "| ▼ worse | `speed` | ✓ PASSED `3 m` | ✗ FAIL_BLOCK `12 m` | `+9 m` |" in out
    assert "fails (--fail-on worse)" in out
    many = hostile_pair(tmp_path, 1_000)
    for words in (many, [many[0], *many[1:] * 3]):
        _, out, _ = run(capsys, *words, "--format", "markdown")
        assert MAX_BYTES // 2 < len(out.encode()) <= MAX_BYTES
        assert "more; `--format json` has them all." in out
        assert "\x1b" not in out
        for line in out.splitlines():
            outside = re.sub(r"`[^`]*`", "", line)
            assert not re.search("[<@#]", outside.removeprefix("###")), line
            if line.startswith("| ") and "before" not in line:
                # A backslash escapes one character, also another backslash.
                assert len(re.findall(r"\|", re.sub(r"\\.", "", line))) == 7, line


@pytest.mark.parametrize("sides", [1, 2, 3])
def test_markdown_is_filled_by_short_rows(
    sides: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = []
    for side in (0, 1):
        build = DocumentBuilder()
        for number in range(1_500):
            build.scalar(f"m {number}", float(side))
        paths.append(str(build.write(tmp_path / f"{side}.binproto")))
    _, out, _ = run(capsys, paths[0], *paths[1:] * sides, "--format", "markdown")
    # A row takes less than 100 bytes: hardly any room is left, and no side is left out.
    assert MAX_BYTES - 1_000 < len(out.encode()) <= MAX_BYTES
    assert out.count("### ") == sides


def test_markdown_of_very_many_sides_fits(
    pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = run(capsys, *pair, *pair[1:] * 400, "--format", "markdown")
    assert len(out.encode()) <= MAX_BYTES
    sections = out.count("### ")
    assert 100 < sections < 401
    left = 401 - sections
    assert out.splitlines()[-1] == (
        f"… {left} more sides, of which {left} fail; `--format json` has them all."
    )


def test_no_name_is_said_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in set(FORMATS) - {"json"}:
        assert "(no name)" in run(capsys, *no_name(tmp_path), "--format", name)[1]


@pytest.mark.parametrize("line", ["", "last"])
def test_one_empty_line_before_the_summary(
    line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = []
    for word in ("before", "after"):
        build = DocumentBuilder()
        build.text("report", f"{word}\n{line}\n{line}")
        paths.append(str(build.write(tmp_path / f"{word}.binproto")))
    _, out, _ = run(capsys, *paths)
    assert "+after" in out
    assert "\n\n\n" not in out
