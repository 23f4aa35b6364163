"""The official clients of six releases against the stub server: jobs come out unchanged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.building.sample import sample_bytes
from runner.workspace.layout import Workspace, open_workspace
from tests.api.workspaces import Served, served, workspace, write_job
from tests.conformance.client_harness import CLIENTS, Release, same
from tests.conformance.open_core import whole_release
from tests.soak import FACTOR

MANY = {"1.6.0": min(400, 100 * FACTOR)}
"""Jobs of the large batch; the newest release has the most to do."""
SEARCHES = {
    "search nothing": 'branch_id = "0b2f5c1e-5b0e-4c58-8a1f-3d6a0c9e7f21"',
    "search all": 'created_at > "2020-01-01 00:00:00+00:00"',
}


def old_document(seed: str) -> bytes:
    """The kinds of metrics that every release on the package index knows."""
    b = DocumentBuilder(seed=seed)
    times = b.times("clock", [0.0, 0.5, 1.0])
    speed = b.doubles("speed", [1.0, float("nan"), float("inf")], unit="m/s", index=times)
    verdicts = b.statuses("speed status", ["PASSED", "FAIL_WARN", "FAIL_BLOCK"], index=times)
    modes = b.strings("mode", ["GO", "STOP", "größe"], index=times)
    names = b.strings("names", ["a", "b", "c"])
    counts = b.doubles("counts", [1.0, 2.0, 3.0], index=names)
    fine = b.statuses("counts status", ["PASSED"] * 3, index=names)
    b.scalar("peak", 44.75, unit="m/s", status="FAIL_WARN", fails_above=40)
    b.double_summary("last speed", value=speed, statuses=verdicts, index=2)
    b.double_over_time("speed over time", [(speed, verdicts)])
    b.line_plot("line", [(speed, speed, verdicts)])
    b.bar_chart("bars", [(counts, fine)])
    b.states_over_time(
        "modes",
        [(modes, verdicts)],
        states=["GO", "STOP", "größe"],
        failures=["STOP"],
    )
    b.histogram("spread", speed, verdicts, buckets=[(0.0, 1.0), (1.0, 2.0)])
    b.plotly("figure", {"data": [{"type": "scatter", "y": [1.0, 2.0]}], "layout": {}})
    b.doubles("data of no metric", {"left": [1.0], "right": [2.0]})
    return b.bytes()


def batch_of(folder: Path, version: str) -> Workspace:
    """A few jobs that a release can read, one that failed, and metrics of the batch."""
    for number in range(3):
        write_job(folder, f"old-{number}", old_document(f"old-{number}"))
    if version != "0.0.19":
        write_job(folder, "sample", sample_bytes())
    (folder / "jobs/failed/inputs").mkdir(parents=True)
    own = folder / "batch/outputs/metrics.binproto"
    own.parent.mkdir(parents=True)
    own.write_bytes(old_document("own"))
    return open_workspace(folder)


class Case(NamedTuple):
    """A release that has done everything, and what it was asked about."""

    release: Release
    batch: Served
    spaces: tuple[Workspace, ...]
    report: Served
    many: Served


@pytest.fixture(scope="module", params=CLIENTS)
def case(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Case]:
    version: str = request.param
    whole_release(version)
    folder = tmp_path_factory.mktemp("clients")
    spaces = tuple(workspace(folder / name, jobs=2) for name in ("first", "second"))
    for number, space in enumerate(spaces):
        space.batch.metrics.parent.mkdir(parents=True)
        space.batch.metrics.write_bytes(old_document(f"own {number}"))
    space = batch_of(folder / "ws", version)
    # Before 0.14.1 the official fetcher fails where there are images.
    hide = version in ("0.7.0", "0.0.19")
    many = workspace(folder / "many", jobs=MANY.get(version, 40), metrics=10)
    with (
        served(folder / "api", space, hide_images=hide, logs=True) as batch,
        served(folder / "report", *spaces) as report,
        served(folder / "api-many", many) as crowd,
    ):
        release = Release(version, folder)
        add_fetches(release, batch, space)
        for path, name, each in calls(batch):
            release.add(path, batch, "call", function=name, ids=each)
        add_pages(release, batch)
        release.add("report", report, "fetch_report")
        # From 1.0 on the official report fails by itself: it asks for a field that was renamed.
        if not version.startswith("1."):
            release.add("default report", report, "default_report", output=str(folder / "out"))
        release.add("many", crowd, "count_batch")
        release.run()
        yield Case(release, batch, spaces, report, crowd)


def add_fetches(release: Release, running: Served, space: Workspace) -> None:
    files = {
        str(job.id): str(job.folder.metrics) for job in space.jobs if job.folder.metrics.exists()
    }
    url = running.api.url
    # One after the other is slow: every way to write the address once, by some release.
    ways = (url, url + "/", url.removesuffix("/v1"))
    for address in ways if release.version == CLIENTS[0] else ways[:1]:
        release.add(f"fetch {address}", running, "fetch_batch", files=files, url=address)


def lists_of(running: Served) -> list[tuple[str, list[str], str]]:
    """Lists that are long enough for pages: function, ids, key of the rows."""
    two = [str(running.prepared.project_id), str(running.prepared.batch_ids[0])]
    job = running.get(f"{running.base}/jobs")[1]["jobs"][-1]["jobID"]
    return [
        ("list_jobs", two, "jobs"),
        ("list_batch_metrics", two, "batchMetrics"),
        ("list_metrics_for_job", [*two, job], "metrics"),
        ("list_metrics_data_for_job", [*two, job], "metricsData"),
    ]


def add_pages(release: Release, running: Served) -> None:
    for name, each, _ in lists_of(running):
        for size in (0, 1, 3):
            options = {"page_size": size} if size else {}
            about = {"function": f"batches.{name}", "ids": each, "options": options}
            release.add(f"{name} {size}", running, "call", **about)
    project = [str(running.prepared.project_id)]
    for name, search in SEARCHES.items():
        about = {"function": "batches.list_batches", "ids": project, "options": {"search": search}}
        release.add(name, running, "call", **about)


def calls(running: Served) -> list[tuple[str, str, list[str]]]:
    """Every endpoint: its path below the project, the client's function, its ids."""
    project, its = str(running.prepared.project_id), str(running.prepared.batch_ids[0])
    base = f"batches/{its}"
    row = running.get(running.base)[1]
    found = [
        ("batches", "batches.list_batches", [project]),
        (base, "batches.get_batch", [project, its]),
        (f"{base}/jobs", "batches.list_jobs", [project, its]),
        (f"{base}/metrics", "batches.list_batch_metrics", [project, its]),
        (f"{base}/metricsData", "batches.list_batch_metrics_data", [project, its]),
        (f"{base}/logs", "batches.list_batch_logs_for_batch", [project, its]),
        (f"builds/{row['buildID']}", "builds.get_build", [project, row["buildID"]]),
        (
            f"sweeps/{row['associatedSweepID']}",
            "parameter_sweeps.get_parameter_sweep",
            [project, row["associatedSweepID"]],
        ),
        (
            f"reports/{running.prepared.report_id}",
            "reports.get_report",
            [project, str(running.prepared.report_id)],
        ),
    ]
    for job in running.get(f"{running.base}/jobs")[1]["jobs"]:
        each = [project, its, job["jobID"]]
        path = f"{base}/jobs/{job['jobID']}"
        tags = f"experiences/{job['experienceID']}/experienceTags"
        found += [
            (path, "batches.get_job", each),
            (f"{path}/metrics", "batches.list_metrics_for_job", each),
            (f"{path}/metricsData", "batches.list_metrics_data_for_job", each),
            (f"{path}/events", "batches.list_events_for_job", each),
            (f"{path}/logs", "batches.list_job_logs_for_job", each),
            (
                tags,
                "experiences.list_experience_tags_for_experience",
                [project, job["experienceID"]],
            ),
        ]
    return found


