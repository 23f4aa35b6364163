"""JSON documents and their schemas: each is what its schema says, and nothing more."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from build_tools.parsers import whole_parsers
from build_tools.reference.commands import subcommands
from resim_inspect.building.sample import write_sample
from resim_inspect.cli import main as inspect
from resim_inspect.commands.shared.shipped_schemas import FOLDERS, schema_files
from runner.cli import main as runner
from runner.commands import clean
from runner.engines import registry
from runner.storage.leftovers import Leftover
from tests.api.workspaces import TOKEN, served
from tests.api.workspaces import workspace as make_workspace
from tests.runner.fetch_harness import call as fetch

BUILD = (
    "--command",
    "sh -c 'cp $RESIM_INPUTS/experience/given.binproto $RESIM_OUTPUTS/metrics.binproto'",
    "--no-sandbox",
)
DOCUMENTS = sorted(path.name.partition(".")[0] for path in FOLDERS[0].glob("*.json"))
Ask = Callable[..., dict[str, Any]]


def closed(schema: Any) -> Any:
    """Return a schema that accepts no field beyond those that it names."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    if result.get("type") == "object" and "properties" in result:
        result.setdefault("additionalProperties", False)
    return result


def check(name: str, document: Any, *, exact: bool = True) -> None:
    """Compare a document with a schema; `exact` refuses fields that it does not name."""
    schema = json.loads(schema_files()[name].read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    errors = Draft202012Validator(closed(schema) if exact else schema).iter_errors(document)
    assert not [f"{list(error.absolute_path)}: {error.message[:300]}" for error in errors]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Call a program and return its document."""

    def call(main: Callable[[list[str]], int], *words: object) -> dict[str, Any]:
        main([str(word) for word in words])
        values: dict[str, Any] = json.loads(capsys.readouterr().out)
        return values

    return call


@pytest.fixture(scope="module")
def flights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose jobs were run: one passes a file on, one has no file to pass on."""
    folder = tmp_path_factory.mktemp("schemas") / "flights"
    for name in ("good", "bad"):
        inputs = folder / "jobs" / name / "inputs"
        (inputs / "logs").mkdir(parents=True)
        (inputs / "experience").mkdir()
    sample = folder / "jobs/good/inputs/experience/given.binproto"
    shutil.copy(write_sample(folder.parent / "sample"), sample)
    runner(["run", str(folder), *BUILD, "--events", str(folder.parent / "events.jsonl"), "--quiet"])
    return folder


def test_documents_of_files(flights: Path, tmp_path: Path, ask: Ask) -> None:
    broken = tmp_path / "broken.binproto"
    broken.write_bytes(b"no metrics")
    sample = flights.parent / "sample"
    check("validate", ask(inspect, "validate", "--format", "json", sample, broken))
    check("show", ask(inspect, "show", "--format", "json", sample))
    check("show", ask(inspect, "show", "--format", "json", tmp_path))
    check("show", ask(inspect, "show", "--format", "json", flights))
    names = [
        metric["name"]
        for metric in ask(inspect, "show", "--format", "json", sample)["files"][0]["metrics"]
    ]
    words = [word for name in names for word in ("--metric", name)]
    check("show", ask(inspect, "show", "--format", "json", sample, *words))
    check("compare", ask(inspect, "compare", "--format", "json", sample, sample))
    options = ("--format", "json", "--tolerance", "No such metric=0.1", "--top", "1")
    check("compare", ask(inspect, "compare", *options, flights, flights))
    check("rules", ask(inspect, "rules", "--format", "json"))


def test_documents_of_emissions(tmp_path: Path, ask: Ask) -> None:
    pytest.importorskip("duckdb")
    (tmp_path / ".resim/metrics").mkdir(parents=True)
    (tmp_path / ".resim/metrics/config.resim.yml").write_text(
        "version: 1\n"
        "topics:\n  speed:\n    schema: {value: float}\n"
        "metrics:\n"
        "  Max speed:\n    type: test\n    description: Fastest.\n"
        "    query_string: SELECT max(value) AS value FROM speed\n"
        "    template_type: system\n    template: scalar\n"
        "  Wrong:\n    type: test\n    description: Fails.\n"
        "    query_string: SELECT nothing FROM speed\n"
        "    template_type: system\n    template: scalar\n"
        "metrics sets:\n  all:\n    metrics: [Max speed, Wrong]\n"
    )
    line = {"$metadata": {"topic": "speed", "timestamp": 1}, "$data": {"value": 2.5}}
    (tmp_path / "emissions.resim.jsonl").write_text(json.dumps(line) + "\nno JSON\n")
    document = ask(inspect, "evaluate", "--format", "json", tmp_path)
    check("evaluate", document)
    assert len(document["evaluations"][0]["metrics"]) == 2
    check("validate", ask(inspect, "validate", "--format", "json", tmp_path))


def test_documents_of_runs(flights: Path, tmp_path: Path, ask: Ask) -> None:
    document = ask(runner, "run", flights, *BUILD, "--format", "json", "--quiet")
    check("run", document)
    assert {job["outcome"] for job in document["jobs"]} == {"done", "failed"}
    one = ("--inputs", flights / "jobs/good/inputs", "--outputs", tmp_path / "outputs")
    check("run", ask(runner, "job", *one, *BUILD, "--format", "json", "--quiet"))
    check("plan", ask(runner, "run", flights, *BUILD, "--dry-run", "--format", "json"))
    check("status", ask(runner, "status", flights, "--format", "json"))
    check("result", json.loads((flights / "jobs/bad/run/result.json").read_bytes()))
    leftovers = ask(runner, "clean", flights, "--format", "json")
    check("clean", leftovers)
    events = (flights.parent / "events.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(events) > 3
    for line in events:
        check("event", json.loads(line), exact=False)


def test_lines_of_logs_are_documents(flights: Path, capfdbinary: Any) -> None:
    assert runner(["logs", str(flights), "bad", "batch", "--format", "json"]) == 0
    lines = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    assert {line["job"] for line in lines} == {"bad", "batch"}
    for line in lines:
        check("logs", line)


def test_what_cannot_be_removed_has_its_reason(monkeypatch: pytest.MonkeyPatch, ask: Ask) -> None:
    leftovers = [Leftover("a", lambda: ""), Leftover("b", lambda: "it is in use")]
    monkeypatch.setattr(clean, "_of_this_machine", lambda: leftovers)
    monkeypatch.setattr(registry, "ENGINES", ())
    listed = ask(runner, "clean", "--format", "json")
    assert [row["removed"] for row in listed["leftovers"]] == [False, False]
    removed = ask(runner, "clean", "--format", "json", "--yes")
    check("clean", removed)
    assert removed["leftovers"] == [
        {"text": "a", "removed": True, "problem": ""},
        {"text": "b", "removed": False, "problem": "it is in use"},
    ]


def test_documents_of_the_users_settings(tmp_path: Path, ask: Ask) -> None:
    file = tmp_path / "config.toml"
    file.write_text('theme = "resim-light"\n[keys]\napp.help = "f11"\n', encoding="utf-8")
    words = ("config", "--config", file, "--format", "json")
    document = ask(inspect, *words)
    check("user-settings", document)
    assert document["keys"]
    check("keys", ask(inspect, *words, "--keys"))
    check("themes", ask(inspect, *words, "--themes"))
    check("user-settings", ask(inspect, "config", "--no-config", "--format", "json"))


def test_documents_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ask: Ask
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "resim.toml").write_text('[build.local]\ncommand = "true"\n', encoding="utf-8")
    check("settings", ask(runner, "config", "--format", "json"))
    check("settings", ask(runner, "config", "--format", "json", "doctor"))
    check("doctor", ask(runner, "doctor", "--format", "json"))
    words = ("--image", "registry.example/a:1", "--pull", "never", "--register")
    check("doctor", ask(runner, "doctor", *words, "--format", "json"))


def test_the_document_of_a_download(tmp_path: Path) -> None:
    from runner.workspace.layout import open_workspace

    space = make_workspace(tmp_path / "ws", jobs=2)
    with served(tmp_path / "api", open_workspace(tmp_path / "ws")) as running:
        prepared = running.prepared
        batch = (str(prepared.project_id), str(prepared.batch_ids[0]))
        done = fetch(tmp_path / "out", running.api.url, *batch, TOKEN, "--format", "json")
    assert space is not None
    check("fetch", json.loads(done.stdout))


def test_every_command_with_a_json_document_has_a_schema() -> None:
    """A new document needs a schema of its command's name, or a place in this table."""
    shared = {("resim-runner", name): "run" for name in ("job", "batch", "report")}
    shared |= {
        ("resim-runner", "config"): "settings",
        ("resim-inspect", "config"): "user-settings",
    }
    missing = []
    for program, parser in whole_parsers().items():
        for command, subparser in subcommands(parser).items():
            choices = {
                choice
                for action in subparser._actions
                if "--format" in action.option_strings
                for choice in action.choices or ()
            }
            name = shared.get((program, command), command)
            # The tables of `export` are data of any shape.
            if "json" in choices and command != "export" and name not in DOCUMENTS:
                missing.append(f"{program} {command}")
    assert not missing


def test_schemas_are_listed_and_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert inspect(["schema"]) == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert listed == list(schema_files())
    assert {"show", "resim"} <= set(listed)
    for name in listed:
        assert inspect(["schema", name]) == 0
        assert json.loads(capsys.readouterr().out)["title"]
    assert inspect(["schema", "shwo"]) == 2
    assert "did you mean show?" in capsys.readouterr().err


def test_both_ways_to_a_schema_of_settings_print_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, main in (("config", inspect), ("resim", runner)):
        assert inspect(["schema", name]) == 0
        printed = capsys.readouterr().out
        assert main(["config", "--schema"]) == 0
        assert capsys.readouterr().out == printed
        if name == "config":
            keys = json.loads(printed)["properties"]["keys"]["properties"]
            assert keys["app"]["properties"]["help"]["default"]
