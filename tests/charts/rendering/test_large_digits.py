"""Scalars in large digits, their place against the limits, and their values in other jobs."""

from __future__ import annotations

from itertools import product

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.charts import PLAIN, Drawing, draw, natural_height, render
from resim_inspect.charts.build.job_values import JobValue, JobValues, with_job_values
from resim_inspect.charts.rendering import large_digits
from resim_inspect.charts.rendering.cells import Grid
from resim_inspect.document.enums import MetricStatus
from resim_inspect.text import number

NUMBERS = "0123456789.,-eNa∞"


def scalar(
    value: float | None,
    *,
    above: float | None = None,
    below: float | None = None,
    status: str = "PASSED",
) -> Drawing:
    build = DocumentBuilder("one")
    build.scalar("Speed", value, unit="m/s", fails_above=above, fails_below=below, status=status)
    document = build.document()
    return draw(document, document.metrics[0])


def lines(drawing: Drawing, width: int, height: int) -> list[str]:
    return render(drawing, width, height, palette=PLAIN).text.splitlines()


def painted(text: str, scale: int) -> list[str]:
    grid = Grid(200, 20)
    large_digits.paint(grid, 0, 0, text, scale, PLAIN.style("text"))
    return ["".join(span.text for span in line) for line in grid.lines()]


@pytest.mark.parametrize("scale", [0, 1, 2])
def test_each_character_has_a_form_of_its_own(scale: int) -> None:
    forms = {char: tuple(painted(char, scale)) for char in NUMBERS}
    assert len(set(forms.values())) == len(NUMBERS)
    for char, form in forms.items():
        dots = large_digits.columns(char)
        assert dots is not None
        assert max(map(len, form)) <= dots * max(1, 2 * scale)
        assert sum(map(bool, form)) <= large_digits.ROWS * max(1, scale)


@pytest.mark.parametrize(
    "value", [0.0, -1234567.89, 1.5e-9, 1e300, float("nan"), float("-inf"), 10.0000004]
)
def test_every_number_has_large_forms(value: float) -> None:
    text = number(value)
    dots = large_digits.columns(text)
    assert dots is not None
    assert max(map(len, painted(text, 1))) <= 2 * dots


def test_other_texts_have_no_large_forms() -> None:
    assert large_digits.columns("no value") is None
    assert large_digits.columns("") is None


def test_a_scalar_has_large_digits_where_there_is_room() -> None:
    shown = lines(scalar(12.5, above=10.0, status="FAIL_BLOCK"), 120, 30)
    digits = painted("12.5", 2)
    assert [line.split("  m/s")[0].rstrip() for line in shown[: len(digits)]][:9] == digits[:9]
    text = "\n".join(shown)
    assert "m/s" in text
    assert "✗ FAIL_BLOCK  fails above 10 m/s" in text
    assert "2.5 m/s above the limit of 10 m/s (25.0%)" in text
    scale = next(line for line in shown if "◆" in line)
    # The scale has the whole width, and the value lies where it fails.
    assert len(scale) == 120
    assert scale.index("◆") > scale.index("┼")
    assert scale.index("╱") > scale.index("┼")


@pytest.mark.parametrize(
    ("value", "above", "below", "words"),
    [
        (7.5, 10.0, None, "2.5 m/s below the limit of 10 m/s (25.0%)"),
        (10.0, 10.0, None, "at the limit of 10 m/s"),
        (-1.0, 10.0, 0.0, "1 m/s below the limit of 0 m/s"),
        (9.0, 10.0, 0.0, "1 m/s below the limit of 10 m/s (10.0%)"),
        (10.0000004, 10.0, None, "4e-7 m/s above the limit of 10 m/s"),
        (-12.0, None, -10.0, "2 m/s below the limit of -10 m/s (20.0%)"),
    ],
)
def test_the_place_against_the_limits(
    value: float, above: float | None, below: float | None, words: str
) -> None:
    assert words in [
        line.strip() for line in lines(scalar(value, above=above, below=below), 120, 20)
    ]


