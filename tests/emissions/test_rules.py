"""The bad example of a rule of emissions breaks exactly that rule, the good one none."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import resim_inspect.emissions as package
from resim_inspect.emissions.config import load_config
from resim_inspect.emissions.evaluation.rules import RULES as EVALUATION_RULES
from resim_inspect.emissions.linting import lint
from resim_inspect.emissions.query_tree import SqlQueryError, parse_query
from resim_inspect.emissions.reader import read_emissions
from resim_inspect.emissions.registry import CHECKS, RULES
from resim_inspect.emissions.rules import queries
from resim_inspect.validation import Finding
from resim_inspect.validation.findings import Rule
from resim_inspect.validation.registry import RULES as DOCUMENT_RULES
from tests.emissions.small_config import CONFIG, ROWS, keys_of, write

pytest.importorskip("sqlglot", reason="the queries need sqlglot")
EXAMPLES = [rule for rule in RULES.values() if rule.bad]
WITHOUT_EXAMPLE = {
    *("line-encoding", "line-length", "line-unfinished", "value-null", "timestamp-order"),
    *("media-count", "config-unreadable", "config-missing", "config-merge", "config-key-twice"),
    *("field-count", "topic-count", "no-rows", "schema-change", "skip-implicit", "sql-unchecked"),
}


@pytest.fixture(scope="module", autouse=True)
def _each_query_is_parsed_once() -> Iterator[None]:
    """Keep parsed queries: most examples share them, and parsing is most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queries, "parse_query", cache(parse_query))
        yield


def findings(folder: Path, lines: tuple[str, ...] = ()) -> list[Finding]:
    config, emissions = write(folder, lines)
    found = lint(load_config([config]), read_emissions([emissions]))
    return [finding for each in found.values() for finding in each]


@pytest.mark.parametrize("rule", EXAMPLES, ids=[rule.code for rule in EXAMPLES])
def test_bad_example_breaks_exactly_its_rule(rule: Rule, tmp_path: Path) -> None:
    found = findings(tmp_path, rule.bad)
    assert {finding.rule for finding in found} == {rule.code}, found
    for finding in found:
        assert finding.severity is rule.severity
        assert finding.hint.endswith((".", "?")) or "Write the topic" in finding.hint
        assert finding.where.startswith(("config.resim.yml", "emissions.resim.jsonl"))
        assert finding.line > 0


@pytest.mark.parametrize("rule", EXAMPLES, ids=[rule.code for rule in EXAMPLES])
def test_good_example_breaks_no_rule(rule: Rule, tmp_path: Path) -> None:
    assert findings(tmp_path, rule.good) == []


def test_every_rule_that_can_be_shown_has_an_example() -> None:
    assert {rule.code for rule in RULES.values() if not rule.bad} == WITHOUT_EXAMPLE
    for rule in EXAMPLES:
        assert rule.good, rule.code


