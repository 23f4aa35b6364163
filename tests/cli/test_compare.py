"""`resim-inspect compare`: formats, exit codes, broken sides, batches."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from resim_inspect import cli
from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.building.sample import write_sample
from resim_inspect.commands.compare import FORMATS
from resim_inspect.commands.compare_output.columns import column_name
from resim_inspect.commands.compare_output.github import MOST
from resim_inspect.markdown import MAX_BYTES
from resim_inspect.text import cell_width

HOSTILE = "a\x1b[31m|`<b>@everyone #1 http://x\u202e%0A::error::\n& \"q'\\|<i>"


@pytest.fixture(autouse=True)
def no_project_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a folder without a project file above it."""
    monkeypatch.chdir(tmp_path)


def write(path: Path, **values: float) -> Path:
    """A file with scalars that fail above 10; `blocking` in a name makes the metric block."""
    build = DocumentBuilder()
    for name, value in values.items():
        status = "FAIL_BLOCK" if value > 10 else "PASSED"
        build.scalar(
            name, value, unit="m", fails_above=10, status=status, blocking="blocking" in name
        )
    return build.write(path)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[str, str]:
    before = write(tmp_path / "a.binproto", speed=3.0, mass=2.0, old=1.0)
    after = write(tmp_path / "b.binproto", speed=12.0, mass=2.0, new=5.0)
    return str(before), str(after)


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = cli.main(["compare", *words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def as_json(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    _, out, _ = run(capsys, *words, "--format", "json")
    document: dict[str, Any] = json.loads(out)
    return document


# ------------------------------------------------------------ JSON

DIRECTIONS = ("worse", "better", "changed", "gone", "added", "same")
SHAPE: dict[str, Any] = {
    "format": int,
    "base": str,
    "fail_on": str,
    "failed": bool,
    "approximate": bool,
    "unmatched_tolerances": [{"name": str, "nearest": str}],
    "comparisons": [
        {
            "path": str,
            "failed": bool,
            "is_batch": bool,
            "approximate": [str],
            "matched_jobs": int,
            "summary": dict.fromkeys(DIRECTIONS, int),
            "transitions": [{"before": str, "after": str, "jobs": int}],
            "verdicts": [{"job": str, "before": str, "after": str, "direction": str}],
            "metrics": [
                {
                    "name": str,
                    "type": str,
                    "unit": str,
                    "jobs": dict.fromkeys(DIRECTIONS, int),
                    "pairs": int,
                    "median": (float, str, type(None)),
                    "lowest": (float, str, type(None)),
                    "highest": (float, str, type(None)),
                    "p_value": float,
                    "significant": bool,
                    "leading": [{"job": str, "difference": (float, str, type(None))}],
                }
            ],
            "errors": [{"job": str, "side": str, "error": str}],
            "changes": [
                {
                    "name": str,
                    "job": str,
                    "event": str,
                    "type": str,
                    "direction": str,
                    "before": "reading",
                    "after": "reading",
                    "difference": (float, str, type(None)),
                    "why": [str],
                    "details": [str],
                    "fails": bool,
                    "blocking": bool,
                    "closer_to_limit": bool,
                    "renamed": str,
                }
            ],
            "left_off": int,
        }
    ],
}
READING = {
    "status": str,
    "value": (float, str, type(None)),
    "unit": str,
    "measure": str,
    "text": str,
}


def check_shape(value: Any, shape: Any, path: str = "$") -> None:
    if shape == "reading":
        if value is not None:
            check_shape(value, READING, path)
    elif isinstance(shape, dict):
        assert isinstance(value, dict), path
        assert list(value) == list(shape), path
        for name, inner in shape.items():
            check_shape(value[name], inner, f"{path}.{name}")
    elif isinstance(shape, list):
        assert isinstance(value, list), path
        for place, item in enumerate(value):
            check_shape(item, shape[0], f"{path}[{place}]")
    else:
        assert isinstance(value, shape), (path, value)
        if shape is int:
            assert not isinstance(value, bool), path


def test_json_has_one_shape(
    pair: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing = str(write(tmp_path / "nothing.binproto", other=1.0))
    sample = str(write_sample(tmp_path))
    batch(tmp_path / "one", {"x": 1.0, "gone": 2.0})
    batch(tmp_path / "two", {"x": 20.0, "added": 2.0, "broken": None})
    calls = [
        pair,
        (pair[0], pair[0]),
        (pair[0], nothing),
        (pair[0], sample, nothing),
        (sample, sample, "--only-changes"),
        (str(tmp_path / "one"), str(tmp_path / "two")),
        (str(tmp_path / "one"), pair[0]),
        (*pair, "--metric", "nothing-has-this-name"),
    ]
    for words in calls:
        document = as_json(capsys, *words)
        check_shape(document, SHAPE)
        assert document["format"] == 1
        assert len(document["comparisons"]) == sum(not word.startswith("-") for word in words) - (
            2 if "--metric" in words else 1
        )


def test_a_query_that_matches_no_metric_is_a_warning(
    pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, *pair, "--metric", "spé\x07ed")
    assert code == 0
    assert err == "resim-inspect: no metric of either side matches 'spé�ed'\n"
    assert run(capsys, *pair, "--metric", "speed")[2] == ""


def test_json_says_what_changed(pair: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    document = as_json(capsys, *pair)
    (comparison,) = document["comparisons"]
    assert comparison["summary"] == {
        "worse": 1, "better": 0, "changed": 0, "gone": 1, "added": 1, "same": 1
    }  # fmt: skip
    assert comparison["transitions"] == [{"before": "PASSED", "after": "FAIL_BLOCK", "jobs": 1}]
    worse = comparison["changes"][0]
    assert (worse["name"], worse["direction"], worse["difference"]) == ("speed", "worse", 9.0)
    assert worse["before"] == {
        "status": "PASSED", "value": 3.0, "unit": "m", "measure": "", "text": "3 m"
    }  # fmt: skip
    assert worse["why"] == ["PASSED → FAIL_BLOCK", "beyond its limit"]
    assert [one["name"] for one in comparison["changes"]] == ["speed", "old", "new", "mass"]


def test_only_changes_and_top(pair: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    (comparison,) = as_json(capsys, *pair, "--only-changes")["comparisons"]
    assert [one["direction"] for one in comparison["changes"]] == ["worse", "gone", "added"]
    assert comparison["summary"]["same"] == 1
    (comparison,) = as_json(capsys, *pair, "--top", "1")["comparisons"]
    assert [one["name"] for one in comparison["changes"]] == ["speed"]
    assert comparison["left_off"] == 3


# ------------------------------------------------------------ exit codes


@pytest.mark.parametrize(
    ("after", "codes"),
    [
        ({"speed": 3.0, "mass": 2.0}, "0000"),
        ({"speed": 12.0, "mass": 2.0}, "0111"),
        ({"speed": 3.5, "mass": 2.0}, "0001"),
        ({"mass": 2.0}, "0011"),
        ({"speed": 3.0, "mass": 2.0, "new": 1.0}, "0001"),
    ],
)
def test_exit_codes(
    after: dict[str, float], codes: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = str(write(tmp_path / "a.binproto", speed=3.0, mass=2.0))
    other = str(write(tmp_path / "b.binproto", **after))
    got = [
        run(capsys, before, other, "--fail-on", fail_on)[0]
        for fail_on in ("never", "worse", "gone", "changed")
    ]
    assert "".join(map(str, got)) == codes
    assert run(capsys, before, other, "--fail-on", "none")[0] == 0
    assert run(capsys, before, other)[0] == int(codes[1])


def test_a_blocking_metric_that_is_gone_is_worse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = str(write(tmp_path / "a.binproto", blocking_speed=3.0, mass=2.0))
    after = str(write(tmp_path / "b.binproto", mass=2.0))
    assert run(capsys, before, after)[0] == 1
    assert run(capsys, before, after, "--fail-on", "never")[0] == 0


def test_one_of_several_sides_that_is_worse_fails(
    pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, pair[0], pair[0], pair[1], pair[0])
    assert code == 1
    assert re.search(r"^A +passes", out, re.M)
    assert re.search(r"^B +fails", out, re.M)


def test_a_verdict_that_contradicts_its_metrics_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, status in (("a", "PASSED"), ("b", "FAIL_BLOCK")):
        build = DocumentBuilder(status=status)
        build.scalar("speed", 1.0)
        build.write(tmp_path / f"{name}.binproto")
    assert run(capsys, "a.binproto", "b.binproto")[0] == 1
    # The verdict is about all metrics, not about those of a filter.
    assert run(capsys, "a.binproto", "b.binproto", "--metric", "speed")[0] == 0


@pytest.mark.parametrize(
    "content", [None, b"", b"\x0a\xff", b"plain text", "folder", "too long", "below a file"]
)
@pytest.mark.parametrize("side", [0, 1])
def test_a_side_that_cannot_be_read(
    content: bytes | str | None, side: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = str(write(tmp_path / "good.binproto", speed=1.0))
    bad = tmp_path / "bad"
    if isinstance(content, bytes):
        bad.write_bytes(content)
    elif content == "folder":
        bad.mkdir()
    elif content == "too long":
        bad = tmp_path / ("long" * 100) / "metrics.binproto"
    elif content == "below a file":
        bad = Path(good) / "metrics.binproto"
    words = [good, good]
    words[side] = str(bad)
    for name in FORMATS:
        code, out, error = run(capsys, *words, "--format", name)
        assert (code, out) == (2, "")
        assert error.count("\n") == 1
        assert str(bad) in error


def test_a_file_that_the_validator_refuses_is_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build = DocumentBuilder()
    values = build.doubles("v", [1.0, 2.0])
    build.line_plot("line", [(values, values, build.statuses("s", ["PASSED"]))])
    bad = str(build.write(tmp_path / "bad.binproto"))
    good = str(write(tmp_path / "good.binproto", speed=1.0))
    (comparison,) = as_json(capsys, good, bad)["comparisons"]
    assert ("FINDING", "worse") in [(c["type"], c["direction"]) for c in comparison["changes"]]
    assert run(capsys, bad, bad)[0] == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--tolerance", "x"], "tolerance"),
        (["--metric", "status:nonsense"], "nonsense"),
        (["--metric", "width>3"], "width"),
    ],
)
def test_a_wrong_call(
    words: list[str], message: str, pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, error = run(capsys, *pair, *words)
    assert (code, out, error.count("\n")) == (2, "", 1)
    assert message in error


@pytest.mark.parametrize("side", [0, 1])
def test_an_address_of_the_cloud_is_refused(
    side: int, pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    words = list(pair)
    words[side] = "resim://project/batch"
    code, out, error = run(capsys, *words)
    assert (code, out) == (2, "")
    assert "resim-runner fetch" in error


def test_tolerances_of_the_call_and_of_the_project(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = str(write(tmp_path / "a.binproto", speed=3.0, mass=2.0))
    after = str(write(tmp_path / "b.binproto", speed=3.1, mass=2.1))
    changed = ["--fail-on", "changed"]
    assert run(capsys, before, after, *changed)[0] == 1
    assert run(capsys, before, after, *changed, "--tolerance", "0.1")[0] == 0
    assert run(capsys, before, after, *changed, "--tolerance", "speed=0.1")[0] == 1
    words = ["--tolerance", "speed=0.1", "--tolerance", "m*=abs:0.2"]
    assert run(capsys, before, after, *changed, *words)[0] == 0
    Path("resim.toml").write_text('[compare]\nspeed = 0.1\n"m*" = "abs:0.2"\n')
    assert run(capsys, before, after, *changed)[0] == 0
    # The call wins over the file; a passing value nearer to its limit is worse then.
    assert run(capsys, before, after, "--tolerance", "speed=0")[0] == 1


def test_a_tolerance_without_a_metric_is_a_warning(
    tmp_path: Path, pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("resim.toml").write_text('[compare]\n"Spead" = 0.1\n"m*" = 0.5\n')
    # A name of one side alone counts, and so does one of only one of several sides.
    words = ["--tolerance", "new=0.1", "--tolerance", "x*=1", "--tolerance", "spé\x1bed=abs:2"]
    third = str(write(tmp_path / "c.binproto", speed=3.0))
    code, _, error = run(capsys, *pair, third, *words)
    assert code == 1
    assert error.splitlines() == [
        "resim-inspect: the tolerance for 'spé�ed' has no effect: no metric has such a name; "
        "the nearest name is 'speed'",
        "resim-inspect: the tolerance for 'x*' has no effect: no metric has such a name",
        "resim-inspect: the tolerance for 'Spead' has no effect: no metric has such a name; "
        "the nearest name is 'speed'",
    ]
    assert as_json(capsys, *pair, third, *words)["unmatched_tolerances"] == [
        {"name": "spé\x1bed", "nearest": "speed"},
        {"name": "x*", "nearest": ""},
        {"name": "Spead", "nearest": "speed"},
    ]
    # A filter does not make a tolerance for something else wrong.
    assert run(capsys, *pair, "--metric", "mass", "--tolerance", "new=1")[2].count("'new'") == 0


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
    assert len(lines) == MOST
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


# ------------------------------------------------------------ batches


def batch(folder: Path, jobs: dict[str, float | None]) -> str:
    """A workspace with a job for each value; None is a broken file."""
    for name, value in jobs.items():
        path = folder / "jobs" / name / "outputs" / "metrics.binproto"
        if value is None:
            path.parent.mkdir(parents=True)
            path.write_bytes(b"\x0a\xff")
        else:
            write(path, speed=value, mass=1.0)
    return str(folder)


def test_batches(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {f"job {number}": 3.0 for number in range(8)}
    after = {f"job {number}": 4.0 + number for number in range(8)}
    one = batch(tmp_path / "one", {**before, "lost": 1.0})
    two = batch(tmp_path / "two", {**after, "new": 1.0})
    (comparison,) = as_json(capsys, one, two)["comparisons"]
    assert comparison["is_batch"]
    assert comparison["matched_jobs"] == 8
    assert comparison["transitions"] == [
        {"before": "PASSED", "after": "PASSED", "jobs": 7},
        {"before": "PASSED", "after": "FAIL_BLOCK", "jobs": 1},
    ]
    speed, mass = comparison["metrics"]
    assert speed["jobs"]["worse"] == 1
    assert speed["jobs"]["changed"] == 7
    assert (speed["pairs"], speed["median"], speed["lowest"], speed["highest"]) == (8, 4.5, 1, 8)
    # All eight went up: 2 / 2**8.
    assert speed["p_value"] == pytest.approx(2 / 2**8)
    assert speed["significant"]
    assert speed["leading"][0] == {"job": "job 7", "difference": 8.0}
    assert (mass["jobs"]["same"], mass["significant"]) == (8, False)
    jobs = [(c["name"], c["direction"]) for c in comparison["changes"] if c["type"] == "JOB"]
    assert jobs == [("lost", "gone"), ("new", "added")]
    code, out, _ = run(capsys, one, two)
    assert code == 1
    assert "8 jobs on both sides\n        1 only before (lost)\n        1 only after (new)" in out
    assert re.search(r"▼ +1  ✓ PASSED +→ ✗ FAIL_BLOCK", out)
    assert re.search(r"▼ speed +1 +7 +\+4\.5 m +\+1 … \+8 m +job 7, job 6", out)
    assert "1 metric the same in every job" in out


def test_jobs_are_matched_by_experience_then_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, jobs in (
        ("one", {"r1": "Depot", "r2": "Pier", "r3": "Hill"}),
        ("two", {"r2": "Depot", "r7": "Pier", "r3": "Lake"}),
    ):
        batch(tmp_path / name, dict.fromkeys(jobs, 3.0))
        recorded = {job: {"experienceName": experience} for job, experience in jobs.items()}
        (tmp_path / name / "workspace.json").write_text(json.dumps({"jobs": recorded}))
    (comparison,) = as_json(capsys, str(tmp_path / "one"), str(tmp_path / "two"))["comparisons"]
    assert [one["job"] for one in comparison["verdicts"]] == ["r2", "r3", "r7"]
    assert not [one for one in comparison["changes"] if one["type"] == "JOB"]


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_broken_job_stays_an_entry(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = batch(tmp_path / "one", {"a": 1.0, "b": 1.0, "c": None})
    two = batch(tmp_path / "two", {"a": 1.0, "b": None, "c": None})
    code, out, error = run(capsys, one, two, "--format", name)
    assert code == 2
    assert "the job b cannot be read (after)" in error
    assert out
    (comparison,) = as_json(capsys, one, two)["comparisons"]
    assert [(c["name"], c["direction"]) for c in comparison["changes"] if c["type"] == "JOB"] == [
        ("b", "worse"), ("c", "same")
    ]  # fmt: skip
    assert [(e["job"], e["side"]) for e in comparison["errors"]] == [
        ("b", "after"), ("c", "before"), ("c", "after")
    ]  # fmt: skip


def test_unreadable_jobs_beyond_the_listed_ones_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = batch(tmp_path / "one", {f"job {number}": 1.0 for number in range(23)})
    two = batch(tmp_path / "two", {f"job {number}": None for number in range(23)})
    code, _, error = run(capsys, one, two)
    assert code == 2
    lines = error.splitlines()
    assert len(lines) == 21
    assert lines[-1] == ("resim-inspect: 3 more jobs cannot be read; --format json has them all")


@pytest.mark.skipif(sys.platform == "win32", reason="such names are not allowed on Windows")
def test_json_has_the_names_of_jobs_as_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "a\x1b[31m\u202ejob"
    one = batch(tmp_path / "one", {name: 1.0, "lost\x07": 1.0})
    two = batch(tmp_path / "two", {name: 12.0})
    (comparison,) = as_json(capsys, one, two)["comparisons"]
    assert comparison["verdicts"][0]["job"] == name
    assert {change["job"] for change in comparison["changes"]} == {name, "lost\x07"}
    assert comparison["metrics"][0]["leading"][0]["job"] == name
    for shown in FORMATS:
        if shown != "json":
            _, out, error = run(capsys, one, two, "--format", shown)
            assert not set(out + error) & set("\x1b\x07\u202e")
            assert "job" in out


def test_a_job_that_lost_its_metrics_is_worse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = batch(tmp_path / "one", {"a": 1.0, "b": 1.0})
    two = batch(tmp_path / "two", {"a": 1.0, "b": 1.0})
    (tmp_path / "two/jobs/b/outputs/metrics.binproto").unlink()
    code, out, error = run(capsys, one, two)
    assert (code, error) == (1, "")
    assert "no metrics any more: the metrics file does not exist" in out
    assert run(capsys, two, one)[0] == 0


def test_a_lost_job_is_named_once_beside_several_sides(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = batch(tmp_path / "one", {"a": 1.0, "stray": 1.0})
    two, three = (batch(tmp_path / side, {"a": 2.0}) for side in ("two", "three"))
    _, out, _ = run(capsys, one, two, three)
    assert "speed · a  " in out
    (row,) = (line for line in out.splitlines() if "stray" in line)
    assert row.split()[:2] == ["−", "stray"]
    assert row.count("stray") == 1


def test_a_file_against_a_batch_is_named_by_its_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = write(tmp_path / "one.binproto", speed=1.0), batch(tmp_path / "two", {"a": 1.0})
    _, out, _ = run(capsys, str(one), two)
    assert "1 only before (one.binproto)" in out
    assert "(no name)" not in out


def test_a_gone_job_with_blocking_metrics_is_worse(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = batch(tmp_path / "one", {"a": 1.0}), batch(tmp_path / "two", {"a": 1.0})
    write(tmp_path / "one/jobs/b/outputs/metrics.binproto", blocking=1.0)
    code, out, _ = run(capsys, one, two)
    assert code == 1
    assert "job with 1 metric, 1 of them blocking" in out


def test_the_metrics_of_the_batch_are_compared_with_each_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = batch(tmp_path / "one", {"batch": 1.0}), batch(tmp_path / "two", {"batch": 1.0})
    write(tmp_path / "one/batch/outputs/metrics.binproto", mean=1.0)
    write(tmp_path / "two/batch/outputs/metrics.binproto", mean=2.0)
    (comparison,) = as_json(capsys, one, two, "--only-changes")["comparisons"]
    assert [(c["job"], c["name"]) for c in comparison["changes"]] == [("(batch)", "mean")]
