"""Inputs in the linear output: their files, the contract, the beginning of each file, changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from resim_inspect.building.png import pad_picture, png
from resim_inspect.cli import main
from tests.cli.plain.test_session import Talk

BAG = """\
rosbag2_bagfile_information:
  version: 5
  storage_identifier: mcap
  duration: {nanoseconds: 2000000000}
  starting_time: {nanoseconds_since_epoch: 1700000000000000000}
  message_count: 30
  topics_with_message_count:
    - topic_metadata: {name: /imu, type: sensor_msgs/msg/Imu, serialization_format: cdr}
      message_count: 30
  relative_file_paths: [flight_0.mcap]
"""


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    folder = tmp_path / "inputs"
    for name in ("experience", "logs/camera"):
        (folder / name).mkdir(parents=True)
    (folder / "experience/mission.json").write_text('{"name": "pier"}')
    (folder / "logs/flight.csv").write_text("time,speed\n0,1.5\n1,\n" + "2,3\n" * 20)
    (folder / "logs/note.txt").write_text("\x1b[31mred\n" + "more\n" * 30)
    (folder / "logs/metadata.yaml").write_text(BAG)
    (folder / "logs/camera/pad.png").write_bytes(png(*pad_picture(4, 4)))
    (folder / "logs/.hidden").write_text("x")
    (folder / "logs/link").symlink_to(folder / "logs/note.txt")
    return folder


def test_a_folder_is_said_with_its_files(inputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--plain", "--no-config", str(inputs)]) == 0
    out = capsys.readouterr().out
    lines = out.splitlines()
    assert lines[:3] == [
        f"The folder is {inputs}: inputs of job mode.",
        "It has 5 files.",
        "It has all that a build expects.",
    ]
    for words in (
        ("File 1, experience/mission.json, has 16 B.", "It has 3 lines:", "{", '  "name": "pier"'),
        ("File 2, logs/camera/pad.png, has ", "It is an image, which cannot be read out."),
        ("It has 22 rows and 2 columns.", "Its columns are time and speed."),
        ("Row 1: time 0, speed 1.5.", "Row 2: time 1.", "Row 3: time 2, speed 3."),
        (
            "It is a recording, rosbag2 (mcap), with 1 topic and 30 messages.",
            "Its first message is",
        ),
        ("Topic /imu of type sensor_msgs/msg/Imu has 30 messages.",),
        ("It has 31 lines:", "[31mred", "That was the beginning, 20 lines of it."),
    ):
        at = 0
        for word in words:
            at = out.index(word, at)
    assert "\x1b" not in out
    assert "hidden" not in out
    assert main(["--plain", "--no-config", str(inputs.parent)]) == 0
    assert capsys.readouterr().out == out


def test_one_file_is_said(inputs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = inputs / "logs/flight.csv"
    assert main(["--plain", "--no-config", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"The file is {path}, a CSV file of {path.stat().st_size} B."
    assert lines[1] == "It has 22 rows and 2 columns."
    assert lines[-1] == "Row 5: time 2, speed 3."


def test_the_contract_is_said(inputs: Path) -> None:
    (inputs / "extra").touch()
    for file in (inputs / "experience").iterdir():
        file.unlink()
    talk = Talk(inputs)
    assert talk("findings") == [
        "Finding 1, warning inputs-empty-experience: Inputs/experience is empty.",
        "Hint: A build that reads files from it will fail.",
        "Finding 2, warning inputs-extra: Inputs/extra is not part of the contract; a build in the "
        "cloud never sees it.",
        "Hint: Put it into experience/ or logs/.",
    ]


def test_commands_of_inputs(inputs: Path) -> None:
    talk = Talk(inputs)
    assert talk("list") == [
        "There are 5 files.",
        "File 1, experience/mission.json, has 16 B.",
        *talk("list logs/")[1:],
    ]
    assert talk("list CSV")[0] == "There is 1 file by this filter."
    assert talk("show note")[:2] == ["File 5, logs/note.txt, has 159 B.", "It has 31 lines:"]
    assert talk("show logs")[0].startswith("Several match: ")
    assert talk("next") == [
        "Inputs have no verdict: findings says what a build would miss in them."
    ]
    assert talk("events") == ["Inputs have no events."]
    assert talk("open 1") == [
        "Inputs are not opened further; the command show says what is in a file."
    ]


def test_changes_are_said_once_a_file_is_still(inputs: Path) -> None:
    talk = Talk(inputs)
    assert talk.looks() == []
    new, note = inputs / "logs/a.txt", inputs / "logs/note.txt"
    new.write_text("x")
    assert talk.looks(1) == []
    new.write_text("xx")
    note.unlink()
    assert talk.looks(1) == []
    assert talk.looks(1) == [
        "The file logs/note.txt is gone.",
        "The file logs/a.txt is new, with 2 B.",
    ]
    assert talk.looks() == []
    new.write_text("xyz")
    assert talk.looks() == ["The file logs/a.txt was written; it has 3 B now."]
    assert talk("show a.txt")[-1] == "xyz"


def test_one_file_that_goes_and_comes_back(inputs: Path) -> None:
    path = inputs / "logs/note.txt"
    talk = Talk(path)
    path.unlink()
    assert talk.looks() == ["The file note.txt is gone."]
    assert talk("all") == [f"The file {path} is gone."]
    assert talk("findings") == ["Findings are those of a folder of inputs."]
    path.write_text("again\n")
    assert talk.looks() == ["The file note.txt is new, with 6 B."]
    assert talk("show 1") == ["File 1, note.txt, has 6 B.", "It has 1 line:", "again"]
