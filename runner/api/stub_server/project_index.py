"""Index of what batches belong to: branches, systems, builds, test suites, sweeps, experiences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid5

from runner.api.stub_server import project_resources as rows
from runner.api.stub_server.resources import Json, plain
from runner.workspace.batch_info import Reference
from runner.workspace.layout import Job, Workspace

BY_NAME = {"part": {"name": "name", "text": "name"}}
BATCH_FILTERS: dict[str, Any] = {
    "part": {"text": "friendlyName"},
    "search": {
        "test_suite_id": "testSuiteID",
        "branch_id": "branchID",
        "system_id": "systemID",
        "build_id": "buildID",
        "status": "status",
        "test_suite_revision": "testSuiteRevision",
        "created_at": "creationTimestamp",
    },
}
AddList = Callable[..., None]


class ProjectIndex:
    """Collector of the objects around batches; all of them are in the first one's project.

    Ids that a workspace does not record are derived from the first workspace and the name, so
    that batches without any facts share one branch, one system and one test suite.
    """

    def __init__(self, first: Workspace, objects: dict[str, Json], add_list: AddList) -> None:
        self._first = first
        self._objects = objects
        self._add_list = add_list
        self._project = {"projectID": str(first.project_id)}
        self._metrics_build = str(uuid5(first.id, "/metrics-build"))
        self._named: dict[str, dict[str, str]] = {}
        self._experiences: dict[str, Json] = {}
        self._tags: dict[str, dict[str, None]] = {}
        self._experiences_of: dict[tuple[str, str], dict[str, None]] = {}
        self._batches: list[Json] = []
        self._sweep_parameters: dict[str, dict[str, dict[str, None]]] = {}

    @property
    def report_ids(self) -> Json:
        """Ids of a report on the first batch's test suite and branch."""
        first = self._batches[0]
        keys = "projectID", "branchID", "testSuiteID", "testSuiteRevision", "metricsBuildID"
        return {key: first[key] for key in keys}

    def batch_ids(self, workspace: Workspace) -> Json:
        """Ids of what a batch belongs to."""
        info = workspace.info
        build = info.build
        if build.id is None and not build.name:
            # Without any facts, each batch has a build of its own.
            name = plain(workspace.folder.resolve().name)
            build = Reference(uuid5(workspace.id, "/build"), name)
        return {
            **self._project,
            "branchID": self._reference("branch", info.branch),
            "systemID": self._reference("system", info.system),
            "buildID": self._reference("build", build),
            "testSuiteID": self._reference("suite", info.test_suite),
            "testSuiteRevision": info.suite_revision,
            "associatedSweepID": self._reference("sweep", info.sweep),
            "metricsBuildID": self._metrics_build,
        }

    def _reference(self, kind: str, reference: Reference) -> str:
        """Id of a thing; its name is remembered."""
        name = f"/{plain(reference.name)}" if reference.name else ""
        identity = str(reference.id or uuid5(self._first.id, f"/{kind}{name}"))
        names = self._named.setdefault(kind, {})
        names[identity] = plain(reference.name) or names.get(identity, "") or "local"
        return identity

    def job(self, job: Job, batch: Json, created: str) -> tuple[Json, list[str]]:
        """Fields of a job's row about its experience, and the ids of its tags."""
        info = job.info
        name = plain(job.experience_name)
        identity = str(info.experience_id or uuid5(self._first.id, f"/experience/{name}"))
        environment = [{"name": key, "value": value} for key, value in info.environment]
        parameters = {**batch["parameters"], **dict(info.parameters)}
        known = self._experiences.get(identity)
        if known is None or (environment and not known["environmentVariables"]):
            self._experiences[identity] = rows.experience_row(
                {**self._project, "experienceID": identity}, name, environment, created
            )
        tags = [str(uuid5(self._first.id, f"/tag/{tag}")) for tag in info.tags]
        self._tags.setdefault(identity, {}).update(dict.fromkeys(tags))
        self._named.setdefault("tag", {}).update(zip(tags, info.tags, strict=True))
        for kind, key in (("suite", "testSuiteID"), ("system", "systemID")):
            self._experiences_of.setdefault((kind, batch[key]), {})[identity] = None
        values = self._sweep_parameters.setdefault(batch["associatedSweepID"], {})
        for key, value in parameters.items():
            values.setdefault(key, {})[value] = None
        fields = {
            "experienceID": identity,
            "parameters": parameters,
            "experienceEnvironmentVariables": environment,
        }
        return fields, list(tags)

    def add_batch(self, row: Json) -> None:
        """Add the row of a batch."""
        self._batches.append(row)

    def finish(self, created: str, updated: str) -> None:
        """Add all objects and lists."""
        times = {"creationTimestamp": created}
        self._objects[f"projects/{self._project['projectID']}"] = project = {
            **self._project,
            **rows.named("local", times),
            "archived": False,
        }
        self._add("projects", "projects", [project])
        self._experience_lists(times)
        self._suite_lists(times)
        self._owner_lists(times)
        self._sweep_lists(created, updated)
        ids = {**self._project, "metricsBuildID": self._metrics_build}
        build = rows.metrics_build_row(ids, times)
        self._objects[f"metricsBuilds/{self._metrics_build}"] = build
        self._add("metricsBuilds", "metricsBuilds", [build], total=True)

    def _add(self, path: str, name: str, listed: list[Json], **more: Any) -> None:
        self._add_list(path, name, {}, listed, **more)

    def _batches_of(self, **ids: object) -> list[Json]:
        return [b for b in self._batches if all(b[key] == value for key, value in ids.items())]

    def _add_batches(self, path: str, **ids: object) -> None:
        self._add(path, "batches", self._batches_of(**ids), total=True, **BATCH_FILTERS)

    def _add_experiences(self, path: str, ids: Sequence[str]) -> None:
        experiences = [self._experiences[identity] for identity in ids]
        # The index of many jobs is much smaller with what they share written once.
        first = experiences[0] if experiences else {}
        common = {key: first[key] for key in first if key not in rows.EXPERIENCE_OWN}
        experiences = [{key: each[key] for key in rows.EXPERIENCE_OWN} for each in experiences]
        self._add_list(path, "experiences", common, experiences, total=True, **BY_NAME)

    def _experience_lists(self, times: Json) -> None:
        tags = {
            identity: {**self._project, "experienceTagID": identity, **rows.named(name, times)}
            for identity, name in self._named.get("tag", {}).items()
        }
        for identity, experience in self._experiences.items():
            base = f"experiences/{identity}"
            self._objects[base] = experience
            own = [tags[tag] for tag in self._tags[identity]]
            self._add(f"{base}/experienceTags", "experienceTags", own)
        self._add_experiences("experiences", list(self._experiences))
        for identity, tag in tags.items():
            self._objects[f"experienceTags/{identity}"] = tag
            tagged = [
                experience for experience in self._experiences if identity in self._tags[experience]
            ]
            self._add_experiences(f"experienceTags/{identity}/experiences", tagged)
        self._add("experienceTags", "experienceTags", list(tags.values()), **BY_NAME)

    def _suite_lists(self, times: Json) -> None:
        suites = []
        for identity, name in self._named["suite"].items():
            batches = self._batches_of(testSuiteID=identity)
            experiences = list(self._experiences_of.get(("suite", identity), ()))
            revisions = [
                rows.suite_row(batch, name, revision, experiences, times)
                for batch in batches[:1]
                for revision in sorted({batch["testSuiteRevision"] for batch in batches})
            ]
            self._objects[f"suites/{identity}"] = revisions[-1]
            suites.append(revisions[-1])
            self._add(f"suites/{identity}/revisions", "testSuites", revisions)
            self._add_batches(f"suites/{identity}/batches", testSuiteID=identity)
            for row in revisions:
                revision = row["testSuiteRevision"]
                base = f"suites/{identity}/revisions/{revision}"
                self._objects[base] = row
                self._add_batches(
                    f"{base}/batches", testSuiteID=identity, testSuiteRevision=revision
                )
        self._add("suites", "testSuites", suites, total=True, **BY_NAME)

    def _owner_lists(self, times: Json) -> None:
        builds = {
            identity: rows.build_row(self._batches_of(buildID=identity)[0], name)
            for identity, name in self._named["build"].items()
        }
        self._add("builds", "builds", list(builds.values()), total=True, **BY_NAME)
        branches = []
        for identity, name in self._named["branch"].items():
            branch = {**self._project, "branchID": identity, **rows.named(name, times)}
            del branch["description"]
            branch["branchType"] = (
                "MAIN" if name in {"local", "main", "master"} else "CHANGE_REQUEST"
            )
            self._objects[f"branches/{identity}"] = branch
            branches.append(branch)
            own = [build for build in builds.values() if build["branchID"] == identity]
            self._add(f"branches/{identity}/builds", "builds", own, total=True, **BY_NAME)
        self._add("branches", "branches", branches, **BY_NAME)
        systems = []
        for identity in self._named["system"]:
            system = self._system(identity, times)
            self._objects[f"systems/{identity}"] = system
            systems.append(system)
            own = [build for build in builds.values() if build["systemID"] == identity]
            self._add(f"systems/{identity}/builds", "builds", own, total=True, **BY_NAME)
            experiences = list(self._experiences_of.get(("system", identity), ()))
            self._add_experiences(f"systems/{identity}/experiences", experiences)
        self._add("systems", "systems", systems, **BY_NAME)
        for identity, build in builds.items():
            self._objects[f"builds/{identity}"] = build
            path = f"branches/{build['branchID']}/builds/{identity}"
            self._objects[path] = build
            self._objects[f"systems/{build['systemID']}/builds/{identity}"] = build
            self._add_batches(f"{path}/batches", buildID=identity)

    def _system(self, identity: str, times: Json) -> Json:
        batches = self._batches_of(systemID=identity)
        counts = {
            "numBatches": len(batches),
            "numBuilds": len({batch["buildID"] for batch in batches}),
            "numTestSuites": len({batch["testSuiteID"] for batch in batches}),
            "numExperiences": len(self._experiences_of.get(("system", identity), ())),
            "numMetricsBuilds": 1,
        }
        ids = {**self._project, "systemID": identity}
        return rows.system_row(ids, self._named["system"][identity], counts, times)

    def _sweep_lists(self, created: str, updated: str) -> None:
        sweeps = []
        for identity, name in self._named["sweep"].items():
            parameters = self._sweep_parameters.get(identity, {})
            batches = self._batches_of(associatedSweepID=identity)
            ids = {**self._project, "parameterSweepID": identity}
            row = rows.sweep_row(ids, name, parameters, [batch["batchID"] for batch in batches])
            row |= {"creationTimestamp": created, "lastUpdatedTimestamp": updated}
            self._objects[f"sweeps/{identity}"] = row
            sweeps.append(row)
        self._add("sweeps", "sweeps", sweeps)
