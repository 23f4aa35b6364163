"""Windows on long documents: every row once, however the answers are cut."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path
from typing import Any, TextIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resim_inspect.building.sample import write_sample
from resim_inspect.cli import main as inspect
from resim_inspect.schemas.window import Bounds, Window, write_bounded
from runner.cli import main as runner
from tests.schemas.test_documents import check


def identity(row: str) -> str:
    """A row as its own value."""
    return row


@given(
    st.lists(st.lists(st.text(max_size=20), max_size=4), max_size=6),
    st.one_of(st.none(), st.integers(1, 5)),
    st.one_of(st.none(), st.integers(0, 60)),
)
def test_following_next_gives_every_row_once_and_in_order(
    groups: list[list[str]], limit: int | None, max_bytes: int | None
) -> None:
    seen: list[tuple[int, list[str]]] = []
    start: int | None = 0
    answers = 0
    while start is not None:
        window = Window(Bounds(start, limit, max_bytes))
        rows = texts = size = 0
        for number, group in enumerate(groups):
            taken = window.take(group, identity)
            if taken is not None:
                seen.append((number, taken))
                rows += max(1, len(taken))
                texts += len(taken)
                size += sum(len(json.dumps(row)) for row in taken)
        assert limit is None or rows <= limit
        assert max_bytes is None or size <= max_bytes or texts == 1
        assert window.next is None or window.next > start
        start = window.next
        answers += 1
        assert answers < 100
    for number, group in enumerate(groups):
        parts = [taken for index, taken in seen if index == number]
        assert [row for part in parts for row in part] == group
        assert parts  # A group without rows is in one answer as well.


@given(
    st.lists(st.lists(st.text(max_size=30), max_size=5), min_size=1, max_size=5),
    st.integers(0, 400),
    st.one_of(st.none(), st.integers(1, 5)),
)
def test_a_document_is_within_its_bytes_as_it_is_written(
    groups: list[list[str]], max_bytes: int, limit: int | None
) -> None:
    rows = 0

    def build(window: Window) -> dict[str, Any]:
        nonlocal rows
        taken = {f"group {n}": window.take(group, identity) for n, group in enumerate(groups)}
        rows = window.rows
        return {"format": 1, **{name: rows for name, rows in taken.items() if rows is not None}}

    def write(document: dict[str, Any], stream: TextIO) -> None:
        json.dump(document, stream, indent=4, ensure_ascii=False)

    start: int | None = 0
    seen: list[str] = []
    while start is not None:
        out = io.StringIO()
        write_bounded(out, Bounds(start, limit, max_bytes), build, write)
        assert out.getvalue().endswith("}\n")
        assert len(out.getvalue().encode()) <= max_bytes or rows == 1
        document = json.loads(out.getvalue())
        seen += [row for name, rows in document.items() if name[:5] == "group" for row in rows]
        start = document["next"]
    assert seen == [row for group in groups for row in group]


def pages(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    """Return the answers of `resim-inspect` until the last one."""
    answers: list[dict[str, Any]] = []
    start: int | None = 0
    while start is not None:
        inspect([*words, "--format", "json", "--start", str(start)])
        answers.append(json.loads(capsys.readouterr().out))
        start = answers[-1]["next"]
    return answers


def test_metrics_data_and_events_come_in_parts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_sample(tmp_path)
    inspect(["show", str(tmp_path), "--format", "json"])
    (whole,) = json.loads(capsys.readouterr().out)["files"]
    lists = ("metrics", "data", "events")
    rows = sum(len(whole[name]) for name in lists)
    answers = pages(capsys, "show", str(tmp_path), "--limit", "4")
    assert len(answers) == math.ceil(rows / 4)
    for name in lists:
        assert [row for answer in answers for row in answer["files"][0][name]] == whole[name]
    for answer in answers:
        check("show", answer)


def test_findings_rules_and_jobs_come_in_parts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a", "b"):
        write_sample(tmp_path / "jobs" / name / "outputs")
        (tmp_path / "jobs" / name / "inputs").mkdir()
    answers = pages(capsys, "validate", str(tmp_path), "--limit", "1")
    for answer in answers:
        check("validate", answer)
    assert len(answers) == sum(
        len(file["findings"]) for answer in answers for file in answer["files"]
    )
    rules = pages(capsys, "rules", "--max-bytes", "4000")
    assert len({rule["code"] for answer in rules for rule in answer["rules"]}) > 50
    for answer in rules:
        check("rules", answer)
    assert runner(["status", str(tmp_path), "--format", "json", "--start", "1"]) == 0
    document = json.loads(capsys.readouterr().out)
    check("status", document)
    assert [job["name"] for job in document["jobs"]] == ["b"]
    assert document["next"] is None
