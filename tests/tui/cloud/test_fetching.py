"""The app on a batch of the cloud: the table before the metrics, progress, errors, the end."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from resim_inspect.document.enums import MetricStatus
from resim_inspect.tui.cloud import fetch_state
from resim_inspect.tui.cloud.fetch_bar import FetchBar
from resim_inspect.tui.cloud.fetch_dialogs import FetchErrorDialog, TokenDialog
from resim_inspect.tui.cloud.fetch_screen import FetchScreen
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.open.recent import read_recent
from resim_inspect.tui.open.screen import OpenScreen
from resim_inspect.tui.widgets.dialogs import DetailsDialog
from resim_inspect.tui.workspace.jobs_table import JobsTable
from tests.api.misbehaving_server import answer, stall
from tests.runner.fetch_harness import BASE, TOKEN, job_id
from tests.tui.cloud.fake_cloud import ADDRESS, FakeCloud, looking, over
from tests.tui.conftest import Shot, press, settle, text
from tests.tui.looks import SIZES, Look
from tests.tui.state_pilot import until


def here(pilot: Pilot[Any]) -> list[bool]:
    """Return for each job in the table whether its metrics have been fetched."""
    return [row.fetched for row in pilot.app.screen.query_one(JobsTable).rows]


def fetching() -> list[str]:
    """Return the threads that still wait for a fetch."""
    return [one.name for one in threading.enumerate() if "fetch" in one.name]


async def test_statuses_are_shown_before_the_lists_of_metrics(cloud: FakeCloud) -> None:
    cloud.hold(f"{BASE}/jobs/{job_id(1)}/metrics")
    async with looking(ADDRESS) as pilot:
        table = pilot.app.screen.query_one(JobsTable)
        await until(pilot, lambda: [row.verdict for row in table.rows] == [MetricStatus.PASSED] * 3)
        assert not table.rows[1].cells
        await until(pilot, lambda: "↓flight 1" in text(pilot))
        cloud.release()
        await until(pilot, lambda: all(here(pilot)))


async def test_the_table_is_shown_before_the_metrics_are_fetched(cloud: FakeCloud) -> None:
    cloud.hold("/blob")
    async with looking(ADDRESS) as pilot:
        table = pilot.app.screen.query_one(JobsTable)
        await until(pilot, lambda: len(table.rows) == 3 and all(row.cells for row in table.rows))
        await until(pilot, lambda: "↓flight 1" in text(pilot))
        shown = text(pilot)
        assert "Jobs 3 · ↓ 3 pending" in shown
        assert "↓flight 1" in shown
        assert "0 of 3 jobs fetched" in shown
        assert table.rows[0].cells["scalar 1"].full == "1.5 m"
        assert here(pilot) == [False] * 3
        # A pending job opens once it has been fetched.
        await pilot.press("j", "enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, FetchScreen)
        cloud.release()
        await until(pilot, lambda: isinstance(pilot.app.screen, DocumentScreen))
        assert "flight 1/outputs" in text(pilot)
        await press(pilot, "grave_accent")
        await over(pilot)
        assert "✓ 3 jobs fetched" in text(pilot)
        assert here(pilot) == [True] * 3
        assert read_recent()[-1] == ADDRESS


async def test_jobs_open_while_others_are_fetched(cloud: FakeCloud) -> None:
    cloud.hold("/blob/2")
    async with looking(ADDRESS) as pilot:
        await until(pilot, lambda: here(pilot) == [True, True, False])
        await press_running(pilot, "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, DocumentScreen))
        assert "0.5 m" in text(pilot)
        await press_running(pilot, "grave_accent")
        assert "2 of 3 jobs fetched" in text(pilot)


async def press_running(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys while a fetch is running."""
    await pilot.press(*keys)
    await pilot.pause()


async def test_a_stopped_fetch_can_be_resumed(cloud: FakeCloud) -> None:
    cloud.hold("/blob/2")
    async with looking(ADDRESS) as pilot:
        await until(pilot, lambda: here(pilot) == [True, True, False])
        await press_running(pilot, "x")
        await over(pilot)
        assert "stopped: 2 of 3 jobs fetched, which are kept" in text(pilot)
        assert not pilot.app.screen.query(FetchErrorDialog)
        await press(pilot, "G", "enter")
        assert isinstance(pilot.app.screen, FetchScreen)
        before = cloud.request_count("/blob/0"), cloud.request_count("/blob/1")
        cloud.release()
        await press_running(pilot, "f5")
        await over(pilot)
        assert "✓ 3 jobs fetched" in text(pilot)
        assert here(pilot) == [True] * 3
        assert (cloud.request_count("/blob/0"), cloud.request_count("/blob/1")) == before


