"""Findings as SARIF 2.1.0, which code hosts and editors show beside the code."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

from resim_inspect import __version__
from resim_inspect.text import clean
from resim_inspect.validation.findings import Finding, Rule, Severity
from resim_inspect.validation.formats import DEFAULTS, OutputOptions, Result, sentence
from resim_inspect.validation.registry import RULES

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def write(
    results: Sequence[Result],
    stream: TextIO,
    options: OutputOptions = DEFAULTS,  # noqa: ARG001 - has warnings as warnings either way
) -> None:
    """Write one run with every file and every rule that found something."""
    rules = {
        finding.rule: (RULES if result.rules is None else {**RULES, **result.rules})[finding.rule]
        for result in results
        for finding in result.report.findings
    }
    codes = sorted(rules)
    number_of = {code: number for number, code in enumerate(codes)}
    driver = {
        "name": "resim-inspect",
        "version": __version__,
        "rules": [_rule(rules[code]) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": {"uri": _uri(result.path)}} for result in results],
        "invocations": [{"executionSuccessful": all(result.readable for result in results)}],
        "results": [
            _finding(finding, result.path, at, number_of[finding.rule])
            for at, result in enumerate(results)
            for finding in result.report.findings
        ],
    }
    json.dump({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, stream, indent=2)
    stream.write("\n")


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.explanation},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _finding(finding: Finding, path: Path, artifact: int, number: int) -> dict[str, Any]:
    where = clean(finding.where)
    location: dict[str, Any] = {"artifactLocation": {"uri": _uri(path), "index": artifact}}
    if finding.line:
        location["region"] = {"startLine": finding.line}
    return {
        "ruleId": finding.rule,
        "ruleIndex": number,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{where}: {sentence(clean(finding.message))} {clean(finding.hint)}"},
        "locations": [
            {
                "physicalLocation": location,
                "logicalLocations": [{"fullyQualifiedName": where}],
            }
        ],
    }


def _uri(path: Path) -> str:
    if path.is_absolute():
        return path.as_uri()
    return quote(path.as_posix().encode("utf-8", "surrogateescape"))
