"""`resim-inspect rules`: the rules of `validate`, listed or one explained."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from resim_inspect.commands import CommandError, checked_bounds
from resim_inspect.exit_codes import ExitCode
from resim_inspect.schemas.window import Window, add_window_arguments, write_bounded
from resim_inspect.terminal import use_color
from resim_inspect.text import wrap
from resim_inspect.validation.findings import Severity
from resim_inspect.validation.formats.text import SEVERITY_SGR, Paint, paint_function
from resim_inspect.validation.registry import RULES as DOCUMENT_RULES
from resim_inspect.validation.registry import Rule

_MEANING = {
    Severity.ERROR: "error: ReSim rejects the file: its validator, emitter or server",
    Severity.WARNING: "warning: ReSim accepts the file, but the result may surprise",
    Severity.INFO: "info: a remark",
}
_WIDTH = 88


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `rules`."""
    parser.add_argument("code", metavar="CODE", nargs="?", help="the rule to explain")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="output format (default: text)"
    )
    add_window_arguments(parser, "rule")


def run(args: argparse.Namespace) -> int:
    """List all rules, or explain one; raises CommandError for an unknown code."""
    bounds = checked_bounds(args)
    rules: Mapping[str, Rule] = DOCUMENT_RULES
    if args.code not in rules:
        rules = all_rules()
    if args.code is not None and args.code not in rules:
        raise CommandError(f"no rule has the code {args.code!r}{_near(args.code, rules)}")
    chosen = list(rules.values()) if args.code is None else [rules[args.code]]
    if args.format == "json":

        def build(window: Window) -> dict[str, Any]:
            return {"format": 1, "rules": window.take(chosen, _as_json) or []}

        write_bounded(sys.stdout, bounds, build, partial(json.dump, indent=2))
        return ExitCode.OK
    paint = paint_function(use_color(args.color, sys.stdout))
    lines = _listing(rules, paint) if args.code is None else explain(chosen[0], paint)
    for line in lines:
        sys.stdout.write(line + "\n")
    return ExitCode.OK


def all_rules() -> Mapping[str, Rule]:
    """Return all rules by code: those of metrics files, then those of emissions."""
    from resim_inspect.emissions.evaluation.rules import RULES as EVALUATION_RULES
    from resim_inspect.emissions.registry import RULES as EMISSIONS_RULES

    evaluation = {rule.code: rule for rule in EVALUATION_RULES}
    return {**DOCUMENT_RULES, **EMISSIONS_RULES, **evaluation}


def _near(code: str, rules: Mapping[str, Rule]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(code, rules, 1, 0.5)
    return f"; did you mean {near[0]}?" if near else "; `resim-inspect rules` lists them"


def _as_json(rule: Rule) -> dict[str, object]:
    return {
        "code": rule.code,
        "severity": rule.severity.value,
        "title": rule.title,
        "explanation": rule.explanation,
        "bad": list(rule.bad),
        "good": list(rule.good),
        "since": rule.since or None,
        "until": rule.until or None,
    }


def _listing(rules: Mapping[str, Rule], paint: Paint) -> Iterator[str]:
    width = max(map(len, rules))
    for severity in Severity:
        chosen = [rule for rule in rules.values() if rule.severity is severity]
        yield paint(f"{len(chosen)} × {_MEANING[severity]}", "1")
        for rule in chosen:
            code = paint(f"{rule.code:{width}}", SEVERITY_SGR[severity])
            when = f" ({_when(rule)})" if rule.since or rule.until else ""
            yield f"  {severity.symbol} {code}  {rule.title}{paint(when, '2')}"
        yield ""
    yield "`resim-inspect rules CODE` explains a rule, with a bad and a good example."


def explain(rule: Rule, paint: Paint) -> Iterator[str]:
    """Yield the lines of one rule: its meaning, its releases, a bad and a good example."""
    yield f"{paint(rule.code, '1;' + SEVERITY_SGR[rule.severity].removeprefix('1;'))}  {rule.title}"
    yield paint(_MEANING[rule.severity], "2")
    if rule.since or rule.until:
        yield paint(f"checked {_when(rule)}", "2")
    yield ""
    yield from wrap(rule.explanation, _WIDTH)
    for word, color, lines in (("bad", "31", rule.bad), ("good", "32", rule.good)):
        if lines:
            yield ""
            yield paint(word, color)
            yield from (f"    {line}" for line in lines)


def _when(rule: Rule) -> str:
    if rule.since and rule.until:
        return f"from release {rule.since} until {rule.until}"
    return f"from release {rule.since} on" if rule.since else f"before release {rule.until}"
