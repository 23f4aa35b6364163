"""Two documents: matching, renames, attributes, events, findings, tolerances, filters."""

from __future__ import annotations

from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.building.sample import sample_bytes
from resim_inspect.comparison import (
    CompareOptions,
    Direction,
    ToleranceError,
    compare_documents,
    tolerances,
)
from resim_inspect.comparison.changes import EVENT, FINDING
from resim_inspect.comparison.tolerance import Tolerance
from resim_inspect.document import Document, parse_document
from resim_inspect.filtering.query import QueryError
from resim_inspect.schema import metrics_pb2 as pb
from tests.comparison.change_lists import changes, different, scalars


def test_metrics_of_events_are_matched_by_their_event() -> None:
    def build(*entries: tuple[str, float, float]) -> DocumentBuilder:
        made = DocumentBuilder()
        for name, time, value in entries:
            made.event(name, time, [made.scalar("force", value, event=True)])
        return made

    before = build(("Gust", 10.0, 1.0), ("Gust", 20.0, 2.0), ("Stop", 30.0, 3.0))
    # The first gust is gone, and the second one came a little later.
    after = build(("Gust", 20.5, 2.0), ("Stop", 30.0, 4.0))
    found = different(changes(before, after))
    assert [(one.type, one.event, one.direction.value) for one in found] == [
        ("SCALAR", "Stop", "changed"),
        ("SCALAR", "Gust", "gone"),
        (EVENT, "", "changed"),
        (EVENT, "", "gone"),
    ]
    assert found[2].why == ("0.500 s later",)
    assert found[3].before is not None
    assert found[3].before.measured.text == "at 10.000 s"


def test_dated_events_count_from_the_first_one() -> None:
    def build(start: float) -> DocumentBuilder:
        made = DocumentBuilder()
        for number in range(3):
            made.event("Gust", start + 10.0 * number, absolute=True)
        return made

    assert not different(changes(build(1.7e9), build(1.8e9)))


def test_events_that_got_worse() -> None:
    before, after = DocumentBuilder(), DocumentBuilder()
    before.event("Stop", 1.0, description="a", tags=("x",), importance="LOW")
    after.event("Stop", 1.0, status="FAIL_BLOCK", tags=("y",))
    (change,) = different(changes(before, after))
    assert change.direction is Direction.WORSE
    assert change.why == (
        "PASSED → FAIL_BLOCK", "importance LOW → MEDIUM", "description", "tags +y −x"
    )  # fmt: skip


def test_a_suggested_rename() -> None:
    before = scalars(top_speed=44.7, mass=3.0)
    after = scalars(maximum_speed=44.71, mass=3.0, width=7.0)
    found = different(changes(before, after))
    assert [(one.name, one.direction.value, one.renamed) for one in found] == [
        ("top_speed", "gone", "maximum_speed"),
        ("maximum_speed", "added", "top_speed"),
        ("width", "added", ""),
    ]
    assert found[0].why == ("perhaps renamed to “maximum_speed”",)


def test_of_several_candidates_the_likest_name_is_suggested() -> None:
    found = changes(scalars(speed_left=1.0, speed_right=1.0), scalars(v_right=1.0, v_left=1.0))
    assert {one.name: one.renamed for one in found if one.direction is Direction.GONE} == {
        "speed_left": "v_left",
        "speed_right": "v_right",
    }


def test_attributes() -> None:
    before, after = DocumentBuilder(), DocumentBuilder()
    before.scalar("x", 1.0, description="old", tags={"team": "a"}, blocking=False)
    after.scalar(
        "x", 1.0, description="new", tags={"team": "b"}, blocking=True, should_display=False,
        importance="HIGH", event=True,
    )  # fmt: skip
    (change,) = different(changes(before, after))
    assert change.direction is Direction.CHANGED
    assert change.why == (
        "description", "tags +team=b −team=a", "importance MEDIUM → HIGH", "blocking now",
        "event metric now", "hidden now",
    )  # fmt: skip
    assert change.blocking


