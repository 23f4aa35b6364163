"""The inputs as a build sees them."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.inside.errors import Code, InputsError
from runner.inside.inputs import Inputs


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    for name in ("experience", "logs"):
        (tmp_path / name).mkdir()
    return Inputs(tmp_path, tmp_path)


def test_a_file_is_looked_for_in_logs_and_then_in_experience(inputs: Inputs) -> None:
    (inputs.experience / "a.txt").write_text("experience")
    assert inputs.path("a.txt") == inputs.experience / "a.txt"
    (inputs.logs / "a.txt").write_text("logs")
    assert inputs.path("a.txt") == inputs.logs / "a.txt"


def test_a_missing_file_is_told_with_what_is_there(inputs: Inputs) -> None:
    with pytest.raises(InputsError, match="they are empty"):
        inputs.path("flight.csv")
    (inputs.logs / "flgiht.csv").write_text("")
    (inputs.logs / "bad\x1b[31mname").write_text("")
    with pytest.raises(InputsError, match=r"no file flight.csv.*logs/flgiht\.csv") as error:
        inputs.path("flight.csv")
    assert error.value.code is Code.SETUP
    assert "\x1b" not in str(error.value)


def test_json_is_read_and_broken_json_is_named(inputs: Inputs) -> None:
    (inputs.logs / "a.json").write_text('{"limits": [1, 2.5]}')
    assert inputs.json("a.json") == {"limits": [1, 2.5]}
    (inputs.logs / "a.json").write_text('{"limits": ')
    with pytest.raises(InputsError, match=r"a\.json is not valid JSON"):
        inputs.json("a.json")
    (inputs.logs / "a.json").write_bytes(b'"\xff"')
    with pytest.raises(InputsError, match="not valid UTF-8 at byte 1"):
        inputs.json("a.json")


def test_csv_is_read_as_columns(inputs: Inputs) -> None:
    text = '\ufefftime,state\r\n0.5,"a, b"\r\n\r\n1,c\r\n'
    (inputs.logs / "a.csv").write_text(text, "utf-8")
    assert inputs.csv("a.csv") == {"time": ["0.5", "1"], "state": ["a, b", "c"]}
    (inputs.logs / "a.csv").write_text("time,state\n")
    assert inputs.csv("a.csv") == {"time": [], "state": []}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "has no first row"),
        ("a,a\n1,2\n", "unique column names"),
        ("a,b\n1,2\n3\n", "line 3 has 1 cells, and 2 columns have a name"),
        ("a,b\n1,2,3\n", "line 2 has 3 cells"),
    ],
)
def test_csv_that_is_no_table_is_an_error(inputs: Inputs, text: str, reason: str) -> None:
    (inputs.logs / "a.csv").write_text(text)
    with pytest.raises(InputsError, match=reason):
        inputs.csv("a.csv")