def test_the_fetcher_brings_what_went_in(case: Case) -> None:
    names = [name for name in case.release.tasks if name.startswith("fetch ")]
    assert names
    for name in names:
        answer = case.release.answer(name)
        assert answer["differing"] == []
        # A job that failed is there, without metrics.
        assert len(answer["more"]) == 1
        assert answer["counts"][0] >= 3 * 8
        assert answer["counts"][1] >= 3 * 7
    # Only the metrics of the batch itself were listed by others and never fetched.
    lost = case.batch.api.counts()["lost_names"]
    assert {one["list"] for one in lost} == {"batchMetrics", "batchMetricsData"}


def test_every_endpoint_is_parsed_to_what_was_sent(case: Case) -> None:
    wanted = calls(case.batch)
    assert len(wanted) > 30
    project = f"/v1/projects/{case.batch.prepared.project_id}"
    for path, name, _ in wanted:
        (page,) = case.release.answer(path)
        assert same(page) == same(case.batch.get(f"{project}/{path}")[1]), name


def test_pages_of_every_list_add_up(case: Case) -> None:
    for name, _, key in lists_of(case.batch):
        (whole,) = case.release.answer(f"{name} 0")
        rows = whole[key]
        assert len(rows) > 3
        for size in (1, 3):
            pages = case.release.answer(f"{name} {size}")
            assert len(pages) == -(-len(rows) // size)
            assert [row for page in pages for row in page[key]] == rows


def test_searches_find_what_they_ask_for(case: Case) -> None:
    for name, count in (("search nothing", 0), ("search all", 1)):
        (page,) = case.release.answer(name)
        assert len(page["batches"]) == count


def test_reports_find_their_batches_and_jobs(case: Case) -> None:
    answer = case.release.answer("report")
    # The official code sorts by time; two batches never have the same.
    assert answer["batches"] == [str(space.batch_id) for space in case.spaces]
    for space in case.spaces:
        wanted = sorted(str(job.id) for job in space.jobs)
        assert answer["jobs"][str(space.batch_id)] == wanted
    if "default report" in case.release.tasks:
        assert case.release.answer("default report")["metrics"] > 0
    assert case.report.api.counts()["answers"].keys() == {"200"}


@pytest.mark.soak
def test_many_jobs_lose_nothing(case: Case) -> None:
    # Each blob is fetched by a thread of its own, all of them at once.
    jobs = MANY.get(case.release.version, 40)
    answer = case.release.answer("many")
    assert answer == {"jobs": jobs, "metrics": jobs * 10, "data": jobs * 11}
    counts = case.many.api.counts()
    assert counts["lost"] == counts["broken"] == counts["evicted"] == 0
    assert counts["lists"]["metrics"]["served"] == jobs * 10
    assert counts["lists"]["metricsData"]["served"] == jobs * 11
    assert counts["requests"] == 1 + jobs * 23
