"""Differences from the previous run, in one line a job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.comparison import Tolerances, tolerances
from runner.execution.events import Event
from runner.watching.result_changes import ResultChanges
from runner.workspace.results import JobResult, Outcome


def document(*scalars: tuple[str, float, str], **more: Any) -> bytes:
    builder = DocumentBuilder("same")
    for name, value, status in scalars:
        builder.scalar(name, value, unit="m/s", status=status, fails_above=40.0)
    if more:
        builder.doubles("Series", more["series"], unit="m")
    return builder.bytes()


def told(
    path: Path,
    before: bytes | None,
    after: bytes | None,
    outcome: Outcome = Outcome.DONE,
    limits: Tolerances | None = None,
) -> list[Event]:
    """The events of one run that replaces a file."""
    events: list[Event] = []
    sink = ResultChanges(events.append, lambda _: path, limits)
    if before is not None:
        path.write_bytes(before)
    sink(Event("started", 1.0, "night"))
    if after is not None:
        path.write_bytes(after)
    sink(Event("finished", 2.0, "night", result=JobResult("night", "", outcome)))
    assert [event.kind for event in events[:2]] == ["started", "finished"]
    return events[2:]


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (
            [("Max speed", 44.7, "FAIL_BLOCK")],
            [("Max speed", 39.2, "PASSED")],
            "Max speed 44.7 → 39.2 m/s, FAIL_BLOCK → PASSED",
        ),
        (
            [("Max speed", 31.2, "PASSED")],
            [("Max speed", 31.2000001, "PASSED")],
            "Max speed 31.2 → 31.2000001 m/s",
        ),
        (
            [("Max speed", 31.2, "PASSED"), ("Old", 1.0, "PASSED")],
            [("Max speed", 31.2, "FAIL_WARN"), ("Other", 2.0, "PASSED")],
            "Max speed PASSED → FAIL_WARN; Old is gone; Other is new",
        ),
        (
            [(name, 1.0, "PASSED") for name in "abcde"],
            [(name, 2.0, "PASSED") for name in "abcde"],
            "a 1 → 2 m/s; b 1 → 2 m/s; c 1 → 2 m/s; 2 more",
        ),
        ([("Max speed", 1.0, "PASSED")], [("Max speed", 1.0, "PASSED")], "nothing changed"),
    ],
)
def test_changes_in_words(before: Any, after: Any, text: str, tmp_path: Path) -> None:
    (event,) = told(tmp_path / "m", document(*before), document(*after))
    assert (event.kind, event.job, event.text) == ("changed", "night", text)
    assert event.data.get("same", False) == (text == "nothing changed")


def test_tolerances_of_the_project_hold(tmp_path: Path) -> None:
    before, after = document(("a", 1.0, "PASSED")), document(("a", 1.2, "PASSED"))
    (event,) = told(tmp_path / "m", before, after, limits=tolerances(["a=abs:0.5"]))
    assert event.text == "nothing changed"


def test_without_two_files_there_is_nothing_to_tell(tmp_path: Path) -> None:
    valid = document(("a", 1.0, "PASSED"))
    assert told(tmp_path / "1", None, valid) == []
    assert told(tmp_path / "2", b"broken", valid) == []
    assert told(tmp_path / "3", valid, b"broken") == []
    assert told(tmp_path / "4", valid, None, Outcome.FAILED) == []


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (Outcome.DONE, Outcome.FAILED, "PASSED → failed"),
        (Outcome.TIMEOUT, Outcome.DONE, "timed out → PASSED"),
        (Outcome.FAILED, Outcome.FAILED, "failed in another way"),
        (Outcome.BROKEN, Outcome.TIMEOUT, "not run → timed out"),
        (Outcome.DONE, Outcome.CANCELLED, None),
    ],
)
def test_endings_of_runs(before: Outcome, after: Outcome, text: str | None, tmp_path: Path) -> None:
    events: list[Event] = []
    sink = ResultChanges(events.append, lambda _: tmp_path / "m")
    results = [
        JobResult("night", "", outcome, "PASSED", message=message)
        for outcome, message in ((before, "exit 1"), (after, "exit 2"))
    ]
    sink(Event("stale", 1.0, "night", result=results[0]))
    sink(Event("started", 1.0, "night"))
    sink(Event("finished", 2.0, "night", result=results[1]))
    assert [event.text for event in events[3:]] == ([] if text is None else [text])


def test_names_are_cleaned(tmp_path: Path) -> None:
    before = document(("a\x1b[2J", 1.0, "PASSED"))
    after = document(("a\x1b[2J", 2.0, "PASSED"))
    (event,) = told(tmp_path / "m", before, after)
    assert event.text == "a�[2J 1 → 2 m/s"
