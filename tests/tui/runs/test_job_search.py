"""Search in the list of a run's jobs: what is said of what is searched."""

from __future__ import annotations

from pathlib import Path

import pytest

from resim_inspect.tui.runs.run_bar import RunBar
from tests.tui.conftest import press, started, text
from tests.tui.runs.run_harness import START, under_way


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (("slash", *"zzz", "enter"), "No job has zzz in its name."),
        (("f", "slash", *"zzz", "enter"), "No failing job has zzz in its name."),
        (("slash", *"flight", "enter"), "jobs found; F3 goes to the next."),
    ],
)
async def test_jobs_are_what_is_searched(
    keys: tuple[str, ...],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    notices: list[str],
) -> None:
    monkeypatch.setattr(RunBar, "now", lambda _: START + 9)
    run = under_way(tmp_path / "flights")
    async with started(run.record.path) as pilot:
        await press(pilot, "slash")
        assert "a part of a job's name" in text(pilot)
        await press(pilot, "escape", *keys)
        assert words in notices[-1]
