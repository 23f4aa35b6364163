"""Findings for programs: one JSON document."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TextIO

from resim_inspect.validation.formats import Result, finding_object


def write(
    results: Sequence[Result],
    stream: TextIO,
    *,
    strict: bool = False,  # noqa: ARG001 - has warnings as warnings either way
) -> None:
    """Write all results; texts are as in the files, escaped by JSON's own rules."""
    files = [
        {
            "path": str(result.path),
            "readable": result.readable,
            "valid": result.valid,
            "checked": result.is_checked,
            "edition": result.report.edition or None,
            "findings": [
                {**finding_object(finding), "line": finding.line or None}
                for finding in result.report.findings
            ],
        }
        for result in results
    ]
    # ASCII only: no control character of a file gets out, whatever reads this.
    json.dump({"format": 1, "files": files}, stream, indent=2)
    stream.write("\n")
