"""The bad example of a rule breaks exactly that rule, the good one none."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import resim_inspect.validation as package
from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.document import parse_document
from resim_inspect.schema import metrics_pb2 as pb
from resim_inspect.validation import Report, Severity, validate, validator
from resim_inspect.validation.editions import ARRIVALS, CHANGES, edition, written
from resim_inspect.validation.registry import CHECKS, RULES, Rule
from tests.validation.edits import apply, base

WITHOUT_EXAMPLE = {"plotly-deep", "file-unreadable", "file-too-large", "no-metrics"}
EXAMPLES = [rule for rule in RULES.values() if rule.bad]


def release(rule: Rule) -> str | None:
    """The last release that checks a rule; None where the newest does."""
    if not rule.until:
        return None
    until = tuple(map(int, rule.until.split(".")))
    return written(max(change for change in CHANGES if change < until))


def report_of(folder: Path, lines: tuple[str, ...], asked: str | None) -> Report:
    """The base with an example applied, in the edition asked for."""
    message = base(folder).message()
    if asked is not None:
        # What an old release does not know would be found instead.
        kept = [
            metric
            for metric in message.job_level_metrics.metrics
            if edition(asked).knows(str(metric.metric_values.WhichOneof("metric_values")))
        ]
        del message.job_level_metrics.metrics[:]
        message.job_level_metrics.metrics.extend(kept)
        used = {"batches", "pass rate", "batch times", "pass rate status"}
        if not edition(asked).knows("batchwise_bar_chart_metric_values"):
            data = [one for one in message.metrics_data if one.name not in used]
            del message.metrics_data[:]
            message.metrics_data.extend(data)
    apply(message, lines)
    path = folder / "metrics.binproto"
    path.write_bytes(message.SerializeToString())
    document = parse_document(path.read_bytes(), path=path)
    report = validate(document, edition=asked)
    # A wide file with the same content has the same findings.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(validator, "WIDE", 0)
        assert validate(document, edition=asked) == report
    return report


@pytest.mark.parametrize("rule", EXAMPLES, ids=[rule.code for rule in EXAMPLES])
def test_bad_example_breaks_exactly_its_rule(rule: Rule, tmp_path: Path) -> None:
    report = report_of(tmp_path, rule.bad, release(rule))
    assert {finding.rule for finding in report.findings} == {rule.code}, report.findings
    assert {finding.severity for finding in report.findings} == {rule.severity}
    assert report.valid == (rule.severity is not Severity.ERROR)


@pytest.mark.parametrize("rule", EXAMPLES, ids=[rule.code for rule in EXAMPLES])
def test_good_example_breaks_no_rule(rule: Rule, tmp_path: Path) -> None:
    assert report_of(tmp_path, rule.good, release(rule)).findings == []


def test_every_rule_that_can_be_shown_has_an_example() -> None:
    assert {rule.code for rule in RULES.values() if not rule.bad} == WITHOUT_EXAMPLE
    for rule in EXAMPLES:
        assert rule.good, rule.code


def test_no_metrics_is_told(tmp_path: Path) -> None:
    report = validate(DocumentBuilder().document())
    assert [finding.rule for finding in report.findings] == ["no-metrics"]
    assert report.valid


@pytest.mark.parametrize("rule", [rule for rule in EXAMPLES if rule.since or rule.until],
                         ids=lambda rule: rule.code)  # fmt: skip
def test_a_rule_holds_from_its_first_release_to_its_last(rule: Rule, tmp_path: Path) -> None:
    message = base(tmp_path).message()
    apply(message, rule.bad)
    document = parse_document(message.SerializeToString(), path=tmp_path / "metrics.binproto")
    changes = sorted(CHANGES)
    for change in changes:
        holds = (not rule.since or change >= edition(rule.since).rules) and (
            not rule.until or change < edition(rule.until).rules
        )
        found = {finding.rule for finding in validate(document, edition=written(change)).findings}
        hidden = change < max(ARRIVALS.values()) and rule.severity is Severity.ERROR
        if holds:
            # A release that does not know the values of the metric says that instead.
            assert rule.code in found or (hidden and "values-too-new" in found)
        else:
            assert rule.code not in found


def test_every_rule_is_collected_and_reported() -> None:
    defined: set[str] = set()
    reported: set[str] = set()
    for path in Path(package.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Rule":
                code = node.args[0]
                assert isinstance(code, ast.Constant), path
                assert isinstance(code.value, str), path
                defined.add(code.value)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                reported.add(node.id.lower().replace("_", "-"))
    assert defined == set(RULES)
    assert defined <= reported


def test_a_document_check_declares_rules_that_are_collected() -> None:
    assert len(CHECKS) > 5
    for check in CHECKS:
        assert check.rules
        for rule in check.rules:
            assert RULES[rule.code] is rule


def test_texts_are_sentences() -> None:
    for rule in RULES.values():
        assert rule.title[0].isupper(), rule.code
        assert not rule.title.endswith("."), rule.code
        assert rule.explanation.endswith("."), rule.code
        assert rule.code == rule.code.lower()


def test_base_document_is_of_all_types(tmp_path: Path) -> None:
    message = base(tmp_path).message()
    types = {metric.type for metric in message.job_level_metrics.metrics}
    assert types == set(range(1, 13))
    assert isinstance(message, pb.JobMetrics)
