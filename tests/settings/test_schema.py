"""The JSON Schema and the reader: each accepts exactly what the other accepts."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from resim_inspect.settings import (
    BuildSettings,
    ProjectSettings,
    SlurmSettings,
    WatchSettings,
    read_project,
)
from resim_inspect.settings.project import SCHEMA, _Reader
from resim_inspect.settings.schema_check import mismatches, resolved, shipped_schema

ROOT = shipped_schema(SCHEMA)
VALIDATOR = Draft202012Validator(ROOT)
KNOWN_WORDS = {
    *("type", "enum", "pattern", "minimum", "maximum", "exclusiveMinimum", "minLength", "items"),
    *("properties", "propertyNames", "additionalProperties", "$ref", "description", "format"),
    *("x-flag", "x-mismatch", "x-subject"),
}
CHOICE_OF_A_BUILD = {"anyOf", "not", "dependentRequired"}
"""Words of the schema that the reader has as sentences of its own."""


def inner_schemas(schema: Any) -> list[dict[str, Any]]:
    """A schema and all schemas in it."""
    found = [schema]
    for word in ("properties", "$defs"):
        for each in schema.get(word, {}).values():
            found += inner_schemas(each)
    for word in ("items", "additionalProperties", "propertyNames"):
        if isinstance(schema.get(word), dict):
            found += inner_schemas(schema[word])
    return found


def test_the_schema_is_valid_and_has_no_word_that_the_reader_ignores() -> None:
    Draft202012Validator.check_schema(ROOT)
    top = {"$schema", "title", "$defs"}
    for schema in inner_schemas(ROOT):
        extra = set(schema) - KNOWN_WORDS
        if schema is ROOT:
            extra -= top
        if schema is ROOT["$defs"]["build"]:
            extra -= CHOICE_OF_A_BUILD
        assert not extra
        if "pattern" in schema:
            assert "x-mismatch" in schema


def test_every_key_is_explained_for_editors() -> None:
    for schema in inner_schemas(ROOT):
        for name, each in schema.get("properties", {}).items():
            assert resolved(each, ROOT).get("description", "").endswith("."), name


WORDS = st.sampled_from(["", "a", "x y", "missing", "text", "abs:0.5", "abs:", "5%", "0.1", "-1"])
ANY = st.one_of(
    WORDS,
    st.booleans(),
    st.integers(-3, 300),
    st.sampled_from([0.0, 0.5, 2.0, -1.5]),
    st.lists(st.one_of(WORDS, st.integers()), max_size=2),
    st.dictionaries(WORDS, st.one_of(WORDS, st.integers()), max_size=2),
)


def fitting(schema: Any) -> st.SearchStrategy[Any]:
    """Values of a schema's kind, mostly right, with wrong ones among them."""
    schema = resolved(schema, ROOT)
    if "enum" in schema:
        return st.one_of(st.sampled_from(schema["enum"]), ANY)
    if "properties" in schema:
        names = {name: fitting(each) for name, each in schema["properties"].items()}
        wrong = st.dictionaries(st.sampled_from(["imge", "paht"]), ANY, max_size=1)
        return st.builds(
            lambda right, more: right | more, st.fixed_dictionaries({}, optional=names), wrong
        )
    if "additionalProperties" in schema:
        return st.dictionaries(WORDS, fitting(schema["additionalProperties"]), max_size=3)
    kinds = {
        "string": WORDS,
        "boolean": st.booleans(),
        "integer": st.integers(-1, 300),
        "number": st.sampled_from([-1, 0, 0.25, 3]),
    }
    kind = schema.get("type")
    return st.one_of(kinds.get(kind, ANY), ANY) if isinstance(kind, str) else ANY


@given(fitting(ROOT))
@settings(max_examples=80, deadline=None)
def test_the_reader_accepts_what_the_schema_accepts(values: dict[str, Any]) -> None:
    names = set(values.get("build", {})) if isinstance(values.get("build"), dict) else set()
    if isinstance(values.get("default-build"), str) and values["default-build"] not in names:
        # No schema can say that one value names another one.
        values.pop("default-build")
    reader = _Reader(Path("/project/resim.toml"), {})
    accepted = not list(reader.faults(values))
    if accepted:
        reader.settings(values)
    assert accepted == VALIDATOR.is_valid(values), json.dumps(values)


@pytest.mark.parametrize("name", ["run", "job", "batch", "report", "serve", "fetch", "doctor"])
@given(st.data())
@settings(max_examples=20, deadline=None)
def test_the_check_agrees_on_the_flags_of_each_command(name: str, data: st.DataObject) -> None:
    schema = ROOT["properties"]["defaults"]["properties"][name]
    values = data.draw(fitting(schema))
    accepted = not list(mismatches(values, schema, ROOT))
    validator = Draft202012Validator({**schema, "$defs": ROOT["$defs"]})
    assert accepted == validator.is_valid(values), json.dumps(values)


def test_every_key_of_the_schema_is_a_field_of_the_settings() -> None:
    def fields_of(kind: type) -> set[str]:
        return {each.name for each in dataclasses.fields(kind)}

    derived = {"path", "lines", "values", "name", "origin", "origins", "flags"}
    top = {name.replace("-", "_") for name in ROOT["properties"]}
    assert {"builds" if name == "build" else name for name in top} == fields_of(
        ProjectSettings
    ) - derived
    build = ROOT["$defs"]["build"]["properties"]
    own = {name for name, each in build.items() if not each.get("x-flag")}
    names = {"env-file": "env_files"}
    own_fields = {names.get(name, name.replace("-", "_")) for name in own}
    assert own_fields - {"limits", "hardening"} == fields_of(BuildSettings) - derived
    watch = ROOT["properties"]["watch"]["properties"]
    assert set(watch) == fields_of(WatchSettings)
    slurm = ROOT["properties"]["slurm"]["properties"]
    assert {name.replace("-", "_") for name in slurm} == fields_of(SlurmSettings)


def test_the_documentation_has_every_key() -> None:
    text = (Path(__file__).parents[2] / "docs/project-file.md").read_text("utf-8")
    build = ROOT["$defs"]["build"]["properties"]
    keys = [*ROOT["properties"], *build]
    for table in ("limits", "hardening"):
        keys += build[table]["properties"]
    for table in ("watch", "slurm"):
        keys += ROOT["properties"][table]["properties"]
    tables = {
        "build": "[build.NAME]",
        "compare": "[compare]",
        "watch": "[watch]",
        "slurm": "[slurm]",
    }
    tables |= {"limits": "[build.NAME.limits]", "hardening": "[build.NAME.hardening]"}
    tables["defaults"] = "[defaults.COMMAND]"
    missing = [key for key in keys if f"`{tables.get(key, key)}`" not in text]
    commands = ROOT["properties"]["defaults"]["properties"]
    assert missing + [c for c in commands if f"`[defaults.{c}]`" not in text] == []


def test_the_example_of_the_documentation_is_right(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs/project-file.md").read_text("utf-8")
    path = tmp_path / "resim.toml"
    path.write_text(text.split("```toml\n")[1].split("```")[0], "utf-8")
    project = read_project(path)
    assert (project.default_build, len(project.compare)) == ("flight", 2)
