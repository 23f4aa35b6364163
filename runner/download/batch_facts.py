"""Facts about a batch and its jobs from the API, in the form of `workspace.json`.

They are extras: what the API does not tell is left out, and a failure is a note.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from runner.api.client.client import Client, Row, standard_id, text_of
from runner.api.client.errors import ApiError, NotFoundError
from runner.redact import names_a_secret

Hide = Callable[[str], str]
# Key of workspace.json, key of the id in a batch's row, path of the object.
_REFERENCES = (
    ("branch", "branchID", "branches"),
    ("system", "systemID", "systems"),
    ("build", "buildID", "builds"),
    ("testSuite", "testSuiteID", "suites"),
    ("sweep", "associatedSweepID", "sweeps"),
)


@dataclass
class BatchFacts:
    """Facts about a batch."""

    values: dict[str, Any] = field(default_factory=dict)
    """Keys of workspace.json."""
    tags: dict[str, list[str]] = field(default_factory=dict)
    """Tags by the id of an experience."""
    problem: str = ""
    """Reason why some facts are missing, as a sentence; empty without a failure."""

    def tags_of(self, row: Row) -> list[str]:
        """Tags of a job's experience."""
        return self.tags.get(_id(row, "experienceID"), [])


def job_facts(row: Row, hide: Hide) -> dict[str, Any]:
    """Facts in a job's row; variables with the name of a secret are left out."""
    environment = row.get("experienceEnvironmentVariables")
    variables = {
        text_of(variable, "name"): variable.get("value")
        for variable in (environment if isinstance(environment, list) else ())
        if isinstance(variable, Mapping)
    }
    facts: dict[str, Any] = {
        "experienceID": _id(row, "experienceID"),
        "parameters": _texts(row.get("parameters"), hide),
        "environment": _texts(
            {name: value for name, value in variables.items() if not names_a_secret(name)}, hide
        ),
    }
    return {key: value for key, value in facts.items() if value}


def batch_facts(
    client: Client, batch_id: UUID, rows: Sequence[Row], hide: Hide, tick: Callable[[], None]
) -> BatchFacts:
    """Ask for the names of what a batch belongs to, and for the tags of its experiences.

    `rows` are its jobs; `tick` is called before each request, and may raise.
    """
    facts = BatchFacts()
    try:
        tick()
        batch = client.batch(batch_id)
        name = hide(text_of(batch, "friendlyName"))
        parameters = _texts(batch.get("parameters"), hide)
        known_facts = {"name": name, "parameters": parameters}
        facts.values |= {key: value for key, value in known_facts.items() if value}
        for key, id_key, kind in _REFERENCES:
            identity = _id(batch, id_key)
            if identity:
                facts.values[key] = {"id": identity}
                tick()
                name = _name(client, kind, identity)
                if name:
                    facts.values[key]["name"] = hide(name)
        revision = batch.get("testSuiteRevision")
        if "testSuite" in facts.values and type(revision) is int and revision >= 0:
            facts.values["testSuite"]["revision"] = revision
    except NotFoundError:
        # A release of the API may lack any of this.
        pass
    except ApiError as error:
        facts.problem = error.reason
        return facts
    try:
        experiences = dict.fromkeys(filter(None, (_id(row, "experienceID") for row in rows)))
        facts.tags = _tags(client, list(experiences), hide, tick)
    except NotFoundError:
        pass
    except ApiError as error:
        facts.problem = error.reason
    return facts


def _name(client: Client, kind: str, identity: str) -> str:
    try:
        row = client.project_object(kind, identity)
    except NotFoundError:
        return ""
    return text_of(row, "name") or text_of(row, "version")


def _tags(
    client: Client, experiences: list[str], hide: Hide, tick: Callable[[], None]
) -> dict[str, list[str]]:
    """Tags of experiences, asked for by tag or by experience, whichever takes fewer requests."""
    if not experiences:
        return {}
    tick()
    all_tags = [row for row in client.experience_tags() if text_of(row, "name")]
    tags: dict[str, list[str]] = {}
    if len(all_tags) <= len(experiences):
        wanted = set(experiences)
        for tag in all_tags:
            tick()
            for row in client.experiences_with_tag(text_of(tag, "experienceTagID")):
                if (identity := _id(row, "experienceID")) in wanted:
                    tags.setdefault(identity, []).append(hide(text_of(tag, "name")))
    else:
        for identity in experiences:
            tick()
            names = _names(client.experience_tags(identity), hide)
            if names:
                tags[identity] = names
    return tags


def _names(rows: Iterable[Row], hide: Hide) -> list[str]:
    return [hide(name) for row in rows if (name := text_of(row, "name"))]


def _texts(value: object, hide: Hide) -> dict[str, str]:
    pairs = value.items() if isinstance(value, Mapping) else ()
    return {hide(str(key)): hide(each) for key, each in pairs if isinstance(each, str)}


def _id(row: Row, key: str) -> str:
    """Id in the standard spelling; empty if it is not a valid UUID."""
    return standard_id(text_of(row, key))
