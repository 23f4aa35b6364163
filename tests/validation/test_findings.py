"""One cause gives one finding, one pass gives all findings, with paths and hints."""

from __future__ import annotations

from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document import Document, parse_document
from resim_inspect.errors import MalformedError
from resim_inspect.schema import metrics_pb2 as pb
from resim_inspect.validation import Severity, Target, validate
from resim_inspect.validation.context import Context, nearest
from resim_inspect.validation.editions import edition
from resim_inspect.validation.rules.file import NO_METRICS
from tests.validation.edits import apply, base


def opened(message: pb.JobMetrics, path: Path | None = None, threshold: int = 4096) -> Document:
    return parse_document(message.SerializeToString(), path=path, threshold=threshold)


def errors(message: pb.JobMetrics) -> list[tuple[str, str]]:
    found = validate(opened(message)).findings
    return [(one.rule, one.where) for one in found if one.severity is Severity.ERROR]


def test_separate_faults_are_all_found(tmp_path: Path) -> None:
    message = base(tmp_path).message()
    apply(
        message,
        (
            'metrics["Max speed"].status = unset',
            'data["distance status"].series = [PASSED]',
            'events["Landing"].name = ""',
        ),
    )
    assert errors(message) == [
        ("status-unset", 'metrics["Max speed"].status'),
        ("values-status-length", 'metrics["Path"].values.statuses[0]'),
        ("event-name-empty", "events[1].name"),
    ]


def test_one_wrong_series_of_statuses_is_one_finding(tmp_path: Path) -> None:
    message = base(tmp_path).message()
    apply(message, ('data["distance status"].series = [PASSED, PASSED]',))
    found = validate(opened(message)).findings
    assert [one.message for one in found] == [
        '"distance" and its statuses "distance status" differ in length: 3, but 2. The same at '
        'metrics["Distances"].values.statuses, metrics["Last distance"].values.status, '
        'metrics["Last height"].values.status.'
    ]


def test_one_wrong_index_is_one_finding(tmp_path: Path) -> None:
    message = base(tmp_path).message()
    apply(message, ('data["clock"].series = [0]',))
    report = validate(opened(message))
    assert [one.rule for one in report.findings] == ["index-length"]
    assert ": 3, but 1. The same at " in report.findings[0].message
    assert (
        'The same at data["speed status"].index, data["mode"].index' in report.findings[0].message
    )


def test_another_job_id_in_every_metric_is_one_finding(tmp_path: Path) -> None:
    message = base(tmp_path).message()
    apply(message, ('metrics[*].job_id = "12345678-1234-1234-1234-123456789abc"',))
    report = validate(opened(message))
    assert [one.rule for one in report.findings] == ["metric-job-differs"]
    assert "more." in report.findings[0].message


def test_a_broken_series_is_not_told_again_by_its_partners(tmp_path: Path) -> None:
    message = base(tmp_path).message()
    apply(message, ('data["distance"].is_per_category = true',))
    assert errors(message) == [("series-missing", 'data["distance"].series')]


def test_errors_come_first_and_then_the_order_of_the_file(tmp_path: Path) -> None:
    message = base(tmp_path).message()
    apply(
        message,
        (
            'data["clock"].series = [0, 2, 1]',
            'events["Take-off"].status = unset',
            'metrics["Summary"].values.text = ""',
            "metrics_status = unset",
        ),
    )
    found = validate(opened(message)).findings
    assert [one.target for one in found] == [
        Target("file"),
        Target("metric", 18),
        Target("event", 0),
        Target("data", 0),
    ]


def test_a_twin_in_another_spelling_is_the_hint(tmp_path: Path) -> None:
    message = base(tmp_path).message()
    photo = next(one for one in message.metrics_data if one.name == "photo")
    text = photo.metrics_data_id.id.data.upper()
    apply(message, (f'metrics["Photos"].values.images = ["{text}"]',))
    found = validate(opened(message)).findings
    assert [one.rule for one in found] == ["data-missing"]
    assert '"photo" has this UUID in another spelling' in found[0].hint


def test_the_nearest_name_is_the_hint() -> None:
    b = DocumentBuilder()
    clock = b.times("clock", [0, 1])
    states = b.strings("Lane states", ["a", "b"], index=clock)
    statuses = b.statuses("Lane status", states)
    metric = b.states_over_time("Lane changes", [(states, statuses)], states=["a", "b"])
    values = metric.metric_values.states_over_time_metric_values
    values.states_over_time_data_id[0].id.data = "12345678-1234-1234-1234-123456789abc"
    found = validate(b.document()).findings
    assert found[0].rule == "data-missing"
    assert found[0].where == 'metrics["Lane changes"].values.states[0]'
    assert 'Nearest name: "Lane states".' in found[0].hint


def test_nearest_name() -> None:
    assert nearest("speed", ["sped", "height"]) == 'Nearest name: "sped".'
    assert nearest("speed", ["qqq"]) == ""
    assert nearest("", ["speed"]) == ""


def test_names_with_quotes_stay_one_place() -> None:
    b = DocumentBuilder()
    b.scalar('say "hi" \\', None)
    assert errors(b.message()) == [("scalar-missing", 'metrics["say \\"hi\\" \\\\"].values.value')]


def test_no_id_at_all_is_told_as_such() -> None:
    message = pb.JobMetrics()
    message.job_level_metrics.metrics.add()
    message.metrics_data.add()
    message.events.add().metrics.add()
    report = validate(opened(message))
    assert not report.valid
    texts = {one.rule: one.message for one in report.findings}
    assert texts["job-id"] == "the file has no job id"
    assert texts["metric-id"] == "has no id"
    assert texts["data-id"] == "has no id"
    assert texts["event-id"] == "has no id"


def test_damage_inside_a_deferred_series_is_never_valid() -> None:
    b = DocumentBuilder()
    names = b.strings("names", ["abc"] * 2000)
    b.double_summary("unused", b.doubles("x", [1]), b.statuses("xs", b.doubles("y", [1])))
    assert names.name
    data = bytearray(b.bytes())
    data[data.index(b"\n\x03abc\n\x03abc") + 2] = 0xFF
    document = parse_document(bytes(data))
    assert document.deferred
    with pytest.raises(MalformedError):
        validate(document)


def test_more_than_two_gib_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    b = DocumentBuilder()
    b.scalar("Speed", 1)
    document = b.document()
    document.size = 1 << 31
    assert [one.rule for one in validate(document).findings] == ["file-too-large"]
    document.size -= 1
    assert validate(document).findings == []


def test_the_same_cause_at_the_same_place_is_counted_once() -> None:
    context = Context(DocumentBuilder().document(), edition())
    for where in ("a", "a", "b", "c", "d", "e", "e"):
        context.report(NO_METRICS, Target("file"), where, "wrong.", "", "cause")
    assert [one.message for one in context.findings()] == ["wrong. The same at b, c, d and 2 more."]


def test_findings_are_counted_in_words() -> None:
    assert Severity.ERROR.counted(1) == "1 error"
    assert Severity.WARNING.counted(2, "new") == "2 new warnings"
    assert Severity.INFO.counted(1_200) == "1,200 info"
