"""The verdict equals that of ReSim's own validator, release by release, on thousands of files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from resim_inspect.document import parse_document
from resim_inspect.schema import metrics_pb2 as pb
from resim_inspect.validation import Severity, validate
from resim_inspect.validation.editions import NEWEST
from resim_inspect.validation.registry import RULES
from tests.conformance.mutate import spellings
from tests.conformance.open_core import RELEASES, Official
from tests.conformance.random_documents import DocumentGenerator, random_document
from tests.conformance.verdicts import (
    Ours,
    compare,
    explain,
    mutant,
    mutations,
    smallest,
    threshold,
)
from tests.soak import FACTOR
from tests.validation.edits import apply, base

MUTANTS = 8_000 if FACTOR == 1 else 20_000 * FACTOR
OLD = 500 if FACTOR == 1 else 2000 * FACTOR
FUZZED = 1000 if FACTOR == 1 else 4000 * FACTOR
SAME_SCHEMA = ("1.6.0", "0.5.0", "0.10.0", "0.12.0")
"""Releases with the schema of this project: both refuse the same damaged files."""


@pytest.fixture(scope="module", params=RELEASES)
def old(request: pytest.FixtureRequest) -> Iterator[Official]:
    """The validator of each release in turn."""
    with Official(request.param) as official:
        yield official


@pytest.fixture(scope="module")
def newest() -> Iterator[Official]:
    """The validator of the newest release."""
    with Official(NEWEST) as official:
        yield official


def file_of(seed: int) -> bytes:
    """The mutant of a seed, serialized."""
    return mutant(seed, mutations(seed)).SerializeToString()


def agree(official: Official, seeds: range) -> Counter[str]:
    """Fail with a minimal example where the verdicts differ; else count rules and verdicts."""
    seen: Counter[str] = Counter()
    for seed, answer, own in compare(official, seeds, file_of):
        if (answer == "valid") != own.valid:
            pytest.fail(explain(official, seed))
        seen["valid" if own.valid else "not valid"] += 1
        seen.update({finding.rule for finding in own.findings})
    return seen


@pytest.mark.soak
def test_mutants_are_validated_alike_by_the_newest(newest: Official) -> None:
    seen = agree(newest, range(MUTANTS))
    # Both verdicts are common and every rule is met, or the comparison would say little.
    assert seen["valid"] > MUTANTS / 5
    assert seen["not valid"] > MUTANTS / 5
    errors = {rule.code for rule in RULES.values() if rule.severity is Severity.ERROR}
    of_older_releases = {"status-disagrees", "values-too-new"}
    of_files_that_do_not_open = {"file-unreadable", "file-too-large", "plotly-deep"}
    assert errors - set(seen) == of_older_releases | of_files_that_do_not_open


@pytest.mark.soak
def test_mutants_are_validated_alike_by_each_release(old: Official) -> None:
    seen = agree(old, range(100_000, 100_000 + OLD))
    assert seen["valid"] > OLD / 10
    assert seen["not valid"] > OLD / 10


def test_unmutated_documents_are_valid_and_of_all_types(newest: Official) -> None:
    files = [random_document(Random(seed)) for seed in range(300)]
    answers = newest.verdicts([one.SerializeToString() for one in files])
    assert set(answers) == {"valid"}
    types = {metric.type for one in files for metric in one.job_level_metrics.metrics}
    assert types == set(range(1, 13))


@pytest.mark.soak
@pytest.mark.parametrize("version", SAME_SCHEMA)
def test_damaged_bytes_are_validated_alike(version: str) -> None:
    counted: Counter[bool] = Counter()
    with Official(version) as official:
        for seed, answer, own in compare(official, range(FUZZED), damaged):
            assert (answer == "valid") == own.valid, (
                f"seed {seed}: open-core {version} says {answer}, resim-inspect {own}\n"
                f"{damaged(seed).hex()}"
            )
            counted[own.valid] += 1
    assert counted[True] > FUZZED / 100


def damaged(seed: int) -> bytes:
    """A serialized random document, cut, flipped, spliced."""
    random = Random(seed)
    data = bytearray(random_document(random).SerializeToString())
    other = random_document(random).SerializeToString() if random.random() < 0.5 else bytes(data)
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        action, place = random.random(), random.randrange(len(data) + 1)
        if action < 0.1:
            del data[place:]
        elif action < 0.5 and place < len(data):
            data[place] ^= 1 << random.randrange(8)
        elif action < 0.6 and place < len(data):
            data[place] = random.choice((0, 10, 18, 26, 128, 255))
        elif action < 0.7:
            del data[place : place + random.randint(1, 4)]
        elif action < 0.8:
            data[place:place] = random.randbytes(random.randint(1, 4))
        elif action < 0.95:
            start, length = random.randrange(len(other)), random.randint(1, 60)
            data[place : place + random.choice((0, length))] = other[start : start + length]
        else:
            # Serialized messages may be joined: the fields merge.
            data += other
    return bytes(data)


def test_every_spelling_of_an_id_is_validated_alike(newest: Official) -> None:
    files = []
    for spelling in spellings("7579affb-1a2b-4c3d-8e9f-0123456789ab"):
        made = DocumentGenerator(Random(1))
        made.metric(7)
        for metric in made.message.job_level_metrics.metrics:
            metric.metric_id.id.data = spelling
        files.append(made.message.SerializeToString())
    answers = [answer == "valid" for answer in newest.verdicts(files)]
    assert answers == [validate(parse_document(data)).valid for data in files]
    assert 5 < sum(answers) < len(answers) - 5


def test_examples_of_the_rules_are_validated_alike(newest: Official, tmp_path: Path) -> None:
    for rule in RULES.values():
        for lines in (rule.bad, rule.good):
            message = base(tmp_path).message()
            apply(message, lines)
            data = message.SerializeToString()
            valid = validate(parse_document(data)).valid
            assert (newest.verdicts([data]) == ["valid"]) == valid, rule.code


def test_real_files_are_valid(newest: Official, sample_data: Path) -> None:
    # `cases` holds files that were made to be odd, some of them invalid.
    files = [p for p in sorted(sample_data.rglob("*.binproto")) if "cases" not in p.parts]
    assert files
    assert set(newest.verdicts([path.read_bytes() for path in files])) == {"valid"}
    for path in files:
        assert validate(parse_document(path.read_bytes())).valid, path


def test_a_difference_is_shown_by_its_smallest_example(
    newest: Official, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A validator that forgot one rule: what it gets wrong is boiled down to that rule.
    def forgetful(data: bytes, edition: str, cut: int) -> Ours:
        findings = validate(parse_document(data, threshold=cut), edition=edition).findings
        errors = [one for one in findings if one.severity is Severity.ERROR]
        return Ours(all(one.rule == "tag-empty" for one in errors), tuple(findings))

    monkeypatch.setattr("tests.conformance.verdicts.ours", forgetful)
    with pytest.raises(pytest.fail.Exception) as caught:
        agree(newest, range(MUTANTS))
    shown = str(caught.value)
    assert "InvalidMetricsException" in shown
    assert "tag-empty" in shown
    assert shown.count("  metrics {") == 1
    assert shown.count("mutations of document") == 1


def test_smallest_keeps_what_matters() -> None:
    message = random_document(Random(11))
    wanted = message.job_level_metrics.metrics[-1].name

    def has(message: pb.JobMetrics) -> bool:
        return any(metric.name == wanted for metric in message.job_level_metrics.metrics)

    small = smallest(message, has)
    assert [metric.name for metric in small.job_level_metrics.metrics] == [wanted]
    assert not small.metrics_data
    assert not small.events
    assert threshold(2) == 8
