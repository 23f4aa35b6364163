"""A release number selects the rules of that release."""

from __future__ import annotations

import pytest

from resim_inspect.building.builder import DocumentBuilder
from resim_inspect.validation import validate
from resim_inspect.validation.editions import CHANGES, NEWEST, edition


@pytest.mark.parametrize(
    ("asked", "name", "rules"),
    [
        (None, NEWEST, (0, 12, 0)),
        ("1.6.0", "1.6.0", (0, 12, 0)),
        ("v1.2", "1.2.0", (0, 12, 0)),
        ("0.11.2", "0.11.2", (0, 10, 0)),
        ("0.9", "0.9.0", (0, 5, 0)),
        ("0.4.0", "0.4.0", (0, 3, 3)),
        ("0.3.2", "0.3.2", (0, 3, 0)),
        ("0.0.23", "0.0.23", (0, 0, 19)),
        ("0.0.7", "0.0.7", (0, 0, 19)),
        # A placeholder number that carries later code.
        ("0.0.0", "0.0.0", (0, 5, 0)),
    ],
)
def test_release_numbers(asked: str | None, name: str, rules: tuple[int, int, int]) -> None:
    found = edition(asked)
    assert found.name == name
    assert found.rules == rules
    assert found.rules in CHANGES


@pytest.mark.parametrize("asked", ["", "newest", "1.2.3.4", "1.-2", "1..2", "1.2a", "१.२", "1e3"])
def test_invalid_release_numbers(asked: str) -> None:
    with pytest.raises(ValueError, match="is not a release number"):
        edition(asked)


@pytest.mark.parametrize("asked", ["99", "9", "2.0", "v1.7", "1.6.1"])
def test_releases_after_the_newest_known_one_are_refused(asked: str) -> None:
    with pytest.raises(ValueError, match=rf"{asked} are not known; the newest is {NEWEST}"):
        edition(asked)


def test_the_report_names_the_edition() -> None:
    document = DocumentBuilder().document()
    assert validate(document).edition == NEWEST
    assert validate(document, edition="v0.3").edition == "0.3.0"
    with pytest.raises(ValueError, match="is not a release number"):
        validate(document, edition="latest")


def test_the_same_file_by_old_and_new_rules() -> None:
    b = DocumentBuilder()
    first = b.scalar("Speed", 1, event=True)
    second = b.scalar("Speed", 2, event=True)
    b.event("A", 1.0, [first])
    b.event("B", 2.0, [second])
    document = b.document()
    assert validate(document, edition="0.12.0").valid
    old = validate(document, edition="0.11.2")
    assert [finding.rule for finding in old.findings] == ["metric-name-duplicate"]
