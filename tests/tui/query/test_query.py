"""The query pane: running, errors, history, cancelling, hostile results, and its pictures."""

from __future__ import annotations

import stat
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from resim_inspect import derived
from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.emissions.evaluation import errors
from resim_inspect.emissions.evaluation.folders import document_of
from resim_inspect.tui.document.metrics.card_screen import CardScreen
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.exporting.dialog import ExportDialog
from resim_inspect.tui.query import database
from resim_inspect.tui.query.history import MAX_QUERIES, STATE, read_queries, remember_query
from resim_inspect.tui.query.screen import QueryScreen
from resim_inspect.tui.query.table_list import TableList
from resim_inspect.tui.user_state import state_file
from tests.emissions.evaluation.harness import emission, metric, write_config, write_outputs
from tests.tui.conftest import Shot, opened, press, settle, started, text
from tests.tui.looks import SIZES, WAYS, Look
from tests.tui.state_pilot import until

for _library in ("duckdb", "sqlglot", "liquid"):
    pytest.importorskip(_library)

CURVE = "SELECT timestamp, v\nFROM speed\nORDER BY timestamp"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of two jobs with emissions; not to be changed."""
    folder = tmp_path_factory.mktemp("project") / "workspace"
    for number, name in enumerate(("calm", "windy")):
        write_outputs(folder / "jobs" / name / "outputs", offset=number)
    jobs = metric("SELECT experience_name, MAX(v) FROM speed GROUP BY 1", "bar", type="batch")
    write_config(folder, {"Curve": metric(CURVE, "line"), "By job": jobs})
    return folder


@pytest.fixture(scope="module")
def outputs(workspace: Path) -> Path:
    """The outputs of one of its jobs."""
    return workspace / "jobs" / "calm" / "outputs"


@pytest.fixture(autouse=True)
def _evaluating(monkeypatch: pytest.MonkeyPatch) -> None:
    """Evaluate emissions as the command does, which registers this."""
    monkeypatch.setattr(derived, "_evaluators", [document_of])


def _message(pilot: Pilot[Any]) -> str:
    """The text below the query, as one line."""
    return str(_screen(pilot).query_one("#message", Static).content)


def _screen(pilot: Pilot[Any]) -> QueryScreen:
    screen = pilot.app.screen
    assert isinstance(screen, QueryScreen)
    return screen


@asynccontextmanager
async def querying(
    path: Path, size: tuple[int, int] = (120, 40), *, theme: str | None = None
) -> AsyncIterator[Pilot[Any]]:
    """The app with the query pane on top of what a path shows."""
    async with started(path, size, theme=theme) as pilot:
        await press(pilot, "S")
        await until(pilot, lambda: isinstance(pilot.app.screen, QueryScreen))
        await until(pilot, lambda: _screen(pilot).catalogue is not None)
        yield pilot


async def run(pilot: Pilot[Any], sql: str) -> QueryScreen:
    """Run a query and wait for its end."""
    screen = _screen(pilot)
    screen.editor.fill(sql)
    await pilot.press("ctrl+r")
    await until(pilot, lambda: not screen.running)
    await settle(pilot)
    return screen


async def test_a_query_runs_and_its_error_is_marked(outputs: Path) -> None:
    async with querying(outputs) as pilot:
        screen = await run(pilot, "SELECT v, NULL AS nothing, 'NULL' AS word\nFROM speed")
        assert screen.result is not None
        assert (screen.table.count, screen.result.table.names) == (20, ["v", "nothing", "word"])
        shown = text(pilot)
        assert "20 rows, 3 columns" in shown
        assert "∅ NULL" in shown
        assert screen.table.copy_text(3) == "1.5\tNULL\tNULL"
        # The result stays, and the cursor stands where the fault is.
        await run(pilot, "SELECT v,\n  vv FROM speed")
        assert screen.editor.cursor_location == (1, 2)
        assert "line 2, column 3" in text(pilot)
        assert screen.table.count == 20
        for refused, sentence in (
            ("SELECT FROM FROM", "cannot be parsed"),
            ("DROP TABLE speed", "only a single SELECT"),
            ("SELECT * FROM read_csv('/etc/passwd')", "✗"),
            ("", "is empty"),
        ):
            await run(pilot, refused)
            assert sentence in _message(pilot), refused


async def test_a_result_is_drawn_by_its_shape(outputs: Path) -> None:
    async with querying(outputs) as pilot:
        screen = await run(pilot, CURVE)
        await press(pilot, "f4")
        assert screen.has_class("-chart")
        assert "Chart" in text(pilot)
        await run(pilot, "SELECT state, name FROM speed, hit")
        assert not screen.has_class("-chart")
        assert "do not fit a chart" in _message(pilot)


async def test_a_metric_of_the_config_fills_in_its_query(outputs: Path) -> None:
    async with started(outputs) as pilot:
        document = pilot.app.screen
        assert isinstance(document, DocumentScreen)
        position = next(
            one.position for one in document.session.document.metrics if one.name == "Curve"
        )
        document.pane.go_to(position)
        await settle(pilot)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, CardScreen)
        await press(pilot, "S")
        await until(pilot, lambda: _screen(pilot).catalogue is not None)
        await settle(pilot)
        screen = _screen(pilot)
        assert screen.editor.text == CURVE
        await press(pilot, "f8")
        assert pilot.app.clipboard == CURVE
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, CardScreen)


async def test_the_batch_is_queried_from_the_workspace(workspace: Path) -> None:
    async with querying(workspace) as pilot:
        screen = await run(pilot, "SELECT DISTINCT experience_name FROM speed ORDER BY 1")
        assert [screen.table.copy_text(row) for row in range(screen.table.count)] == [
            "calm",
            "windy",
        ]
        await press(pilot, "f2", "enter")
        assert "MAX(v)" in screen.editor.text


async def test_names_of_tables_are_put_into_the_query(outputs: Path) -> None:
    async with querying(outputs) as pilot:
        screen = _screen(pilot)
        screen.editor.fill("SELECT 1 FROM ")
        tables = screen.query_one(TableList)
        tables.focus()
        await press(pilot, "enter")
        assert screen.editor.text.strip().startswith("SELECT 1 FROM")
        assert screen.editor.text.endswith("speed")


async def test_a_topic_that_a_query_finds_is_listed(tmp_path: Path) -> None:
    outputs = write_outputs(tmp_path / "outputs")
    async with querying(outputs) as pilot:
        with (outputs / "emissions.resim.jsonl").open("a") as file:
            file.write(emission("later", {"v": 1}) + "\n")
        screen = await run(pilot, "SELECT v FROM later")
        assert screen.table.count == 1
        tables = screen.query_one(TableList)
        assert "later" in [tables.name_at(row) for row in range(tables.count)]


async def test_escape_stops_a_query(outputs: Path) -> None:
    async with querying(outputs) as pilot:
        screen = _screen(pilot)
        screen.editor.fill("SELECT COUNT(*) FROM range(1000000000) a, range(1000000000) b")
        await pilot.press("ctrl+r")
        assert screen.running
        await pilot.press("escape")
        await until(pilot, lambda: not screen.running)
        assert "was stopped" in text(pilot)
        # The next one has a new process.
        await run(pilot, "SELECT 1")
        assert screen.table.count == 1


async def test_queries_are_remembered_for_their_user_only(outputs: Path) -> None:
    async with querying(outputs) as pilot:
        screen = await run(pilot, "SELECT 1")
        await run(pilot, "SELECT 2")
        await run(pilot, "SELECT 1")
        assert read_queries() == ["SELECT 1", "SELECT 2"]
        await press(pilot, "f3", "j", "enter")
        assert screen.editor.text == "SELECT 2"
    if sys.platform != "win32":
        assert stat.S_IMODE(state_file(STATE).stat().st_mode) == 0o600
    for number in range(MAX_QUERIES + 5):
        remember_query(f"SELECT {number}")
    assert len(read_queries()) == MAX_QUERIES


async def test_nothing_of_a_result_reaches_the_terminal_as_a_control(tmp_path: Path) -> None:
    outputs = tmp_path / "outputs"
    outputs.mkdir()
    bad = "a\x1b[31mred\x07\u202eb"
    rows = [emission("t\x1b", {"c\x1b[2J": bad}), emission("plain", {"text": bad})]
    (outputs / "emissions.resim.jsonl").write_text("\n".join(rows) + "\n")
    async with querying(outputs) as pilot:
        screen = await run(pilot, 'SELECT text, text AS "x\x1b[1m", [text] AS l FROM plain')
        assert screen.table.count == 1
        await press(pilot, "f4")
        lines = [strip.text for strip in screen.render_lines(screen.region)] + [text(pilot)]
        assert not any(char in line for line in lines for char in "\x1b\x07\u202e")


async def test_what_has_no_emissions_says_so(tmp_path: Path) -> None:
    build = DocumentBuilder("plain")
    build.scalar("Speed", 1.0)
    async with opened(build.write(tmp_path / "metrics.binproto")) as pilot:
        await press(pilot, "S")
        assert isinstance(pilot.app.screen, DocumentScreen)
        (told,) = [toast.message for toast in pilot.app._notifications]
        assert told.startswith("No emissions")


async def test_without_the_extra_the_install_line_is_shown(
    outputs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with started(outputs) as pilot:
        monkeypatch.setattr(errors, "find_spec", lambda _: None)
        await press(pilot, "S")
        screen = _screen(pilot)
        assert errors.INSTALL in _message(pilot)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: not screen.running)
        assert errors.INSTALL in _message(pilot)


async def test_a_result_is_exported_with_its_types(outputs: Path, tmp_path: Path) -> None:
    async with querying(outputs) as pilot:
        screen = _screen(pilot)
        assert screen.export_choices() == []
        sql = "SELECT n, v, ok, state, NULL AS none, ARRAY['a,\"b'] AS list, v AS V FROM speed"
        await run(pilot, sql)
        choices = {choice.format: choice for choice in screen.export_choices()}
        assert set(choices) == {"CSV", "Parquet"}
        path = tmp_path / "result.csv"
        assert choices["CSV"].write(path, threading.Event()) == "20 rows"
        head, first, *rest = path.read_text(encoding="utf-8").splitlines()
        assert head == "n,v,ok,state,none,list,V_1,approximate"
        assert first == '0,0.0,false,IDLE,,"[""a,\\""b""]",0.0,true'
        assert len(rest) == 19
        screen.table.focus()
        await press(pilot, "e")
        assert isinstance(pilot.app.screen, ExportDialog)


SHOWN = {
    "tables": "",
    "result": "SELECT timestamp, v, state, ok, NULL AS nothing FROM speed",
    "error": "SELECT v,\n  vv FROM speed",
    "chart": CURVE,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("shown", SHOWN)
async def test_pictures(
    shown: str, way: str, outputs: Path, shot: Shot, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shown in ("tables", "error") and way not in SIZES:
        pytest.skip("The two pictures of results show the colours.")
    monkeypatch.setattr(database, "monotonic", lambda: 0.0)
    async with querying(outputs, look.size(), theme=look.theme) as pilot:
        if SHOWN[shown]:
            await run(pilot, SHOWN[shown])
        if shown == "chart":
            await press(pilot, "f4")
        await settle(pilot)
        shot(pilot, f"query-{shown}-{way}")
