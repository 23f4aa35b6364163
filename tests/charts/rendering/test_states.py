"""Small state charts: distinct names of rows, and one sign for one state."""

from __future__ import annotations

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.charts import PLAIN, Picture, draw, render
from resim_inspect.document import Document
from tests.charts.scenes import canvas


def states(
    rows: dict[str, list[str]], failures: list[str], statuses: dict[str, str] | None = None
) -> Document:
    """A chart with a row for each name; a state's status is PASSED unless given."""
    build = DocumentBuilder()
    longest = max(len(row) for row in rows.values())
    clock = build.times("t", [float(k) for k in range(longest)])
    series = []
    for name, row in rows.items():
        data = build.strings(name, row, index=clock)
        said = [(statuses or {}).get(state, "PASSED") for state in row]
        series.append((data, build.statuses(f"{name} ok", said, index=clock)))
    present = list(dict.fromkeys(state for row in rows.values() for state in row))
    build.states_over_time("M", series, states=present, failures=failures, legend=list(rows))
    return build.document()


def shown(document: Document, width: int, height: int = 8) -> Picture:
    return render(draw(document, document.metrics[0]), width, height, palette=PLAIN)


def labels(picture: Picture) -> list[str]:
    return [line.split("┤")[0].strip() for line in picture.text.split("\n") if "┤" in line]


def test_rows_are_not_cut_to_what_they_have_in_common() -> None:
    row = ["ON"] * 5 + ["OFF"] * 5
    long = "Subsystem states data · "
    document = states({f"{long}Planner": row, f"{long}Localization": row}, [])
    assert labels(shown(document, 120)) == [f"{long}Planner", f"{long}Localization"]
    for width in (80, 60, 45):
        assert labels(shown(document, width)) == ["Planner", "Localization"]


def test_common_words_stay_while_the_names_differ_in_what_is_seen() -> None:
    row = ["ON"] * 5 + ["OFF"] * 5
    document = states({"actor 1 state of the lane": row, "actor 2 state of the lane": row}, [])
    assert labels(shown(document, 45)) == ["actor 1 state …", "actor 2 state …"]
    assert labels(shown(document, 21)) == ["1 stat…", "2 stat…"]
    same = states({"state": row, "state · planner and its parts": row}, [])
    assert labels(shown(same, 60))[0] == "state"


MODES = ["TAKEOFF", "CLIMB", "CRUISE", "AVOID", "APPROACH", "LANE_LEFT", "LANE_KEEP", "C", "c"]


def test_each_state_has_a_sign_of_its_own() -> None:
    document = states({"mode": [mode for mode in MODES for _ in range(3)]}, [])
    text = shown(document, 200).text.split("\n")[0]
    signs = {entry[2:]: entry[0] for entry in text.strip().split("   ")}
    assert list(signs) == MODES
    assert [signs[mode] for mode in MODES[:7]] == ["T", "C", "R", "A", "P", "L", "K"]
    assert len({sign.casefold() for sign in signs.values()}) == len(MODES)


def test_narrow_runs_have_the_signs_of_the_legend() -> None:
    document = states({"mode": [mode for mode in MODES[:5] for _ in range(3)]}, [])
    for width in (16, 20, 24, 30):
        row = next(line for line in canvas(shown(document, width)) if "T" in line or "[" in line)
        assert [char for char in row if char in "TCRAP"] == list("TCRAP"), row


@pytest.mark.parametrize(
    ("statuses", "sign"),
    [({}, "✗"), ({"LOST": "FAIL_WARN"}, "!"), ({"LOST": "FAIL_BLOCK"}, "✗")],
)
def test_a_failing_state_is_marked_as_the_legend_says(statuses: dict[str, str], sign: str) -> None:
    document = states({"mode": ["OK"] * 30 + ["LOST"] + ["OK"] * 30}, ["LOST"], statuses)
    for width in (60, 80, 120):
        picture = shown(document, width)
        assert f"{sign} LOST" in picture.text
        row = next(line for line in canvas(picture) if "[" in line)
        assert [char for char in row if char in "✗!"] == [sign]


def test_a_state_that_fails_in_two_ways_has_both_marks() -> None:
    rows = {"one": ["OK", "LOST", "OK"], "two": ["OK", "GONE", "GONE"]}
    document = states(rows, ["LOST", "GONE"], {"LOST": "FAIL_WARN"})
    assert "! LOST   ✗ GONE" in shown(document, 80).text
    build = DocumentBuilder()
    clock = build.times("t", [0.0, 1.0, 2.0, 3.0])
    data = build.strings("mode", ["LOST", "OK", "LOST", "OK"], index=clock)
    said = build.statuses("ok", ["FAIL_WARN", "PASSED", "FAIL_BLOCK", "PASSED"], index=clock)
    build.states_over_time("M", [(data, said)], states=["OK", "LOST"], failures=["LOST"])
    assert "✗! LOST" in shown(build.document(), 80).text


def test_failing_states_stay_in_a_legend_with_little_room() -> None:
    document = states({"mode": [*MODES[:5], "LOST", *MODES[5:7]]}, ["LOST"])
    assert "✗ LOST" in shown(document, 40).text.split("\n")[0]


@pytest.mark.parametrize(
    ("row", "end"),
    [
        (["OK"] * 19 + ["DONE"], "]D"),
        (["LOST"] * 19 + ["DONE"], "]D"),
        (["OK"] * 19 + ["LOST"], "]✗"),
        (["OK"] * 998 + ["LOST", "DONE"], "]✗"),
        (["OK"] * 19 + ["DONE"] * 5, "═]"),
    ],
)
def test_the_state_of_the_last_sample_is_seen(row: list[str], end: str) -> None:
    picture = shown(states({"mode": row}, ["LOST"]), 60)
    assert any(line.endswith(end) for line in canvas(picture)), picture.text
