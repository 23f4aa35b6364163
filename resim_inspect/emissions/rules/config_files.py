"""Rules about config files as a whole: version, form, merging, keys."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from resim_inspect.emissions.config.model import ConfigFile, where
from resim_inspect.emissions.rule_context import RuleContext, check, shown
from resim_inspect.text import clean
from resim_inspect.validation.findings import Rule, Severity

CONFIG_UNREADABLE = Rule(
    "config-unreadable",
    Severity.ERROR,
    "A config is a YAML mapping",
    "Tags, several documents, more than 1 MiB, 50,000 values or 64 levels are refused too.",
)
CONFIG_VERSION = Rule(
    "config-version",
    Severity.ERROR,
    "The version is 1",
    "The server knows no other.",
    ("version = 2",),
    ("version = 1",),
)
CONFIG_FORM = Rule(
    "config-form",
    Severity.WARNING,
    "Each part of a config has its form",
    "Sections, topics and metrics are mappings, names and queries texts. A part of another form is "
    "left out here.",
    ('topics["pose"].schema = 3',),
    ('topics["pose"].schema = {"x": "int"}',),
)
CONFIG_MERGE = Rule(
    "config-merge",
    Severity.ERROR,
    "Several config files can be merged",
    "CLI and SDK refuse files with different versions and names that are defined twice.",
)
CONFIG_MERGE_DIFFERS = Rule(
    "config-merge-differs",
    Severity.WARNING,
    "CLI and SDK read the config alike",
    "The CLI drops top-level keys that it does not know and applies `global`, the SDK sends them "
    "to the server. Of the dashboards of several files the SDK takes the last file's only.",
    ("team = 1",),
    ("version = 1",),
)
CONFIG_KEY_TWICE = Rule(
    "config-key-twice",
    Severity.WARNING,
    "A key occurs once in its mapping",
    "Of two equal keys of a mapping the SDK takes the last without a warning; other readers of "
    "YAML refuse the file.",
)
CONFIG_KEY_UNKNOWN = Rule(
    "config-key-unknown",
    Severity.WARNING,
    "The keys of a config are known",
    "The known keys are those of ReSim's own examples. A misspelt key is mostly ignored.",
    ('metrics["Max speed"].unit = "m/s"',),
    ('metrics["Max speed"].units = "m/s"',),
)
SCHEMA_CHANGE = Rule(
    "schema-change",
    Severity.ERROR,
    "A new config only adds topics and fields",
    "The server refuses to remove or retype a topic or a field of a branch; the CLI's "
    "--allow-topic-removal archives them for good. It is checked with --previous-config.",
)
_HINTS = {
    CONFIG_FORM: "See docs/emissions.md for the form of a config.",
    CONFIG_MERGE: "Name each thing once, and give all files version: 1.",
    CONFIG_MERGE_DIFFERS: "Leave it out, or use one of the two tools only.",
}
_RULES = {rule.code: rule for rule in _HINTS}
KEYS: Mapping[str, frozenset[str]] = {
    "topics": frozenset({"event", "schema", "description"}),
    "metrics": frozenset(
        {
            *("type", "description", "query_string", "template_type", "template", "template_file"),
            *("units", "skip_if_no_data", "skip-if-no-data", "status", "template_settings"),
        }
    ),
    "metrics sets": frozenset({"metrics", "description"}),
    "dashboards": frozenset({"metrics_set", "description", "refresh", "day_range"}),
}
STATUS_KEYS = frozenset({"query_string", "warn", "block"})


@check(CONFIG_FORM, CONFIG_MERGE, CONFIG_MERGE_DIFFERS)
def check_form(context: RuleContext) -> None:
    """Report the faults that the loader has found."""
    if context.config is None:
        return
    for fault in context.config.faults:
        rule = _RULES[fault.kind]
        context.report(rule, fault.origin, fault.where, fault.message, _HINTS[rule])


@check(CONFIG_VERSION)
def check_version(context: RuleContext) -> None:
    """Report a version other than 1."""
    if context.config is None:
        return
    for file in context.config.files:
        version = file.values.get("version")
        if type(version) is not int or version != 1:
            is_there = "version" in file.values
            message = f"is {shown(version)}, and must be 1" if is_there else "is missing"
            hint = "Begin the file with version: 1."
            context.report_key(CONFIG_VERSION, file, ("version",), message, hint)


@check(CONFIG_KEY_TWICE)
def check_duplicates(context: RuleContext) -> None:
    """Report keys that stand twice in one mapping."""
    if context.config is None:
        return
    for file in context.config.files:
        for key, line in file.duplicates:
            origin = file.origin()._replace(line=line)
            message = "is already in this mapping, and only the last one applies"
            hint = "Remove one of the two."
            context.report(CONFIG_KEY_TWICE, origin, where(key), message, hint)


@check(CONFIG_KEY_UNKNOWN)
def check_keys(context: RuleContext) -> None:
    """Report keys that no example of ReSim has."""
    if context.config is None:
        return
    for file in context.config.files:
        for section, known in KEYS.items():
            entries = file.values.get(section)
            for name, values in entries.items() if isinstance(entries, Mapping) else ():
                _check_keys(context, file, (section, str(name)), values, known)
                if section == "metrics" and isinstance(values, Mapping):
                    key = (section, str(name), "status")
                    _check_keys(context, file, key, values.get("status"), STATUS_KEYS)


def _check_keys(
    context: RuleContext, file: ConfigFile, key: tuple[str, ...], values: Any, known: frozenset[str]
) -> None:
    for name in values if isinstance(values, Mapping) else ():
        word = str(name)
        if word not in known:
            near = get_close_matches(word[:100], sorted(known), 1, 0.6)
            hint = (
                f"Did you mean {near[0]}?"
                if near
                else f"The known ones are {', '.join(sorted(known))}."
            )
            message = f"has the unknown key {clean(word, 60)}"
            origin = file.origin(*key, word)
            context.report(CONFIG_KEY_UNKNOWN, origin, where(key), message, hint)


@check(SCHEMA_CHANGE)
def check_schema_change(context: RuleContext) -> None:
    """Report topics and fields that the previous config has and this one has not."""
    if context.config is None or context.previous is None:
        return
    hint = "Keep it, or sync with --allow-topic-removal, which cannot be undone."
    for name, old in context.previous.topics.items():
        new = context.config.topics.get(name)
        if new is None:
            file = context.config.files[0]
            message = f'lack the topic "{clean(name, 80)}" of the previous config'
            context.report_key(SCHEMA_CHANGE, file, ("topics",), message, hint)
            continue
        if new.file is None:
            continue
        for field, kind in old.fields.items():
            now = new.fields.get(field)
            if now == kind:
                continue
            message = f"was {shown(kind)} in the previous config"
            message += " and is gone" if now is None else f" and is {shown(now)} now"
            key = ("topics", name, "schema", field)
            context.report_key(SCHEMA_CHANGE, new.file, key, message, hint)
