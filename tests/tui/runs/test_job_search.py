"""Search in the list of a run's jobs: what is said of what is searched."""

from __future__ import annotations

from pathlib import Path

import pytest

from resim_inspect.tui.keymap import BINDINGS
from resim_inspect.tui.runs.run_bar import RunBar
from tests.tui.conftest import press, started, text
from tests.tui.runs.run_harness import START, under_way


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (("slash", *"zzz", "enter"), "No job has zzz in its name."),
        (("f", "slash", *"zzz", "enter"), "No failing job has zzz in its name."),
        (("slash", *"flight", "enter"), "jobs found; n goes to the next."),
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


async def test_the_keys_to_the_matches_are_told_once_something_was_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RunBar, "now", lambda _: START + 9)
    run = under_way(tmp_path / "flights")
    async with started(run.record.path, (160, 40)) as pilot:
        assert "n N next" not in text(pilot)
        await press(pilot, "slash", *"flight", "enter")
        assert "n N next" in text(pilot), "of the jobs"
        await press(pilot, "tab")
        assert "n N next" not in text(pilot), "nothing was searched in the log"
        await press(pilot, "slash", *"smoothing", "enter")
        assert "n N next" in text(pilot)


def test_one_key_goes_to_the_next_match_wherever_it_is_free() -> None:
    steps = [binding for binding in BINDINGS.values() if binding.action == "hit(1)"]
    assert len(steps) > 3
    for step in steps:
        taken = step.id == "comparison.next_hit"  # There `n` goes to what got worse.
        assert step.default_keys == (("f3",) if taken else ("n", "f3")), step.id
        assert step.hint
