"""JSON answers: odd texts and numbers are replaced once, and lists without an end are seen."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from runner.api.client.errors import BadAnswerError
from runner.api.client.json_answers import (
    MAX_REPEATED_PAGES,
    MAX_ROWS,
    PageGuard,
    parse_object,
)

URL = "https://api.example.com/v1/jobs?token=hidden"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (rb'{"a": "\ud800", "b": ["x\uDFFFy"]}', {"a": "\ufffd", "b": ["x\ufffdy"]}),
        (rb'{"\udc80": {"c": "\ud83d\ude00"}}', {"\ufffd": {"c": "\U0001f600"}}),
        (b'{"a": "\xed\xa0\x80"}', {"a": "\ufffd\ufffd\ufffd"}),
        (b'{"a": "\xff"}', {"a": "\ufffd"}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        ('{"a": "é"}'.encode("utf-16"), {"a": "é"}),
        (b'{"a": 999999999999999999}', {"a": 999999999999999999}),
    ],
)
def test_texts_and_numbers_can_be_encoded_again(body: bytes, expected: object) -> None:
    answer = parse_object(body, URL)
    assert answer == expected
    json.dumps(answer, ensure_ascii=False).encode()


@pytest.mark.parametrize("text", [b"x", rb"\ud800"])
def test_answers_of_any_depth_are_read_or_refused(text: bytes) -> None:
    refused = []
    for depth in (10, 600, 900, 100_000):
        try:
            parse_object(b'{"a": %s"%s"%s}' % (b"[" * depth, text, b"]" * depth), URL)
        except BadAnswerError:
            refused.append(depth)
    assert 10 not in refused
    assert 100_000 in refused


@pytest.mark.parametrize("digits", [19, 309, 5000])
def test_integers_beyond_64_bits_are_floats(digits: int) -> None:
    value = parse_object(b'{"a": -%s}' % (b"9" * digits), URL)["a"]
    assert isinstance(value, float)
    assert math.isinf(value) == (digits > 308)


def test_pages_without_new_rows_end() -> None:
    row = {"name": "a"}
    pages: list[list[dict[str, Any]]] = [[], [row]]
    for rows in pages:
        tokens = count()
        with pytest.raises(BadAnswerError, match="answers with pages that never end") as caught:
            _turn_pages(PageGuard(URL), rows, tokens)
        assert next(tokens) > MAX_REPEATED_PAGES
        assert "hidden" not in str(caught.value)
    # Pages with new rows go on, also after some without.
    guard = PageGuard(URL)
    for number in range(3 * MAX_REPEATED_PAGES):
        page = [{"name": number}] if number % 10 == 0 else []
        assert guard.check(page, str(number)) == str(number)


def _turn_pages(guard: PageGuard, rows: list[dict[str, Any]], tokens: Iterator[int]) -> None:
    for _ in range(MAX_REPEATED_PAGES + 2):
        guard.check(rows, str(next(tokens)))


def test_lists_of_any_new_rows_end_at_a_limit() -> None:
    guard = PageGuard(URL)
    with pytest.raises(BadAnswerError, match="pages that never end"):
        guard.check([{}] * (MAX_ROWS + 1), "next")
