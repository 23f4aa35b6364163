"""Facts about a batch that a fetch records in workspace.json."""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest

from runner.api.client.client import Client
from runner.download.batch import Fetched, Watch, fetch_batch
from runner.download.selection import DownloadSelection
from runner.download.store import Target
from runner.redact import Secrets
from runner.workspace.layout import open_workspace
from tests.api.misbehaving_server import MisbehavingServer, answer, document
from tests.api.test_project_facts import FACTS, write
from tests.api.workspaces import TOKEN, Served, served
from tests.containers.engines import wait_for
from tests.runner.download.row_harness import ODD_VALUES
from tests.runner.fetch_harness import BASE, BATCH, PROJECT, fetch, job_row, offer


def fetch_served(api: Served, folder: Path) -> Fetched:
    """Fetch the first batch of a stub server."""
    project, batch = api.prepared.project_id, api.prepared.batch_ids[0]
    client = Client(api.api.url, TOKEN, project)
    try:
        return fetch_batch(
            client,
            Target(folder, project, batch),
            DownloadSelection(),
            host="127.0.0.1",
            secrets=Secrets([TOKEN]),
        )
    finally:
        client.close()


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_fetched_batch_has_the_facts_of_the_served_one(tmp_path: Path, jobs: int) -> None:
    space = open_workspace(write(tmp_path / "ws", FACTS["monday"]))
    # With fewer experiences than tags, each experience is asked for.
    with served(tmp_path / "api", space, jobs={f"job-{n}" for n in range(jobs)}) as api:
        fetched = fetch_served(api, tmp_path / "out")
        assert not fetched.missing
        assert not fetched.notes
    again = open_workspace(tmp_path / "out")
    info = again.info
    assert (info.name, info.parameters, info.suite_revision) == ("nightly 1", (("wind", "5"),), 2)
    assert info.test_suite == space.info.test_suite
    names = [info.branch.name, info.system.name, info.build.name, info.sweep.name]
    assert names == ["main", "drone", "v1", "winds"]
    first = next(job for job in again.jobs if job.experience_name == "left turn")
    assert first.info.experience_id == space.jobs[0].info.experience_id
    assert first.info.tags == ("rain", "night")
    assert first.info.environment == (("MAP", "north"),)
    assert first.info.parameters == (("wind", "5"), ("speed", "3"))
    # Served again, it has the same ids.
    with (
        served(tmp_path / "api 2", space) as before,
        served(tmp_path / "api 3", again) as after,
    ):
        keys = "branchID", "systemID", "buildID", "testSuiteID", "associatedSweepID"
        old, new = before.get(before.base)[1], after.get(after.base)[1]
        assert [old[key] for key in keys] == [new[key] for key in keys]


def test_hand_written_facts_stay_and_secrets_are_left_out(
    server: MisbehavingServer, tmp_path: Path
) -> None:
    offer(server, jobs=1)
    experience = str(uuid5(BATCH, "experience"))
    variables = [{"name": "MAP", "value": "north"}, {"name": "API_TOKEN", "value": "abcdefghijkl"}]
    row = job_row(
        0,
        experienceID=experience,
        parameters={"wind": "5", "odd": 5},
        experienceEnvironmentVariables=[*variables, "odd"],
    )
    server.on(f"{BASE}/jobs", document({"jobs": [row]}))
    assert not fetch(server, tmp_path).missing
    path = tmp_path / "workspace.json"
    values = json.loads(path.read_bytes())
    (name,) = values["jobs"]
    values["jobs"][name]["tags"] = ["by hand"]
    path.write_text(json.dumps({**values, "branch": "main"}))
    assert not fetch(server, tmp_path).missing
    space = open_workspace(tmp_path)
    assert space.info.branch.name == "main"
    (job,) = space.jobs
    assert job.info.tags == ("by hand",)
    assert job.info.experience_id == UUID(experience)
    assert (job.info.parameters, job.info.environment) == ((("wind", "5"),), (("MAP", "north"),))
    assert "abcdefghijkl" not in path.read_text()


