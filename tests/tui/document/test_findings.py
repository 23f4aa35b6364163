"""The findings: all of them, explained, and a way to the place of each."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from resim_inspect import validation
from resim_inspect.document import Document
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.document.findings.pane import FindingList
from resim_inspect.tui.document.metrics.metric_list import MetricList
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.messages import EditionChosen
from resim_inspect.tui.open.opening import open_path
from resim_inspect.validation import validate
from resim_inspect.validation.findings import Report
from tests.containers.engines import wait_for
from tests.tui.conftest import keys, opened, press, text
from tests.tui.document.test_metrics import speeds
from tests.tui.state_pilot import until
from tests.tui.test_snapshots import flawed


def rules(findings: FindingList) -> set[str]:
    return {row.rule for row in findings.rows if not isinstance(row, str)}


async def test_findings_are_listed_and_explained() -> None:
    async with opened(flawed()) as pilot:
        await press(pilot, "4")
        shown = text(pilot)
        assert "error" in shown
        found = pilot.app.screen.query_one(FindingList)
        assert found.finding is not None
        assert found.finding.rule in shown


async def test_enter_goes_to_the_metric() -> None:
    async with opened(flawed()) as pilot:
        await press(pilot, "4")
        found = pilot.app.screen.query_one(FindingList)
        while found.finding is None or found.finding.target.kind != "metric":
            await press(pilot, "down")
        target = found.finding.target.position
        await press(pilot, "enter")
        metrics = pilot.app.screen.query_one(MetricList)
        assert metrics.position == target
        assert pilot.app.focused is metrics


async def test_grouped_by_rule_the_cursor_keeps_its_finding() -> None:
    async with opened(flawed()) as pilot:
        await press(pilot, "4", "down")
        found = pilot.app.screen.query_one(FindingList)
        finding = found.finding
        await press(pilot, "r")
        assert found.finding == finding
        assert "scalar-nan  1" in found.rows
        await press(pilot, "r")
        assert found.finding == finding
        assert "metric “Max speed”  1" in found.rows
        await press(pilot, "r")
        assert not any(isinstance(row, str) for row in found.rows)


async def test_another_edition_validates_by_its_rules() -> None:
    async with opened(flawed()) as pilot:
        await press(pilot, "4")
        found = pilot.app.screen.query_one(FindingList)
        assert "scalar-nan" in rules(found)
        await press(pilot, "E")
        # Editions from the newest to the oldest: the last has never heard of NaN.
        await press(pilot, "G", "enter")
        assert "0.0.19" in text(pilot)
        assert "scalar-nan" not in rules(found)


async def test_a_valid_file_says_so() -> None:
    async with opened(speeds()) as pilot:
        await press(pilot, "4")
        assert "nothing is wrong" in text(pilot)
        assert keys(pilot) == ["E", "?", "q"]


async def test_enter_is_offered_where_there_is_a_place_to_go_to() -> None:
    async with opened(flawed()) as pilot:
        await press(pilot, "4")
        found = pilot.app.screen.query_one(FindingList)
        kinds = set()
        for _ in range(found.count):
            assert found.finding is not None
            kinds.add(found.finding.target.kind)
            somewhere = found.finding.target.kind in ("metric", "data", "event")
            assert keys(pilot) == ["Enter"] * somewhere + ["r", "E", "y", "/", "?", "q"]
            await press(pilot, "down")
        assert "metric" in kinds


async def test_a_later_validation_ends_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The former would compute beside it, and its report could come last."""
    calls: list[str | None] = []
    ended: list[str | None] = []

    def endless(
        document: Document, *, edition: str | None, is_cancelled: Callable[[], bool]
    ) -> Report:
        calls.append(edition)
        if len(calls) == 2:
            return validate(document, edition=edition)
        wait_for(is_cancelled)
        ended.append(edition)
        raise CancelledError

    monkeypatch.setattr(validation, "validate", endless)
    path = tmp_path / "metrics.binproto"
    flawed().write(path)
    async with InspectApp(open_path(path), watch=False).run_test(size=(120, 40)) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, DocumentScreen)
        await until(pilot, lambda: bool(calls))
        screen.post_message(EditionChosen("0.0.19"))
        await until(pilot, lambda: screen.session.report is not None and bool(ended))
        assert screen.session.report is not None
        assert (calls, ended) == ([None, "0.0.19"], [None])
        assert screen.session.report.edition == "0.0.19"
