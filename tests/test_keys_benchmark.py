"""Statistics of the benchmark of keys: medians over runs, slowest keys of a kind, longest gaps."""

from __future__ import annotations

import pytest

from benchmarks import keys
from benchmarks.measure import ONLY, is_wanted
from benchmarks.programs.keys import SCRIPTS, Played, Press


def played(step: str, gap: float, **answers: float) -> Played:
    """A step whose keys were answered after so many ms."""
    pressed: list[Press] = [
        {"key": key, "answer": answer, "cpu": answer / 2} for key, answer in answers.items()
    ]
    return {"step": step, "keys": pressed, "gap": gap}


def test_a_key_that_is_slow_in_one_run_does_not_count() -> None:
    runs = [
        [played("down and up", 9, j=20, k=30)],
        [played("down and up", 50, j=900, k=31)],
        [played("down and up", 10, j=21, k=300)],
    ]
    medians = keys.medians(runs)
    assert medians == [played("down and up", 10, j=21, k=31)]
    assert keys.slowest(medians)["list"] == ("down and up", "k", 31, 15.5)


def test_a_key_that_is_slow_in_most_runs_and_a_delay_that_wanders_do() -> None:
    runs = [
        [played("help", 80, x=100, y=10)],
        [played("help", 10, x=101, y=10)],
        [played("help", 90, x=10, y=10)],
    ]
    medians = keys.medians(runs)
    assert keys.slowest(medians)["dialog"].answer == 100
    assert keys.longest_gap(medians)["gap"] == 80


def test_rows_are_ratios_to_keys_of_the_same_kind() -> None:
    bare = [played("list", 5, down=20), played("frame", 8, p=40), played("theme", 30, t=50)]
    bare.append(played("file", 10, m=40))
    ours = [
        played("idle", 1),
        played("pages and ends", 20, G=30),
        played("open a job", 60, enter=60),
        played("theme", 20, enter=75),
        played("zoomed", 10, plus=60),
    ]
    rows = {row["name"]: row["ratio"] for row in keys.rows_of("X", ours, bare)}
    assert rows == {
        "X: a key in a list / bare Textual app": 1.5,
        "X: a frame / bare Textual app": 1.5,
        "X: a theme / bare Textual app": 1.5,
        "X: another file / bare Textual app": 1.5,
        "X: longest gap / bare Textual app": 2.0,
    }


def test_every_step_with_a_kind_is_played() -> None:
    names = {step.name for script in SCRIPTS.values() for step in script}
    assert names >= keys.LISTS | keys.DIALOGS | keys.PALETTES | keys.COMMANDS
    bare = {step.name for step in SCRIPTS["bare"]}
    # A theme and a command are chosen where they were looked for.
    assert bare == {*keys.KINDS, keys.FRAME, "theme looked for", "command looked for"}


def test_a_part_of_a_name_selects_what_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ONLY, raising=False)
    assert is_wanted("1 GB")
    monkeypatch.setenv(ONLY, "jobs")
    assert [name for name in ("1 GB", "1,000 jobs") if is_wanted(name)] == ["1,000 jobs"]
