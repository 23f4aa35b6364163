"""Facts of workspace.json about batches and jobs, as the stub server serves them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from runner.workspace.batch_info import check_one_suite
from runner.workspace.errors import WorkspaceError
from runner.workspace.layout import open_workspace
from tests.api.workspaces import Served, served, workspace

SUITE = "0b2f5c1e-5b0e-4c58-8a1f-3d6a0c9e7f21"
EXPERIENCE = "0b2f5c1e-5b0e-4c58-8a1f-3d6a0c9e7f22"
FACTS: dict[str, dict[str, Any]] = {
    "monday": {
        "name": "nightly 1",
        "parameters": {"wind": "5"},
        "branch": "main",
        "system": {"name": "drone"},
        "build": {"name": "v1"},
        "testSuite": {"id": SUITE, "name": "regression", "revision": 2},
        "sweep": "winds",
        "jobs": {
            "job-0": {
                "experienceName": "left turn",
                "experienceID": EXPERIENCE,
                "tags": ["rain", "night"],
                "environment": {"MAP": "north"},
                "parameters": {"speed": "3"},
            },
            "job-1": {"tags": ["rain"]},
        },
    },
    "tuesday": {
        "parameters": {"wind": "9"},
        "branch": "main",
        "testSuite": {"id": SUITE, "revision": 3},
        "sweep": "winds",
        "jobs": {"job-0": {"experienceName": "left turn", "experienceID": EXPERIENCE}},
    },
}


def write(folder: Path, facts: dict[str, Any]) -> Path:
    """A workspace with two jobs and these facts."""
    workspace(folder)
    (folder / "workspace.json").write_text(json.dumps(facts))
    return folder


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("facts")
    spaces = [open_workspace(write(folder / name, facts)) for name, facts in FACTS.items()]
    with served(folder / "api", *spaces) as running:
        yield running


def get(api: Served, path: str) -> Any:
    status, answer = api.get(f"/v1/projects/{api.prepared.project_id}/{path}")
    assert status == 200, path
    return answer


def names(rows: list[dict[str, Any]]) -> list[str]:
    return [row["name"] for row in rows]


def test_a_job_has_its_parameters_and_those_of_its_batch(api: Served) -> None:
    batch = get(api, f"batches/{api.prepared.batch_ids[0]}")
    assert (batch["friendlyName"], batch["parameters"]) == ("nightly 1", {"wind": "5"})
    first, second = api.get(f"{api.base}/jobs")[1]["jobs"]
    assert first["parameters"] == {"wind": "5", "speed": "3"}
    assert second["parameters"] == {"wind": "5"}
    assert first["experienceEnvironmentVariables"] == [{"name": "MAP", "value": "north"}]
    assert second["experienceEnvironmentVariables"] == []
    assert first["experienceID"] == EXPERIENCE
    assert "tagIDs" not in first


def test_experiences_have_tags_and_jobs_are_found_by_them(api: Served) -> None:
    tags = get(api, f"experiences/{EXPERIENCE}/experienceTags")["experienceTags"]
    assert names(tags) == ["rain", "night"]
    rain, night = (tag["experienceTagID"] for tag in tags)
    assert names(get(api, f"experienceTags/{rain}/experiences")["experiences"]) == [
        "left turn",
        "job-1",
    ]
    for query, count in ((rain, 2), (night, 1), (f"{night},{rain}", 2), (SUITE, 0)):
        jobs = api.get(f"{api.base}/jobs?experienceTagIDs={query}")[1]["jobs"]
        assert len(jobs) == count, query
    experience = get(api, f"experiences/{EXPERIENCE}")
    assert experience["environmentVariables"] == [{"name": "MAP", "value": "north"}]
    # Both batches simulate it: it is one experience.
    assert names(get(api, "experiences")["experiences"]) == ["left turn", "job-1"]
    assert names(get(api, "experiences?name=TURN")["experiences"]) == ["left turn"]


def test_a_test_suite_has_its_batches_by_revision(api: Served) -> None:
    (suite,) = get(api, "suites")["testSuites"]
    assert (suite["testSuiteID"], suite["name"]) == (SUITE, "regression")
    assert suite["testSuiteRevision"] == 3
    assert len(suite["experiences"]) == 2
    assert len(get(api, f"suites/{SUITE}/revisions")["testSuites"]) == 2
    assert get(api, f"suites/{SUITE}/batches")["total"] == 2
    (batch,) = get(api, f"suites/{SUITE}/revisions/2/batches")["batches"]
    assert batch["batchID"] == str(api.prepared.batch_ids[0])
    report = get(api, f"reports/{api.prepared.report_id}")
    assert (report["testSuiteID"], report["testSuiteRevision"]) == (SUITE, 2)


def test_branches_systems_and_builds_have_their_names(api: Served) -> None:
    (branch,) = get(api, "branches")["branches"]
    assert (branch["name"], branch["branchType"]) == ("main", "MAIN")
    assert names(get(api, "systems")["systems"]) == ["drone", "local"]
    first = get(api, f"batches/{api.prepared.batch_ids[0]}")
    build = get(api, f"builds/{first['buildID']}")
    assert (build["name"], build["branchID"]) == ("v1", branch["branchID"])
    # Without a name a build is called as its workspace.
    assert names(get(api, f"branches/{branch['branchID']}/builds")["builds"]) == ["v1", "tuesday"]
    assert get(api, f"systems/{first['systemID']}")["numBatches"] == 1
    project = str(api.prepared.project_id)
    assert api.get(f"/v1/projects/{project}")[1]["projectID"] == project
    assert [p["projectID"] for p in api.get("/v1/projects")[1]["projects"]] == [project]


def test_a_sweep_has_the_values_of_its_jobs(api: Served) -> None:
    (sweep,) = get(api, "sweeps")["sweeps"]
    assert sweep["name"] == "winds"
    assert sweep["parameters"] == [
        {"name": "speed", "values": ["3"]},
        {"name": "wind", "values": ["5", "9"]},
    ]
    assert sweep["batches"] == [str(batch) for batch in api.prepared.batch_ids]


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"name": 5}, '"name" is not a string.'),
        ({"parameters": []}, '"parameters" is not an object.'),
        ({"parameters": {"wind": 5}}, '"parameters": "wind" is not a string.'),
        ({"branch": 5}, '"branch" is neither a name nor an object with "id" and "name".'),
        ({"system": {"id": "x"}}, '"system": "id" "x" is not a valid UUID.'),
        ({"testSuite": {"revision": "1"}}, 'the "revision" of "testSuite" is not a whole number.'),
        (
            {"jobs": {"job-0": {"tags": "rain"}}},
            'the job "job-0": "tags" is not a list of strings.',
        ),
        ({"jobs": {"job-0": {"tags": [""]}}}, 'the job "job-0": "tags" is not a list of strings.'),
        (
            {"jobs": {"job-0": {"environment": {"A": None}}}},
            'the job "job-0": "environment": "A" is not a string.',
        ),
        (
            {"jobs": {"job-0": {"experienceID": 7}}},
            'the job "job-0": "experienceID" "7" is not a valid UUID.',
        ),
    ],
)
def test_a_wrong_fact_is_one_sentence(tmp_path: Path, facts: dict[str, Any], sentence: str) -> None:
    folder = write(tmp_path / "ws", facts)
    with pytest.raises(WorkspaceError) as caught:
        open_workspace(folder)
    assert str(caught.value) == f"{folder / 'workspace.json'}: {sentence}"


def test_a_report_covers_one_suite_and_branch(tmp_path: Path) -> None:
    def infos(*facts: dict[str, Any]) -> list[Any]:
        folders = [write(tmp_path / f"{len(list(tmp_path.iterdir()))}", each) for each in facts]
        return [(folder.name, open_workspace(folder).info) for folder in folders]

    check_one_suite(infos({}, {}))
    check_one_suite(infos({"branch": "main"}, {"branch": {"name": "main"}}))
    check_one_suite(infos({"testSuite": {"id": SUITE}}, {"testSuite": {"id": SUITE, "name": "r"}}))
    with pytest.raises(WorkspaceError, match="7 and 6 do not have the same branch"):
        check_one_suite(infos({"branch": "main"}, {"branch": "wind"}))
    with pytest.raises(WorkspaceError, match="same test suite"):
        check_one_suite(infos({}, {"testSuite": {"id": SUITE}}))


def test_facts_survive_recording_and_ids_are_added(tmp_path: Path) -> None:
    from runner.storage.publish import record

    facts = {**FACTS["monday"], "ours": [1], "jobs": {"job-0": {"tags": ["rain"], "own": 1}}}
    folder = write(tmp_path / "ws", facts)
    before = open_workspace(folder)
    assert not before.recorded
    record(before)
    values = json.loads((folder / "workspace.json").read_bytes())
    for key in ("name", "parameters", "branch", "testSuite", "sweep", "ours"):
        assert values[key] == facts[key]
    assert values["jobs"]["job-0"]["tags"] == ["rain"]
    assert values["jobs"]["job-0"]["own"] == 1
    assert UUID(values["jobs"]["job-1"]["jobID"])
    folder.rename(tmp_path / "moved")
    after = open_workspace(tmp_path / "moved")
    assert after.recorded
    assert (after.id, after.batch_id, after.info) == (before.id, before.batch_id, before.info)
    assert [job.id for job in after.jobs] == [job.id for job in before.jobs]
