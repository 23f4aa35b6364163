"""Emissions that grow, and their config: followed, evaluated again, not for each single row."""

from __future__ import annotations

from pathlib import Path

import pytest

from resim_inspect import derived
from resim_inspect.document.model import ScalarValues
from resim_inspect.document.reloading.signatures import document_signature
from resim_inspect.emissions.evaluation.folders import document_of, sources_of
from resim_inspect.tui.app import InspectApp
from resim_inspect.tui.document.screen import DocumentScreen
from resim_inspect.tui.open.opening import open_path
from resim_inspect.tui.workspace.jobs_reader import JobsReader
from tests.emissions.evaluation.harness import emission, metric, write_config, write_outputs
from tests.tui.conftest import running
from tests.tui.state_pilot import until

for _library in ("duckdb", "sqlglot", "liquid"):
    pytest.importorskip(_library)


@pytest.fixture(autouse=True)
def _evaluating(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derived, "_evaluators", [document_of])
    monkeypatch.setattr(derived, "_sources", [sources_of])


def _grow(outputs: Path, value: float) -> None:
    with (outputs / "emissions.resim.jsonl").open("a") as file:
        file.write(emission("speed", {"v": value}, timestamp=10**12) + "\n")


def test_the_signature_changes_with_all_that_is_evaluated(tmp_path: Path) -> None:
    outputs = write_outputs(tmp_path / "outputs")
    path = outputs / "metrics.binproto"
    states = [document_signature(path)]
    _grow(outputs, 1.0)
    states.append(document_signature(path))
    write_config(tmp_path, {})
    states.append(document_signature(path))
    templates = tmp_path / ".resim" / "metrics" / "templates"
    templates.mkdir()
    (templates / "one.liquid").write_text("{}")
    states.append(document_signature(path))
    assert None not in states
    assert len(set(states)) == len(states)
    assert document_signature(path) == states[-1]
    # A document of its own hides the emissions.
    path.write_bytes(b"x")
    stat = path.stat()
    assert document_signature(path) == (stat.st_ino, 1, stat.st_mtime_ns)


async def test_emissions_and_config_are_followed(tmp_path: Path) -> None:
    outputs = write_outputs(tmp_path / "outputs")
    write_config(tmp_path, {"Largest": metric("SELECT MAX(v) FROM speed", "scalar")})
    app = InspectApp(open_path(outputs), watch=True)
    async with running(app, (120, 40)) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, DocumentScreen)

        def largest() -> object:
            found = screen.session.document.metric_named("Largest")
            if found is None:
                return None
            assert isinstance(found.values, ScalarValues)
            return found.values.value

        assert largest() == 9.5
        _grow(outputs, 77.0)
        await until(pilot, lambda: largest() == 77.0)
        # What is not written to its end yet is not read.
        with (outputs / "emissions.resim.jsonl").open("a") as file:
            file.write('{"$metadata": {"topic": "spe')
        write_config(tmp_path, {"Smallest": metric("SELECT MIN(v) FROM speed", "scalar")})
        await until(pilot, lambda: screen.session.document.metric_named("Smallest") is not None)
        assert largest() is None


def test_the_table_of_a_workspace_follows_the_emissions_of_its_jobs(tmp_path: Path) -> None:
    folder = tmp_path / "batch"
    outputs = [write_outputs(folder / "jobs" / name / "outputs") for name in ("calm", "windy")]
    write_config(folder, {"Largest": metric("SELECT MAX(v) FROM speed", "scalar")})
    reader = JobsReader(folder)
    reader.read_outline()
    values = {row.name: row.cells["Largest"].value for row in reader.changed_rows()}
    assert values == {"calm": 9.5, "windy": 9.5}
    assert list(reader.changed_rows()) == []
    _grow(outputs[1], 77.0)
    (row,) = reader.changed_rows()
    assert (row.name, row.cells["Largest"].value, row.approximate) == ("windy", 77.0, True)
