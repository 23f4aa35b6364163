"""The linear session: commands, and changes of files that are announced as lines."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.building.sample import write_sample
from resim_inspect.commands.plain import view_of
from resim_inspect.commands.plain_output.document_view import DocumentView
from resim_inspect.commands.plain_output.session import COMMANDS, Session
from resim_inspect.commands.plain_output.typed_lines import MAX_LINE, TypedLines
from resim_inspect.commands.plain_output.workspace_view import WorkspaceView
from resim_inspect.files import is_missing


class Clock:
    """A clock that is a minute further at each look."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 60.0
        return self.now


class Talk:
    """A session whose lines are taken after each step."""

    def __init__(self, path: Path) -> None:
        self.stream = io.StringIO()
        self.session = Session(view_of(path), self.stream, Clock())

    def __call__(self, line: str) -> list[str]:
        self.session.answer(line)
        return self._taken()

    def _taken(self) -> list[str]:
        lines = self.stream.getvalue().splitlines()
        self.stream.seek(0)
        self.stream.truncate()
        return lines

    def looks(self, times: int = 2) -> list[str]:
        """Look as often as it takes to see that a file has stopped to change."""
        for _ in range(times):
            self.session.look()
        return self._taken()


def speeds(path: Path, speed: float, *, more: bool = False, event: bool = False) -> None:
    builder = DocumentBuilder()
    status = "FAIL_BLOCK" if speed > 15 else "PASSED"
    metric = builder.scalar("Max speed", speed, unit="m/s", status=status, fails_above=15.0)
    if more:
        builder.scalar("Energy", 3.0, unit="Wh", status="PASSED")
    if event:
        builder.event("Gust", 3.0, [metric])
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name("new")
    builder.write(new)
    new.replace(path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "metrics.binproto"
    speeds(path, 17.4)
    return path


def test_a_changed_value_and_status_are_announced_in_one_sentence(file: Path) -> None:
    talk = Talk(file)
    assert talk.looks() == []
    speeds(file, 12.1)
    assert talk.looks() == [
        "The file was read again, and one thing changed.",
        "Max speed changed from 17.4 m/s to 12.1 m/s; it is now PASSED and was FAIL_BLOCK.",
        "The verdict is now PASSED and was FAIL_BLOCK.",
    ]
    assert talk.looks() == []


def test_what_is_new_and_gone_is_announced(file: Path) -> None:
    talk = Talk(file)
    speeds(file, 17.4, more=True, event=True)
    lines = talk.looks()
    assert "Energy is new, and it is PASSED: 3 Wh." in lines
    assert any(line.startswith("The event Gust is new") for line in lines)
    assert lines[-1] == "The verdict is still FAIL_BLOCK."
    speeds(file, 17.4)
    assert "Energy is gone; it was PASSED." in talk.looks()


def test_a_file_that_is_rewritten_in_place_is_compared(file: Path) -> None:
    talk = Talk(file)
    other = file.with_name("other")
    speeds(other, 12.1)
    file.write_bytes(other.read_bytes())
    assert any("from 17.4 m/s to 12.1 m/s" in line for line in talk.looks())


def test_a_rewrite_without_a_change_is_said(file: Path) -> None:
    talk = Talk(file)
    speeds(file, 17.4)
    assert talk.looks() == ["The file was read again: nothing changed."]


def test_a_file_that_is_gone_or_broken_is_said_once_and_comes_back(file: Path) -> None:
    view = DocumentView(file, written_timeout=0.0)
    session = Session(view, stream := io.StringIO(), Clock())
    file.unlink()
    for _ in range(3):
        session.look()
    assert stream.getvalue() == "The file is gone; it is read again when it is there.\n"
    file.write_bytes(b"\xff\xff\xff")
    for _ in range(4):
        session.look()
    assert stream.getvalue().count("cannot be read") == 1
    session.answer("show 1")
    assert "Its value is 17.4 m/s." in stream.getvalue()
    speeds(file, 12.1)
    for _ in range(2):
        session.look()
    assert "Max speed changed from 17.4 m/s to 12.1 m/s" in stream.getvalue()


def test_commands_of_a_document(tmp_path: Path) -> None:
    talk = Talk(write_sample(tmp_path))
    assert talk("help") == list(COMMANDS.values())
    listed = talk("list status:block")
    assert listed[0] == "There are 2 metrics by this filter."
    assert "Metric 2, Max speed, is FAIL_BLOCK: 17.4 m/s." in listed
    # The letters of a value are those of the file.
    assert any(line.endswith(": images/gust.png.") for line in talk("list gust"))
    assert talk("list type:nothing")[0].startswith("The filter is not understood: ")
    assert talk("show max sp")[0] == "Metric 2 of 19 is Max speed, and it is FAIL_BLOCK."
    assert talk("SHOW 2") == talk("show Max speed")
    assert talk("show e")[0].startswith("Several match: ")
    assert talk("show 99999999999999999999")[0].startswith("No metric has the number or name")
    assert talk("show 0")[0].startswith("No metric")
    assert talk("show")[0].startswith("Which metric?")
    assert talk("findings")[0].startswith("ReSim's validator accepts it")
    assert talk("events")[0].startswith("Event 1, Gust")
    assert talk("open 1") == [
        "This is a metrics file already; the command show reads out one of its metrics."
    ]
    assert talk("back") == ["There is nothing to go back to."]
    assert talk("\x1b[A") == ["�[A is not a command. Type help and press Enter."]
    assert talk("") == []
    assert not talk.session.ended
    talk("q")
    assert talk.session.ended


def test_next_goes_through_what_fails_and_begins_again(tmp_path: Path) -> None:
    talk = Talk(write_sample(tmp_path))
    heads = [talk("next")[0] for _ in range(8)]
    assert len(set(heads)) == 8
    assert all("FAIL_" in head for head in heads)
    again = talk("n")
    assert again[:2] == ["This is the first failing metric again.", heads[0]]


def test_a_long_list_says_only_what_fails_on_a_terminal(tmp_path: Path) -> None:
    builder = DocumentBuilder()
    for number in range(100):
        status = "FAIL_WARN" if number == 40 else "PASSED"
        builder.scalar(f"m{number}", 1.0, status=status)
    view = DocumentView(builder.write(tmp_path / "metrics.binproto"))
    short = list(view.everything(short=True))
    assert "Metric 41, m40, is FAIL_WARN: 1." in short
    assert not any("m41" in line for line in short)
    assert any("Metric 42 of 100 is m41" in line for line in view.everything(short=False))
    view.close()


def test_the_batch_of_a_workspace_is_not_counted_or_named_as_a_job(tmp_path: Path) -> None:
    folder = tmp_path / "ws"
    for name in ("one", "two"):
        speeds(folder / f"jobs/{name}/outputs/metrics.binproto", 12.0)
    batch = folder / "batch/outputs/metrics.binproto"
    speeds(batch, 17.0)
    talk = Talk(folder)
    everything = list(talk.session.view.everything(short=True))
    assert everything[2] == "It has 2 jobs and the batch."
    assert everything[-1] == "The batch, number 3, is FAIL_BLOCK; its metric Max speed fails."
    assert talk("list")[0] == "There are 2 jobs and the batch."
    assert talk("list name:two")[0] == "There is 1 job by this filter."
    assert talk("list verdict:block")[0] == "There is the batch by this filter."
    assert talk("list name:three")[0] == "There are 0 jobs by this filter."
    assert talk("show three")[0].startswith("No job has the number or name three: the numbers go")
    assert talk("next")[0] == everything[-1]
    assert talk("next")[0] == "That was the last one that fails; this is the first."
    assert talk("show batch")[0] == everything[-1]
    speeds(batch, 12.0)
    assert talk.looks(1) == [
        "The batch is now PASSED and was FAIL_BLOCK.",
        "The batch: Max speed changed from 17 m/s to 12 m/s; it is now PASSED and was FAIL_BLOCK.",
    ]
    assert talk("next") == ["Nothing fails."]
    lines = [*everything, *talk("all")]
    assert not any("Job" in line and "batch" in line for line in lines)


def test_a_workspace_says_its_jobs_and_what_changes(tmp_path: Path) -> None:
    folder = tmp_path / "ws"
    good, bad = (folder / f"jobs/{name}/outputs/metrics.binproto" for name in ("good", "bad"))
    speeds(good, 12.0)
    speeds(bad, 17.0)
    (folder / "jobs/new/inputs/logs").mkdir(parents=True)
    talk = Talk(folder)
    assert isinstance(talk.session.view, WorkspaceView)
    everything = list(talk.session.view.everything(short=True))
    assert everything[1:] == [
        "Its verdict is FAIL_BLOCK.",
        "It has 3 jobs.",
        "Of its jobs, 1 is FAIL_BLOCK and 1 is PASSED.",
        "1 job did not run yet.",
        "Job 1, bad, is FAIL_BLOCK; its metric Max speed fails.",
        "Job 2, good, is PASSED.",
        "Job 3, new, has no metrics: Not run yet.",
    ]
    speeds(bad, 11.0)
    assert talk.looks(1) == [
        "Job bad is now PASSED and was FAIL_BLOCK.",
        "Job bad: Max speed changed from 17 m/s to 11 m/s; it is now PASSED and was FAIL_BLOCK.",
    ]
    speeds(folder / "jobs/new/outputs/metrics.binproto", 20.0)
    assert talk.looks(1) == ["Job new is now FAIL_BLOCK and was without metrics."]
    assert talk("list verdict:block")[0] == "There is 1 job by this filter."
    assert talk("next")[0] == "Job 3, new, is FAIL_BLOCK; its metric Max speed fails."
    opened = talk("open new")
    assert opened[1] == "Its verdict is FAIL_BLOCK."
    assert talk("events") == ["The file has no events."]
    assert talk("back")[0] == "This is the workspace again."
    assert talk("findings") == ["Findings are those of one job: open it first."]


def test_a_workspace_that_vanishes_ends_nothing(tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "ws"
    speeds(folder / "jobs/a/outputs/metrics.binproto", 12.0)
    talk = Talk(folder)
    shutil.rmtree(folder)
    assert is_missing(folder)
    lines = [line for _ in range(3) for line in talk.looks(1)]
    assert len(lines) == 1


def test_typed_lines_are_split_and_end() -> None:
    reading, writing = os.pipe()
    typed = TypedLines(reading)
    assert typed.take(0.0) is None
    assert not typed.at_end
    os.write(writing, b"show 1\n\xff\nhel")
    assert typed.take(5.0) == "show 1"
    assert typed.take(5.0) == "\ufffd"
    os.write(writing, b"p\n" + b"x" * (MAX_LINE + 10) + b"\nlast")
    assert typed.take(5.0) == "help"
    os.close(writing)
    rest = []
    while (line := typed.take(5.0)) is not None:
        rest.append(line)
    assert typed.at_end
    assert "".join(rest) == "x" * (MAX_LINE + 10) + "last"
    os.close(reading)
