"""Validations in the background: their order, and files that cannot be validated."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from resim_inspect import validation
from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document import Document, parse_document
from resim_inspect.errors import DocumentError, MalformedError
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.messages import EditionChosen
from resim_inspect.tui.open.opening import open_path
from resim_inspect.validation import validate
from resim_inspect.validation.findings import Report
from tests.tui.conftest import opened, press, session_of, settle, text
from tests.tui.state_pilot import until
from tests.tui.test_snapshots import flawed

OLD = "0.0.19"
"""An edition that is not the default."""


@pytest.mark.parametrize("error", [None, MalformedError("is damaged")])
async def test_a_validation_that_ends_after_a_later_one_reports_nothing(
    error: DocumentError | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str | None] = []
    is_shown = threading.Event()

    def late(document: Document, *, edition: str | None, **_: object) -> Report:
        calls.append(edition)
        if len(calls) == 1:
            assert is_shown.wait(60)
            if error is not None:
                raise error
        return validate(document, edition=edition)

    monkeypatch.setattr(validation, "validate", late)
    path = flawed().write(tmp_path / "metrics.binproto")
    async with InspectApp(open_path(path), watch=False).run_test() as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, DocumentScreen)
        await until(pilot, lambda: bool(calls))
        screen.post_message(EditionChosen(OLD))
        await until(pilot, lambda: screen.session.report is not None)
        is_shown.set()
        await settle(pilot)
        assert screen.session.report is not None
        assert (screen.session.report.edition, screen.note) == (OLD, "")


async def test_an_edition_that_is_chosen_right_after_a_reload_stays(tmp_path: Path) -> None:
    path = flawed().write(tmp_path / "metrics.binproto")
    async with opened(path) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, DocumentScreen)
        screen.post_message(screen.Reloaded(session_of(path), ""))
        screen.post_message(EditionChosen(OLD))
        await settle(pilot)
        assert screen.session.report is not None
        assert screen.session.report.edition == OLD


def large(metric: str) -> bytes:
    """A document that is not read as a whole."""
    build = DocumentBuilder("flight")
    build.doubles("long", [1.0] * 300_000)
    build.scalar(metric, 1.0)
    return build.bytes()


async def test_a_file_that_is_rewritten_during_its_validation_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "metrics.binproto"
    path.write_bytes(large("Before"))
    calls: list[Document] = []

    def rewriting(document: Document, **_: object) -> Report:
        calls.append(document)
        if len(calls) == 1:
            path.write_bytes(large("Rewritten"))
        return validate(document)

    monkeypatch.setattr(validation, "validate", rewriting)
    async with opened(path) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, DocumentScreen)
        assert screen.session.document.metric_named("Rewritten") is not None
        assert screen.session.report is not None
        assert len(calls) == 2
        assert screen.note == "rewritten: 1 new metric, 1 metric removed"


async def test_a_file_with_a_damaged_series_cannot_be_validated() -> None:
    build = DocumentBuilder("flight")
    build.strings("names", ["abc"] * 2000)
    data = bytearray(build.bytes())
    data[data.index(b"\n\x03abc\n\x03abc") + 2] = 0xFF
    async with opened(parse_document(bytes(data)), (120, 24)) as pilot:
        assert text(pilot).splitlines()[0].endswith("cannot be validated")
        await press(pilot, "4")
        assert "A series of strings is damaged" in text(pilot)
