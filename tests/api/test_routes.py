"""Answers of the stub server to builds: every route, with every prefix, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlsplit
from uuid import uuid4

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.schema import metrics_pb2 as pb
from runner.workspace.layout import open_workspace
from tests.api.workspaces import CREATED, SECRET, TOKEN, Served, served, workspace, write_job


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("api")
    b = DocumentBuilder(seed="events")
    b.scalar("peak", 44.75, unit="m/s", status="FAIL_BLOCK", fails_above=40)
    b.text("notes", "# Notes")
    b.file("shot", "shot.png")
    shown = b.scalar("at the gust", 1.0, event=True)
    b.event("gust", at=2.5, metrics=[shown], status="FAIL_WARN", tags=["wind"])
    write_job(folder / "ws", "windy", b.bytes())
    workspace(folder / "ws", jobs=4)
    with served(folder / "prepared", open_workspace(folder / "ws"), logs=True) as running:
        yield running


def job_of(api: Served, name: str) -> str:
    jobs = api.get(f"{api.base}/jobs")[1]["jobs"]
    return next(str(job["jobID"]) for job in jobs if job["experienceName"] == name)


def test_jobs_and_what_they_have(api: Served) -> None:
    status, answer = api.get(f"{api.base}/jobs")
    assert status == 200
    assert (answer["total"], answer["nextPageToken"]) == (5, "")
    job = answer["jobs"][4]
    assert job["experienceName"] == "windy"
    assert (job["conflatedStatus"], job["jobStatus"]) == ("BLOCKER", "SUCCEEDED")
    assert (job["projectID"], job["batchID"]) == (
        str(api.prepared.project_id),
        str(api.prepared.batch_ids[0]),
    )
    assert job["creationTimestamp"] == CREATED
    base = f"{api.base}/jobs/{job['jobID']}"
    assert api.get(base) == (200, job)
    metrics = api.get(f"{base}/metrics")[1]["metrics"]
    assert [(m["name"], m["type"], m["status"]) for m in metrics] == [
        ("peak", "SCALAR", "FAIL_BLOCK"),
        ("notes", "COMPOSITE", "PASSED"),
        ("at the gust", "SCALAR", "PASSED"),
    ]
    assert (metrics[0]["value"], metrics[0]["unit"]) == (44.75, "m/s")
    assert [m["eventMetric"] for m in metrics] == [False, False, True]
    data = api.get(f"{base}/metricsData")[1]["metricsData"]
    assert [(d["name"], d["metricsDataType"], d["filename"]) for d in data] == [
        ("shot", "EXTERNAL_FILE", "shot.png")
    ]
    events = api.get(f"{base}/events")[1]["events"]
    assert events[0] == {
        "eventID": events[0]["eventID"],
        "name": "gust",
        "description": "",
        "creationTimestamp": CREATED,
        "timestampType": "RELATIVE",
        "timestamp": "1970-01-01T00:00:02.500000Z",
        "tags": ["wind"],
        "status": "FAIL_WARN",
        "metricsIDs": [metrics[2]["metricID"]],
    }


def test_blobs_come_without_a_token_from_the_host_that_was_asked(api: Served) -> None:
    row = api.get(f"{api.base}/jobs/{job_of(api, 'windy')}/metrics")[1]["metrics"][0]
    parts = urlsplit(row["metricURL"])
    assert (parts.scheme, parts.netloc) == ("http", f"127.0.0.1:{api.api.port}")
    status, content = api.get(parts.path, token=None)
    assert status == 200
    metric = pb.Metric.FromString(content)
    assert (metric.name, metric.metric_values.scalar_metric_values.value) == ("peak", 44.75)


def test_files_of_a_job_are_served(api: Served) -> None:
    logs = api.get(f"{api.base}/jobs/{job_of(api, 'windy')}/logs")[1]
    assert logs["total"] == 1
    row = logs["logs"][0]
    assert (row["fileName"], row["executionStep"]) == ("metrics.binproto", "METRICS")
    status, content = api.get(urlsplit(row["logOutputLocation"]).path, token=None)
    assert status == 200
    assert len(content) == row["fileSize"]


def test_batches_builds_tags_reports_and_sweeps(api: Served) -> None:
    project = f"/v1/projects/{api.prepared.project_id}"
    batch = api.get(api.base)[1]
    assert batch["overallMetricsStatus"] == "FAIL_BLOCK"
    assert batch["jobMetricsStatusCounts"]["failBlock"] == 1
    assert batch["jobMetricsStatusCounts"]["passed"] == 4
    assert api.get(f"{project}/batches")[1]["batches"] == [batch]
    build = api.get(f"{project}/builds/{batch['buildID']}")[1]
    assert build["buildID"] == batch["buildID"]
    sweep = api.get(f"{project}/sweeps/{batch['associatedSweepID']}")[1]
    assert sweep["batches"] == [batch["batchID"]]
    job = api.get(f"{api.base}/jobs")[1]["jobs"][0]
    tags = api.get(f"{project}/experiences/{job['experienceID']}/experienceTags")[1]
    assert tags["experienceTags"] == []
    report = api.get(f"{project}/reports/{api.prepared.report_id}")[1]
    assert report["testSuiteID"] == batch["testSuiteID"]
    assert report["branchID"] == batch["branchID"]
    for kind in ("metrics", "metricsData"):
        name = "batchM" + kind[1:]
        assert api.get(f"{api.base}/{kind}")[1] == {name: [], "nextPageToken": ""}
    assert api.get(f"{api.base}/logs")[1]["logs"] == []


def test_every_prefix_leads_to_the_same(api: Served) -> None:
    wanted = api.get(f"{api.base}/jobs")
    project = f"/projects/{api.prepared.project_id}"
    batch = f"/batches/{api.prepared.batch_ids[0]}"
    for path in (
        f"{project}{batch}/jobs",
        f"/v1/{project}{batch}/jobs",
        f"//v1//{project}//{batch}//jobs/",
        f"{batch}/jobs",
        f"/v1{batch}/jobs",
        f"/v1{project.upper().replace('PROJECTS', 'projects')}{batch}/jobs",
        f"/v1/batches/{str(api.prepared.batch_ids[0]).upper()}/jobs",
        f"http://example.com/v1{project}{batch}/jobs",
    ):
        assert api.get(path) == wanted, path


def test_pages_of_every_size_add_up(api: Served) -> None:
    everything = api.get(f"{api.base}/jobs")[1]["jobs"]
    for size in (1, 2, 4, 5, 6):
        found, token, pages = [], "", 0
        while True:
            query = f"?pageSize={size}" + (f"&pageToken={token}" if token else "")
            status, answer = api.get(f"{api.base}/jobs{query}")
            assert status == 200
            assert len(answer["jobs"]) <= size
            assert answer["total"] == 5
            found += answer["jobs"]
            pages += 1
            token = answer["nextPageToken"]
            if not token:
                break
        assert found == everything
        assert pages == -(-5 // size)
    rest = api.get(f"{api.base}/jobs?pageToken=after-3")[1]
    assert rest["jobs"] == everything[3:]
    assert api.get(f"{api.base}/jobs?pageToken=after-99")[1]["jobs"] == []


@pytest.mark.parametrize(
    "query", ["pageSize=0", "pageSize=-1", "pageSize=x", "pageToken=5", "pageSize=9999999999"]
)
def test_pages_that_make_no_sense_are_refused(api: Served, query: str) -> None:
    assert api.get(f"{api.base}/jobs?{query}")[0] == 400


def test_jobs_are_filtered_as_asked(api: Served) -> None:
    def names(query: str) -> list[str]:
        return [job["experienceName"] for job in api.get(f"{api.base}/jobs?{query}")[1]["jobs"]]

    assert names("name=windy") == ["windy"]
    assert names("text=JOB-1") == ["job-1"]
    assert names("conflatedStatus=BLOCKER") == ["windy"]
    assert names("conflatedStatus=BLOCKER,PASSED&name=1") == ["job-1"]
    assert names("conflatedStatus=BLOCKER&conflatedStatus=WARNING") == ["windy"]
    assert names("status=ERROR") == []
    assert len(names("orderBy=name&unknown=1")) == 5


def test_batches_are_searched_as_reports_do_it(api: Served) -> None:
    batch = api.get(api.base)[1]

    def found(search: str) -> int:
        path = f"/v1/projects/{api.prepared.project_id}/batches?search={quote(search)}"
        return len(api.get(path)[1]["batches"])

    suite, branch = batch["testSuiteID"], batch["branchID"]
    assert found(f'test_suite_id = "{suite}" AND branch_id = "{branch}"') == 1
    window = 'created_at > "{}" AND created_at < "{}"'
    assert found(window.format("2026-01-01 00:00:00+00:00", "2026-02-01 00:00:00+00:00")) == 1
    assert found(window.format("2026-01-02 03:04:05.678000+00:00", "2026-01-02 03:04:05.68")) == 1
    assert found(window.format("2026-01-03 00:00:00+00:00", "2026-02-01 00:00:00+00:00")) == 0
    assert found(window.format("2025-01-03 00:00:00+00:00", "2026-01-01 00:00:00+00:00")) == 0
    assert found(f'test_suite_id = "{uuid4()}"') == 0
    assert found(f'test_suite_id = "{suite}" AND test_suite_revision = 1') == 1
    assert found(f'test_suite_id = "{suite}" AND test_suite_revision = 2') == 0
    assert found('something = "else" AND nonsense') == 1


def test_the_token_is_wanted_everywhere_but_for_blobs(api: Served) -> None:
    for token in (None, "", "wrong", TOKEN + "x", TOKEN[:-1], "\xe4"):
        assert api.get(f"{api.base}/jobs", token=token)[0] == 401
        assert api.get("/counts", token=token)[0] == 401
        # Without a token a client does not learn which paths exist.
        assert api.get("/v1/nothing", token=token)[0] == 401
    assert api.get(f"/blobs/{SECRET}x/0", token=None)[0] == 404
    assert api.get("/blobs//0", token=TOKEN)[0] == 404


def test_what_is_not_there_is_not_there(api: Served) -> None:
    before = api.api.counts()["unknown"]
    project = f"/v1/projects/{api.prepared.project_id}"
    batch = f"/batches/{api.prepared.batch_ids[0]}"
    paths = [
        "/",
        "/v1",
        f"/v1/projects/{uuid4()}{batch}/jobs",
        f"{project}/batches/{uuid4()}/jobs",
        f"{project}{batch}/jobs/{uuid4()}",
        f"{project}{batch}/jobs/{uuid4()}/metrics",
        f"{project}{batch}/jobs/..%2f..%2f..%2fetc%2fpasswd",
        f"{project}{batch}/../../../../etc/passwd",
        "/index.json",
        "/v1/index.json",
        "/blobs",
    ]
    for path in paths:
        assert api.get(path)[0] == 404, path
    for path in (f"/blobs/{SECRET}/999999", f"/blobs/{SECRET}/..", f"/blobs/{SECRET}/1e3"):
        assert api.get(path)[0] == 404, path
    counts = api.api.counts()
    assert counts["unknown"] - before == len(paths)
    assert f"{project}/batches/" in " ".join(counts["unknown_paths"])