@pytest.mark.parametrize(
    ("batch", "noted"),
    [
        (answer(404, b"{}"), False),
        (answer(400, b"{}"), True),
        (answer(200, b"[]"), True),
        (document({"branchID": "x", "parameters": [], "testSuiteRevision": "1"}), False),
        (document({"testSuiteID": str(PROJECT), "testSuiteRevision": True}), False),
    ],
)
def test_an_api_without_facts_costs_no_job(
    server: MisbehavingServer, tmp_path: Path, batch: Any, noted: bool
) -> None:
    offer(server, jobs=2)
    server.on(BASE, batch)
    fetched = fetch(server, tmp_path)
    assert not fetched.missing
    assert [note.startswith("names and tags") for note in fetched.notes] == [True] * noted
    assert len(open_workspace(tmp_path).jobs) == 2


@pytest.mark.parametrize("odd", ODD_VALUES, ids=lambda odd: repr(odd)[:20])
def test_odd_facts_leave_a_workspace_that_can_be_opened(
    server: MisbehavingServer, tmp_path: Path, odd: Any
) -> None:
    text = odd if isinstance(odd, str) else "x"
    identity = str(uuid5(BATCH, "fact"))
    keys = ("branchID", "systemID", "buildID", "testSuiteID", "associatedSweepID")
    batch = dict.fromkeys(keys, identity) | {"friendlyName": odd, "testSuiteRevision": odd}
    server.on(BASE, document({**batch, "parameters": {"a": odd, text: "x"}}))
    for kind in ("branches", "systems", "builds", "suites", "sweeps"):
        server.on(f"/projects/{PROJECT}/{kind}/{identity}", document({"name": odd}))
    tag = {"experienceTagID": identity, "name": odd}
    tags = f"/projects/{PROJECT}/experienceTags"
    server.on(tags, document({"experienceTags": [tag]}))
    server.on(f"{tags}/{identity}/experiences", document({"experiences": [{"experienceID": odd}]}))
    more = {
        "parameters": {"a": odd, text: "x"},
        "experienceID": identity,
        "experienceEnvironmentVariables": [odd, {"name": odd, "value": "x"}, {"name": "a"}],
    }
    rows = [job_row(0, **more), job_row(1, parameters=odd, experienceEnvironmentVariables=odd)]
    server.on(f"{BASE}/jobs", document({"jobs": [*rows, job_row(2)]}))
    assert not fetch(server, tmp_path).missing
    assert [job.name for job in open_workspace(tmp_path).jobs] == [
        "flight 0", "flight 1", "flight 2",
    ]  # fmt: skip
    server.on(BASE, document(dict.fromkeys(batch, odd)))
    assert fetch(server, tmp_path).complete_before == 3


def test_facts_are_asked_for_while_jobs_are_downloaded(
    server: MisbehavingServer, tmp_path: Path
) -> None:
    offer(server, jobs=2)
    blob = "/blob/0/data/0"
    (served_blob,) = dict(server.scripts())[blob]
    seen: list[bool] = []

    def after_the_facts(client: socket.socket) -> bool:
        try:
            wait_for(lambda: len(server.asked(BASE)), 20)
        finally:
            seen.append(bool(server.asked(BASE)))
        return served_blob(client)

    server.on(blob, after_the_facts)
    server.on(BASE, document({"friendlyName": "nightly 1"}))
    assert not fetch(server, tmp_path, read=30).missing
    assert seen == [True]
    assert open_workspace(tmp_path).info.name == "nightly 1"


def test_an_interruption_does_not_wait_for_facts(server: MisbehavingServer, tmp_path: Path) -> None:
    offer(server, jobs=1)
    over = threading.Event()
    answered: list[bool] = []

    def silent(_client: socket.socket) -> bool:
        answered.append(over.wait(60))
        return False

    server.on(BASE, silent)

    def tick() -> None:
        if open_workspace(tmp_path).jobs[0].folder.metrics.exists():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(server, tmp_path, read=120, watch=Watch(tick=tick))
    assert not answered
    over.set()
    assert (tmp_path / "listing.json").is_file()
    # What is complete is not downloaded again, and now there are facts.
    server.on(BASE, document({"friendlyName": "nightly 1"}))
    assert fetch(server, tmp_path).complete_before == 1
    assert open_workspace(tmp_path).info.name == "nightly 1"
