"""Findings for programs: one JSON document."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import Any, TextIO

from resim_inspect.schemas.window import Window, write_bounded
from resim_inspect.validation.findings import Finding
from resim_inspect.validation.formats import DEFAULTS, OutputOptions, Result, finding_object


def write(results: Sequence[Result], stream: TextIO, options: OutputOptions = DEFAULTS) -> None:
    """Write all results; texts are as in the files, escaped by JSON's own rules."""

    def build(window: Window) -> dict[str, Any]:
        files = []
        for result in results:
            findings = window.take(result.report.findings, _finding)
            if findings is not None:
                files.append(_file(result, findings))
        return {"format": 1, "files": files}

    # ASCII only: no control character of a file gets out, whatever reads this.
    write_bounded(stream, options.bounds, build, partial(json.dump, indent=2))


def _file(result: Result, findings: list[Any]) -> dict[str, Any]:
    return {
        "path": str(result.path),
        "readable": result.readable,
        "valid": result.valid,
        "checked": result.is_checked,
        "edition": result.report.edition or None,
        "findings": findings,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {**finding_object(finding), "line": finding.line or None}
