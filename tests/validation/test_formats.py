"""Findings in every format; hostile text from a file is escaped in each."""

from __future__ import annotations

import io
import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from resim_inspect.errors import EmptyFileError, MalformedError, TooLargeError
from resim_inspect.validation import Finding, Report, Severity, Target
from resim_inspect.validation.formats import (
    OutputOptions,
    Result,
    as_json,
    github,
    junit,
    sarif,
    text,
    unreadable,
)
from resim_inspect.validation.registry import RULES

EVIL = 'a\n::error::b\r\x1b[31m\u202e%0A<![CDATA[]]>&"\x00\ufffe'
BAD = Finding(
    "values-status-length", Severity.ERROR, f'metrics["{EVIL}"].values', f"{EVIL} is short", EVIL,
    Target("metric", 3),
)  # fmt: skip
WARNING = Finding("file-missing", Severity.WARNING, 'data["x"].path', "is not there.", "Write it.")
INFO = Finding("data-unused", Severity.INFO, 'data["y"]', "nothing refers to it", "Leave it out.")


def results() -> list[Result]:
    """An invalid file, a valid one with a warning, one without, an unreadable one."""
    return [
        Result(Path("out/bad,1:2%.binproto"), True, Report("1.6.0", [BAD, WARNING, INFO])),
        Result(Path("warned.binproto"), True, Report("1.6.0", [WARNING])),
        Result(Path("good.binproto"), True, Report("1.6.0", [])),
        unreadable(Path("bad\x1b.binproto"), EmptyFileError("is empty"), "1.6.0"),
    ]


def lines_of(result: Result, *, color: bool = False) -> list[str]:
    return list(text.file_lines(result, color=color))


def no_controls(written: str) -> None:
    assert not any(ord(char) < 32 and char != "\n" for char in written)
    assert "\u202e" not in written


def test_text() -> None:
    bad, warned, good, unread = results()
    assert lines_of(good) == ["good.binproto  ✓ valid"]
    assert lines_of(warned) == [
        "warned.binproto  ✓ valid  1 warning",
        '  W file-missing  data["x"].path',
        "      is not there. Write it.",
    ]
    assert lines_of(bad)[0] == "out/bad,1:2%.binproto  ✗ invalid  1 error, 1 warning, 1 info"
    assert [line[2] for line in lines_of(bad)[1:] if line[2] != " "] == ["E", "W", "i"]
    assert len(lines_of(bad)) == 7
    assert lines_of(unread)[0] == "E bad\ufffd.binproto is empty"
    for result in results():
        no_controls("\n".join(lines_of(result)))
    assert text.summary(results()) == (
        "4 files: 2 valid, 1 invalid, 1 unreadable; 1 error, 2 warnings"
    )


def test_colour_is_plain_sgr_and_says_the_same() -> None:
    import re

    for result in results():
        colored = "\n".join(lines_of(result, color=True))
        plain = "\n".join(lines_of(result))
        assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == plain
        assert colored != plain


def test_text_does_not_drown_in_one_rule() -> None:
    many = Report("1.6.0", [WARNING] * 1000 + [INFO])
    lines = lines_of(Result(Path("f"), True, many))
    assert len(lines) == 1 + 2 * text.MAX_PER_RULE + 2 + 1
    assert "980 more of file-missing" in lines[-1]


def test_json_has_everything_as_it_is() -> None:
    out = io.StringIO()
    as_json.write(results(), out)
    assert out.getvalue().isascii()
    no_controls(out.getvalue())
    document = json.loads(out.getvalue())
    assert document["format"] == 1
    first, _, good, unread = document["files"]
    assert first == {
        "path": "out/bad,1:2%.binproto",
        "readable": True,
        "valid": False,
        "checked": True,
        "edition": "1.6.0",
        "findings": [
            {"rule": one.rule, "severity": one.severity.value, "where": one.where,
             "message": one.message, "hint": one.hint, "line": None}
            for one in (BAD, WARNING, INFO)
        ],
    }  # fmt: skip
    assert good["valid"]
    assert good["findings"] == []
    assert (unread["readable"], unread["valid"], len(unread["findings"])) == (False, False, 1)
    assert unread["findings"][0]["rule"] == "file-unreadable"


def test_sarif() -> None:
    out = io.StringIO()
    sarif.write(results(), out)
    document = json.loads(out.getvalue())
    assert document["version"] == "2.1.0"
    run = document["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == sorted({"values-status-length", "file-missing", "data-unused",
                            "file-unreadable"})  # fmt: skip
    assert run["invocations"] == [{"executionSuccessful": False}]
    assert [one["level"] for one in run["results"]] == [
        "error", "warning", "note", "warning", "error",
    ]  # fmt: skip
    for one in run["results"]:
        assert rules[one["ruleIndex"]] == one["ruleId"]
        no_controls(one["message"]["text"])
        place = one["locations"][0]["physicalLocation"]["artifactLocation"]
        assert run["artifacts"][place["index"]]["location"]["uri"] == place["uri"]
    assert run["artifacts"][0]["location"]["uri"] == "out/bad%2C1%3A2%25.binproto"
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} <= set(RULES)


def test_sarif_of_an_absolute_path_is_a_file_uri(tmp_path: Path) -> None:
    out = io.StringIO()
    sarif.write([Result(tmp_path / "a b", True, Report("1.6.0", []))], out)
    location = json.loads(out.getvalue())["runs"][0]["artifacts"][0]["location"]
    assert location["uri"] == (tmp_path / "a b").as_uri()


def test_junit() -> None:
    out = io.StringIO()
    junit.write(results(), out)
    no_controls(out.getvalue())
    suite = ElementTree.fromstring(out.getvalue())[0]
    assert {key: suite.get(key) for key in ("tests", "failures", "errors")} == {
        "tests": "4", "failures": "1", "errors": "1",
    }  # fmt: skip
    bad, warned, good, unread = suite
    failure = bad.find("failure")
    assert failure is not None
    assert failure.get("type") == "values-status-length"
    assert "values-status-length" in str(failure.text)
    assert bad.find("system-out") is not None
    assert warned.find("failure") is None
    assert list(good) == []
    assert unread.find("error") is not None


def test_junit_strict_fails_for_warnings() -> None:
    out = io.StringIO()
    junit.write(results(), out, OutputOptions(strict=True))
    suite = ElementTree.fromstring(out.getvalue())[0]
    assert suite.get("failures") == "2"
    assert suite[1].find("failure") is not None
    assert suite[0].findtext("failure", "").count("\n") == 1


def test_github() -> None:
    out = io.StringIO()
    github.write(results(), out)
    lines = out.getvalue().splitlines()
    assert [line.split(" ", 1)[0] for line in lines] == [
        "::error", "::warning", "::notice", "::warning", "::error",
    ]  # fmt: skip
    assert lines[0].startswith(
        "::error file=out/bad%2C1%3A2%25.binproto,title=values-status-length::"
    )
    assert "%250A" in lines[0]
    no_controls(out.getvalue())


def test_each_reason_not_to_read_has_its_hint() -> None:
    path = Path("f")
    hints = {
        unreadable(path, error, "1.6.0").report.findings[0].hint
        for error in (EmptyFileError("e"), MalformedError("m"), TooLargeError("t"))
    }
    assert len(hints) == 3
    large = unreadable(path, TooLargeError("t"), "1.6.0")
    assert large.report.findings[0].rule == "file-too-large"
    assert not large.valid