def test_the_place_against_a_limit_is_a_whole_text() -> None:
    panel = scalar(17.4, above=15.0, status="FAIL_BLOCK")
    whole = "2.4 m/s above the limit of 15 m/s"
    assert f"{whole} (16.0%)" in lines(panel, 41, 20)
    assert whole in [line.strip() for line in lines(panel, 40, 20)]


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_without_a_number_there_is_no_place(value: float | None) -> None:
    text = "\n".join(lines(scalar(value, above=10.0), 120, 30))
    assert "limit of" not in text
    assert "fails above 10 m/s" in text


def test_in_its_natural_height_a_scalar_stays_one_line_and_its_scale() -> None:
    drawing = scalar(12.5, above=10.0)
    assert natural_height(drawing, 80) == 4
    assert lines(drawing, 80, 4)[0].startswith("12.5 m/s  ✓ PASSED  fails above 10 m/s")


def test_blank_rows_go_before_the_large_digits_do() -> None:
    drawing = scalar(17.4, above=15, status="FAIL_BLOCK")
    for height, blanks in ((10, 2), (7, 0)):
        shown = lines(drawing, 36, height)
        assert "▀" in shown[0] or "█" in shown[0]
        end = next(at for at, line in enumerate(shown) if "15" in line and "◆" in shown[at - 1])
        assert sum(not line.strip() for line in shown[:end]) == blanks
        assert "above the limit" in "".join(shown)
    assert lines(drawing, 36, 6)[0].startswith("17.4 m/s")


def test_a_limit_that_does_not_fit_has_a_line_of_its_own() -> None:
    drawing = scalar(10.0000004, above=10.0, status="FAIL_BLOCK")
    height = natural_height(drawing, 40)
    shown = lines(drawing, 40, height)
    assert shown[:2] == ["10.0000004 m/s  ✗ FAIL_BLOCK", "fails above 10 m/s"]
    assert "◆" in shown[2]


def jobs(n: int) -> JobValues:
    values = [
        JobValue(
            f"flight-{k:04d}",
            None if k == 3 else float(k),
            MetricStatus.FAIL_BLOCK if k > 10 else MetricStatus.PASSED,
        )
        for k in range(n)
    ]
    return JobValues("flight-0002", tuple(values))


def with_jobs(n: int) -> Drawing:
    build = DocumentBuilder("one")
    build.scalar("Speed", 2.0, unit="m/s", fails_above=10.0)
    document = build.document()
    metric = document.metrics[0]
    return with_job_values(draw(document, metric), metric, jobs(n))


def test_the_values_of_all_jobs_stand_below() -> None:
    shown = lines(with_jobs(14), 100, 36)
    text = "\n".join(shown)
    assert "14 jobs of the workspace" in text
    own = next(line for line in shown if "flight-0002" in line)
    assert own.startswith("▸ flight-0002")
    assert next(line for line in shown if "flight-0013" in line).rstrip().endswith("13 m/s ✗")
    # No value is not the value 0.
    assert next(line for line in shown if "flight-0003" in line).split()[-1] == "–"
    assert "██" in shown[0]


def test_many_jobs_keep_their_extremes_and_the_limit() -> None:
    shown = "\n".join(lines(with_jobs(5000), 100, 36))
    assert "5,000 jobs, drawn from extremes" in shown
    assert "┄" in shown


def test_one_job_is_no_history() -> None:
    assert len(with_jobs(1).panels) == 1


@pytest.mark.parametrize(("width", "height"), product((1, 9, 24, 60, 130), (1, 3, 8, 15, 45)))
def test_any_room_will_do(width: int, height: int) -> None:
    for drawing in (scalar(-1234.5, above=1e9, below=-3.0), with_jobs(20)):
        picture = render(drawing, width, height, palette=PLAIN)
        assert all(sum(len(span.text) for span in line) <= width for line in picture.lines)
        assert len(picture.lines) == height