async def test_cached_jobs_are_shown_at_once(cloud: FakeCloud) -> None:
    async with looking(ADDRESS) as pilot:
        await over(pilot)
    cloud.server.on(f"{BASE}/jobs", stall(60))
    async with looking(ADDRESS) as pilot:
        await until(pilot, lambda: here(pilot) == [True] * 3)
        assert "requesting the list of jobs…" in text(pilot)
        await press_running(pilot, "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, DocumentScreen))


async def test_quitting_stops_the_fetch(cloud: FakeCloud) -> None:
    cloud.hold("/blob/2")
    async with looking(ADDRESS) as pilot:
        await until(pilot, lambda: here(pilot) == [True, True, False])
        await press_running(pilot, "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, DocumentScreen))
        # Also from another screen.
        await pilot.press("q")
    assert not fetching()
    cloud.release()
    async with looking(ADDRESS) as pilot:
        await over(pilot)
        assert "✓ 3 jobs fetched" in text(pilot)


async def test_closing_the_batch_stops_the_fetch(cloud: FakeCloud, sample: Path) -> None:
    cloud.hold("/blob")
    async with looking(sample) as pilot:
        await press(pilot, "ctrl+o")
        await type_path(pilot, str(ADDRESS))
        await until(pilot, lambda: isinstance(pilot.app.screen, FetchScreen))
        await until(pilot, lambda: here(pilot) == [False] * 3)
        await press_running(pilot, "ctrl+w")
        await until(pilot, lambda: isinstance(pilot.app.screen, DocumentScreen))
        await until(pilot, lambda: all(one.is_finished for one in pilot.app.workers))


async def test_a_single_job_is_fetched_and_opened(cloud: FakeCloud) -> None:
    for job in ("flight 1", job_id(2)):
        async with looking(ADDRESS._replace(job=job)) as pilot:
            await until(pilot, lambda: isinstance(pilot.app.screen, DocumentScreen))
            await press_running(pilot, "grave_accent")
            await over(pilot)
    assert cloud.request_count("/blob/0") == 0
    async with looking(ADDRESS._replace(job="flight 9")) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, FetchErrorDialog))
        assert "the batch has no job “flight 9”." in text(pilot)
        await press(pilot, "escape")
        await press_running(pilot, "a")
        await over(pilot)
        assert here(pilot) == [True] * 3
    assert cloud.request_count("/blob/1/metric/0") == 1


async def test_a_batch_is_opened_only_once(cloud: FakeCloud) -> None:
    async with looking(None) as pilot:
        await type_path(pilot, str(ADDRESS))
        await until(pilot, lambda: isinstance(pilot.app.screen, FetchScreen))
        await over(pilot)
        await press(pilot, "ctrl+o")
        await type_path(pilot, f" {ADDRESS}/flight 2")
        await until(pilot, lambda: isinstance(pilot.app.screen, DocumentScreen))
        assert "flight 2/outputs" in text(pilot)
        await press(pilot, "w")
        assert text(pilot).count("batch 11111111…") == 1


async def test_a_malformed_address_is_an_error(cloud: FakeCloud) -> None:
    async with looking(None) as pilot:
        await type_path(pilot, "resim://demo")
        await settle(pilot)
        assert isinstance(pilot.app.screen, OpenScreen)
        assert not cloud.server.requests


async def test_missing_items_are_listed(cloud: FakeCloud) -> None:
    cloud.server.on("/blob/1/data/0", answer(404))
    async with looking(ADDRESS) as pilot:
        await over(pilot)
        shown = text(pilot)
        assert "! missing: flight 1: metrics data series 0" in shown
        assert "✓ 3 jobs" not in shown
        await press(pilot, "m")
        assert isinstance(pilot.app.screen, DetailsDialog)
        assert "does not exist (404)" in text(pilot)


async def test_a_job_without_metrics_shows_the_reason(cloud: FakeCloud) -> None:
    for what in ("metrics", "metricsData", "events"):
        cloud.server.on(f"{BASE}/jobs/{job_id(1)}/{what}", answer(200, b"{}"))
    async with looking(ADDRESS) as pilot:
        await over(pilot)
        row = pilot.app.screen.query_one(JobsTable).rows[1]
        assert (row.verdict, row.note) == (None, "its status is SUCCEEDED")
        assert row.why_no_metrics == "The job has no metrics: its status is SUCCEEDED."


async def type_path(pilot: Pilot[Any], path: str) -> None:
    """Type an address into the field of the open screen."""
    await press(pilot, "slash")
    pilot.app.screen.query_one(Input).value = path
    await press_running(pilot, "enter")


# Errors.


