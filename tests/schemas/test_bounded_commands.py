"""Bounds of every command with a JSON document: the parts are the whole, and within the bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from build_tools.parsers import whole_parsers
from build_tools.reference.commands import subcommands
from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.cli import main as inspect
from resim_inspect.commands.shared.shipped_schemas import schema_files
from runner.cli import main as runner
from runner.commands import clean
from runner.engines import registry
from runner.storage.leftovers import Leftover
from tests.schemas.test_documents import check

MAINS = {"resim-inspect": inspect, "resim-runner": runner}
BOUNDS = {"--limit", "--max-bytes", "--start"}
A_RUN = "the answer is that of a run; `status` has the jobs in parts"
UNBOUNDED = {
    ("resim-inspect", "export"): "the tables are data, which are written whole",
    ("resim-runner", "job"): "the answer has one job",
    ("resim-runner", "run"): A_RUN,
    ("resim-runner", "batch"): "the answer has one batch",
    ("resim-runner", "report"): "the answer has one report",
    ("resim-runner", "fetch"): "the answer is that of a download; `status` has the jobs in parts",
    ("resim-runner", "doctor"): "the checks are always the same ones",
}
"""Commands with a JSON document and without bounds, each with the reason."""
Call = tuple[str, str, list[str]]
"""Program, name of the schema, and the words of a call."""


def json_commands() -> Iterator[tuple[str, str, set[str]]]:
    """Program, command and flags of all commands that have `--format json`."""
    for program, parser in whole_parsers().items():
        for command, subparser in subcommands(parser).items():
            flags: set[str] = set()
            choices: set[str] = set()
            for action in subparser._actions:
                flags |= set(action.option_strings)
                if "--format" in action.option_strings:
                    choices |= set(action.choices or ())
            if choices & {"json", "ndjson"}:
                yield program, command, flags


def test_a_command_has_bounds_or_a_reason_for_none() -> None:
    listed = {(program, command): flags for program, command, flags in json_commands()}
    without = {key for key, flags in listed.items() if not flags >= BOUNDS}
    assert without == UNBOUNDED.keys() & listed.keys() | without & UNBOUNDED.keys()
    assert not [key for key in UNBOUNDED if listed.get(key, set()) & BOUNDS]
    called = {(program, words[0]) for program, _, words in calls(Path("unused"))}
    assert called == listed.keys() - UNBOUNDED.keys()


def calls(folder: Path) -> list[Call]:
    """Calls of all commands with bounds, over the files of `files`."""
    workspace = str(folder / "ws")
    emissions, config = str(folder / "emissions"), str(folder / "config.toml")
    return [
        ("resim-inspect", "validate", ["validate", workspace]),
        ("resim-inspect", "show", ["show", workspace]),
        ("resim-inspect", "show", ["show", f"{workspace}/jobs/a"]),
        (
            "resim-inspect",
            "show",
            ["show", f"{workspace}/jobs/a", "--metric", "Series", "--metric", "Value"],
        ),
        ("resim-inspect", "compare", ["compare", workspace, str(folder / "other")]),
        ("resim-inspect", "evaluate", ["evaluate", emissions]),
        ("resim-inspect", "rules", ["rules"]),
        ("resim-inspect", "user-settings", ["config", "--config", config]),
        ("resim-inspect", "keys", ["config", "--keys"]),
        ("resim-inspect", "themes", ["config", "--themes", "--config", config]),
        ("resim-runner", "status", ["status", workspace]),
        ("resim-runner", "clean", ["clean"]),
        ("resim-runner", "settings", ["config", "run"]),
        ("resim-runner", "logs", ["logs", workspace]),
    ]


HOSTILE = '\x1b[31m\u202e\u0000\ud7ff\U0001f680 \n\t"\\\x7f'
SCALAR = "template_type: system, template: scalar"
CONFIG = f"""\
version: 1
topics: {{speed: {{schema: {{v: float}}}}}}
metrics:
  Top: {{type: test, query_string: SELECT max(v) FROM speed, {SCALAR}}}
  Not: {{type: test, query_string: SELECT nothing FROM speed, {SCALAR}}}
