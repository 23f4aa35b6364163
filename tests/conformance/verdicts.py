"""Verdicts of this project and of the official code, and minimal examples of a difference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import NamedTuple

from google.protobuf import text_format

from resim_inspect.document import DocumentError, parse_document
from resim_inspect.schema import metrics_pb2 as pb
from resim_inspect.validation import Finding, validate
from tests.conformance.mutate import mutate
from tests.conformance.open_core import Official
from tests.conformance.random_documents import random_document

BATCH = 500
THRESHOLDS = (4096, 4096, 8, 1)
"""Low ones cut every series out, so that both ways of reading are held to the verdict."""


class Ours(NamedTuple):
    """Verdict of this project on a file."""

    valid: bool
    findings: tuple[Finding, ...]
    reason: str = ""
    """Reason why it cannot be read, if it cannot."""


def ours(data: bytes, edition: str, threshold: int) -> Ours:
    """Our verdict; a file that cannot be read is not valid. Any other exception is a fault."""
    try:
        report = validate(parse_document(data, threshold=threshold), edition=edition)
    except DocumentError as error:
        return Ours(False, (), str(error))
    return Ours(report.valid, tuple(report.findings))


def mutations(seed: int) -> list[int]:
    """The mutations of one mutant: none to three."""
    random = Random(~seed)
    return [random.getrandbits(40) for _ in range(random.choice((0, 1, 1, 1, 1, 2, 2, 3)))]


def mutant(seed: int, applied: Iterable[int]) -> pb.JobMetrics:
    """A random document and what mutations make of it."""
    message = random_document(Random(seed))
    for edit in applied:
        mutate(message, edit)
    return message


def threshold(seed: int) -> int:
    """Size in bytes below which the series of a mutant stay inline."""
    return THRESHOLDS[seed % len(THRESHOLDS)]


def compare(
    official: Official, seeds: range, make: Callable[[int], bytes]
) -> Iterator[tuple[int, str, Ours]]:
    """(seed, the official answer, ours) for the file of every seed."""
    for begin in range(0, len(seeds), BATCH):
        batch = seeds[begin : begin + BATCH]
        files = [make(seed) for seed in batch]
        answers = official.verdicts(files)
        for seed, data, answer in zip(batch, files, answers, strict=True):
            yield seed, answer, ours(data, official.version, threshold(seed))


def differs(official: Official, message: pb.JobMetrics, cut: int) -> bool:
    """Return True if the two verdicts on a message differ."""
    data = message.SerializeToString()
    return (official.verdicts([data])[0] == "valid") != ours(data, official.version, cut).valid


def smallest(message: pb.JobMetrics, bad: Callable[[pb.JobMetrics], bool]) -> pb.JobMetrics:
    """The message without whatever can go while it stays bad: metrics, data, events."""
    changed = True
    while changed:
        changed = False
        for field in ("events", "job_level_metrics.metrics", "metrics_data"):
            position = 0
            while True:
                smaller = pb.JobMetrics()
                smaller.CopyFrom(message)
                collection = (
                    smaller.job_level_metrics.metrics if "." in field else getattr(smaller, field)
                )
                if position >= len(collection):
                    break
                del collection[position]
                if bad(smaller):
                    message, changed = smaller, True
                else:
                    position += 1
    return message


def explain(official: Official, seed: int) -> str:
    """The minimal example of a difference: the fewest mutations, the smallest message."""
    applied, cut = mutations(seed), threshold(seed)
    index = 0
    while index < len(applied):
        fewer = applied[:index] + applied[index + 1 :]
        if differs(official, mutant(seed, fewer), cut):
            applied = fewer
        else:
            index += 1
    message = smallest(mutant(seed, applied), lambda message: differs(official, message, cut))
    data = message.SerializeToString()
    own = ours(data, official.version, cut)
    return (
        f"open-core {official.version} says {official.verdicts([data])[0]!r}, "
        f"resim-inspect: {'valid' if own.valid else 'not valid'} (threshold {cut})\n"
        f"mutations of document {seed}: {applied}\n"
        f"findings: {[tuple(finding) for finding in own.findings]} {own.reason}\n"
        f"{text_format.MessageToString(message)}"
    )
