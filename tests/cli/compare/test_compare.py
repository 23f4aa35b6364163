"""`resim-inspect compare`: exit codes, broken sides, wrong calls and tolerances."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.commands.compare import FORMATS, WITHOUT_DOCUMENT
from tests.cli.compare.compare_harness import as_json, run, write
from tests.schemas.test_documents import check


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
        assert code == 2
        assert error.count("\n") == 1
        assert str(bad) in error
        assert (out == "") == (name in WITHOUT_DOCUMENT)
        if name not in WITHOUT_DOCUMENT:
            assert ("before", "after")[side] in out
    document = as_json(capsys, *words)
    check("compare", document)
    (comparison,) = document["comparisons"]
    assert [each["side"] for each in comparison["errors"]] == [("before", "after")[side]]
    assert comparison["errors"][0]["error"] in error
    assert "is incomplete: 1 file cannot be read" in run(capsys, *words, "--format", "markdown")[1]


def test_a_side_that_cannot_be_read_leaves_the_others_their_comparison(
    pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    document = as_json(capsys, pair[0], "none", pair[1])
    check("compare", document)
    missing, compared = document["comparisons"]
    assert missing["errors"]
    assert not missing["changes"]
    assert compared["changes"]
    assert document["failed"]


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
