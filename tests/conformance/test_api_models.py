"""Every answer of the stub server against the client models of six releases.

The batches have jobs of every verdict and outcome; one has none, one has 1,100. Enumerations,
types and required fields come from the releases' own classes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from runner.api.stub_server.server import INDEX, Answers
from runner.workspace.layout import open_workspace
from tests.api.workspaces import Served, served
from tests.conformance.client_harness import CLIENTS, Release, client_models, same
from tests.conformance.open_core import whole_release
from tests.conformance.stub_batches import FAILED, MANY, STATUSES, write_batch

FURTHER = {
    *("BatchLog.projectID", "BatchMetricsData.projectID", "ListBatchLogsOutput.total"),
    *("JobLog.batchID", "JobLog.projectID", "JobMetricsData.batchID", "JobMetricsData.projectID"),
    # Required by 0.10 to 0.13.
    "Build.longDescription",
}
"""Keys that none of these releases has, which clients ignore."""
ELSEWHERE = {"blockers", "raw"}
"""Batches of another test suite or branch than the report's."""
WITH_SWEEPS = {"0.14.1", "0.16.0"}
"""Releases that can fetch a sweep: earlier ones lack it, from 1.0 on it fails by itself."""
SAMPLES = 4
"""Most calls of one function: the experiences of the largest batch are alike."""


class Stub(NamedTuple):
    """A stub server that runs, and all its answers by path."""

    running: Served
    batches: dict[str, str]
    """Ids of the batches by their names."""
    answers: dict[str, Any]


@pytest.fixture(scope="module")
def stub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stub]:
    folder = tmp_path_factory.mktemp("models")
    spaces = {}
    for name, (verdicts, own, *_) in STATUSES.items():
        write_batch(folder / name, verdicts, own)
        spaces[name] = open_workspace(folder / name)
    with served(folder / "api", *spaces.values(), logs=True) as running:
        index = (running.prepared.folder / INDEX).read_bytes()
        answers = Answers(running.prepared.folder, index)
        paths = [path for part in ("objects", "lists") for path in json.loads(index)[part]]
        yield Stub(
            running,
            {name: str(space.batch_id) for name, space in spaces.items()},
            {path: answers.document(path, {}, "127.0.0.1:1") for path in paths},
        )


@cache
def models_of(version: str, folder: Path) -> dict[str, Any]:
    """Models of a release, and its routes with the parts of their paths, by the number of these."""
    described = client_models(version, folder)
    by_length: dict[int, list[tuple[list[str], dict[str, str]]]] = {}
    for route in described["routes"]:
        template = route["url"].split("/")
        by_length.setdefault(len(template), []).append((template, route))
    return {**described, "routes": by_length}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("releases")


def route_of(path: str, described: dict[str, Any]) -> tuple[str, str, list[str]] | None:
    """Model, function and ids with which a release asks for a path; None if it never does."""
    parts = ["", *([] if path.startswith("projects") else ["projects", "{}"]), *path.split("/")]
    fitting = []
    for template, route in described["routes"].get(len(parts), ()):
        pairs = list(zip(template, parts, strict=True))
        if all(want in ("{}", have) for want, have in pairs):
            # A word fits better than a placeholder.
            words = sum(want == have for want, have in pairs)
            ids = [have for want, have in pairs if want == "{}"]
            fitting.append((words, route["model"], route["function"], ids))
    return max(fitting)[1:] if fitting else None


def problems(value: Any, types: list[Any], models: dict[str, Any], where: str) -> Iterator[str]:
    """Differences between a value and what a release's classes take."""
    for one in types:
        if isinstance(one, dict) and isinstance(value, dict) and "model" in one:
            yield from model_problems(value, one["model"], models, where)
            return
        if isinstance(one, dict) and isinstance(value, list) and "list" in one:
            for number, each in enumerate(value):
                yield from problems(each, one["list"], models, f"{where}[{number}]")
            return
    if not any(fits(value, one) for one in types):
        yield f"{where} is {value!r}, not {types}"


