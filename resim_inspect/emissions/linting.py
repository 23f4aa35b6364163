"""Validation of emissions and configs: one result for each file, as for metrics files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from resim_inspect.document.discovery import EMISSIONS_SUFFIX
from resim_inspect.emissions.config import Config, ConfigError, load_config
from resim_inspect.emissions.model import Emissions
from resim_inspect.emissions.reader import read_emissions
from resim_inspect.emissions.registry import CHECKS, ROW_CHECKS, RULES
from resim_inspect.emissions.rule_context import Check, RuleContext
from resim_inspect.emissions.rules.config_files import CONFIG_UNREADABLE
from resim_inspect.emissions.rules.queries import SQL_UNCHECKED
from resim_inspect.errors import DocumentError
from resim_inspect.validation.findings import Finding, Report
from resim_inspect.validation.formats import Result, unreadable


def lint(
    config: Config | None = None,
    emissions: Emissions | None = None,
    previous: Config | None = None,
    checks: Sequence[Check] = CHECKS,
) -> dict[Path, list[Finding]]:
    """Return the findings about a config, emissions, or both together, by file."""
    context = RuleContext(config, emissions, previous)
    for check in checks:
        check.run(context)
    return context.findings()


def lint_config(paths: Sequence[Path], previous: Sequence[Path] = ()) -> list[Result]:
    """Validate config files that are merged; one result for each.

    `previous` are the files that the server has now: schemas may only grow. A file of them that
    cannot be read raises ConfigError.
    """
    before = load_config(previous) if previous else None
    try:
        config = load_config(paths)
    except ConfigError as error:
        return [unreadable_config(error)]
    findings_of = lint(config, previous=before)
    return [_result(path, findings_of.get(path, [])) for path in paths]


def lint_emissions(paths: Sequence[Path], config: Config | None) -> list[Result]:
    """Validate the emissions files of one folder; one result for each.

    Findings about the config itself are left out: they are those of its own validation.
    """
    try:
        emissions = read_emissions(paths)
    except DocumentError as error:
        path = error.path or paths[0]
        others = [other for other in paths if other != path]
        return [
            _unreadable_emissions(path, error),
            *(lint_emissions(others, config) if others else []),
        ]
    findings_of = lint(config, emissions, checks=ROW_CHECKS)
    return [_result(path, findings_of.get(path, [])) for path in paths]


def _result(path: Path, findings: Sequence[Finding]) -> Result:
    is_checked = all(finding.rule != SQL_UNCHECKED.code for finding in findings)
    return Result(path, True, Report("", findings), is_checked=is_checked, rules=RULES)


def _unreadable_emissions(path: Path, error: DocumentError) -> Result:
    result = unreadable(path, error, "")
    hint = f"Name a *{EMISSIONS_SUFFIX} as a build or a test writes it."
    finding = result.report.findings[0]._replace(hint=hint)
    return result._replace(report=Report("", (finding,)), rules=RULES)


def unreadable_config(error: ConfigError) -> Result:
    """Return the result for a config file that cannot be used."""
    rule = CONFIG_UNREADABLE
    where = f"{error.path.name}:{error.line}" if error.line else "file"
    hint = "Write YAML with a mapping at its top: version, topics, metrics, metrics sets."
    message = error.reason.rstrip(".")
    if not error.line:
        # The place is the file itself.
        message = message.removeprefix("the file ")
    finding = Finding(rule.code, rule.severity, where, message, hint, line=error.line)
    return Result(error.path, False, Report("", (finding,)), rules=RULES)