def test_order_and_ids_do_not_matter() -> None:
    before, after = DocumentBuilder("one"), DocumentBuilder("two")
    before.scalar("x", 1.0, order=1)
    after.scalar("x", 1.0, order=7)
    assert not different(changes(before, after))


def test_findings_that_are_new_and_gone() -> None:
    good, bad = DocumentBuilder(), DocumentBuilder()
    for build, statuses in ((good, ["PASSED"] * 2), (bad, ["PASSED"])):
        x = build.doubles("x", [1.0, 2.0])
        build.line_plot("line", [(x, x, build.statuses("s", statuses))])
    found = [one for one in changes(good, bad, findings=True) if one.type == FINDING]
    assert [one.direction for one in found] == [Direction.WORSE]
    assert "new: metrics" in found[0].why[0]
    found = [one for one in changes(bad, good, findings=True) if one.type == FINDING]
    assert [one.direction for one in found] == [Direction.BETTER]
    assert not [one for one in changes(good, bad) if one.type == FINDING]


def test_of_two_series_the_one_furthest_beyond_decides() -> None:
    def build(left: float, right: float) -> DocumentBuilder:
        made = DocumentBuilder()
        pairs = []
        for name, top in (("left", left), ("right", right)):
            clock = made.times(f"{name} t", [0.0, 1.0])
            values = made.doubles(name, [0.0, top], index=clock)
            pairs.append((values, made.statuses(f"{name} s", values)))
        made.double_over_time("force", pairs, limits=[(5.0, None), (50.0, None)])
        return made

    # 20% beyond, then 40%; the other one came back from 30%: 40 is more than 30.
    (change,) = different(changes(build(6.0, 65.0), build(7.0, 49.0)))
    assert change.direction is Direction.WORSE
    (change,) = different(changes(build(7.0, 49.0), build(6.0, 65.0)))
    assert change.direction is Direction.BETTER


def test_series_are_matched_by_name() -> None:
    def build(*names: str) -> DocumentBuilder:
        made = DocumentBuilder()
        pairs = []
        for name in names:
            values = made.doubles(
                name, [float(len(name)), 1.0], index=made.times(name + "t", [0.0, 1.0])
            )
            pairs.append((values, made.statuses(name + "s", values)))
        made.double_over_time("force", pairs)
        return made

    assert not different(changes(build("a", "bbb"), build("bbb", "a")))
    (change,) = different(changes(build("a", "bbb"), build("bbb")))
    assert change.why == ("series “a” gone",)
    (change,) = different(changes(build("a", "bbb"), build("bbb", "c")))
    assert change.why[0] == "series “a” is now “c”"


def test_a_filter_selects_metrics_and_leaves_events_out() -> None:
    before, after = scalars(speed=1.0, mass=2.0), scalars(speed=2.0, mass=3.0)
    before.event("Stop", 1.0)
    found = changes(before, after, query="spe")
    assert [one.name for one in found] == ["speed"]
    # A value is asked for on either side.
    assert [one.name for one in changes(before, after, query="speed>1.5")] == ["speed"]
    assert changes(before, after, query="speed>9") == []


def test_a_filter_that_fits_neither_side() -> None:
    one, other = scalars(speed=1.0).document(), scalars(mass=1.0).document()
    assert compare_documents(one, other, CompareOptions(query="mass>0")).query_error is None
    error = compare_documents(one, other, CompareOptions(query="width>0")).query_error
    assert isinstance(error, QueryError)


@pytest.mark.parametrize(
    "text", ["", "x", "-1", "nan", "inf", "abs:", "abs:-1", "=0.1", "x=", "x=y"]
)
def test_a_wrong_tolerance(text: str) -> None:
    with pytest.raises(ToleranceError):
        tolerances([text])


def test_tolerances_by_name_and_pattern() -> None:
    found = tolerances(["0.1", "speed *=abs:2", "speed max=0.3", "a=b=0.4"])
    assert found.of("mass") == Tolerance(0.1)
    assert found.of("speed min") == Tolerance(absolute=2.0, explicit=True)
    assert found.of("speed max") == Tolerance(0.3, explicit=True, exact=True)
    assert found.of("a=b") == Tolerance(0.4, explicit=True, exact=True)