def fits(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return value in wanted.get("enum", ())
    if wanted == "time":
        try:
            return isinstance(value, str) and datetime.fromisoformat(value) is not None
        except ValueError:
            return False
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return {
        "any": True,
        "null": value is None,
        "str": isinstance(value, str),
        "bool": isinstance(value, bool),
        "int": number and isinstance(value, int),
        "float": number,
    }[wanted]


def model_problems(
    value: dict[str, Any], name: str, models: dict[str, Any], where: str
) -> Iterator[str]:
    model = models[name]
    for key, about in model["fields"].items():
        if key in value:
            yield from problems(value[key], about["types"], models, f"{where}.{key}")
        elif about["required"]:
            yield f"{where}: {name} requires {key}"
    for key in value.keys() - model["fields"].keys():
        yield from problems(value[key], model["more"], models, f"{where}.{key}")


def unknown_keys(value: Any, types: list[Any], releases: list[dict[str, Any]]) -> Iterator[str]:
    """Keys of an answer that the models of no release have."""
    for one in types:
        if isinstance(one, dict) and "list" in one and isinstance(value, list):
            for each in value:
                yield from unknown_keys(each, one["list"], releases)
        if isinstance(one, dict) and "model" in one and isinstance(value, dict):
            known: dict[str, list[Any]] = {}
            for models in releases:
                model = models.get(one["model"], {"fields": {}, "more": ["any"]})
                if model["more"] != ["any"]:
                    return
                for key, about in model["fields"].items():
                    known.setdefault(key, about["types"])
            yield from (f"{one['model']}.{key}" for key in value if key not in known)
            for key in value.keys() & known.keys():
                yield from unknown_keys(value[key], known[key], releases)


@pytest.mark.parametrize("version", CLIENTS)
def test_every_answer_fits_the_models_of_a_release(stub: Stub, shared: Path, version: str) -> None:
    described = models_of(version, shared)
    wrong: set[str] = set()
    checked = 0
    for path, answer in stub.answers.items():
        route = route_of(path, described)
        if route is not None:
            checked += 1
            wrong.update(model_problems(answer, route[0], described["models"], route[0]))
    assert not wrong
    assert checked > 5 * MANY


def test_the_newest_release_asks_for_every_path_and_knows_every_key(
    stub: Stub, shared: Path
) -> None:
    releases = [models_of(version, shared) for version in CLIENTS]
    all_models = [release["models"] for release in releases]
    unknown: set[str] = set()
    for path, answer in stub.answers.items():
        route = route_of(path, releases[0])
        assert route, path
        unknown.update(unknown_keys(answer, [{"model": route[0]}], all_models))
    assert unknown == FURTHER


def test_a_batch_has_the_status_of_its_jobs_and_metrics(stub: Stub) -> None:
    for name, (verdicts, own, status, conflated) in STATUSES.items():
        batch = stub.answers[f"batches/{stub.batches[name]}"]
        assert (batch["status"], batch["conflatedStatus"]) == (status, conflated), name
        assert batch["totalJobs"] == len(verdicts)
        assert batch["jobStatusCounts"]["error"] == sum(one in FAILED for one in verdicts)
        assert batch["batchMetricsStatus"] == own or not own


def test_the_checks_see_what_is_wrong(shared: Path) -> None:
    models = models_of(CLIENTS[0], shared)["models"]
    good = {"associatedAccount": "local", "status": "SUCCEEDED", "totalJobs": 1}
    assert list(model_problems(good, "Batch", models, "")) == []
    for bad in (
        {"status": "SUCCEEDED"},
        {**good, "conflatedStatus": "PASSED"},
        {**good, "totalJobs": "1"},
        {**good, "totalJobs": True},
        {**good, "creationTimestamp": "yesterday"},
        {**good, "jobStatusCounts": {"error": 0}},
        {**good, "poolLabels": [5]},
        {**good, "parameters": {"speed": 5}},
    ):
        assert list(model_problems(bad, "Batch", models, "")) != [], bad
    assert list(unknown_keys({"totalJob": 1}, [{"model": "Batch"}], [models])) == ["Batch.totalJob"]


class Case(NamedTuple):
    """A release that has called the stub server."""

    release: Release
    stub: Stub
    around: list[str]
    """Paths of everything around the batches that the release has a function for."""


@pytest.fixture(scope="module", params=CLIENTS)
def case(
    request: pytest.FixtureRequest,
    stub: Stub,
    shared: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Case:
    version: str = request.param
    whole_release(version)
    release = Release(version, tmp_path_factory.mktemp("calls"))
    running = stub.running
    project = str(running.prepared.project_id)
    release.add("batches", running, "call", function="batches.list_batches", ids=[project])
    for name, batch in stub.batches.items():
        each = [project, batch]
        release.add(f"get {name}", running, "call", function="batches.get_batch", ids=each)
        release.add(f"jobs {name}", running, "call", function="batches.list_jobs", ids=each)
        # The official fetcher takes seconds for the largest batch: once is enough.
        if name != "many" or version == CLIENTS[0]:
            release.add(f"fetch {name}", running, "count_batch", batch=batch)
    release.add("report", running, "fetch_report")
    if version in WITH_SWEEPS:
        sweep = stub.answers[f"batches/{stub.batches['passed']}"]["associatedSweepID"]
        release.add("sweep", running, "fetch_sweep", sweep=sweep)
    described = models_of(version, shared)
    around: list[str] = []
    called: Counter[str] = Counter()
    for path in stub.answers:
        route = route_of(path, described)
        if route is None or path.startswith("batches/") or called[route[1]] == SAMPLES:
            continue
        called[route[1]] += 1
        around.append(path)
        each = [project if one == "{}" else one for one in route[2]]
        release.add(f"around {path}", running, "call", function=route[1], ids=each)
    release.run()
    return Case(release, stub, around)


def test_official_calls_read_every_batch(case: Case) -> None:
    answers = case.stub.answers
    (page,) = case.release.answer("batches")
    assert same(page) == same(answers["batches"])
    for name, batch in case.stub.batches.items():
        assert same(case.release.answer(f"get {name}")) == [same(answers[f"batches/{batch}"])]
        assert same(case.release.answer(f"jobs {name}")) == [same(answers[f"batches/{batch}/jobs"])]


def test_official_calls_read_everything_around_the_batches(case: Case) -> None:
    functions = {path.partition("/")[0] for path in case.around}
    assert functions >= {"suites", "experiences", "systems", "branches", "builds", "sweeps"}
    for path in case.around:
        assert same(case.release.answer(f"around {path}")) == [same(case.stub.answers[path])]


def test_official_fetchers_read_every_batch(case: Case) -> None:
    report = case.release.answer("report")
    reported = {batch for name, batch in case.stub.batches.items() if name not in ELSEWHERE}
    assert set(report["batches"]) == reported
    for name, (verdicts, *_) in STATUSES.items():
        jobs = case.stub.answers[f"batches/{case.stub.batches[name]}/jobs"]["jobs"]
        if name not in ELSEWHERE:
            assert report["jobs"][case.stub.batches[name]] == sorted(job["jobID"] for job in jobs)
        if f"fetch {name}" in case.release.tasks:
            each, data = (1, 2) if name == "many" else (2, 0)
            with_metrics = sum(one not in FAILED for one in verdicts)
            assert case.release.answer(f"fetch {name}") == {
                "jobs": len(verdicts),
                "metrics": each * with_metrics,
                "data": data * with_metrics,
            }, name
    if "sweep" in case.release.tasks:
        assert case.release.answer("sweep") == sorted(
            [wind, road, name]
            for wind, road in (("5", "wet"), ("7", "wet"), ("9", "dry"), ("9", "dry"))
            for name in ("not a number", "worst")
        )
