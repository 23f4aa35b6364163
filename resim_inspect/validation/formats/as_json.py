"""Findings for programs: one JSON document."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TextIO

from resim_inspect.schemas.window import Window
from resim_inspect.validation.findings import Finding
from resim_inspect.validation.formats import Result, finding_object


def write(
    results: Sequence[Result],
    stream: TextIO,
    *,
    strict: bool = False,  # noqa: ARG001 - has warnings as warnings either way
    window: Window | None = None,
) -> None:
    """Write all results; texts are as in the files, escaped by JSON's own rules."""
    window = window or Window()
    files = []
    for result in results:
        findings = window.take(result.report.findings, _finding)
        if findings is None:
            continue
        files.append(
            {
                "path": str(result.path),
                "readable": result.readable,
                "valid": result.valid,
                "checked": result.is_checked,
                "edition": result.report.edition or None,
                "findings": findings,
            }
        )
    # ASCII only: no control character of a file gets out, whatever reads this.
    json.dump({"format": 1, "files": files, **window.end()}, stream, indent=2)
    stream.write("\n")


def _finding(finding: Finding) -> dict[str, Any]:
    return {**finding_object(finding), "line": finding.line or None}
