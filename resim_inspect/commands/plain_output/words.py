"""Words of the linear output: statuses, enumerations, limits, numbered things."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from resim_inspect.comparison.limits import bounds, extreme
from resim_inspect.document.enums import MetricStatus
from resim_inspect.document.model import FailureDefinition
from resim_inspect.text import (
    BATCH_NAME,
    DIGITS,
    LIMIT_DIGITS,
    clean,
    digits_apart,
    number,
    quantity,
)
from resim_inspect.validation.findings import Finding
from resim_inspect.validation.formats import sentence

NAME_LIMIT = 200
"""Characters of a name."""


def shown_name(name: str) -> str:
    """Return a name of a file, cleaned; the words for an empty one."""
    return clean(name, NAME_LIMIT).strip() or "(no name)"


def job_subject(name: str, number: int | None = None) -> str:
    """Return the subject of a sentence about a job or about the batch, with its number."""
    if name == BATCH_NAME:
        return "The batch" if number is None else f"The batch, number {number:,},"
    return f"Job {shown_name(name)}" if number is None else f"Job {number:,}, {shown_name(name)},"


def status_word(status: MetricStatus) -> str:
    """Return the name of a status, or the words for none."""
    return status.name if status else "without a status"


def joined(parts: Sequence[str]) -> str:
    """Return parts as words: `a`, `a and b`, `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def status_counts(statuses: Iterable[MetricStatus]) -> str:
    """Return how many have each status, the worst first: `2 are FAIL_BLOCK and 1 is PASSED`."""
    return counted_statuses(Counter(statuses).items())


def counted_statuses(counts: Iterable[tuple[MetricStatus, int]]) -> str:
    """Return counted statuses as words, the worst first."""
    ordered = sorted(counts, key=lambda pair: (-pair[0].rank, int(pair[0])))
    return joined(
        [f"{n:,} {'is' if n == 1 else 'are'} {status_word(status)}" for status, n in ordered]
    )


def end_of_sentence(text: str, limit: int | None = None) -> str:
    """Return text of a file cleaned, with a full stop; its first letter stays as it is."""
    shown = clean(text, limit).strip()
    return sentence(shown) if shown else ""


def whole_sentence(text: str, limit: int | None = None) -> str:
    """Return text of a file as one cleaned sentence with its full stop, begun with a capital."""
    shown = end_of_sentence(text, limit)
    return shown[:1].upper() + shown[1:]


def finding_sentences(number: int, finding: Finding) -> Iterator[str]:
    """Yield a finding of a file as a sentence with its place, and its hint as another."""
    text = f"{clean(finding.where, 160)} {clean(finding.message, 600)}"
    yield f"Finding {number:,}, {finding.severity.value} {finding.rule}: {whole_sentence(text)}"
    if finding.hint:
        yield f"Hint: {whole_sentence(finding.hint)}"


def limit_sentences(
    definition: FailureDefinition | None, lowest: float, highest: float, unit: str
) -> Iterable[str]:
    """Yield the limits, and the distance of the worse end of a range of values from them."""
    above, below = bounds(definition)
    named = [
        f"{word} {quantity(limit, unit, LIMIT_DIGITS)}"
        for word, limit in (("above", above), ("below", below))
        if limit is not None
    ]
    if not named:
        return
    yield f"It fails {' or '.join(named)}."
    worst = extreme(definition, lowest, highest)
    if worst is None:
        return
    limits = [limit for limit in (above, below) if limit is not None]
    digits = digits_apart(worst.value, limits)
    value = quantity(worst.value, unit, digits)
    if worst.margin == 0:
        yield f"The value {value} is exactly at its limit."
        return
    distance = quantity(abs(worst.margin), unit, DIGITS)
    share = abs(worst.margin) / worst.scale * 100
    where = "within its limit" if worst.margin > 0 else "beyond its limit"
    yield f"The value {value} is {distance} {where}, {number(share, 3)}% of the limit."