metrics sets: {{all: {{metrics: [Top, Not]}}}}
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Workspaces with hostile texts and numbers and a damaged file, emissions and settings."""
    folder = tmp_path_factory.mktemp("bounded")
    for side in ("ws", "other"):
        for job, value in (("a", float("nan")), ("b", 1e308), ("c", -1e308)):
            b = DocumentBuilder(seed=job)
            b.scalar("Value", value + (side == "other"), unit=HOSTILE, status="FAIL_WARN")
            b.scalar(f"Only {job}{HOSTILE}", float("inf"), status="PASSED")
            seconds = [i / 10 for i in range(50)]
            clock = b.times("Time", seconds)
            data = b.doubles("Data", seconds, unit="m", index=clock)
            statuses = b.statuses("Statuses", ["PASSED"] * 50, index=clock)
            names = ("Series", "Series again")
            both = [b.double_over_time(name, [(data, statuses)]) for name in names]
            b.doubles("Data that no metric uses", seconds)
            b.event("Of two metrics", 1, both)
            b.event("Of no metric", 2)
            b.text("Text", HOSTILE * 40)
            outputs = folder / side / "jobs" / job / "outputs"
            (outputs.parent / "inputs").mkdir(parents=True)
            outputs.mkdir()
            b.write(outputs / "metrics.binproto")
            (outputs.parent / "run").mkdir()
            (outputs.parent / "run/log.txt").write_text(f"{HOSTILE}\nsecond {job}\n" * 4)
        broken = folder / side / "jobs/broken/outputs/metrics.binproto"
        broken.parent.mkdir(parents=True)
        broken.write_bytes(b"no metrics")
        (broken.parent.parent / "inputs").mkdir()
    (folder / "emissions").mkdir()
    (folder / "emissions/config.resim.yml").write_text(CONFIG)
    line = {"$metadata": {"topic": "speed", "timestamp": 1}, "$data": {"v": 2.5}}
    (folder / "emissions/emissions.resim.jsonl").write_text(json.dumps(line) + "\n")
    (folder / "config.toml").write_text('theme = "resim-light"\n[keys]\napp.help = "f11"\n')
    return folder


def rows_of(document: Any, at: str = "") -> list[tuple[str, str]]:
    """The rows of a document with their place, but without numbers of files and lists."""
    rows: list[tuple[str, str]] = []
    for key, value in document.items() if isinstance(document, dict) else ():
        if isinstance(value, list) and key in ROWS:
            rows += [(f"{at}/{key}", json.dumps(row)) for row in value]
        elif isinstance(value, list) and key in GROUPS:
            rows += [
                row for entry in value for row in rows_of(entry, f"{at}/{entry.get('path', '')}")
            ]
        elif isinstance(value, dict):
            rows += rows_of(value, f"{at}/{key}")
    return rows


GROUPS = {"files", "comparisons", "evaluations"}
ROWS = {"findings", "metrics", "changes", "errors", "verdicts", "config_errors", "rules", "keys"}
ROWS |= {"themes", "settings", "jobs", "leftovers", "data", "events"}


def parts(call: Callable[..., str], *bounds: str) -> Iterator[str]:
    """Answers until the last one."""
    start: int | None = 0
    while start is not None:
        text = call("--start", str(start), *bounds)
        yield text
        last = json.loads(text.splitlines()[-1] if "\n{" in text else text)
        assert last["next"] is None or last["next"] > start
        start = last["next"]


@pytest.fixture
def leftovers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Invented leftovers of this machine, and no engine."""
    texts = [f"folder {number} {HOSTILE}" for number in range(9)]
    monkeypatch.setattr(clean, "_of_this_machine", lambda: [Leftover(t, str) for t in texts])
    monkeypatch.setattr(registry, "ENGINES", ())


@pytest.mark.usefixtures("leftovers")
@pytest.mark.parametrize("number", range(len(calls(Path()))))
def test_the_parts_of_an_answer_are_the_whole(
    number: int, files: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    program, schema, words = calls(files)[number]
    if words[0] == "evaluate":
        pytest.importorskip("duckdb")

    def call(*more: str) -> str:
        MAINS[program]([words[0], "--format", "json", *more, *words[1:]])
        return capfdbinary.readouterr().out.decode("ascii")

    def checked(text: str) -> list[tuple[str, str]]:
        lines = text.splitlines() if words[0] == "logs" else [text]
        documents = [json.loads(line) for line in lines]
        for document in documents:
            check(schema, document)
        if words[0] == "logs":
            return [("", line) for line, row in zip(lines, documents, strict=True) if "job" in row]
        return [row for document in documents for row in rows_of(document)]

    text = call()
    whole = checked(text)
    assert len(whole) > 1
    limit = str(max(1, len(whole) // 3))
    for bound, most in (("--limit", limit), ("--max-bytes", str(len(text) // 2))):
        rows: list[tuple[str, str]] = []
        for answer in parts(call, bound, most):
            part = checked(answer)
            size = len(part) if bound == "--limit" else len(answer)
            assert size <= int(most) or len(part) <= 1
            rows += part
        assert sorted(rows) == sorted(whole)


@pytest.mark.parametrize("bound", sorted(BOUNDS))
def test_bounds_without_json_are_refused(
    bound: str, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for program, _, words in calls(files):
        # `config` of the runner takes what stands behind COMMAND for its words.
        words = [words[0], bound, "7", *words[1:]]
        assert MAINS[program](words) == 2, words
        assert "bound --format json" in capsys.readouterr().err
        assert MAINS[program]([words[0], "--format", "json", bound, "x", *words[3:]]) == 2


def test_a_limit_of_no_rows_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    # A caller that follows `next` would not end: the same part comes again.
    assert inspect(["rules", "--format", "json", "--limit", "0"]) == 2
    assert "'0' is not a whole number above 0" in capsys.readouterr().err


def test_every_schema_of_a_bounded_document_names_the_next_row() -> None:
    for name in {schema for _, schema, _ in calls(Path())}:
        assert '"next"' in schema_files()[name].read_text(encoding="utf-8"), name


@pytest.mark.usefixtures("leftovers")
def test_bounds_are_refused_where_there_is_no_next_answer(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bounds = ["--format", "json", "--limit", "2"]
    assert runner(["clean", "--yes", *bounds]) == 2
    assert "Leave out --yes" in capsys.readouterr().err
    assert runner(["logs", str(files / "ws"), "--follow", *bounds]) == 2
    assert "Leave out --follow" in capsys.readouterr().err