def test_statuses_of_a_histogram_per_category() -> None:
    def build(status: str) -> DocumentBuilder:
        made = DocumentBuilder()
        values = made.doubles("v", {"left": [1.0, 2.0], "right": [3.0]})
        statuses = made.statuses("s", {"left": ["PASSED", "PASSED"], "right": [status]})
        made.histogram("force", values, statuses, buckets=[(0, 5)])
        return made

    assert not different(changes(build("FAIL_BLOCK"), build("FAIL_BLOCK")))
    (change,) = different(changes(build("PASSED"), build("FAIL_BLOCK")))
    assert change.direction is Direction.WORSE
    assert change.why == ("FAIL_BLOCK in 0, now in 1 of 3 samples",)


def test_a_double_summary_per_category_is_compared_at_its_index() -> None:
    def build(first: float, last: float) -> DocumentBuilder:
        made = DocumentBuilder()
        index = made.times("t", {"left": [0.0, 1.0]})
        values = made.doubles("v", {"left": [first, last]}, index=index)
        made.double_summary("force", values, made.statuses("s", values), time=1.0)
        return made

    assert not different(changes(build(1.0, 2.0), build(9.0, 2.0)))
    (change,) = different(changes(build(1.0, 2.0), build(1.0, 9.0)))
    assert change.before is not None
    assert change.before.measured.value == 2.0


def test_unreadable_series_are_differences_not_errors() -> None:
    def build(payload: str) -> Document:
        made = DocumentBuilder()
        values = made.doubles("v", [1.0, 2.0], index=made.times("t", [0.0, 1.0]))
        made.double_over_time("force", [(values, made.statuses("s", values))])
        message = made.message()
        if payload == "gone":
            message.job_level_metrics.metrics[
                0
            ].metric_values.double_over_time_metric_values.doubles_over_time_data_id[
                0
            ].id.data = "nothing"
        elif payload == "strings":
            message.metrics_data[1].series.strings.series.append("x")
        return parse_document(message.SerializeToString())

    for payload in ("gone", "strings"):
        broken = build(payload)
        assert not different(changes(broken, broken))
        metric = changes(build(""), broken)[0]
        assert metric.direction is Direction.CHANGED, payload
        assert any("no values now" in reason for reason in metric.why)


def test_an_empty_document() -> None:
    empty = parse_document(
        pb.JobMetrics(metrics_status=pb.PASSED_METRIC_STATUS).SerializeToString()
    )
    assert changes(empty, empty) == []
    found = [one for one in changes(empty, scalars(x=1.0).document()) if one.type != FINDING]
    assert [(one.name, one.direction) for one in found] == [("x", Direction.ADDED)]


def test_the_sample_against_itself_is_the_same(tmp_path: Path) -> None:
    data = sample_bytes(tmp_path)
    one, other = (parse_document(data, path=tmp_path / "metrics.binproto") for _ in range(2))
    found = changes(one, other)
    assert len(found) == len(one.metrics) + len(one.events)
    assert not different(found)


def test_a_file_that_is_written_again_with_other_ids_is_the_same(tmp_path: Path) -> None:
    data = original = sample_bytes(tmp_path)
    one = parse_document(original, path=tmp_path / "metrics.binproto")
    ids = {metric.id for metric in one.metrics} | {entry.id for entry in one.data}
    for id_ in ids | {event.id for event in one.events}:
        # Of the same length: the sizes before the texts stay right.
        data = data.replace(id_.encode(), id_[::-1].encode())
    other = parse_document(data, path=tmp_path / "metrics.binproto")
    assert {metric.id for metric in other.metrics}.isdisjoint(ids)
    found = changes(one, other)
    assert len(found) == len(one.metrics) + len(one.events)
    assert not different(found)
    # Both ways to find out say the same about the values.
    again = parse_document(original, path=tmp_path / "metrics.binproto")
    assert found == changes(one, again)
