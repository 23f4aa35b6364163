"""Secrets in documents for programs: hidden in every text, and the documents stay whole."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.execution.events import Event
from runner.redact import Secrets
from runner.reporting import machine
from runner.reporting.recorder import RunIdentity, RunRecorder
from runner.workspace.results import Failing, JobResult, Outcome
from runner.workspace.run_events import event_from_line
from runner.workspace.run_record import RunRecord
from runner.workspace.verdict_gate import VerdictGate
from tests.containers.container_harness import call_runner

WORDS_OF_DOCUMENTS = ["true", "false", "null", "0.25", '": "', "jobs", "done", "FAIL_WARN", "name"]
ESCAPED = 'a "quoted"\n\\ söcret <&>'


def result(text: str) -> JobResult:
    return JobResult(
        "a",
        "id",
        Outcome.DONE,
        verdict="FAIL_WARN",
        message=text,
        seconds=0.25,
        approximate=True,
        statuses={"FAIL_WARN": 1},
        failing=(Failing(text, "FAIL_WARN", text),),
        log_tail=(text,),
    )


def documents(folder: Path, shown: JobResult, secrets: Secrets) -> dict[str, str]:
    """The text of each kind of document with a result in it."""
    event = Event("finished", 1.0, shown.job, result=shown, data={"parallel": 4})
    lines = io.StringIO()
    machine.JsonLines(lines, secrets)(event)
    identity = RunIdentity("1", "run", ("run",))
    with RunRecorder(RunRecord(folder), identity, secrets, lambda _: "", time.time) as recorder:
        recorder(event)
    about = {"workspace": shown.message}
    whole = machine.dump(machine.document("run", about, [shown], set(), 0), secrets)
    junit = folder / "junit.xml"
    machine.write_junit(junit, shown.message, [shown], VerdictGate(), secrets)
    return {
        "events": lines.getvalue(),
        "record": RunRecord(folder).events.read_text().splitlines()[1],
        "document": whole,
        "junit": junit.read_text(),
    }


@pytest.mark.parametrize("secret", WORDS_OF_DOCUMENTS)
def test_a_secret_that_is_a_word_of_documents_breaks_none(tmp_path: Path, secret: str) -> None:
    written = documents(tmp_path, result(f"x {secret} y"), Secrets([secret]))
    for text in (written["events"], written["record"]):
        event = event_from_line(text.encode())
        assert (event.kind, event.data) == ("finished", {"parallel": 4})
        assert event.result is not None
        assert event.result.approximate is True
        assert event.result.failing[0] == Failing("x [redacted] y", "FAIL_WARN", "x [redacted] y")
    (job,) = json.loads(written["document"])["jobs"]
    assert (job["outcome"], job["verdict"], job["seconds"]) == ("done", "FAIL_WARN", 0.25)
    assert job["message"] == "x [redacted] y"
    (case,) = ElementTree.fromstring(written["junit"])[0]
    assert case.attrib["classname"] == "x [redacted] y"
    assert case.findtext("system-out") == "x [redacted] y"


@pytest.mark.parametrize("secret", [ESCAPED, "plain-secret", *WORDS_OF_DOCUMENTS])
def test_a_secret_in_a_text_is_in_no_document(tmp_path: Path, secret: str) -> None:
    spoken = result(f"it says {secret}, or {json.dumps(secret)}")
    for text in documents(tmp_path, spoken, Secrets([secret])).values():
        assert "it says [redacted], or" in text
        assert f"it says {secret}" not in text
    assert "söcret" not in documents(tmp_path, result(f"x {ESCAPED}"), Secrets([ESCAPED]))["junit"]


@given(st.recursive(st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(), st.lists))
def test_values_without_a_secret_stay(values: object) -> None:
    assert Secrets(["never-said-anywhere"]).hide_values(values) == values


def test_a_text_that_no_encoding_has_is_searched_too() -> None:
    assert Secrets(["secret"]).hide_text("\ud800 secret") == "\ud800 [redacted]"


@pytest.mark.slow
def test_a_job_with_a_common_word_as_a_secret_has_a_result(tmp_path: Path) -> None:
    for name in ("experience", "logs"):
        (tmp_path / "inputs" / name).mkdir(parents=True)
    places = ("--inputs", tmp_path / "inputs", "--outputs", tmp_path / "out", "--name", "false")
    words = ("--command", "echo false", "--no-sandbox", "--visible-secrets", *places)
    secret = ("--env", "AUTH_REQUIRED", "--format", "json")
    call = call_runner("job", *words, *secret, env={"AUTH_REQUIRED": "false"})
    assert call.code == 2
    assert call.result["job"] == "[redacted]"
    assert call.result["approximate"] is False
    assert call.result["log_tail"] == ["[redacted]"]