@pytest.mark.parametrize("typed", ["token-that-was-typed", ""])
async def test_a_token_is_asked_for(
    cloud: FakeCloud, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = dict(cloud.server.scripts())[f"{BASE}/jobs"]
    if typed:
        cloud.server.on(f"{BASE}/jobs", answer(401, TOKEN.encode()), *jobs)
    else:
        monkeypatch.delenv("RESIM_TOKEN")
    async with looking(ADDRESS) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, TokenDialog))
        shown = text(pilot)
        assert ("does not accept the token (401)" if typed else "no token was given.") in shown
        assert TOKEN not in shown
        if not typed:
            assert "Set RESIM_TOKEN, or put it into" in shown
            await press(pilot, "enter", "escape")
            assert "fetch failed: no token was given." in text(pilot)
            assert not cloud.server.requests
            return
        await press(pilot, *typed)
        assert typed not in text(pilot)
        assert pilot.app.screen.query_one(Input).value == typed
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, FetchScreen))
        await over(pilot)
        assert here(pilot) == [True] * 3
        sent = [one.headers["authorization"] for one in cloud.server.asked(f"{BASE}/jobs")]
        assert sent == [f"Bearer {TOKEN}", f"Bearer {typed}"]


@pytest.mark.parametrize(
    ("status", "words"),
    [(404, "there is no batch 11111111"), (302, "the token is not sent to another host")],
)
async def test_an_error_is_one_sentence_and_can_be_copied(
    cloud: FakeCloud, status: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.server.on(f"{BASE}/jobs", answer(status, b"", "Location: https://other.example/x"))
    copied: list[str] = []
    monkeypatch.setattr("resim_inspect.tui.clipboard.copy", lambda app, text: copied.append(text))
    async with looking(ADDRESS) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, FetchErrorDialog))
        assert "Traceback" not in text(pilot)
        await press(pilot, "y", "escape")
        assert words in copied[0]
        assert TOKEN not in copied[0] + text(pilot)
        assert "E fetch failed: " in text(pilot)


async def test_an_unreachable_server(cloud: FakeCloud, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        monkeypatch.setenv("RESIM_API_URL", f"http://127.0.0.1:{gone.getsockname()[1]}")
    async with looking(ADDRESS) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, FetchErrorDialog))
        assert "refuses the connection (6 attempts)" in text(pilot)


async def test_quitting_while_the_server_is_silent(cloud: FakeCloud) -> None:
    cloud.server.on(f"{BASE}/jobs", stall(60))
    async with looking(ADDRESS) as pilot:
        await until(pilot, lambda: bool(cloud.server.requests))
        await press_running(pilot, "x")
        await over(pilot)
        assert "stopped" in text(pilot)
        await press_running(pilot, "f5")
        await until(pilot, lambda: len(cloud.server.requests) == 2)
    assert not fetching()


async def test_two_fetches_at_once(cloud: FakeCloud) -> None:
    cloud.hold("/blob/2")
    async with looking(ADDRESS) as first:
        await until(first, lambda: here(first) == [True, True, False])
        async with looking(ADDRESS) as second:
            await until(second, lambda: isinstance(second.app.screen, FetchErrorDialog))
            assert "another run is active" in text(second)
            await press_running(second, "escape")
            assert here(second) == [True, True, False]


# Pictures.


# Other forms of the last three are pages of the gallery: of `fetch`, `token` and `trouble`.
@pytest.mark.parametrize(
    ("state", "way"),
    [
        *(("lists", way) for way in (*SIZES, "light")),
        *((state, "120x40") for state in ("gaps", "token", "trouble")),
    ],
)
async def test_screen(
    cloud: FakeCloud, shot: Shot, look: Look, state: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch_state, "SILENCE_THRESHOLD", 1e9)
    if state == "lists":
        cloud.hold("/blob")
    elif state == "gaps":
        cloud.server.on("/blob/1/data/0", answer(404))
    else:
        cloud.server.on(f"{BASE}/jobs", answer(403 if state == "token" else 404))
    async with looking(ADDRESS, look.size(), theme=look.theme) as pilot:
        if state == "lists":
            await until(pilot, lambda: pilot.app.screen.query_one(FetchBar).fetch.listed)
            # The verdicts of the jobs come with their metrics.
            await until(pilot, lambda: text(pilot).count("PASSED") == 3)
        elif state == "gaps":
            await over(pilot)
            await settle(pilot)
            table = pilot.app.screen.query_one(JobsTable)
            await until(pilot, lambda: all(row.cells for row in table.rows))
            await settle(pilot)
        else:
            await until(pilot, lambda: isinstance(pilot.app.screen, TokenDialog | FetchErrorDialog))
        await pilot.app.screen.wait_for_refresh()
        shot(pilot, f"fetch-{state}-{way}")