def test_every_rule_is_collected_declared_and_told_apart_from_those_of_documents() -> None:
    defined = {rule.code for rule in EVALUATION_RULES}
    assert not defined & {*RULES, *DOCUMENT_RULES}
    for path in Path(package.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Rule":
                assert isinstance(node.args[0], ast.Constant), path
                defined.add(str(node.args[0].value))
    assert defined - {rule.code for rule in EVALUATION_RULES} == set(RULES)
    assert not set(RULES) & set(DOCUMENT_RULES)
    declared = {rule.code for check in CHECKS for rule in check.rules}
    assert declared | {"config-unreadable"} == set(RULES)


def test_texts_are_sentences() -> None:
    for rule in RULES.values():
        assert rule.title[0].isupper(), rule.code
        assert not rule.title.endswith("."), rule.code
        assert rule.explanation.endswith("."), rule.code


def test_the_places_have_file_line_topic_and_key(tmp_path: Path) -> None:
    row = '{"$metadata": {"topic": "speed", "timestamp": 5}, "$data": {"v": "x"}}'
    (found,) = findings(tmp_path, (row, row, ROWS[0], row, row, row, row))
    assert found.where == 'emissions.resim.jsonl:2 topic "speed" field "v"'
    assert found.message == (
        'is "x", and the schema has float. The same in line 3, 5, 6 and 2 more.'
    )
    (found,) = findings(tmp_path, ('metrics["Max speed"].status.warn = "3"',))
    line = (tmp_path / "config.resim.yml").read_text("utf-8").split("\n").index("      warn: '3'")
    assert found.where == f'config.resim.yml:{line + 1} metrics["Max speed"].status.warn'
    assert found.line == line + 1


def test_a_fault_of_a_query_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / "config.resim.yml"
    path.write_text(
        "version: 1\ntopics: {speed: {schema: {v: float}}}\nmetrics:\n  M:\n    type: test\n"
        "    query_string: |\n      SELECT MAX(v)\n      FROM spede\n    template: scalar\n",
        encoding="utf-8",
    )
    found = lint(load_config([path]))[path]
    assert [finding.where for finding in found if finding.rule == "table-unknown"] == [
        'config.resim.yml:8 metrics["M"].query_string'
    ]


QUERIES = [
    ("SELECT * FROM speed", set()),
    ("SELECT s.v FROM speed AS s", set()),
    ('SELECT "v" FROM "speed"', set()),
    ("SELECT V FROM SPEED", set()),
    ("SELECT timestamp FROM speed", set()),
    ("WITH a AS (SELECT v AS w FROM speed) SELECT w FROM a", set()),
    ("WITH a AS (SELECT v AS w FROM speed) SELECT v FROM a", set()),
    ("WITH a AS (SELECT v AS w FROM speed) SELECT a.v FROM a", {"column-unknown"}),
    ("SELECT x FROM (SELECT v AS x FROM speed) AS q", set()),
    ("SELECT MAX(v) AS top FROM speed ORDER BY top", set()),
    ("SELECT n FROM speed CROSS JOIN (VALUES (1), (2)) AS t(n)", set()),
    ("SELECT v FROM speed WHERE v > (SELECT AVG(x) FROM pose)", set()),
    ("SELECT COUNT(*) FROM speed s JOIN pose p ON s.job_id = p.job_id", set()),
    ("SELECT timestamp FROM speed s JOIN pose p ON s.job_id = p.job_id", {"column-ambiguous"}),
    ("SELECT job_id FROM speed JOIN pose USING (job_id)", set()),
    ("SELECT MAX(experience_name) FROM metadata", set()),
    ("SELECT anything FROM container_performance", set()),
    ("SELECT v FROM speed; DROP TABLE speed", {"sql-syntax"}),
    ("DELETE FROM speed", {"sql-syntax"}),
    ("COPY speed TO 'x'", {"sql-syntax"}),
    ("SELECT 'abc FROM speed", {"sql-syntax"}),
    ("SELECT " + "(" * 5000 + "1" + ")" * 5000, {"sql-syntax"}),
    ("SELECT v" + " + v" * 400 + " FROM speed", {"sql-syntax"}),
    ("SELECT v" + " + v" * 40 + " FROM speed", set()),
    ("-- nothing", {"sql-syntax"}),
    ("SELECT v FROM speed UNION ALL SELECT x FROM pose", set()),
    ("SELECT v FROM speed, UNNEST(ARRAY[1, 2]) AS t(k) WHERE k > 1", set()),
]


@pytest.mark.parametrize(("query", "codes"), QUERIES, ids=[query[:60] for query, _ in QUERIES])
def test_queries(query: str, codes: set[str], tmp_path: Path) -> None:
    found = findings(tmp_path, (f'metrics["Max speed"].query_string = {json.dumps(query)}',))
    assert {finding.rule for finding in found} == codes, found


@pytest.mark.parametrize(
    ("query", "number"),
    [("SELECT '?' FROM t -- ?\n", 0), ('SELECT "?" /* ? */ WHERE a = ?', 1), ("? '' ?", 2),
     ("'it''s ?' ?", 1), ("/* open ?", 0)],
)  # fmt: skip
def test_placeholders_in_strings_and_comments_do_not_count(query: str, number: int) -> None:
    from resim_inspect.emissions.query_text import count_placeholders

    assert count_placeholders(query) == number


def test_without_the_parser_a_config_is_not_called_valid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from resim_inspect.emissions import linting

    monkeypatch.setattr(queries, "can_parse", lambda: False)
    config, emissions = write(tmp_path)
    (result,) = linting.lint_config([config])
    assert not result.valid
    assert result.report.valid
    (finding,) = result.report.findings
    assert (finding.rule, finding.where) == ("sql-unchecked", "config.resim.yml")
    assert "pip install" in finding.hint
    (result,) = linting.lint_emissions([emissions], None)
    assert result.is_checked


@pytest.mark.parametrize("word", ["INSTALL", "ATTACH", "COPY", "Pragma"])
def test_a_statement_that_is_no_query_is_named(word: str) -> None:
    with pytest.raises(SqlQueryError, match=f"is not a SELECT but {word.upper()}$"):
        parse_query(f"/* setup */ {word} httpfs")


@pytest.mark.parametrize(
    ("before", "value", "words"),
    [('"3.2"', "NaN", "is NaN"), ("1.5", '["a", {"x": -Infinity}]', "has -Infinity")],
)
def test_a_number_that_is_not_json_is_found_among_values_of_other_types(
    before: str, value: str, words: str, tmp_path: Path
) -> None:
    row = '{"$metadata": {"topic": "speed", "timestamp": 5}, "$data": {"v": %s}}'
    found = findings(tmp_path, (row % before, row % value))
    (odd,) = (finding for finding in found if finding.rule == "value-nan")
    assert odd.message.startswith(words)


def test_a_schema_may_only_grow(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    old, _ = write(folder, ('topics["speed"].schema["w"] = "int"', 'topics["gone"] = {}'))
    new, _ = write(tmp_path, ('topics["speed"].schema["v"] = "int"',))
    found = lint(load_config([new]), previous=load_config([old]))[new]
    assert sorted(finding.message for finding in found) == [
        'lack the topic "gone" of the previous config',
        'was "float" in the previous config and is "int" now',
        'was "int" in the previous config and is gone',
    ]
    assert {finding.rule for finding in found} == {"schema-change"}
    assert lint(load_config([old]), previous=load_config([new]))[old][0].rule == "schema-change"


def test_topics_of_the_platform_need_no_config_in_its_own_files(tmp_path: Path) -> None:
    config, emissions = write(tmp_path)
    row = '{"$metadata": {"topic": "container_performance"}, "$data": {"cpu": 1.0}}\n'
    platform = tmp_path / "resource_metrics.resim.jsonl"
    platform.write_text(row, encoding="utf-8")
    assert lint(load_config([config]), read_emissions([emissions, platform])) == {}
    with emissions.open("a", encoding="utf-8") as stream:
        stream.write(row)
    found = lint(load_config([config]), read_emissions([emissions, platform]))
    assert [finding.rule for finding in found[emissions]] == ["topic-unknown"]


def test_a_config_without_topics_checks_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "config.resim.yml"
    path.write_text("version: 1\n", encoding="utf-8")
    _, emissions = write(tmp_path / ".")
    path.write_text("version: 1\n", encoding="utf-8")
    assert lint(load_config([path]), read_emissions([emissions])) == {}


def test_more_than_a_hundred_files_are_reported(tmp_path: Path) -> None:
    rows = tuple(
        f'{{"$metadata": {{"topic": "frames", "timestamp": {i}}}, "$data": {{"image": "{i}.png"}}}}'
        for i in range(101)
    )
    for i in range(101):
        (tmp_path / f"{i}.png").write_bytes(b"png")
    (found,) = findings(tmp_path, rows)
    assert (found.rule, found.message) == (
        "media-count", "names 101 files, and the server takes 100",
    )  # fmt: skip


def test_the_base_has_no_findings_and_the_examples_can_be_read(tmp_path: Path) -> None:
    assert findings(tmp_path) == []
    assert keys_of('metrics["Max speed"].status.warn') == ["metrics", "Max speed", "status", "warn"]
    assert len(CONFIG["topics"]) > 5
